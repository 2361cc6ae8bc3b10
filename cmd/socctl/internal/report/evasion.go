package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/socctl/socctl/evaluator/adequacy"
)

// evasions writes which rules stop matching when the events of their tests are
// disguised, those that are escaped most cheaply first.
func evasions(w io.Writer, s Style, t *TestRun) {
	costs := adequacy.Costs()
	rank := func(e *adequacy.Evasions) int {
		if c := e.Cheapest(); c != nil {
			return slices.Index(costs, c.Cost)
		}
		return len(costs)
	}
	all := slices.Clone(t.Evasion)
	slices.SortStableFunc(all, func(a, b adequacy.Evasions) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(a.Rule.Source.Span.Path(), b.Rule.Source.Span.Path()))
	})
	for i := range all {
		e := &all[i]
		if e.Cheapest() == nil {
			continue
		}
		fmt.Fprintf(w, "\n%s %s %s\n", s.Paint(Yellow, fmt.Sprintf("%-8s", e.Cheapest().Cost)), s.Paint(Bold, Clean(e.Rule.Title)), s.Paint(Dim, place(e.Rule.Source.Title.Span)))
		for k := range e.Tried {
			x := &e.Tried[k]
			if x.Escaped == 0 {
				continue
			}
			fmt.Fprintf(w, "      %s (%s): %d of %s escape\n", s.Paint(Cyan, x.Trick), x.Cost, x.Escaped, Count(x.Events, "event"))
			for _, field := range x.Fields() {
				fmt.Fprintf(w, "        %s: %s\n", Clean(field), Shorten(Clean(x.After[field]), 160))
			}
		}
	}
	if t.Quiet {
		return
	}
	fmt.Fprintf(w, "\n%s\n", evasionLine(t))
}

// evasionLine sums up what disguises did.
func evasionLine(t *TestRun) string {
	n := adequacy.CountEvasions(t.Evasion)
	if n.Rules == 0 {
		return "evasion: nothing was disguised: no test that passed shows a rule the start of a program that it matches"
	}
	text := fmt.Sprintf("evasion: events of %d of %s escape", n.Evaded, Count(n.Rules, "rule"))
	for k, cost := range adequacy.Costs() {
		sep := "; cheapest by "
		if k > 0 {
			sep = ", "
		}
		text += fmt.Sprintf("%s%s %d", sep, cost, n.Cheaply[cost])
	}
	return text
}

// jsonEvasion is what disguised events do to rules.
type jsonEvasion struct {
	adequacy.EvasionCounts
	Details []jsonEvasions `json:"details"`
}

type jsonEvasions struct {
	Rule   jsonRule    `json:"rule"`
	Events int         `json:"events"` // distinct ones that the rule matches in its tests
	Tricks []jsonTrick `json:"tricks"`
}

// jsonTrick is one way to disguise events. before and after are the fields that it
// changed of the first event that escaped.
type jsonTrick struct {
	Trick   string            `json:"trick"`
	Cost    adequacy.Cost     `json:"cost"` // spelling, copy, patch or code
	Events  int               `json:"events"`
	Escaped int               `json:"escaped"`
	Before  map[string]string `json:"before,omitempty"`
	After   map[string]string `json:"after,omitempty"`
}

func jsonEvasionOf(all []adequacy.Evasions) *jsonEvasion {
	if all == nil {
		return nil
	}
	out := &jsonEvasion{EvasionCounts: adequacy.CountEvasions(all), Details: []jsonEvasions{}}
	for i := range all {
		e := jsonEvasions{Rule: jsonRuleOf(all[i].Rule.Source, all[i].Rule.Hash), Events: all[i].Events}
		for _, x := range all[i].Tried {
			e.Tricks = append(e.Tricks, jsonTrick{x.Trick, x.Cost, x.Events, x.Escaped, x.Before, x.After})
		}
		out.Details = append(out.Details, e)
	}
	return out
}
