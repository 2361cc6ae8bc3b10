package ruletest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// excuse skips a test that failed for a filter that has expired alone: with it, as
// before its day, the test passes. That the filter has expired is for lint to tell; a
// rule does not become worse on that day.
func (w *worker) excuse(i int) {
	out := &w.run.result.Cases[i]
	if out.Status != Fail || w.run.unexpired == nil {
		return
	}
	sub := &worker{run: w.run.unexpired()}
	sub.unit(unit{[]int{i}})
	if sub.run.result.Cases[i].Status != Pass {
		return
	}
	*out = CaseResult{Case: out.Case, Status: Skipped, Span: out.Span, RuleHash: out.RuleHash, Compiled: out.Compiled, Duration: out.Duration,
		Message: "it passes only with " + expiredText(out.Case.Rule, w.run.program.Expiry) + ": renew the filter, or remove it with this test"}
}

// withExpired returns the run of the same tests with the filters that have expired; nil
// if none has.
func withExpired(r *run, s *Suite, cases []*Case) func() *run {
	if r.program.Expiry == nil || len(r.program.Expiry.Expired) == 0 {
		return nil
	}
	o := r.options
	o.Now, o.FailFast, o.Update, o.Keep, o.Untested, o.Memory, o.Progress = time.Time{}, false, false, false, false, nil, nil
	return func() *run { return newRun(r.ctx, s, cases, o) }
}

// expiredText names the filters that have expired and apply to a rule; all of them if
// they apply to rules that it is made of.
func expiredText(d rules.Document, e *compiler.Expiry) string {
	all := e.Expired
	if r, is := d.(*rules.Rule); is {
		var of []*rules.Filter
		for _, f := range all {
			if slices.Contains(r.Filters, f) {
				of = append(of, f)
			}
		}
		if len(of) > 0 {
			all = of
		}
	}
	texts := make([]string, len(all))
	for i, f := range all {
		texts[i] = fmt.Sprintf("the filter %q, which expired on %s", f.Title.Text, f.Expires.Text)
	}
	return strings.Join(texts, ", or ")
}
