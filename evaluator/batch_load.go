package evaluator

import (
	"encoding/binary"
	"unsafe"

	"github.com/socctl/socctl/evaluator/shape"
)

// load returns the classes of what a field holds.
func (m *batchMatcher) load(l *load, p *plan, rows []int32) (vector, error) {
	switch l.kind {
	case oneLeaf:
		return m.leaf(m.Leaves[l.leaf], l.field, nil, rows)
	case computed:
		return m.guarded(l, p, rows)
	}
	m.merged = append(m.merged[:0], l.atoms...)
	out := vector{same: m.classes.of(m.merged)}
	for _, leaf := range l.leaves {
		v, err := m.leaf(m.Leaves[leaf], l.field, l.words.plain, rows)
		if err != nil {
			return out, err
		}
		out = m.merge(out, v)
	}
	return out, nil
}

// leaf returns the classes of the texts of a column as values of a field. A filter,
// unless it is nil, tells texts without any word that counts.
func (m *batchMatcher) leaf(c Column, field int32, filter *wordFilter, rows []int32) (vector, error) {
	if len(m.tables.fields[field].atoms) == 0 || m.tables.wordless(c, field, filter) {
		return vector{}, nil
	}
	classes, classOf, err := m.classesOf(c, field, filter)
	if err != nil {
		return vector{}, err
	}
	if len(rows) >= len(classes)/2 {
		same := true
		for i := range classes {
			if classes[i] == undecided {
				classes[i] = classOf(i)
			}
			same = same && classes[i] == classes[0]
		}
		if same && len(classes) > 0 {
			return vector{same: classes[0]}, nil
		}
		if c, ok := c.(Mapped); ok {
			byRow, err := c.AppendMapped(m.numbers.take(len(rows)), rows, classes)
			return vector{byRow: byRow}, err
		}
	}
	byRow, err := c.AppendCodes(m.numbers.take(len(rows)), rows)
	if err != nil {
		return vector{}, err
	}
	for i, code := range byRow {
		class := classes[code]
		if class == undecided {
			class = classOf(int(code))
			classes[code] = class
		}
		byRow[i] = class
	}
	return vector{byRow: byRow}, nil
}

// classesOf returns the classes of the texts of a column, as far as they were needed, and
// what finds out another one.
func (m *batchMatcher) classesOf(c Column, field int32, filter *wordFilter) (classes []uint32, of func(text int) uint32, err error) {
	key := dictionaryKey{field, c.Kind(), filter}
	x, err := linesOf(c)
	if err != nil {
		return nil, nil, err
	}
	if x != nil {
		classes, _ = x.known.of(key, len(x.ends), m.batchMemory)
		return classes, func(text int) uint32 { return m.classOfLines(x, text, field, filter) }, nil
	}
	d, err := c.Dictionary()
	if err != nil {
		return nil, nil, err
	}
	classes, fresh := d.known.of(key, len(d.Texts), m.batchMemory)
	if fresh && c.Kind() == shape.String {
		m.tables.lackParts(d.Parts, field, filter, classes)
	}
	return classes, func(text int) uint32 { return m.classOfEntry(c, field, filter, d.Text(uint32(text))) }, nil
}

// lackParts gives the empty class to the texts of those parts of which none satisfies any
// predicate over a field, or holds any word of a filter unless it is nil, see lacked.
func (t *tables) lackParts(parts []Part, field int32, filter *wordFilter, classes []uint32) {
	from := uint32(0)
	for _, part := range parts {
		if part.Grams != nil && part.Grams.lacks(t, field, filter) {
			clear(classes[from:part.End])
		}
		from = part.End
	}
}

// classTable is classes of texts, as far as they were needed by the current call of
// MatchBatches.
type classTable struct {
	known []knownClasses // of which there are few
	call  uint64
}

type knownClasses struct {
	key     dictionaryKey
	classes []uint32 // by text; undecided where it was not needed yet
}

// of returns the classes of so many texts as values of a field; fresh is true if none was
// needed before.
func (t *classTable) of(key dictionaryKey, texts int, with *batchMemory) (classes []uint32, fresh bool) {
	if t.call != with.call {
		t.known, t.call = t.known[:0], with.call
	}
	for i := range t.known {
		if t.known[i].key == key {
			return t.known[i].classes, false
		}
	}
	classes = with.class.take(texts)[:texts]
	for i := range classes {
		classes[i] = undecided
	}
	t.known = append(t.known, knownClasses{key, classes})
	return classes, true
}

