package evaluator

import (
	"slices"
	"strings"
)

// A Trace finds out which leaves of a record decide what is made of it. Its
// values are those of the record, and remember that they were read. What is
// computed of a record without reading a leaf is the same for every record of
// that shape; what is computed by reading some is the same for every record of
// the shape in which these have the same texts.
type Trace struct {
	reads []reading // in the order in which they happened first
	seen  map[reading]bool
	next  int32

	numbers  []int32 // of leaves by their order in the record; nil if they are the same
	reversed bool    // members of objects come in the opposite order

	columns []Column     // that leaves are of, by number; nil if they are not of any
	texts   []tracedText // room for leaves
	members []Member     // and for what they are in
	items   []Value
}

// reading is what was asked of a leaf: its text, or something that is derived of
// it.
type reading struct {
	leaf int32
	by   *Derivation // nil for the text itself
}

// Derivation is a function of the text of a leaf that has few results, although
// there are many texts. A trace remembers the result and not the text.
type Derivation struct {
	function func(text string) string
	most     int    // bytes of the text that it looks at
	begin    string // a text that does not begin with it yields nothing
	lines    bool   // it yields what the first line yields that yields anything
}

// NewDerivation returns a derivation by a function that depends on its argument
// alone, which is the beginning of a text: most bytes of it, or all if it has no
// more.
func NewDerivation(most int, function func(text string) string) *Derivation {
	return &Derivation{function: function, most: most}
}

// NewDerivationOf is NewDerivation for a function that yields "" for every text that does
// not begin with some ASCII, which is told without reading the text.
func NewDerivationOf(begin string, most int, function func(text string) string) *Derivation {
	return &Derivation{function: function, most: most, begin: begin}
}

// NewLineDerivation is NewDerivation for a function that goes from line to line, until one
// yields something.
func NewLineDerivation(most int, function func(text string) string) *Derivation {
	return &Derivation{function: function, most: most, lines: true}
}

func (d *Derivation) of(text string) string {
	if !strings.HasPrefix(text, d.begin) {
		return ""
	}
	return d.function(text[:min(len(text), d.most)])
}

// fails reports whether a text begins otherwise for sure, by how it is written in JSON
// or as it is.
func (d *Derivation) fails(written []byte) bool {
	for i := range len(d.begin) {
		if i >= len(written) {
			return true
		}
		if written[i] != d.begin[i] {
			return written[i] != '\\'
		}
	}
	return false
}

// Touch notes that the text of v was used, where it is remembered and not read again.
func (v Value) Touch() {
	if t := v.tracedLeaf(); t != nil {
		t.trace.note(reading{t.leaf, nil})
	}
}

// Derive returns what a derivation makes of the text of v.
func (v Value) Derive(by *Derivation) string {
	if t := v.tracedLeaf(); t != nil {
		t.trace.note(reading{t.leaf, by})
		return by.of(t.value())
	}
	return by.of(v.Text())
}

// tracedText is a leaf of a traced record.
type tracedText struct {
	trace *Trace
	leaf  int32
	text  string
	by    func(leaf int) string // what reads text, if that was not yet necessary
}

func (t *tracedText) read() string {
	t.trace.note(reading{t.leaf, nil})
	return t.value()
}

// value returns the text without noting that it was read.
func (t *tracedText) value() string {
	if t.by != nil {
		t.text, t.by = t.by(int(t.leaf)), nil
	}
	return t.text
}

// lacks reports whether the text has for sure none of the words of a filter, as far as is
// known without reading it.
func (t *tracedText) lacks(of *tables, filter *wordFilter) bool {
	return t.trace.columns != nil && of.lacked(t.trace.columns[t.leaf], anyField, filter)
}

// LaterBy returns a traced leaf whose text is only asked for if it is read, by the number of
// the leaf: that of a string or a boolean as it is written, that of a number as it is in
// NumberValue. Leaves are made in their order, as Value makes them.
func (t *Trace) LaterBy(k Kind, text func(leaf int) string) Value {
	return tracedValue(k, t.add(tracedText{trace: t, leaf: t.leaf(), by: text}))
}

