package correlation_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

var types = []string{"event_count", "value_count", "value_sum", "value_avg", "value_percentile", "value_median", "temporal", "temporal_ordered"}

// cases per type in ordinary runs.
const cases = 10_000

// TestAgreesWithReference compares the engine with the enumeration of windows
// on random correlations, chains of them included, and random events: all at
// once, and as a stream that is out of order.
func TestAgreesWithReference(t *testing.T) {
	t.Parallel()
	for _, kind := range types {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fired := 0
			for seed := range uint64(cases) {
				fired += agree(t, kind, seed)
				if t.Failed() {
					return
				}
			}
			if fired < cases {
				t.Errorf("only %d alerts in %d cases: the cases show too little", fired, cases)
			}
		})
	}
}

// agree runs one case and returns its number of alerts.
func agree(t *testing.T, kind string, seed uint64) int {
	g := generator{rand.New(rand.NewPCG(seed, 1)), &strings.Builder{}, 0}
	g.program(kind)
	p := compile(t, g.out.String())
	hits := g.hits(p)
	var want []string
	for _, a := range reference.Correlate(p, hits) {
		want = append(want, referenceText(p, a))
	}
	slices.Sort(want)
	if inOrder := run(p, correlation.Options{}, hits); !slices.Equal(want, inOrder) {
		t.Errorf("seed %d: (-reference +stream in order)\n%s\n%s", seed, gocmp.Diff(want, inOrder), g.out)
	}
	batch := run(p, correlation.Options{Lateness: -1}, hits)
	if diff := gocmp.Diff(want, batch); diff != "" {
		t.Errorf("seed %d: (-reference +engine)\n%s\n%s\n%s", seed, diff, g.out, describe(hits))
		return 0
	}
	const lateness = 7 * time.Second
	late := g.disorder(hits, lateness)
	stream := run(p, correlation.Options{Lateness: lateness}, late)
	if moved := move(t, p, correlation.Options{Lateness: lateness}, late, g.IntN(len(late)+1)); !slices.Equal(stream, moved) {
		t.Errorf("seed %d: (-in one go +moved)\n%s\n%s", seed, gocmp.Diff(stream, moved), g.out)
	}
	if diff := gocmp.Diff(want, stream); diff != "" {
		t.Errorf("seed %d: (-batch +stream)\n%s\n%s\n%s", seed, diff, g.out, describe(hits))
	}
	return len(want)
}

func compile(t testing.TB, text string) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("random.yml", []byte(text))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, more := compiler.Compile(set, compiler.Options{})
	if diags = append(diags, more...); diags.Count(rules.Error) > 0 {
		t.Fatalf("%v\n%s", diags.Err(), text)
	}
	return p
}

func run(p *compiler.Program, o correlation.Options, hits []reference.Hit) []string {
	var out []string
	e := correlation.New(p, o, func(a *correlation.Alert) { out = append(out, alertText(p, a)) })
	addAll(e, hits)
	e.Close()
	slices.Sort(out)
	return out
}

// addAll adds hits event by event.
func addAll(e *correlation.Engine, hits []reference.Hit) {
	var event []correlation.Hit
	for i, h := range hits {
		event = append(event, correlation.Hit{Rule: h.Rule, Time: h.Time, Seq: h.Seq, Event: h.Event, Origin: h.Origin})
		if i+1 == len(hits) || hits[i+1].Seq != h.Seq {
			e.Add(event...)
			event = event[:0]
		}
	}
}

// cut returns the end of the event in which a position lies.
func cut(hits []reference.Hit, at int) int {
	for at > 0 && at < len(hits) && hits[at].Seq == hits[at-1].Seq {
		at++
	}
	return at
}

