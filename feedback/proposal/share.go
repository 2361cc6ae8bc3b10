package proposal

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/tuning"
)

// share makes one filter of those that exclude the same for several rules of one
// logsource. Each of them was learnt, tested and examined for its rule alone, so every
// guard holds for every rule; the filter claims no more than the weakest of them, and
// is for a person if any of them is.
func share(r *Report) {
	same := map[string][]*Proposal{}
	var order []string
	for i := range r.Rules {
		for k := range r.Rules[i].Proposals {
			p := &r.Rules[i].Proposals[k]
			l := trust.Logsource(p.doc.rule)
			key := strings.Join([]string{l.Category, l.Product, l.Service, p.Clause}, "\x00")
			if same[key] == nil {
				order = append(order, key)
			}
			same[key] = append(same[key], p)
		}
	}
	renamed := map[string]string{}
	for _, key := range order {
		if all := same[key]; len(all) > 1 {
			join(all, renamed)
		}
	}
	for i := range r.Rules {
		if p := r.Rules[i].Patch; p != nil {
			for k, id := range p.Filters {
				p.Filters[k] = cmp.Or(renamed[id], id)
			}
		}
	}
}

// join makes one document of several proposals, and notes the ids that are no more.
func join(all []*Proposal, renamed map[string]string) {
	slices.SortFunc(all, func(a, b *Proposal) int { return cmp.Compare(ruleName(a.doc.rule), ruleName(b.doc.rule)) })
	d := *all[0].doc
	lane := tuning.Auto
	var verdicts []string
	d.rate = 0
	for i, p := range all {
		if i > 0 {
			d.others = append(d.others, p.doc.rule)
		}
		if p.Lane != tuning.Auto {
			lane = p.Lane
		}
		if p.Tier.Share() > d.tier.Share() {
			d.tier = p.Tier
		}
		d.rate += p.doc.rate
		verdicts = append(verdicts, p.verdicts...)
	}
	slices.Sort(verdicts)
	verdicts = slices.Compact(verdicts)
	d.evidence = feedback.Root(verdicts)
	for _, p := range all {
		rule, before := p.doc.rule, p.ID
		renamed[before] = d.id()
		p.ID, p.Path, p.Document, p.Expires, p.Evidence, p.Verdicts = d.id(), d.path(), d.String(), d.expires(), d.evidence, len(verdicts)
		p.Lane, p.Tier, p.Rules, p.TestPath = lane, d.tier, d.names(), d.testPath(rule)
		p.doc = &d
		p.Test = d.test(rule, p)
	}
}

// withdrawShared takes back what is proposed for rules that share a filter with one
// that has lost it: the filter names both.
func withdrawShared(r *Report, before map[string]bool) {
	for changed := true; changed; {
		changed = false
		there := map[string]int{}
		for i := range r.Rules {
			for _, p := range r.Rules[i].Proposals {
				there[p.ID]++
			}
		}
		for i := range r.Rules {
			x := &r.Rules[i]
			if slices.ContainsFunc(x.Proposals, func(p Proposal) bool { return len(p.Rules) > there[p.ID] && before[p.ID] }) {
				x.withdraw("a filter that it shares with other rules hides something else there")
				changed = true
			}
		}
	}
}