// add keeps a leaf.
func (t *Trace) add(leaf tracedText) *tracedText {
	kept := &roomFor(&t.texts, 1)[0]
	*kept = leaf
	return kept
}

// Room returns members and items for a record, to be filled in.
func (t *Trace) Room(members, items int) ([]Member, []Value) {
	return roomFor(&t.members, members), roomFor(&t.items, items)
}

// roomFor takes n more items of a slab. Those before stay where they are.
func roomFor[T any](slab *[]T, n int) []T {
	if len(*slab)+n > cap(*slab) {
		*slab = make([]T, 0, max(32, 2*cap(*slab), n))
	}
	from := len(*slab)
	*slab = (*slab)[:from+n]
	return (*slab)[from : from+n : from+n]
}

// keptRoom is how many items a slab may have that is kept while it is not used.
const keptRoom = 1 << 12

// vacated returns a slab with nothing in it.
func vacated[T any](slab []T) []T {
	if cap(slab) > keptRoom {
		return nil
	}
	clear(slab[:cap(slab)])
	return slab[:0]
}

// Skip counts a leaf that has no text.
func (t *Trace) Skip() { t.leaf() }

// Ordered returns the members of an object in the order in which the trace wants
// them.
func (t *Trace) Ordered(members []Member) []Member {
	if t.reversed {
		slices.Reverse(members)
	}
	return members
}

func (t *Trace) note(r reading) {
	if !t.seen[r] {
		t.seen[r] = true
		t.reads = append(t.reads, r)
	}
}

// NewTrace returns a trace of one record.
func NewTrace() *Trace { return &Trace{seen: map[reading]bool{}} }

// reset makes the trace one of another record, of whose event nothing is needed any more.
func (t *Trace) reset() {
	t.forget()
	t.next, t.numbers, t.reversed, t.columns = 0, nil, false, nil
	t.texts, t.members, t.items = t.texts[:0], t.members[:0], t.items[:0]
}

// release is reset of a trace that is not used for a while.
func (t *Trace) release() {
	t.reset()
	t.texts, t.members, t.items = vacated(t.texts), vacated(t.members), vacated(t.items)
}

// Number gives leaves other numbers than those of their order in the record: the
// leaf order[i] is number i.
func (t *Trace) Number(order []int32) {
	t.numbers = make([]int32, len(order))
	for number, leaf := range order {
		t.numbers[leaf] = int32(number)
	}
}

// Value returns a record whose strings, numbers and booleans are traced. Leaves
// are numbered as they come in the record, see Number: nulls, empty lists and empty objects
// are leaves too, but have no text. It is called once.
func (t *Trace) Value(v Value) Value {
	switch v.Kind() {
	case List:
		if items := v.Items(); len(items) > 0 {
			out := make([]Value, len(items))
			for i, item := range items {
				out[i] = t.Value(item)
			}
			return ListValue(out...)
		}
	case Object:
		if members := v.Members(); len(members) > 0 {
			out := make([]Member, len(members))
			for i, m := range members {
				out[i] = Member{m.Name, t.Value(m.Value)}
			}
			if t.reversed {
				slices.Reverse(out)
			}
			return ObjectValue(out...)
		}
	case Null:
	default:
		return tracedValue(v.Kind(), t.add(tracedText{trace: t, leaf: t.leaf(), text: v.scalar()}))
	}
	t.leaf()
	return v
}

// leaf returns the number of the next leaf.
func (t *Trace) leaf() int32 {
	t.next++
	if t.numbers != nil {
		return t.numbers[t.next-1]
	}
	return t.next - 1
}

// forget makes the trace one of what is read from now on.
func (t *Trace) forget() {
	if len(t.reads) > 0 {
		clear(t.seen)
		t.reads = t.reads[:0]
	}
}
