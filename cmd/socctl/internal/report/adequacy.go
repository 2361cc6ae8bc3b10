package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
)

// adequacyCoverage writes what tests have not shown of rules, the worst rules first.
func adequacyCoverage(w io.Writer, s Style, t *TestRun) {
	all := slices.Clone(t.Coverage)
	slices.SortStableFunc(all, func(a, b adequacy.Coverage) int {
		x, y := a.Counts(), b.Counts()
		return cmp.Or(cmp.Compare(x.Percent(), y.Percent()), cmp.Compare(a.Rule.Source.Span.Path(), b.Rule.Source.Span.Path()))
	})
	var untested []*adequacy.Coverage
	var tested adequacy.Counts
	for i := range all {
		if c := &all[i]; c.Tests == 0 {
			untested = append(untested, c)
		} else {
			tested.Add(c.Counts())
			coveredRule(w, s, c)
		}
	}
	if len(untested) > 0 {
		fmt.Fprintf(w, "\n%s without a test that passed\n", s.Paint(Yellow, Count(len(untested), "rule")))
	}
	for i, c := range untested {
		if i == maxUntested && !t.Verbose {
			fmt.Fprintf(w, "      and %d more; -v names them\n", len(untested)-i)
			break
		}
		fmt.Fprintf(w, "      %s: %s\n", place(c.Rule.Source.Title.Span), Clean(c.Rule.Title))
	}
	if t.Quiet {
		return
	}
	fmt.Fprintf(w, "\n%s\n", coverageLine(s, t, tested, len(untested)))
}

// nothingMeasured is said instead of a percentage of nothing, which no minimum accepts.
const nothingMeasured = "nothing is measured: no rule that could be compiled has a test that passed"

// coverageLine sums up what tests have shown, tested of it in rules that have any.
func coverageLine(s Style, t *TestRun, tested adequacy.Counts, untested int) string {
	n := adequacy.Total(t.Coverage)
	if n.Parts == 0 {
		return s.Paint(verdictColour(t.CoverMin == 0), "decisive: "+nothingMeasured)
	}
	return fmt.Sprintf("%s of %s in %s; %d seen true, %d seen false, %d decide where they hold, %d where they do not%s%s%s",
		s.Paint(verdictColour(n.Percent() >= t.CoverMin), fmt.Sprintf("decisive: %.1f %%", tenth(n.Percent()))), Count(n.Parts, "part"), Count(len(t.Coverage), "rule"),
		n.True, n.False, n.Holding, n.Lacking, proven(n.Never), ofTested(tested, untested), wanted(n.Percent(), t.CoverMin))
}

// measurement is one figure about tests, in a line.
type measurement struct {
	name   string // coverage, mutation or evasion
	text   string
	enough bool // for the minimum that was asked for
}

// measurements returns what was asked for.
func (t *TestRun) measurements() (out []measurement) {
	if t.Coverage != nil {
		var tested adequacy.Counts
		untested := 0
		for i := range t.Coverage {
			if t.Coverage[i].Tests > 0 {
				tested.Add(t.Coverage[i].Counts())
			} else {
				untested++
			}
		}
		n := adequacy.Total(t.Coverage)
		out = append(out, measurement{"coverage", coverageLine(Style{}, t, tested, untested), t.CoverMin == 0 || n.Parts > 0 && n.Percent() >= t.CoverMin})
	}
	if t.Mutation != nil {
		n := adequacy.Sum(t.Mutation)
		out = append(out, measurement{"mutation", mutationLine(Style{}, t), t.MutateMin == 0 || n.Killed+n.Survived > 0 && n.Score() >= t.MutateMin})
	}
	if t.Evasion != nil {
		out = append(out, measurement{"evasion", evasionLine(t), true})
	}
	return out
}

// maxUntested is how many rules without tests are named.
const maxUntested = 10

func ofTested(n adequacy.Counts, untested int) string {
	if untested == 0 {
		return ""
	}
	return fmt.Sprintf("; %.1f %% in rules with tests", tenth(n.Percent()))
}

// coveredRule writes the gaps of a rule with tests.
func coveredRule(w io.Writer, s Style, c *adequacy.Coverage) {
	n := c.Counts()
	if n.Decisive == n.Parts {
		return
	}
	fmt.Fprintf(w, "\n%s %s %s\n", s.Paint(Yellow, fmt.Sprintf("%3.0f %%", n.Percent())), s.Paint(Bold, Clean(c.Rule.Title)), s.Paint(Dim, place(c.Rule.Source.Title.Span)))
	for _, p := range c.Parts {
		if gap := gapOf(p); gap != "" {
			fmt.Fprintf(w, "      %s: %s %s\n", place(p.Span), s.Paint(Cyan, Clean(p.Name)), gap)
		}
	}
}

