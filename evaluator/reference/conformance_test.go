package reference_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

var export = flag.String("export", "", "write the conformance suite to this file, a case a line with full documents")

// conformance is one case of testdata/conformance, whose README tells what the
// keys mean.
type conformance struct {
	Name, Decision  string
	Detection       yaml.Node
	Correlation     yaml.Node
	Filter          yaml.Node
	FilterLogsource map[string]string `yaml:"filter-logsource"`
	Documents       string
	Placeholders    map[string][]string
	Event           yaml.Node
	Match           *bool
	Logsource       map[string]string
	Events          []yaml.Node
	Alerts          []yaml.Node
	Error, Warning  string

	common string
}

// readSuite reads all cases by file, in the order of their names.
func readSuite(t *testing.T) map[string][]conformance {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conformance", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no conformance suite", err)
	}
	suite := map[string][]conformance{}
	for _, path := range files {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Common string
			Cases  []conformance
		}
		dec := yaml.NewDecoder(strings.NewReader(string(source)))
		dec.KnownFields(true)
		if err := dec.Decode(&file); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for i := range file.Cases {
			file.Cases[i].common = file.Common
		}
		suite[filepath.Base(path)] = file.Cases
	}
	return suite
}

// TestConformance runs the suite with the plain evaluator and with the compiled
// one, correlations also as a stream in order of arrival.
func TestConformanceSuite(t *testing.T) {
	seen := map[string]bool{}
	for file, cases := range readSuite(t) {
		for _, c := range cases {
			if c.Name == "" || c.Decision == "" || seen[c.Name] {
				t.Errorf("%s: %q: name or decision is missing, or given twice", file, c.Name)
			}
			seen[c.Name] = true
			t.Run(c.Name, c.run)
		}
	}
	if len(seen) < 550 {
		t.Errorf("only %d cases were read", len(seen))
	}
}

// text writes the documents of a case.
func (c *conformance) text(t *testing.T) string {
	t.Helper()
	var parts []string
	add := func(document map[string]any) {
		text, err := yaml.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(text))
	}
	if c.common != "" {
		parts = append(parts, c.common)
	}
	if !c.Detection.IsZero() {
		add(map[string]any{"title": c.Name, "logsource": map[string]string{"product": "x"}, "detection": &c.Detection})
	}
	if !c.Correlation.IsZero() {
		add(map[string]any{"title": "c", "name": "c", "id": "11111111-1111-4111-8111-11111111111c", "correlation": &c.Correlation})
	}
	if !c.Filter.IsZero() {
		logsource := c.FilterLogsource
		if logsource == nil {
			logsource = map[string]string{"product": "x"}
		}
		add(map[string]any{"title": "f", "logsource": logsource, "filter": &c.Filter})
	}
	if c.Documents != "" {
		parts = append(parts, c.Documents)
	}
	return strings.Join(parts, "\n---\n")
}

func (c *conformance) run(t *testing.T) {
	docs, diags := rules.Parse(c.Name, []byte(c.text(t)))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	program, compiled := compiler.Compile(set, compiler.Options{Placeholders: c.Placeholders})
	diags = append(diags, compiled...)
	if c.Error != "" {
		c.wantProblem(t, diags, rules.Error, c.Error)
		c.referenceRefuses(t, docs)
		return
	}
	if err := diags.Err(); err != nil {
		t.Fatalf("%s: %v", c.Decision, err)
	}
	if c.Warning != "" {
		c.wantProblem(t, diags, rules.Warning, c.Warning)
	}
	switch {
	case c.Match != nil:
		c.runMatch(t, program)
	case c.Alerts != nil:
		c.runAlerts(t, program)
	case c.Warning == "":
		t.Error("the case has no outcome")
	}
}

func (c *conformance) wantProblem(t *testing.T, diags rules.Diagnostics, severity rules.Severity, code string) {
	t.Helper()
	for _, d := range diags {
		if d.Severity == severity && (code == "true" || d.Code == code) {
			return
		}
	}
	t.Errorf("%s: problems are %v, want %s", c.Decision, diags, code)
}

