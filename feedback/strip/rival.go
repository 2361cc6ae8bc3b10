package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// rival is another tool's tuner, `rsigma rule tune`, with settings. It is told of the
// same alerts as ours in its own input, and what it proposes is a Sigma filter as it
// stands: there is nothing to translate.
type rival struct {
	path   string
	name   string
	flags  []string
	every  bool                         // field of events is shown, not only those that our tuner may name
	pool   int                          // alerts of other rules that are called true positives besides, at most
	values map[string]map[string]string // of events, by fingerprint
	limit  time.Duration
}

// answer is what the other tuner said to one rule under one split.
type answer struct {
	filter string // YAML; "" without a proposal
	why    string // there is none
	// what the tool itself found when it verified the filter on what it was told
	hidden, kept int
	agrees       bool // and our evaluator finds the same
}

// stand is the rule that the other tuner is given instead of the stripped one: every
// event that it is told of fires. What it proposes does not depend on what the rule
// asks for, only on the events.
func stand(r *compiler.Rule) string {
	var source []string
	for _, part := range [][2]string{{"category", r.Category}, {"product", r.Product}, {"service", r.Service}} {
		if part[1] != "" {
			source = append(source, part[0]+": "+part[1])
		}
	}
	return fmt.Sprintf("title: Stripped\nid: %s\nlogsource: {%s}\ndetection:\n    selection: {%s|exists: false}\n    condition: selection\n",
		standID, strings.Join(source, ", "), "SocctlNoSuchField")
}

const standID = "4f0a6a1c-9f7e-4f0e-9a55-3d6f0c1b2a10"

// ask has the other tuner propose a filter.
func (v *rival) ask(s *subject, t *telling, pool tuning.Rows) answer {
	protected := t.protected.And(t.protected)
	protected.Join(v.extra(s, t, pool))
	dir, err := os.MkdirTemp("", "strip")
	if err != nil {
		return answer{why: err.Error()}
	}
	defer os.RemoveAll(dir)
	rule, fp, tp := filepath.Join(dir, "rule.yml"), filepath.Join(dir, "fp.ndjson"), filepath.Join(dir, "tp.ndjson")
	if err := errors.Join(os.WriteFile(rule, []byte(stand(s.rule)), 0o600), v.write(fp, s, t.removable), v.write(tp, s, protected)); err != nil {
		return answer{why: err.Error()}
	}
	ctx, cancel := context.WithTimeout(context.Background(), v.limit)
	defer cancel()
	args := append([]string{"rule", "tune", "-r", rule, "--fp", "@" + fp, "--tp", "@" + tp, "--emit", "report", "--output-format", "json"}, v.flags...)
	cmd := exec.CommandContext(ctx, v.path, args...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	text, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return answer{why: fmt.Sprintf("no answer in %v", v.limit)}
	case err != nil:
		return answer{why: reason(complaint.String())}
	}
	a := read(text)
	if a.filter != "" {
		a.agrees = v.verify(s, &a, t.removable, protected)
	}
	return a
}

// extra are alerts of other rules, no false positives of this one among them.
func (v *rival) extra(s *subject, t *telling, pool tuning.Rows) tuning.Rows {
	var rows []int
	pool.Each(func(row int) {
		if !t.removable.Has(row) && !t.protected.Has(row) {
			rows = append(rows, row)
		}
	})
	slices.SortFunc(rows, func(a, b int) int {
		return cmp.Compare(chance("pool "+s.corpus.Fingerprint(a)), chance("pool "+s.corpus.Fingerprint(b)))
	})
	out := s.corpus.NewRows()
	for _, row := range rows[:min(v.pool, len(rows))] {
		out.Add(row)
	}
	return out
}

// read reads the report of the other tuner.
func read(text []byte) answer {
	var report struct {
		Filter       string `json:"filter_yaml"`
		Verification struct {
			Before int `json:"false_positives_before"`
			After  int `json:"false_positives_after"`
			Kept   int `json:"true_positives_after"`
		} `json:"verification"`
	}
	if err := json.Unmarshal(text, &report); err != nil || report.Filter == "" {
		return answer{why: "its report cannot be read"}
	}
	return answer{filter: report.Filter, hidden: report.Verification.Before - report.Verification.After, kept: report.Verification.Kept}
}

// reason is the first clause of the last line of a complaint, without numbers, so that
// like ones count together.
func reason(complaint string) string {
	lines := strings.Split(strings.TrimSpace(complaint), "\n")
	text := strings.TrimPrefix(lines[len(lines)-1], "error tuning rule: ")
	text, _, _ = strings.Cut(text, " (")
	text, _, _ = strings.Cut(text, ": expected")
	text, _, _ = strings.Cut(text, " across")
	return text
}

// write writes events as the other tuner reads them, one to a line.
func (v *rival) write(path string, s *subject, rows tuning.Rows) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := json.NewEncoder(f)
	rows.Each(func(row int) { err = errors.Join(err, out.Encode(v.event(s, row))) })
	return errors.Join(err, f.Close())
}

// event is an event as the other tuner sees it.
func (v *rival) event(s *subject, row int) evaluator.Map {
	out := evaluator.Map{}
	for field, value := range v.values[s.corpus.Fingerprint(row)] {
		_, known := s.corpus.Value(row, field)
		if !v.every && !known {
			continue
		}
		out[field] = spelt(value)
	}
	return out
}

// spelt makes a value that looks like a hexadecimal number look like none. The other
// tool writes such values into filters without quotes, where they are read as numbers,
// and then rejects its own filter. The same is done to events that filters are tried on.
func spelt(value string) string {
	if strings.HasPrefix(value, "0x") {
		return "h" + value
	}
	return value
}

// hiding returns what a filter hides; an error if our compiler does not take it.
func hiding(r *compiler.Rule, filter string) (func(evaluator.Event) bool, error) {
	docs, diags := rules.Parse("rule.yml", []byte(stand(r)+"---\n"+filter))
	set, more := rules.Assemble(docs)
	p, last := compiler.Compile(set, compiler.Options{})
	if len(p.Rules) != 1 || len(set.Filters) != 1 {
		return nil, fmt.Errorf("the filter is not taken: %v %v %v", diags, more, last)
	}
	e := evaluator.New(p)
	return func(event evaluator.Event) bool { return !e.MatchRule(p.Rules[0], event) }, nil
}

// verify reports whether the filter does in our evaluator what the tool says.
func (v *rival) verify(s *subject, a *answer, removable, protected tuning.Rows) bool {
	hides, err := hiding(s.rule, a.filter)
	if err != nil {
		return false
	}
	hidden, kept := 0, 0
	removable.Each(func(row int) { hidden += one(hides(v.event(s, row))) })
	protected.Each(func(row int) { kept += one(!hides(v.event(s, row))) })
	return hidden == a.hidden && kept == a.kept
}

// rivalled lets the other tuner propose and counts as for ours.
func (o *outcome) rivalled(e *experiment, s *subject, in *tuning.Input, told *telling, test tuning.Rows) {
	a := e.rival.ask(s, told, in.Pool)
	o.answer = &a
	all := s.corpus.NewRows()
	hides := func(evaluator.Event) bool { return false }
	if a.filter != "" {
		if h, err := hiding(s.rule, a.filter); err == nil {
			hides = h
		}
	}
	for row := range s.corpus.Len() {
		if hides(e.rival.event(s, row)) {
			all.Add(row)
		}
	}
	o.count(e, s, told, all, test, func(values map[string]string) bool {
		event := evaluator.Map{}
		for field, value := range values {
			event[field] = spelt(value)
		}
		return hides(event)
	})
}
