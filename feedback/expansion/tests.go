package expansion

import (
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/feedback/proposal"
)

const (
	maxTests     = 5        // events of the incident that become tests
	maxTestBytes = 64 << 10 // of an event that does
)

// tests returns a file of tests: events of the incident as they were recorded, which
// the rule has to match, and for a draft events derived from the first, one for every
// part of the rule, which it must not. Each test has been run.
func (x *expansion) tests(p *compiler.Program, rule, known *compiler.Rule, events []*missed, derived bool) (string, error) {
	var out adequacy.Proposed
	var base evaluator.Value
	for _, m := range events {
		v := m.event.Record().Value
		if len(out.Tests) == maxTests || v.Kind() != evaluator.Object || len(v.AppendJSON(nil)) > maxTestBytes || !adequacy.Matches(p, rule, v, x.Table) {
			continue
		}
		if len(out.Tests) == 0 {
			base = v
		}
		out.Tests = append(out.Tests, adequacy.Proposal{Name: "event " + m.print[len("sha256:"):][:12] + " of the incident is caught", Events: []evaluator.Value{v}, Match: true})
	}
	if len(out.Tests) == 0 {
		return "", fmt.Errorf("no event of the incident can be written as a test of %s", proposal.Scalar(rule.Title))
	}
	if derived {
		if more, err := adequacy.Propose(p, adequacy.Subject{Rule: rule}, base, nil, x.Table); err == nil {
			out.Tests = append(out.Tests, slices.DeleteFunc(more.Tests, func(t adequacy.Proposal) bool { return t.Match })...)
		}
	}
	name := nameOf(known)
	return "rule: " + proposal.Scalar(name) + "\ntests:\n" + out.Items("", base), nil
}
