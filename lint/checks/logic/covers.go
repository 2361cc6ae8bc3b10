package logic

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

type (
	coversKey   struct{}
	subjectsKey struct{}
	modelsKey   struct{}
)

// covers returns which rules of the corpus cover others, as far as they are asked
// for.
func covers(c *lint.Corpus) []proof.Cover {
	if c.Program == nil {
		return nil
	}
	return c.Derived(coversKey{}, func() any {
		models := c.Lasting(modelsKey{}, func() any { return &proof.Models{} }).(*proof.Models)
		return slices.DeleteFunc(proof.Covers(c.Program, wanted(c), models, c.Parallel), func(c proof.Cover) bool {
			return !c.Sure && proof.Nested(c.Clashes)
		})
	}).([]proof.Cover)
}

// wanted returns for which rules findings are asked for.
func wanted(c *lint.Corpus) func(*compiler.Rule) bool {
	subjects := subjects(c)
	return func(r *compiler.Rule) bool { return subjects[r] != nil && c.Wanted(subjects[r]) }
}

// subjects returns the documents of compiled rules.
func subjects(c *lint.Corpus) map[*compiler.Rule]*lint.Subject {
	return c.Derived(subjectsKey{}, func() any {
		out := make(map[*compiler.Rule]*lint.Subject, len(c.Subjects))
		for _, s := range c.Subjects {
			if s.Compiled != nil {
				out[s.Compiled] = s
			}
		}
		return out
	}).(map[*compiler.Rule]*lint.Subject)
}

// before reports whether one document comes before another one.
func before(a, b *lint.Subject) bool {
	return a.Path() < b.Path() || a.Path() == b.Path() && a.Header.Span.Start.Before(b.Header.Span.Start)
}

// level returns the rank of a rule's level, -1 if it has none.
func level(s *lint.Subject) int { return slices.Index(rules.Levels(), s.Rule.Level.Text) }
