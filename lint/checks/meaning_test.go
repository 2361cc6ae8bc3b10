package checks_test

import (
	"context"
	"slices"
	"testing"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

// fixRounds applies fixes until there are none, comparing what rules mean.
func fixRounds(t *testing.T, docs []rules.Document) (fixed int) {
	t.Helper()
	before := meanings(docs)
	for round := range 4 {
		facts, _ := attack.Load("")
		result, err := lint.Run(context.Background(), project.Build(docs, nil, project.Options{Facts: facts, Now: today}), fixable(), lint.DefaultConfig())
		if err != nil {
			t.Fatal(err)
		}
		changed := map[string]bool{}
		for _, r := range (lint.Fixer{}).Fix(result.Findings) {
			for _, f := range r.Refused {
				t.Errorf("a fix was refused: %s", f)
			}
			if fixed += len(r.Applied); len(r.Applied) == 0 {
				continue
			}
			changed[r.Path] = true
			parsed, _ := rules.Parse(r.Path, r.After)
			docs = append(slices.DeleteFunc(docs, func(d rules.Document) bool { return d.Meta().Span.Path() == r.Path }), parsed...)
		}
		if len(changed) == 0 {
			break
		}
		if round == 3 {
			t.Errorf("%d files still have something to fix after %d rounds", len(changed), round)
		}
	}
	after := meanings(docs)
	for path, m := range before {
		if !m.same(after[path]) {
			t.Errorf("%s means something else after its fixes", path)
		}
	}
	return fixed
}

// fixable returns the checks that offer fixes.
func fixable() *lint.Catalogue {
	var out []*lint.Check
	for _, check := range checks.All() {
		if check.Fixable {
			out = append(out, check)
		}
	}
	return lint.NewCatalogue(out)
}

// meaning is what the rules of a file mean.
type meaning struct {
	program *compiler.Program
	rules   []*compiler.Rule
}

// meanings returns what rules mean, by path.
func meanings(docs []rules.Document) map[string]*meaning {
	set, _ := rules.Assemble(docs)
	program, _ := compiler.Compile(set, compiler.Options{})
	out := map[string]*meaning{}
	for _, r := range program.Rules {
		path := r.Source.Span.Path()
		if out[path] == nil {
			out[path] = &meaning{program: program}
		}
		out[path].rules = append(out[path].rules, r)
	}
	return out
}

// same reports whether the rules are equal, or proven to match the same events.
func (m *meaning) same(n *meaning) bool {
	return n != nil && slices.EqualFunc(m.rules, n.rules, func(a, b *compiler.Rule) bool {
		s := solver.New(solver.Options{Lists: true})
		return a.Hash == b.Hash || a.Category == b.Category && a.Product == b.Product && a.Service == b.Service &&
			s.Equivalent(s.Formula(m.program, a.Expr), s.Formula(n.program, b.Expr)).Answer == solver.Yes
	})
}
