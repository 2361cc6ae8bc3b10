package backtest

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// probed is a program with a rule for every logsource behind its own, which
// matches whatever it is tried on. So the evaluator itself, which knows best,
// says what rules of a logsource are tried on.
type probed struct {
	program    *compiler.Program
	logsources []Logsource
	probes     map[*compiler.Rule]int // index of its logsource
	fields     [][]string             // that rules of the logsource look at
}

func newProbed(p *compiler.Program) *probed {
	fields := map[Logsource]map[string]bool{{}: {}}
	for _, r := range p.Rules {
		l := LogsourceOf(r)
		if fields[l] == nil {
			fields[l] = map[string]bool{}
		}
		for _, f := range r.Fields {
			fields[l][f] = true
		}
	}
	out := &probed{program: &compiler.Program{Predicates: p.Predicates, Rules: slices.Clone(p.Rules)}, probes: map[*compiler.Rule]int{}}
	always := &compiler.Expr{Op: compiler.And}
	for _, l := range slices.SortedFunc(maps.Keys(fields), compareLogsources) {
		probe := &compiler.Rule{Category: l.Category, Product: l.Product, Service: l.Service, Expr: always, Detection: always}
		out.probes[probe] = len(out.logsources)
		out.logsources = append(out.logsources, l)
		out.fields = append(out.fields, slices.Sorted(maps.Keys(fields[l])))
		out.program.Rules = append(out.program.Rules, probe)
	}
	return out
}

// split parts the matches of rules from the logsources whose rules were tried.
// Probes stand behind all rules.
func (p *probed) split(matches []evaluator.Match) (of []evaluator.Match, tried []int) {
	for i := range matches {
		if _, isProbe := p.probes[matches[i].Rule]; isProbe {
			for _, m := range matches[i:] {
				tried = append(tried, p.probes[m.Rule])
			}
			return matches[:i:i], tried
		}
	}
	return matches, nil
}