func (m *batchMatcher) classOfEntry(c Column, field int32, filter *wordFilter, text string) uint32 {
	if filter != nil && filter.lacks(text) {
		return 0
	}
	kind := String
	switch c.Kind() {
	case shape.Number:
		kind, text = Number, columnText(c, text)
	case shape.Bool:
		kind = Bool
	}
	return m.classOfOne(field, kind, text)
}

// merge unites the sets of predicates of two vectors.
func (m *batchMatcher) merge(a, b vector) vector {
	if b.byRow == nil && b.same == 0 {
		return a
	}
	if a.byRow == nil && a.same == 0 {
		return b
	}
	known := m.emptyPairs()
	union := func(one, two uint32) uint32 {
		if one == two || two == 0 {
			return one
		}
		key := uint64(one)<<32 | uint64(two)
		class, ok := known[key]
		if !ok {
			m.merged = append(append(m.merged[:0], m.classes.atoms[one]...), m.classes.atoms[two]...)
			class = m.classes.of(m.Evaluator.ascending())
			known[key] = class
		}
		return class
	}
	if a.byRow == nil && b.byRow == nil {
		return vector{same: union(a.same, b.same)}
	}
	n := max(len(a.byRow), len(b.byRow))
	out := vector{byRow: m.numbers.take(n)[:n]}
	for i := range out.byRow {
		out.byRow[i] = union(a.at(i), b.at(i))
	}
	return out
}

// guarded returns the classes of a computation, which are those of a column in rows in
// which its guards hold.
func (m *batchMatcher) guarded(l *load, p *plan, rows []int32) (vector, error) {
	if len(l.guards) == 0 {
		return m.compute(l, p, rows)
	}
	c := m.Leaves[l.leaf]
	d, err := c.Dictionary()
	if err != nil {
		return vector{}, err
	}
	out, err := m.leaf(c, l.field, nil, rows)
	if err != nil {
		return out, err
	}
	all := vector{}
	if all.byRow, err = c.AppendCodes(m.numbers.take(len(rows)), rows); err != nil {
		return out, err
	}
	holds := m.leading.begin(len(d.Texts)) // to is 1 for a text of which the guards hold, else 0
	epoch := m.leading.epoch
	var left, at []int32
	for i, code := range all.byRow {
		if holds[code].epoch != epoch {
			holds[code] = lead{epoch: epoch}
			if l.guarded(func(by *Derivation) string { return by.of(columnText(c, d.Text(code))) }) {
				holds[code].to = 1
			}
		}
		if all.byRow[i] = out.at(i); holds[code].to == 0 {
			left, at = append(left, rows[i]), append(at, int32(i))
		}
	}
	if len(left) == 0 {
		return out, nil
	}
	made, err := m.compute(l, p, left)
	for i, n := range at {
		all.byRow[n] = made.at(i)
	}
	return all, err
}

// compute returns the classes of what events make of leaves, once for each
// combination of their texts. Should an event read other leaves than were known,
// all begins anew with these.
func (m *batchMatcher) compute(l *load, p *plan, rows []int32) (vector, error) {
	for {
		columns := make([][]uint32, len(l.leaves))
		for i, leaf := range l.leaves {
			var err error
			if columns[i], err = m.Leaves[leaf].AppendCodes(m.numbers.take(len(rows)), rows); err != nil {
				return vector{}, err
			}
		}
		out, stable, err := m.computeAll(l, p, rows, columns)
		if err != nil || stable {
			return out, err
		}
	}
}

func (m *batchMatcher) computeAll(l *load, p *plan, rows []int32, columns [][]uint32) (out vector, stable bool, err error) {
	out.byRow = m.numbers.take(len(rows))[:len(rows)]
	known := map[string]uint32{}
	key := make([]byte, 0, 4*len(columns))
	for i, row := range rows {
		key = key[:0]
		for _, codes := range columns {
			key = binary.LittleEndian.AppendUint32(key, codes[i])
		}
		class, ok := known[string(key)]
		if !ok {
			if class, stable, err = m.computeRow(l, p, row, i, columns); err != nil || !stable {
				return out, stable, err
			}
			known[string(key)] = class
		}
		out.byRow[i] = class
	}
	return out, true, nil
}

