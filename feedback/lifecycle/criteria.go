package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Criteria are what is asked of rules, by the status that they are to have.
type Criteria struct {
	Test   Bar `json:"test"`
	Stable Bar `json:"stable"`
}

// Bar is what a rule must show for a status. Zero asks for nothing, but for
// Unjudged, which is an upper bound.
type Bar struct {
	Age       int     `json:"age"`       // days since modified, or else date
	Tests     int     `json:"tests"`     // that want a match, and pass
	Negatives int     `json:"negatives"` // that want no match, and pass
	Decisive  float64 `json:"decisive"`  // percent of the parts of the rule that tests show to decide
	Days      int     `json:"days"`      // recorded ones on which it could have matched
	Judged    int     `json:"judged"`    // root causes with a verdict
	Unjudged  int     `json:"unjudged"`  // root causes of the replay without one, at most
}

// Default returns the criteria without any configuration.
func Default() Criteria {
	return Criteria{
		Test:   Bar{Age: 30, Tests: 1, Negatives: 1, Decisive: 50, Days: 14, Unjudged: 5},
		Stable: Bar{Age: 300, Tests: 1, Negatives: 1, Decisive: 80, Days: 90, Judged: 3},
	}
}

// of returns the bar for a status.
func (c *Criteria) of(status string) Bar {
	if status == "stable" {
		return c.Stable
	}
	return c.Test
}

// ParseCriteria reads the section lifecycle of a configuration; nil is an empty one.
func ParseCriteria(n *rules.Node) (Criteria, rules.Diagnostics) {
	p := criteriaParser{}
	out := Default()
	if n != nil {
		p.each(n, "lifecycle", map[string]func(*rules.Node){
			"test":   func(n *rules.Node) { p.bar(n, "test", &out.Test) },
			"stable": func(n *rules.Node) { p.bar(n, "stable", &out.Stable) },
		})
	}
	p.diags.Sort()
	return out, p.diags
}

type criteriaParser struct{ diags rules.Diagnostics }

func (p *criteriaParser) fail(at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: "config/lifecycle", Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (p *criteriaParser) each(n *rules.Node, what string, known map[string]func(*rules.Node)) {
	if n.Kind != rules.MapNode {
		p.fail(n.Span, what+" must be a map", "")
		return
	}
	for _, e := range n.Entries {
		if read := known[e.Key.Text]; read != nil {
			read(e.Value)
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		help := "known are " + strings.Join(names, ", ")
		if near := rules.Nearest(e.Key.Text, names); near != "" {
			help = "did you mean " + near + "?"
		}
		p.fail(e.Key.Span, what+" has no key "+e.Key.Text, help)
	}
}

func (p *criteriaParser) bar(n *rules.Node, status string, b *Bar) {
	number := func(to *int) func(*rules.Node) { return func(n *rules.Node) { p.number(n, to) } }
	p.each(n, "lifecycle."+status, map[string]func(*rules.Node){
		"age": number(&b.Age), "tests": number(&b.Tests), "negatives": number(&b.Negatives), "days": number(&b.Days),
		"judged": number(&b.Judged), "unjudged": number(&b.Unjudged),
		"decisive": func(n *rules.Node) {
			v, err := strconv.ParseFloat(n.Scalar.DecimalText(), 64)
			if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.IntScalar && n.Scalar.Kind != rules.FloatScalar || err != nil || !(v >= 0 && v <= 100) {
				p.fail(n.Span, fmt.Sprintf("a percentage from 0 to 100 is expected, found %q", n.Scalar.Text), "")
				return
			}
			b.Decisive = v
		},
	})
}

func (p *criteriaParser) number(n *rules.Node, to *int) {
	v, err := strconv.Atoi(n.Scalar.DecimalText())
	if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.IntScalar || err != nil || v < 0 {
		p.fail(n.Span, fmt.Sprintf("a number of at least 0 is expected, found %q", n.Scalar.Text), "")
		return
	}
	*to = v
}
