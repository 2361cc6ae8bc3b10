package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// endsSoon is how long before its end a filter is told.
const endsSoon = 30 * 24 * time.Hour

// ends tells the filters that have ended and are left out, and those that end soon.
func (r *CIRun) ends() []CIRemark {
	out := []CIRemark{}
	add := func(kind string, f *rules.Filter, text string) {
		out = append(out, CIRemark{kind, fmt.Sprintf("%s: %s %s", f.Label(), text, f.Expires.Text), f.Span.Path(), f.Span.Start.Line})
	}
	if e := r.Expiry; e != nil {
		for _, f := range e.Expired {
			add("expired", f, "it is left out, because it ended on")
		}
		for _, f := range e.Active {
			if f.Expired(e.Now.Add(endsSoon)) {
				add("ends", f, "it ends on")
			}
		}
	}
	return out
}

// blanket is a filter that hides almost all that rules detect.
type blanket struct {
	of  backtest.FilterCount // of the first rule
	all bool                 // it hides all of each
	on  []string             // the rules, with what it hides
}

// blankets tells the filters that hide almost all that a rule detects. Those of a rule
// that the change touches, be it through the filter, are worth a warning, and so is one
// that is new there and hides all, however little that is; the others are counted.
func (r *CIRun) blankets() (touched, others []CIRemark) {
	if r.Backtest == nil {
		return nil, nil
	}
	x, changes, more := r.Backtest.Result, r.changedReports(), 0
	var found []*blanket
	for i := range x.Rules {
		rule := &x.Rules[i]
		c := changes[rule]
		for k := range rule.Filters {
			f := &rule.Filters[k]
			known, hidesAll := findsBlanket(x, i, f), f.Asked > 0 && f.Suppressed == f.Asked
			switch {
			case c == nil && known:
				more++
			case c != nil && (known || hidesAll && newFilter(c, f)):
				found = addBlanket(found, rule, f, hidesAll)
			}
		}
	}
	for _, b := range found {
		touched = append(touched, b.remark())
	}
	if more > 0 {
		others = append(others, CIRemark{Kind: backtest.BlanketException, Text: fmt.Sprintf("%s %s back almost all that a rule detects, where this change touches neither filter nor rule",
			Count(more, "filter"), plural(more, "keeps", "keep"))})
	}
	return touched, others
}

// changedReports are the reports on rules that may match other events than before.
func (r *CIRun) changedReports() map[*backtest.RuleReport]*DiffChange {
	reports, out := reportsOf(r.Backtest.Result), map[*backtest.RuleReport]*DiffChange{}
	for i := range r.Diff.Changes {
		c := &r.Diff.Changes[i]
		if x := reports[keyOfChange(c)]; x != nil && c.New != nil && severities[c.Kind] <= severities[diff.Equivalent] {
			out[x] = c
		}
	}
	return out
}

// findsBlanket reports whether the replay finds that a filter hides almost all of a rule.
func findsBlanket(x *backtest.Result, rule int, of *backtest.FilterCount) bool {
	return slices.ContainsFunc(x.Findings, func(f backtest.Finding) bool {
		return f.Name == backtest.BlanketException && f.Rule == rule && f.Path == of.Path && f.Line == of.Line
	})
}

// newFilter reports whether no version of before of a rule had a filter as it is now.
func newFilter(c *DiffChange, of *backtest.FilterCount) bool {
	if c.Old == nil {
		return true
	}
	is := slices.IndexFunc(c.New.Filters, func(e *compiler.Expr) bool {
		return e.Filter.Span.Path() == of.Path && e.Filter.Span.Start.Line == of.Line
	})
	return is >= 0 && !slices.ContainsFunc(c.Old.Filters, func(e *compiler.Expr) bool {
		return rules.ContentHash(e.Filter) == rules.ContentHash(c.New.Filters[is].Filter)
	})
}

// addBlanket adds a rule to a filter, which is told once.
func addBlanket(list []*blanket, rule *backtest.RuleReport, f *backtest.FilterCount, all bool) []*blanket {
	at := slices.IndexFunc(list, func(b *blanket) bool { return b.of.Path == f.Path && b.of.Line == f.Line })
	if at < 0 {
		at, list = len(list), append(list, &blanket{of: *f, all: true})
	}
	b := list[at]
	b.all = b.all && all
	b.on = append(b.on, fmt.Sprintf("%s (%d of %s)", Shorten(rule.Title, maxTuningTitle), f.Suppressed, Count(f.Asked, "event")))
	return list
}

// namedRules is how many rules are named of a filter.
const namedRules = 3

func (b *blanket) remark() CIRemark {
	all := "almost all"
	if b.all {
		all = "all"
	}
	text := fmt.Sprintf("the filter %q keeps back %s that %s: %s", b.of.Title, all,
		plural(len(b.on), "a rule detects", fmt.Sprintf("%d rules detect", len(b.on))), strings.Join(b.on[:min(namedRules, len(b.on))], ", "))
	if more := len(b.on) - namedRules; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return CIRemark{"filter", text, b.of.Path, b.of.Line}
}