// move runs the hits on two engines, the second of which takes over from the
// first behind some hits.
func move(t *testing.T, p *compiler.Program, o correlation.Options, hits []reference.Hit, at int) []string {
	var out []string
	emit := func(a *correlation.Alert) { out = append(out, alertText(p, a)) }
	first, second := correlation.New(p, o, emit), correlation.New(p, o, emit)
	at = cut(hits, at)
	addAll(first, hits[:at])
	state, err := first.State()
	if err != nil {
		t.Fatal(err)
	}
	if unknown, err := second.Load(state); err != nil || unknown > 0 {
		t.Fatal(unknown, err)
	}
	addAll(second, hits[at:])
	second.Close()
	slices.Sort(out)
	return out
}

func alertText(p *compiler.Program, a *correlation.Alert) string {
	parts := make([]*string, len(a.Group))
	for i := range a.Group {
		if a.Group[i].Present {
			parts[i] = &a.Group[i].Value
		}
	}
	group, _ := json.Marshal(parts)
	var origins []string
	if a.Correlation.Type != compiler.TemporalOrdered {
		for _, c := range a.Contributors {
			origins = append(origins, originsOf(c)...)
		}
	}
	return text(slices.Index(p.Correlations, a.Correlation), a.Time, string(group), origins)
}

func originsOf(c *correlation.Contributor) []string {
	if c.Alert == nil {
		return []string{c.Origin}
	}
	if c.Alert.Correlation.Type == compiler.TemporalOrdered {
		return nil
	}
	var out []string
	for _, inner := range c.Alert.Contributors {
		out = append(out, originsOf(inner)...)
	}
	return out
}

func referenceText(_ *compiler.Program, a reference.CorrelationAlert) string {
	return text(a.Correlation, a.Time, a.Group, a.Origins)
}

func text(n int, at time.Time, group string, origins []string) string {
	return fmt.Sprintf("correlation %d at %s group %s: %s", n, at.Format("15:04:05"), group, strings.Join(origins, " "))
}

func describe(hits []reference.Hit) string {
	var b strings.Builder
	for _, h := range hits {
		fmt.Fprintf(&b, "rule %d event %d %s %v\n", h.Rule, h.Seq, h.Time.Format("15:04:05"), h.Event)
	}
	return b.String()
}

// generator makes random cases.
type generator struct {
	*rand.Rand
	out  *strings.Builder
	made int // correlations
}

const baseRules = 4

// program writes rules, a correlation of the kind, and sometimes others above it.
func (g *generator) program(kind string) {
	for i := range baseRules {
		fmt.Fprintf(g.out, "title: r%d\nname: r%d\nlogsource: {category: test}\ndetection: {s: {k: %d}, condition: s}\n---\n", i, i, i)
	}
	g.correlation(kind, nil)
	for g.IntN(3) == 0 && g.made < 4 {
		g.correlation(types[g.IntN(len(types))], []string{fmt.Sprintf("c%d", g.IntN(g.made))})
	}
}

func (g *generator) correlation(kind string, inputs []string) {
	fresh := g.Perm(baseRules)
	n := g.IntN(3)
	if len(inputs) == 0 || strings.HasPrefix(kind, "temporal") {
		n++
	}
	for _, r := range fresh[:n] {
		inputs = append(inputs, fmt.Sprintf("r%d", r))
	}
	g.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
	fmt.Fprintf(g.out, "title: c%d\nname: c%d\ncorrelation:\n  type: %s\n  rules: [%s]\n  timespan: %ds\n", g.made, g.made, kind, strings.Join(inputs, ", "), 1+g.IntN(15))
	g.made++
	if group := []string{"", "u", "u, h", "a, h"}[g.IntN(4)]; group != "" {
		fmt.Fprintf(g.out, "  group-by: [%s]\n", group)
	}
	if g.IntN(2) == 0 {
		fmt.Fprintf(g.out, "  aliases: {a: {%s: u, %s: h}}\n", inputs[0], inputs[len(inputs)-1]+strings.Repeat("x", 1-min(1, len(inputs)-1)))
	}
	g.condition(kind, inputs)
	g.out.WriteString("---\n")
}