func proven(never int) string {
	if never == 0 {
		return ""
	}
	return fmt.Sprintf("; %s proven never to decide in one way", map[bool]string{true: "1 is", false: fmt.Sprintf("%d are", never)}[never == 1])
}

func wanted(got, least float64) string {
	if got >= least {
		return ""
	}
	return fmt.Sprintf("; at least %g %% wanted", least)
}

func verdictColour(good bool) string {
	if good {
		return Green
	}
	return Red
}

// gapOf says what tests have not shown of a part; "" if nothing is missing.
func gapOf(p *adequacy.Part) string {
	var out []string
	switch {
	case p.DecidesTrue || p.NeverTrue:
	case !p.True:
		out = append(out, "is never true")
	default:
		out = append(out, "never decides where it holds")
	}
	switch {
	case p.DecidesFalse || p.NeverFalse:
	case !p.False:
		out = append(out, "is never false")
	default:
		out = append(out, "never decides where it does not hold")
	}
	return strings.Join(out, ", ")
}

// place writes where something stands, so that editors can go there.
func place(s rules.Span) string {
	return fmt.Sprintf("%s:%d:%d", Clean(s.Path()), s.Start.Line, s.Start.Column)
}

// adequacyMutation writes the mutants that no test noticed, by rule, the worst first.
func adequacyMutation(w io.Writer, s Style, t *TestRun) {
	all := slices.Clone(t.Mutation)
	slices.SortStableFunc(all, func(a, b adequacy.Mutation) int {
		x, y := a.Counts(), b.Counts()
		return cmp.Or(cmp.Compare(x.Score(), y.Score()), cmp.Compare(a.Rule.Source.Span.Path(), b.Rule.Source.Span.Path()))
	})
	for i := range all {
		m := &all[i]
		if len(m.Survivors) == 0 {
			continue
		}
		n := m.Counts()
		fmt.Fprintf(w, "\n%s %s %s\n", s.Paint(Yellow, fmt.Sprintf("%3.0f %%", n.Score())), s.Paint(Bold, Clean(m.Rule.Title)), s.Paint(Dim, place(m.Rule.Source.Title.Span)))
		for k := range m.Survivors {
			x := &m.Survivors[k]
			fmt.Fprintf(w, "      %s: %s\n", place(x.Span), s.Paint(Cyan, Clean(x.Change)))
			fmt.Fprintf(w, "        %s\n", killer(x))
		}
	}
	if t.Quiet {
		return
	}
	fmt.Fprintf(w, "\n%s\n", mutationLine(s, t))
}

// mutationLine sums up what became of mutants.
func mutationLine(s Style, t *TestRun) string {
	n := adequacy.Sum(t.Mutation)
	if n.Killed+n.Survived == 0 {
		return s.Paint(verdictColour(t.MutateMin == 0), "mutation: "+nothingMeasured)
	}
	text := fmt.Sprintf(" of %s killed in %s; %d survived", Count(n.Killed+n.Survived, "mutant"), Count(len(t.Mutation), "rule"), n.Survived)
	if n.Undecided > 0 {
		text += fmt.Sprintf(", %d of them without an event that shows a difference", n.Undecided)
	}
	if n.Equivalent > 0 {
		text += fmt.Sprintf("; %d left out, proven equivalent", n.Equivalent)
	}
	return s.Paint(verdictColour(n.Score() >= t.MutateMin), fmt.Sprintf("mutation: %.1f %%", tenth(n.Score()))) + text + wanted(n.Score(), t.MutateMin)
}

// killer says which event would kill a mutant.
func killer(x *adequacy.Survivor) string {
	if x.Event == nil {
		return "no event known that shows it: " + Clean(x.Reason)
	}
	event := askedFields(x.Rule, x.Event)
	if x.Matches {
		return "missing is an event that matches, such as " + event
	}
	return "missing is an event that does not match, such as " + event
}

// askedFields writes the fields of an event that a rule asks for; of one that searches
// keywords, the whole event.
func askedFields(r *compiler.Rule, e *witness.Event) string {
	if searchesKeywords(r.Expr) {
		return Shorten(Clean(string(e.Value.AppendJSON(nil))), 300)
	}
	var parts []string
	for _, f := range flatten(e.Value, "") {
		if slices.Contains(r.Fields, f.name) {
			parts = append(parts, Clean(f.name)+": "+Shorten(Clean(f.text), 120))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func searchesKeywords(e *compiler.Expr) bool {
	return e.Item != nil && e.Item.Keywords() || slices.ContainsFunc(e.Args, searchesKeywords)
}
