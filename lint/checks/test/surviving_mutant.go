package test

import (
	"fmt"
	"runtime"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var survivingMutant = &lint.Check{
	Name:  "test/surviving-mutant",
	Title: "a change of the rule that no test notices",
	Doc:   "The rule is changed in one place, a value or an exclusion dropped, `and` for `or`, `contains` for `endswith`, and all tests still pass: docs/adequacy.md lists all kinds of changes. Only changes are told of which an event shows the difference. Off, because it takes a multiple of all other checks; `socctl test --mutate` tells the events. The tests are run for it, those of a rule whose tests replay recordings are not: see `socctl test --cover`. A rule of which a test fails is left out.",
	Bad: `
-- .socctl.yml --
lint: {checks: {test/surviving-mutant: info}}
-- rule.yml --
title: Audit Log Cleared
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {product: windows, service: security}
detection:
    selection:
        EventID:
            - 1102
            - 4719
    condition: selection
-- tests/rule.yml --
tests:
    - name: cleared
      event: {Channel: Security, EventID: 1102}
      match: true
`,
	Good: `
-- .socctl.yml --
lint: {checks: {test/surviving-mutant: info}}
-- rule.yml --
title: Audit Log Cleared
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {product: windows, service: security}
detection:
    selection:
        EventID:
            - 1102
            - 4719
    condition: selection
-- tests/rule.yml --
tests:
    - name: cleared
      event: {Channel: Security, EventID: 1102}
      match: true
    - name: policy changed
      event: {Channel: Security, EventID: 4719}
      match: true
    - name: logon
      event: {Channel: Security, EventID: 4624}
      match: false
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Off:      true,
	Options:  []lint.Option{{Name: "max", Doc: "changes that are told of one rule", Default: 3}},
	Run:      reportSurvivors,
}

type mutationsKey struct{}

// mutations returns what tests made of the mutants of rules.
func mutations(c *lint.Corpus) map[*compiler.Rule]*adequacy.Mutation {
	return c.Derived(mutationsKey{}, func() any {
		out := map[*compiler.Rule]*adequacy.Mutation{}
		var subjects []adequacy.Subject
		var program *compiler.Program
		all := c.Derived(shownKey{}, func() any { return observe(c) }).(map[*lint.Subject]*shown)
		for _, s := range c.Subjects {
			if x := all[s]; x != nil {
				subjects, program = append(subjects, x.subject), x.program
			}
		}
		if program == nil {
			return out
		}
		made := adequacy.Mutate(program, subjects, runtime.GOMAXPROCS(0), c.Table)
		for i := range made {
			out[made[i].Rule] = &made[i]
		}
		return out
	}).(map[*compiler.Rule]*adequacy.Mutation)
}

func reportSurvivors(p *lint.Pass) {
	if shows(p) == nil {
		return
	}
	m := mutations(p.Corpus)[p.Compiled]
	if m == nil {
		return
	}
	told := 0
	for i := range m.Survivors {
		s := &m.Survivors[i]
		if s.Event == nil {
			continue
		}
		if told++; told > p.Int("max") {
			return
		}
		what := "does not match"
		if s.Matches {
			what = "matches"
		}
		at := s.Span
		if !at.Known() || at.Path() != p.Path() {
			at = p.Place()
		}
		p.Report(at, fmt.Sprintf("no test notices it: %s", s.Change), "add an event that the rule "+what+", unlike the changed one: socctl test --mutate shows it")
	}
}
