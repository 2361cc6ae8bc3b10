package evaluator

import "github.com/socctl/socctl/compiler"

// condition is the expression of a rule as a jury reads it: one word for each part, in
// the order in which they are written, so that rules that are woken for every other event
// lie together in a cache, and are not looked for all over the memory. A word has the kind of
// its part in its lowest bits, and above them the predicate of a leaf, or where the words
// of the part end.
type condition []uint32

// The kinds of parts; those of leaves are the kinds of their predicates.
const (
	isMarked  = uint32(byValue)
	isNull    = uint32(byNull)
	isPresent = uint32(byPresent)
	isAbsent  = uint32(byAbsent)
	allOf     = 5
	anyOf     = 6
	notOf     = 7

	kindBits = 3
)

// describe appends the words of an expression to what is known of a rule, and notes the
// fields that it looks at and its predicates over two.
func (t *tables) describe(e *compiler.Expr, r *ruleTable) {
	if e.Op == compiler.Leaf {
		t.describeLeaf(int32(e.Atom), r)
		return
	}
	at := len(r.holds)
	r.holds = append(r.holds, [...]uint32{compiler.And: allOf, compiler.Or: anyOf, compiler.Not: notOf}[e.Op])
	for _, arg := range e.Args {
		t.describe(arg, r)
	}
	r.holds[at] |= uint32(len(r.holds)) << kindBits
}

func (t *tables) describeLeaf(atom int32, r *ruleTable) {
	a := t.atoms[atom]
	if n := len(r.fields); n == 0 || r.fields[n-1] != a.field {
		r.fields = append(r.fields, a.field)
	}
	kind := uint32(a.kind)
	if a.kind == byFields {
		r.fields, r.joins, kind = append(r.fields, a.other), append(r.joins, atom), isMarked
	}
	r.holds = append(r.holds, uint32(atom)<<kindBits|kind)
}

// keptWords is how many words of conditions are allocated at once.
const keptWords = 1 << 12

// keep returns a copy of a condition, which lies behind that of the rule before.
func (t *tables) keep(c condition) condition {
	if cap(t.kept)-len(t.kept) < len(c) {
		t.kept = make(condition, 0, max(len(c), keptWords))
	}
	at := len(t.kept)
	t.kept = append(t.kept, c...)
	return t.kept[at:len(t.kept):len(t.kept)]
}

// hold reports whether the part of a condition holds that begins at a word, and where it
// ends.
func (j *jury) hold(c condition, at uint32) (holds bool, end uint32) {
	word := c[at]
	value := word >> kindBits
	at++
	switch word & (1<<kindBits - 1) {
	case isMarked:
		return j.marked[value] == j.epoch, at
	case isNull:
		return j.marked[value] == j.epoch || j.there[j.tables.atoms[value].field] != j.epoch, at
	case isPresent:
		return j.there[j.tables.atoms[value].field] == j.epoch, at
	case isAbsent:
		return j.there[j.tables.atoms[value].field] != j.epoch, at
	case notOf:
		holds, at = j.hold(c, at)
		return !holds, at
	case allOf:
		for holds = true; holds && at < value; {
			holds, at = j.hold(c, at)
		}
		return holds, value
	}
	for at < value && !holds {
		holds, at = j.hold(c, at)
	}
	return holds, value
}