// referenceRefuses holds the plain evaluator to errors of a lone detection.
func (c *conformance) referenceRefuses(t *testing.T, docs []rules.Document) {
	t.Helper()
	if c.Detection.IsZero() || len(docs) != 1 || docs[0].Meta().Invalid {
		return
	}
	if got, err := reference.Match(docs[0].(*rules.Rule), valueOf(&c.Event), c.Placeholders); err == nil {
		t.Errorf("%s, reference: got %v, want an error", c.Decision, got)
	}
}

func (c *conformance) runMatch(t *testing.T, program *compiler.Program) {
	t.Helper()
	rule := c.target(t, program)
	event := evaluator.Event(valueOf(&c.Event))
	if c.Logsource != nil {
		event = routed{event, c.Logsource}
	}
	got := slices.ContainsFunc(evaluator.New(program).Match(event), func(m evaluator.Match) bool { return m.Rule == rule })
	if got != *c.Match {
		t.Errorf("%s, compiled: got %v, want %v", c.Decision, got, *c.Match)
	}
	if len(rule.Filters) > 0 || c.Logsource != nil {
		return // the plain evaluator is about detections
	}
	plain, err := reference.Match(rule.Source, valueOf(&c.Event), c.Placeholders)
	if err != nil || plain != *c.Match {
		t.Errorf("%s, reference: got %v, %v, want %v", c.Decision, plain, err, *c.Match)
	}
}

// target is the rule that a case is about.
func (c *conformance) target(t *testing.T, program *compiler.Program) *compiler.Rule {
	t.Helper()
	for _, r := range program.Rules {
		if r.Source.Name.Text == "a" {
			return r
		}
	}
	if len(program.Rules) != 1 {
		t.Fatalf("%d rules, and none is called a", len(program.Rules))
	}
	return program.Rules[0]
}

// routed is an event of a stated logsource.
type routed struct {
	evaluator.Event
	logsource map[string]string
}

func (r routed) Views() []evaluator.View {
	return []evaluator.View{{Name: "stated", Logsource: r.logsource, Event: r.Event}}
}

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *conformance) runAlerts(t *testing.T, program *compiler.Program) {
	t.Helper()
	want := c.wanted(t)
	ev := evaluator.New(program)
	var own []alert // of rules
	var hits []correlation.Hit
	for i := range c.Events {
		at, event := c.event(t, i)
		for _, m := range ev.Match(event) {
			index := slices.Index(program.Rules, m.Rule)
			hits = append(hits, correlation.Hit{Rule: index, Time: at, Event: event, Seq: uint64(i + 1), Origin: fmt.Sprint(i)})
			if m.Rule.Alerts {
				own = append(own, alert{at, m.Rule.Source.Name.Text, map[string]*string{}})
			}
		}
	}
	if diff := cmp.Diff(want, sorted(append(slices.Clone(own), correlated(program, hits)...))); diff != "" {
		t.Errorf("%s, compiled (-want +got):\n%s", c.Decision, diff)
	}
	if diff := cmp.Diff(want, sorted(append(slices.Clone(own), enumerated(program, hits)...))); diff != "" {
		t.Errorf("%s, reference (-want +got):\n%s", c.Decision, diff)
	}
}

// event returns the time and the fields of an event; no time is the zero one.
func (c *conformance) event(t *testing.T, i int) (time.Time, evaluator.Value) {
	t.Helper()
	n := c.Events[i].Content
	if len(n) != 2 {
		t.Fatalf("event %d is not [second, event]", i)
	}
	event := valueOf(n[1])
	var second *float64
	if err := n[0].Decode(&second); err != nil {
		t.Fatal(err)
	}
	if second == nil {
		return time.Time{}, event
	}
	return began.Add(time.Duration(*second * float64(time.Second))), event
}

// alert is comparable between engines.
type alert struct {
	Time  time.Time
	Name  string
	Group map[string]*string
}