func (g *generator) condition(kind string, inputs []string) {
	switch {
	case kind == "temporal_ordered":
		return
	case kind == "temporal":
		if g.IntN(2) == 0 {
			fmt.Fprintf(g.out, "  condition: %q\n", g.expression(inputs))
			return
		}
		if g.IntN(2) == 0 {
			return
		}
	}
	ops := []string{"gte", "gt", "gte", "gt", "lt", "lte", "eq", "neq"}
	limit := len(ops)
	if g.IntN(2) == 0 {
		limit = 4
	}
	first := ops[g.IntN(limit)]
	g.out.WriteString("  condition:\n")
	fmt.Fprintf(g.out, "    %s: %d\n", first, g.IntN(5))
	if second := ops[g.IntN(limit)]; second != first && g.IntN(3) == 0 {
		fmt.Fprintf(g.out, "    %s: %d.5\n", second, g.IntN(8))
	}
	if strings.HasPrefix(kind, "value_") {
		field := []string{"v", "v", "w", "a"}[g.IntN(4)]
		if kind == "value_count" && g.IntN(3) == 0 {
			field = "[v, w]"
		}
		fmt.Fprintf(g.out, "    field: %s\n", field)
	}
	if kind == "value_percentile" {
		fmt.Fprintf(g.out, "    percentile: %d\n", g.IntN(101))
	}
}

// expression names every input once.
func (g *generator) expression(inputs []string) string {
	if len(inputs) == 1 {
		if g.IntN(5) == 0 {
			return "not " + inputs[0]
		}
		return inputs[0]
	}
	cut := 1 + g.IntN(len(inputs)-1)
	op := []string{" and ", " or "}[g.IntN(2)]
	return "(" + g.expression(inputs[:cut]) + op + g.expression(inputs[cut:]) + ")"
}

// hits makes events in the order of their times, each matching some rules.
func (g *generator) hits(p *compiler.Program) []reference.Hit {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var out []reference.Hit
	for seq := range uint64(3 + g.IntN(25)) {
		at = at.Add(time.Duration(g.IntN(4)) * time.Second)
		event := g.event()
		for rule := range p.Rules {
			if g.IntN(3) == 0 {
				out = append(out, reference.Hit{Rule: rule, Time: at, Seq: seq, Event: event, Origin: fmt.Sprintf("%d/r%d", seq, rule)})
			}
		}
	}
	return out
}

func (g *generator) event() evaluator.Map {
	e := evaluator.Map{}
	for _, name := range []string{"u", "h"} {
		switch g.IntN(6) {
		case 0:
		case 1:
			e[name] = nil
		default:
			e[name] = string(rune('a' + g.IntN(2)))
		}
	}
	for _, name := range []string{"v", "w"} {
		switch g.IntN(10) {
		case 0:
		case 1:
			e[name] = nil
		case 6:
			e[name] = float64(g.IntN(3)-1) * 1.7e308 // a text of more than 300 characters
		case 2:
			e[name] = []string{"text", "", "0"}[g.IntN(3)]
		case 3:
			e[name] = []any{g.IntN(3), "2", nil, "x"}
		case 4:
			e[name] = float64(g.IntN(40))/10 - 1
		case 5:
			e[name] = fmt.Sprint(g.IntN(4))
		default:
			e[name] = g.IntN(5) - 1
		}
	}
	return e
}

// disorder moves hits, none further than lateness allows.
func (g *generator) disorder(hits []reference.Hit, lateness time.Duration) []reference.Hit {
	type arrival struct {
		hit reference.Hit
		at  time.Time
	}
	arrivals := make([]arrival, len(hits))
	var late time.Duration
	for i, h := range hits {
		if i == 0 || hits[i-1].Seq != h.Seq {
			late = time.Duration(g.Int64N(int64(lateness)))
		}
		arrivals[i] = arrival{h, h.Time.Add(late)}
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.hit.Seq, b.hit.Seq))
	})
	out := make([]reference.Hit, len(hits))
	for i, a := range arrivals {
		out[i] = a.hit
	}
	return out
}
