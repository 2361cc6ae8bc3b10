package tuning

import (
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules/logsource"
)

// Lattice generalises values of the fields of a logsource: from what a field holds,
// comparisons that say less and less. It is safe for concurrent use.
type Lattice struct {
	*lattice
	source logsource.Logsource
}

// NewLattice returns the lattice of a logsource. Literals name fields that the table
// knows for it or that are among further ones; none says when, where or by which
// process something happened.
func NewLattice(t *logsource.Table, source logsource.Logsource, further []string) Lattice {
	return Lattice{newLattice(t, source, further), source}
}

// Of returns the literals that generalise a value of a field; none if no literal may
// name the field.
func (x Lattice) Of(field, value string) []*Literal { return x.of(field, value) }

// Class returns who decides about a field.
func (x Lattice) Class(field string) logsource.Trust {
	x.lock.Lock()
	defer x.lock.Unlock()
	return x.judge.Class(x.source, field)
}

// Kind returns what a field is made of; "" if no literal may name it.
func (x Lattice) Kind(field string) logsource.Kind { return x.kind(field) }

// Generalises reports whether a literal says less than another one of the same field
// and anchor: its text is a part of the other's, where the anchor wants it.
func (l *Literal) Generalises(o *Literal) bool {
	a, b := compiler.Fold(l.Value), compiler.Fold(o.Value)
	if l.Field != o.Field || l.Anchor != o.Anchor || l.CIDR || o.CIDR || a == b {
		return false
	}
	switch l.Anchor {
	case compiler.AtEnd:
		return strings.HasSuffix(b, a)
	case compiler.AtStart:
		return strings.HasPrefix(b, a)
	case compiler.Anywhere:
		return strings.Contains(b, a)
	}
	return false
}
