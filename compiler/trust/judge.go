// Package trust grades what rules compare fields with by what an attacker must
// control to satisfy the comparison: nothing but his own words, a known trick, or
// the system itself.
//
// A score is a number from 0 to 3, the more the harder: 0 is a word that the
// attacker types, 3 a hash of the content. The three classes of
// logsource.Trust are the same scores in bands (ClassOf). Scores of comparisons
// that must all hold add up over distinct fields.
//
// All of it rests on a table (package rules/logsource) that states defaults of
// systems and can be overridden. None of it is a proof.
package trust

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules/logsource"
)

// MaxScore is the highest score.
const MaxScore = 3.0

// Scores from which on a comparison is of a class.
const (
	spoofableFrom = 0.5
	systemFrom    = 2.0
)

// ClassOf returns the class of a score.
func ClassOf(score float64) logsource.Trust {
	switch {
	case score < spoofableFrom:
		return logsource.AttackerSet
	case score < systemFrom:
		return logsource.Spoofable
	}
	return logsource.SystemSet
}

// Judge grades by one table. It is for one goroutine.
type Judge struct {
	table  *logsource.Table
	fields map[fieldKey]field
	grades map[gradeKey]Grade
	within map[domainKey][]compiler.Predicate
}

type domainKey struct {
	domain *logsource.Domain
	name   string
}

type fieldKey struct {
	rule logsource.Logsource
	name string
}

type gradeKey struct {
	rule      logsource.Logsource
	predicate string
}

// field is what the table says of a field.
type field struct {
	logsource.FieldDef
	known  bool
	domain *logsource.Domain
}

// New returns a Judge by a table.
func New(t *logsource.Table) *Judge {
	return &Judge{table: t, fields: map[fieldKey]field{}, grades: map[gradeKey]Grade{}, within: map[domainKey][]compiler.Predicate{}}
}

// Class returns who decides about a field, for rules of a logsource.
func (j *Judge) Class(rule logsource.Logsource, name string) logsource.Trust {
	return j.field(rule, name).Trust
}

func (j *Judge) field(rule logsource.Logsource, name string) field {
	key := fieldKey{rule, name}
	f, seen := j.fields[key]
	if !seen {
		f.FieldDef, f.known = j.table.Field(rule, name)
		f.Name = name
		f.domain = j.table.Domain(f.Domain)
		j.fields[key] = f
	}
	return f
}

// Domain returns, for solver.Options, predicates that every value of a field
// satisfies as far as the table knows. It is for rules of one logsource.
func (j *Judge) Domain(rule logsource.Logsource) func(name string) []compiler.Predicate {
	return func(name string) []compiler.Predicate {
		d := j.field(rule, name).domain
		if d == nil || len(d.Patterns) == 0 {
			return nil
		}
		return j.predicates(d, name)
	}
}

func (j *Judge) predicates(d *logsource.Domain, name string) []compiler.Predicate {
	key := domainKey{d, name}
	if known, seen := j.within[key]; seen {
		return known
	}
	out := make([]compiler.Predicate, 0, len(d.Patterns))
	for _, e := range d.Expressions() {
		p, err := compiler.RegexPredicate(name, e, true)
		if err != nil {
			continue // patterns were compiled when the table was read; what is left out admits more
		}
		out = append(out, p)
	}
	j.within[key] = out
	return out
}

// Score grades the comparison of a field with a text, from its first character on
// or the whole of it.
func (j *Judge) Score(rule logsource.Logsource, name, value string, whole bool) float64 {
	anchor := compiler.AtStart
	if whole {
		anchor = compiler.Whole
	}
	p := compiler.LiteralPredicate(name, value, anchor, false)
	return j.Grade(rule, &p).Score
}

// Logsource returns the logsource of a rule in the form of the table.
func Logsource(r *compiler.Rule) logsource.Logsource {
	return logsource.Logsource{Category: r.Category, Product: r.Product, Service: r.Service}
}