func (c *conformance) wanted(t *testing.T) []alert {
	t.Helper()
	var out []alert
	for _, n := range c.Alerts {
		var second float64
		a := alert{Group: map[string]*string{}}
		if len(n.Content) != 3 || n.Content[0].Decode(&second) != nil || n.Content[1].Decode(&a.Name) != nil || n.Content[2].Decode(&a.Group) != nil {
			t.Fatal("an alert is not [second, name, group]")
		}
		a.Time = began.Add(time.Duration(second * float64(time.Second)))
		out = append(out, a)
	}
	return sorted(out)
}

func sorted(all []alert) []alert {
	slices.SortStableFunc(all, func(a, b alert) int {
		if d := a.Time.Compare(b.Time); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	if all == nil {
		return []alert{}
	}
	return all
}

// correlated computes alerts with the engine, which waits for late matches.
func correlated(program *compiler.Program, hits []correlation.Hit) (out []alert) {
	engine := correlation.New(program, correlation.Options{Lateness: -1}, func(a *correlation.Alert) {
		if !a.Correlation.Alerts {
			return
		}
		got := alert{a.Time, a.Correlation.Source.Name.Text, map[string]*string{}}
		for _, g := range a.Group {
			got.Group[g.Name] = nil
			if g.Present {
				got.Group[g.Name] = &g.Value
			}
		}
		out = append(out, got)
	})
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].Seq == hits[0].Seq {
			n++
		}
		engine.Add(hits[:n]...)
		hits = hits[n:]
	}
	engine.Close()
	return out
}

// enumerated computes them by looking at every window.
func enumerated(program *compiler.Program, hits []correlation.Hit) (out []alert) {
	var plain []reference.Hit
	for _, h := range hits {
		if !h.Time.IsZero() {
			plain = append(plain, reference.Hit{Rule: h.Rule, Time: h.Time, Seq: h.Seq, Event: h.Event, Origin: h.Origin})
		}
	}
	for _, a := range reference.Correlate(program, plain) {
		c := program.Correlations[a.Correlation]
		if !c.Alerts {
			continue
		}
		var parts []*string
		if err := json.Unmarshal([]byte(a.Group), &parts); err != nil || len(parts) != len(c.GroupBy) {
			panic(fmt.Sprintf("group %s of %v: %v", a.Group, c.GroupBy, err))
		}
		got := alert{a.Time, c.Source.Name.Text, map[string]*string{}}
		for i, name := range c.GroupBy {
			got.Group[name] = parts[i]
		}
		out = append(out, got)
	}
	return out
}

// negative reports whether nothing matches or is accepted in a case.
func (c *conformance) negative() bool {
	return c.Error != "" || c.Match != nil && !*c.Match || c.Match == nil && c.Alerts != nil && len(c.Alerts) == 0
}

// withoutCases are decisions that no case can show to another engine.
var withoutCases = map[string]string{
	"D55": "how much state an engine keeps is its own affair; evaluator/correlation tests it",
}

// TestConformanceIsComplete holds the suite to every decision of the document:
// each has a case in which something matches, or is accepted, and one in which
// it does not, or is refused.
func TestConformanceIsComplete(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	positive, negative := map[string]int{}, map[string]int{}
	stateful := 0
	for file, cases := range readSuite(t) {
		for _, c := range cases {
			if c.negative() {
				negative[c.Decision]++
			} else {
				positive[c.Decision]++
			}
			if file == "correlations.yml" || file == "filters.yml" {
				stateful++
			}
		}
	}
	decisions := regexp.MustCompile(`(?m)^\| (D\d+) \|`).FindAllStringSubmatch(string(page), -1)
	if len(decisions) < 55 || stateful < 60 {
		t.Errorf("%d decisions, %d cases of correlations and filters", len(decisions), stateful)
	}
	for _, d := range decisions {
		if withoutCases[d[1]] == "" && (positive[d[1]] == 0 || negative[d[1]] == 0) {
			t.Errorf("%s has %d positive and %d negative cases", d[1], positive[d[1]], negative[d[1]])
		}
	}
}