// computeRow computes one combination, which stands at a place in the columns, unless it was computed before, in this batch
// or another.
func (m *batchMatcher) computeRow(l *load, p *plan, row int32, at int, columns [][]uint32) (class uint32, stable bool, err error) {
	m.text = binary.LittleEndian.AppendUint32(m.text[:0], uint32(l.serial))
	for i, leaf := range l.leaves {
		d, err := m.Leaves[leaf].Dictionary()
		if err != nil {
			return 0, false, err
		}
		text := d.Text(columns[i][at])
		m.text = append(binary.LittleEndian.AppendUint32(m.text, uint32(len(text))), text...)
	}
	first, other := m.made.key(l.field, computeMark, unsafe.String(unsafe.SliceData(m.text), len(m.text)))
	if class, known := m.made.get(first, other); known {
		return class, true, nil
	}
	made, err := m.eventOf(row)
	if err != nil {
		return 0, false, err
	}
	class, stable = m.computeOn(l, p, made.event, made.trace)
	if stable {
		m.made.put(first, other, class)
	}
	return class, stable, nil
}

// joins returns what is known of predicates over two fields, see unsettled.
func (m *batchMatcher) joins(p *plan, rows []int32) ([]vector, error) {
	var out []vector
	for i := range p.runs {
		for _, j := range p.runs[i].joins {
			v, err := m.joinAll(p, j, rows)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return out, nil
}

func (m *batchMatcher) joinAll(p *plan, j join, rows []int32) (vector, error) {
	one, err := m.elements(j.leaf, rows)
	if err != nil {
		return vector{}, err
	}
	two, err := m.elements(j.other, rows)
	if err != nil {
		return vector{}, err
	}
	out := vector{byRow: m.numbers.take(len(rows))[:len(rows)]}
	known := m.emptyPairs()
	for i := range rows {
		key := uint64(one.codes[i])<<32 | uint64(two.codes[i])
		holds, ok := known[key]
		if !ok {
			a, b := one.at(i), two.at(i)
			if !m.program.Predicates[j.atom].Cased {
				m.folds[0], m.folds[1] = a.foldInto(m.folds[0]), b.foldInto(m.folds[1])
			}
			switch {
			case !p.loads[j.loads[0]].yields(a.text) || !p.loads[j.loads[1]].yields(b.text):
				holds = unsettled
			case refers(&m.program.Predicates[j.atom], &a, &b):
				holds = 1
			}
			known[key] = holds
		}
		out.byRow[i] = holds
	}
	return out, nil
}

// maxPairsKept is how many pairs there may be in a map that is used again: to empty it takes as
// long as if it were full.
const maxPairsKept = 1 << 10

// emptyPairs returns a map of pairs of numbers, which is good until the next call.
func (b *batchMemory) emptyPairs() map[uint64]uint32 {
	if b.pairs == nil || len(b.pairs) > maxPairsKept {
		b.pairs = map[uint64]uint32{}
	}
	clear(b.pairs)
	return b.pairs
}

// elementColumn is some rows of a column as predicates see it.
type elementColumn struct {
	Column
	texts *Dictionary
	codes []uint32
}

// yields reports whether a load yields its leaf, if that has a text.
func (l *load) yields(text string) bool {
	return l.kind != computed || l.guarded(func(by *Derivation) string { return by.of(text) })
}

func (m *batchMatcher) elements(leaf int32, rows []int32) (e elementColumn, err error) {
	e.Column = m.Leaves[leaf]
	if e.texts, err = e.Dictionary(); err != nil {
		return e, err
	}
	e.codes, err = e.AppendCodes(m.numbers.take(len(rows)), rows)
	return e, err
}

func (e *elementColumn) at(i int) element {
	kind := String
	switch e.Kind() {
	case shape.Number:
		kind = Number
	case shape.Bool:
		kind = Bool
	}
	return element{kind: kind, text: columnText(e, e.texts.Text(e.codes[i]))}
}
