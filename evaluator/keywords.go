package evaluator

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
)

// keywords decides the predicates over any value that some rules look at. All rules
// have hundreds of them, and texts that hardly ever repeat must be searched for each;
// the rules of one logsource have few.
type keywords struct {
	number uint32 // distinguishes what is remembered of texts; 0 for those of all rules
	atoms  []int32

	once   sync.Once
	tables *matcher.Matcher // of atoms
}

// maxKeywords is how many sets of keywords have matchers of their own.
const maxKeywords = 1 << 8

// keywordsOf returns what decides those of a group. Many groups have the same ones.
func (t *tables) keywordsOf(g *group) *keywords {
	g.keyed.Do(func() { g.keywords = t.keywordsAmong(t.keywordAtoms(g)) })
	return g.keywords
}

// keywordsAmong returns what decides some atoms over any value: all of them, if they
// are most, or if there are too many sets already.
func (t *tables) keywordsAmong(atoms []int32) *keywords {
	t.mu.Lock()
	defer t.mu.Unlock()
	if 2*len(atoms) > len(t.fields[anyField].atoms) {
		return &t.every
	}
	var key []byte
	for _, a := range atoms {
		key = binary.LittleEndian.AppendUint32(key, uint32(a))
	}
	known := t.sets[string(key)]
	if known == nil {
		if len(t.sets) >= maxKeywords {
			return &t.every
		}
		known = &keywords{number: uint32(len(t.sets)) + 1, atoms: atoms}
		t.sets[string(key)] = known
	}
	return known
}

// keywordAtoms returns the predicates over any value that rules of a group look at, be
// it in a filter.
func (t *tables) keywordAtoms(g *group) []int32 {
	var atoms []int32
	add := func(e *compiler.Expr) {
		if a := t.atoms[e.Atom]; e.Op == compiler.Leaf && a.field == anyField && a.kind == byValue {
			atoms = append(atoms, int32(e.Atom))
		}
	}
	for _, n := range g.rules {
		if !t.keyed[n] {
			continue
		}
		rule := t.program.Rules[n]
		rule.Expr.Each(add)
		rule.Detection.Each(add)
		for _, f := range rule.Filters {
			f.Each(add)
		}
	}
	slices.Sort(atoms)
	return slices.Compact(atoms)
}

// matcher returns what decides the keywords.
func (k *keywords) matcher(t *tables) *matcher.Matcher {
	if k.number == 0 {
		return t.matcher(anyField)
	}
	k.once.Do(func() { k.tables = matcher.New(t.program.Predicates, k.atoms, decide) })
	return k.tables
}
