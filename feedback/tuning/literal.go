package tuning

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// Literal is one comparison of a clause.
type Literal struct {
	Field  string
	Anchor compiler.Anchor // Whole unless CIDR
	CIDR   bool
	Value  string // plain text, no wildcards; a network with CIDR
	Score  float64
	Class  string // of the path, command … that it is made of; for explanations
	// Account says that the value is a person or service that something ran as.
	Account bool

	predicate compiler.Predicate
	graded    bool // Score is known
}

// Key returns the comparison as a rule would write it.
func (l *Literal) Key() string {
	suffix := [...]string{"", "|contains", "|startswith", "|endswith"}[l.Anchor]
	if l.CIDR {
		suffix = "|cidr"
	}
	return l.Field + suffix
}

// String returns the key and the value.
func (l *Literal) String() string { return l.Key() + ": " + strconv.Quote(l.Value) }

// accepts decides the comparison on a value as the evaluator does.
func (l *Literal) accepts(value, folded string) bool {
	return l.predicate.Accepts(compiler.StringKind, value, folded)
}

func compareLiterals(a, b *Literal) int {
	return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Anchor, b.Anchor), cmp.Compare(compiler.Fold(a.Value), compiler.Fold(b.Value)),
		cmp.Compare(a.Value, b.Value))
}

// Clause is a conjunction of literals, in the order of their fields.
type Clause []*Literal

// String returns the literals joined by and.
func (c Clause) String() string {
	parts := make([]string, len(c))
	for i, l := range c {
		parts[i] = l.String()
	}
	return strings.Join(parts, " and ")
}

// Matches decides the clause on the values of an event.
func (c Clause) Matches(values map[string]string) bool {
	for _, l := range c {
		v, present := values[l.Field]
		if !present || !l.accepts(v, compiler.Fold(v)) {
			return false
		}
	}
	return true
}

// Score returns what an attacker needs: the highest of every field, added up, at
// most 3.
func (c Clause) Score() float64 {
	sum := 0.0
	for i, l := range c {
		counts := true // the highest of a field, the first of equal ones
		for j, o := range c {
			if j != i && o.Field == l.Field && (o.Score > l.Score || o.Score == l.Score && j < i) {
				counts = false
			}
		}
		if counts {
			sum += l.Score
		}
	}
	return min(sum, 3)
}

// fields counts the distinct fields.
func (c Clause) fields() int {
	seen := map[string]bool{}
	for _, l := range c {
		seen[l.Field] = true
	}
	return len(seen)
}

// Pattern returns the value as a rule has to write it, with what would be a
// wildcard escaped and no backslash doubled that need not be.
func (l *Literal) Pattern() string {
	if l.CIDR {
		return l.Value
	}
	var b strings.Builder
	for i := 0; i < len(l.Value); i++ {
		c := l.Value[i]
		more := i+1 < len(l.Value)
		if c == '*' || c == '?' || c == '\\' && more && strings.IndexByte(`\*?`, l.Value[i+1]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Predicate returns the comparison for the compiler.
func (l *Literal) Predicate() compiler.Predicate { return l.predicate }

// NewLiteral returns a comparison with a plain text, without a score.
func NewLiteral(field string, anchor compiler.Anchor, value string) *Literal {
	return &Literal{Field: field, Anchor: anchor, Value: value, predicate: compiler.LiteralPredicate(field, value, anchor, false)}
}
