package logic

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// graded is an exclusion of a rule with the easiest way through it.
type graded struct {
	trust.Exclusion
	way   trust.Way
	judge *trust.Judge
}

// eachExclusion calls do for everything that the rule itself excludes, except what
// it means to.
func eachExclusion(p *lint.Pass, do func(x *graded)) {
	if p.Compiled == nil || p.Corpus.Program == nil || p.Corpus.Table == nil {
		return
	}
	judge := trust.New(p.Corpus.Table)
	for _, x := range trust.Exclusions(p.Compiled) {
		ways := judge.Ways(trust.Logsource(p.Compiled), p.Corpus.Program, x.Body)
		if x.Filter != nil || len(ways) == 0 || trust.Defines(p.Corpus.Program, p.Compiled, &ways[0]) {
			continue
		}
		do(&graded{x, ways[0], judge})
	}
}

// attackerSet reports whether the exclusion looks at nothing but fields that an
// attacker sets, and asks nothing of them that he could not have.
func (x *graded) attackerSet(p *lint.Pass) bool {
	free := x.way.Class() == logsource.AttackerSet
	x.Body.Each(func(leaf *compiler.Expr) {
		free = free && x.judge.Class(trust.Logsource(p.Compiled), p.Corpus.Program.Predicates[leaf.Atom].Field) == logsource.AttackerSet
	})
	return free
}

// byBasename reports whether the easiest way is to name a program.
func (x *graded) byBasename(p *lint.Pass) bool {
	named := false
	for _, s := range x.way.Steps {
		if !s.Holds {
			continue
		}
		if s.Scored.Basename == "" || x.judge.Class(trust.Logsource(p.Compiled), s.Scored.Field) == logsource.AttackerSet {
			return false
		}
		named = true
	}
	return named
}

// grave is warning for rules that raise alerts of a high level.
func grave(p *lint.Pass) rules.Severity {
	if p.Compiled.Level == "high" || p.Compiled.Level == "critical" {
		return rules.Warning
	}
	return rules.Info
}
