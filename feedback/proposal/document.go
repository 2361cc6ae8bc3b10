package proposal

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/layout"
)

// namespace is that of the ids of proposed filters (RFC 9562, version 5).
const namespace = "2b0f3c6e-5d0a-5c55-9a43-7b8f5f1f6f10"

// idOf returns the id of the filter of a rule by a clause: always the same.
func idOf(rule, clause string) string { return UUID(namespace, rule+"\x00"+clause) }

// days are how long a filter holds before it has to be renewed.
func days(t tuning.Tier) int {
	switch t {
	case tuning.A1:
		return 180
	case tuning.A2:
		return 90
	}
	return 30
}

// document is a filter in the making.
type document struct {
	rule     *compiler.Rule
	others   []*compiler.Rule // that share the cause, in the order of their names; see share
	clause   tuning.Clause
	tier     tuning.Tier
	owner    string
	evidence string
	now      time.Time
	rate     float64 // events a day that it hides, 0 if that is not known
}

func (d *document) id() string { return idOf(strings.Join(d.names(), "\x00"), d.clause.String()) }

// names are those of the rules, as the filter refers to them.
func (d *document) names() []string {
	out := []string{ruleName(d.rule)}
	for _, r := range d.others {
		out = append(out, ruleName(r))
	}
	slices.Sort(out)
	return out
}

// testPath is where the test of a rule under the filter belongs.
func (d *document) testPath(r *compiler.Rule) string {
	if len(d.others) == 0 {
		return d.path()
	}
	base := path.Base(r.Source.Span.Path())
	return strings.TrimSuffix(base, path.Ext(base)) + "_" + idOf(ruleName(r), d.id())[:8] + ".yml"
}

func ruleName(r *compiler.Rule) string {
	if r.ID != "" {
		return r.ID
	}
	return r.Source.Name.Text
}

// path is where the filter belongs, below the folder of filters.
func (d *document) path() string {
	base := path.Base(d.rule.Source.Span.Path())
	if len(d.others) > 0 {
		base = "shared.yml"
	}
	return strings.TrimSuffix(base, path.Ext(base)) + "_" + d.id()[:8] + ".yml"
}

func (d *document) expires() string {
	return d.now.UTC().AddDate(0, 0, days(d.tier)).Format(time.DateOnly)
}

// String returns the document. The clause stands as a selection that the condition
// negates.
func (d *document) String() string {
	var b strings.Builder
	line := func(indent int, key, value string) {
		fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat("    ", indent), key, value)
	}
	title := "Not " + d.rule.Title
	if n := len(d.others); n > 0 {
		title = fmt.Sprintf("Not %s and %d more", shortened(d.rule.Title), n)
	}
	line(0, "title", quoted(title))
	line(0, "id", d.id())
	line(0, "description", quoted("Proposed by socctl tune from verdicts: alerts of this kind were no attacks."))
	line(0, "date", d.now.UTC().Format(time.DateOnly))
	b.WriteString("logsource:\n")
	for _, part := range [][2]string{{"category", d.rule.Category}, {"product", d.rule.Product}, {"service", d.rule.Service}} {
		if part[1] != "" {
			line(1, part[0], quoted(part[1]))
		}
	}
	b.WriteString("filter:\n    rules:\n")
	for _, name := range d.names() {
		b.WriteString("        - " + name + "\n")
	}
	b.WriteString("    selection:\n")
	b.WriteString(Selection(d.clause, 8))
	b.WriteString("    condition: not selection\nsocctl:\n")
	line(1, "owner", quoted(d.owner))
	line(1, "expires", d.expires())
	line(1, "tier", string(d.tier))
	line(1, "evidence", quoted(d.evidence))
	if d.rate > 0 {
		line(1, "rate", strconv.FormatFloat(d.rate, 'g', 3, 64))
	}
	if len(d.others) == 0 {
		line(1, "rule_hash", quoted(d.rule.Hash))
		return b.String()
	}
	b.WriteString("    rule_hashes:\n")
	for _, hash := range d.hashes() {
		b.WriteString("        - " + quoted(hash) + "\n")
	}
	return b.String()
}

// hashes are those of the rules, in the order of their names.
func (d *document) hashes() []string {
	of := map[string]string{ruleName(d.rule): d.rule.Hash}
	for _, r := range d.others {
		of[ruleName(r)] = r.Hash
	}
	out := make([]string, 0, len(of))
	for _, name := range d.names() {
		out = append(out, of[name])
	}
	return out
}

// shortened keeps a title within what a title may have once more is said.
func shortened(title string) string {
	if r := []rune(title); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return title
}

// selectionLines returns the lines of a selection that a clause is; a tab stands for
// one step further in.
func selectionLines(c tuning.Clause) (out []string) {
	for i, l := range c {
		if i > 0 && c[i-1].Key() == l.Key() {
			continue
		}
		var values []string
		for _, o := range c[i:] {
			if o.Key() == l.Key() {
				values = append(values, quoted(o.Pattern()))
			}
		}
		if len(values) == 1 {
			out = append(out, l.Key()+": "+values[0])
			continue
		}
		out = append(out, l.Key()+"|all:")
		for _, v := range values {
			out = append(out, "\t- "+v)
		}
	}
	return out
}

// indented replaces the tab that a line may begin with.
func indented(line, step string) string {
	if rest, further := strings.CutPrefix(line, "\t"); further {
		return step + rest
	}
	return line
}

// quoted returns a scalar of YAML. What cannot be seen is escaped.
func quoted(text string) string { return layout.Quoted(text) }
