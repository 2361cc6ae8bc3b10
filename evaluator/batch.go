package evaluator

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/socctl/socctl/evaluator/shape"
)

// Batch is records of one shape, in columns: what depends on a text alone is found
// out once for each entry of a dictionary, and what depends on several of them
// once for each combination that occurs.
type Batch struct {
	Shape  int      // as in Record
	Rows   []int32  // numbers of the records, ascending, as columns and Event know them
	Leaves []Column // as in Trace; nil for a leaf that has no text

	// AnyOrder is as in Record.
	AnyOrder bool
	// Event makes an event of a row, as RecordReader does.
	Event func(row int, t *Trace) (Routed, error)
}

// Tried is what there was to look at in rows.
type Tried struct {
	Looks []Look
	Views int // of each row
}

// Look is what there was for rules that see rows in the same way, as one of their views.
type Look struct {
	Rules  []int32  // indexes in the program of rules whose logsource the view is of, ascending
	Fields []string // that some of these rules look at, and some of the rows have there
}

// Column is the texts of a leaf, which batches may share. It is asked only for what is
// needed.
type Column interface {
	// Kind is the kind of the leaf: a string, a number or a boolean.
	Kind() shape.Kind
	// Dictionary returns the texts that occur, and perhaps others.
	Dictionary() (*Dictionary, error)
	// AppendCodes appends which text of the dictionary rows have.
	AppendCodes(to []uint32, rows []int32) ([]uint32, error)
	// Number returns a number that no other column of the same row group has.
	Number() uint32
	// Grams returns what is known of all texts without reading them; nil if that is
	// nothing.
	Grams() *Grams
}

// Mapped is a Column that can tell at once what something is for the texts of rows.
type Mapped interface {
	Column
	// AppendMapped is AppendCodes, but appends what is told of texts, by their numbers,
	// instead of these.
	AppendMapped(to []uint32, rows []int32, of []uint32) ([]uint32, error)
}

// Dictionary is texts, with what a Records found out about them. Batches may share
// one.
type Dictionary struct {
	Texts []string // which may be empty until they are asked for by Text
	// Late makes sure that one of Texts is there; nil if all are.
	Late func(text uint32)
	// Begin returns the first lines of a text, as far as they are known without reading it; nil
	// if they are of none.
	Begin func(text uint32) string
	// Parts are texts of which more is known than Column.Grams tells, the first ones first; nil
	// if there are none.
	Parts []Part
	known classTable
}

// Part is some of the texts of a dictionary, which lie side by side.
type Part struct {
	End   uint32 // number of the text behind the last one
	Grams *Grams // what is known of them without reading them; nil if that is nothing
}

// Text returns a text.
func (d *Dictionary) Text(n uint32) string {
	if d.Late != nil && d.Texts[n] == "" {
		d.Late(n)
	}
	return d.Texts[n]
}

type dictionaryKey struct {
	field  int32
	kind   shape.Kind
	filter *wordFilter // of values of any field: texts without its words have no class
}

const undecided = absent - 1

// MatchBatches finds what Match finds for each record of some batches, of which each
// record has another number. Those on which rules look in the same columns are matched
// together. yield is called for rows with matches or suppressions, in no particular
// order; what it is given must not be changed. tried, unless it is nil, is told what
// rules were tried on some rows; every row is in exactly one call. Errors are those of the
// columns and of events.
func (s *Records) MatchBatches(batches []*Batch, tried func(rows []int32, t *Tried), yield func(b *Batch, row int, matches []Match, stopped []Suppression)) error {
	s.refresh()
	s.batches.begin()
	defer s.batches.events.release()
	m := &batchMatcher{Records: s, batchMemory: &s.batches, tried: tried, yield: yield, known: map[string]*together{}}
	for _, b := range batches {
		for b.Shape >= len(s.trees) {
			s.trees = append(s.trees, planTree{})
		}
		m.Batch = b
		m.number++
		if err := m.spread(nil, b.Rows, true); err != nil {
			return err
		}
	}
	for _, t := range m.order {
		if err := m.match(t); err != nil {
			return err
		}
	}
	return m.matchEvents()
}

// batchMemory is what matching batches takes, to be used again.
type batchMemory struct {
	codes   []uint32
	numbers room[uint32] // of vectors that are current
	found   []vector
	states  states
	reached []*planVerdict
	spare   *Trace // see freshTrace
	texts   *valueCache
	habits  []textHabits // by field
	events  madeEvents
	whole   []byte    // a text of lines
	folds   [2][]byte // folded texts that are compared
	pairs   map[uint64]uint32
	leading leadTable
	rows    room[int32] // of those that are matched together

	underway []way // see ways

	class room[uint32] // of texts, see classTable
	call  uint64       // of MatchBatches
}

// begin gives up what the call before has used.
func (b *batchMemory) begin() {
	b.rows.used, b.class.used, b.underway = 0, 0, b.underway[:0]
	b.call = callCount.Add(1)
}

// callCount numbers calls of MatchBatches, of all Records: dictionaries may be given to several.
var callCount atomic.Uint64

// batchMatcher matches batches.
type batchMatcher struct {
	*Records
	*batchMemory
	*Batch        // the current one
	number uint32 // of it
	tried  func(rows []int32, t *Tried)
	yield  func(b *Batch, row int, matches []Match, stopped []Suppression)

	known map[string]*together
	order []*together
	later []batchRow // rows of which events have to be made
	open  []batchRow // the same, but what was tried on them has been told
}

// batchRow is a row of a batch.
type batchRow struct {
	batch *Batch
	row   int32
}

// spread leads rows through the tree of their shape to their plans. A row without
// a plan makes one, unless the one before it at the same place could not.
func (m *batchMatcher) spread(t *planTree, rows []int32, mayPlan bool) error {
	if t == nil {
		t = &m.trees[m.Shape]
	}
	switch {
	case t.plan != nil:
		m.gather(t.plan, rows)
		return nil
	case t.next == nil:
		return m.unplanned(t, rows, mayPlan)
	}
	ways, unknown, err := m.ways(t, rows)
	if err != nil {
		return err
	}
	for _, w := range ways {
		if err := m.spread(w.to, w.rows, true); err != nil {
			return err
		}
	}
	m.underway = m.underway[:len(m.underway)-len(ways)]
	if len(unknown) == 0 {
		return nil
	}
	return m.unplanned(t, unknown, mayPlan && len(t.next) < maxChoices)
}

// way is where the text of a leaf leads rows.
type way struct {
	to    *planTree
	rows  []int32
	count int // how many rows there will be
}

// ways returns where rows go from a tree, and the rows of which that is not known. The ways
// lie on top of those that are underway.
func (m *batchMatcher) ways(t *planTree, rows []int32) (ways []way, unknown []int32, err error) {
	c := m.Leaves[t.asks.leaf]
	d, err := c.Dictionary()
	if err != nil {
		return nil, nil, err
	}
	from, code := len(m.underway), uint32(0)
	if len(d.Texts) > 1 { // or all rows have the same
		if m.codes, err = c.AppendCodes(m.codes[:0], rows); err != nil {
			return nil, nil, err
		}
		code = m.codes[0]
	}
	if len(d.Texts) == 1 || !slices.ContainsFunc(m.codes, func(other uint32) bool { return other != code }) {
		to := t.to(t.asks.ofEntry(c, d, code))
		if to == nil {
			return nil, rows, nil
		}
		m.underway = append(m.underway, way{to: to, rows: rows})
		return m.underway[from:], nil, nil
	}
	leads, known := m.leads(t, c, d), 0
	ways = m.underway[from:]
	for _, code := range m.codes {
		if at := leads[code].to; at > 0 {
			ways[at-1].count++
			known++
		}
	}
	for i := range ways {
		ways[i].rows = m.rows.take(ways[i].count)
	}
	unknown = m.rows.take(len(rows) - known)
	for i, row := range rows {
		if at := leads[m.codes[i]].to; at == 0 {
			unknown = append(unknown, row)
		} else {
			ways[at-1].rows = append(ways[at-1].rows, row)
		}
	}
	return ways, unknown, nil
}

// leadTable is where texts lead, by their numbers, as far as they were asked for in the
// current epoch. It can be used again.
type leadTable struct {
	leads []lead
	epoch uint32
}

type lead struct{ epoch, to uint32 }

// begin begins with so many texts of which nothing is known.
func (t *leadTable) begin(texts int) []lead {
	if t.epoch++; len(t.leads) < texts || t.epoch == 0 {
		t.leads, t.epoch = make([]lead, max(texts, len(t.leads))), 1
	}
	return t.leads[:texts]
}

// leads adds the ways from a tree, and returns for each text that the current codes have which
// of them it leads to, counted from one; 0 if that is not known.
func (m *batchMatcher) leads(t *planTree, c Column, d *Dictionary) []lead {
	leads, from := m.leading.begin(len(d.Texts)), len(m.underway)
	epoch := m.leading.epoch
	for _, code := range m.codes {
		if leads[code].epoch == epoch {
			continue
		}
		leads[code] = lead{epoch, 0}
		to := t.to(t.asks.ofEntry(c, d, code))
		if to == nil {
			continue
		}
		at := slices.IndexFunc(m.underway[from:], func(w way) bool { return w.to == to })
		if at < 0 {
			at = len(m.underway) - from
			m.underway = append(m.underway, way{to: to})
		}
		leads[code].to = uint32(at + 1)
	}
	return leads
}

// of returns what a reading of a column yields for a text.
func (asked reading) of(c Column, text string) string {
	text = columnText(c, text)
	if asked.by != nil {
		return asked.by.of(text)
	}
	return text
}

// ofEntry is of for a text of the dictionary of a column, which is not read if its first lines
// decide.
func (asked reading) ofEntry(c Column, d *Dictionary, text uint32) string {
	if d.Begin != nil && asked.by != nil && asked.by.lines && c.Kind() == shape.String {
		if yields := asked.by.of(d.Begin(text)); yields != "" {
			return yields
		}
	}
	return asked.of(c, d.Text(text))
}

// worthPlan is how many rows there must have been for a plan, which costs as much as
// making two events or three.
const worthPlan = 2

// unplanned makes a plan of the first of some rows and sends all on their way
// again; without one, events are made of them.
func (m *batchMatcher) unplanned(t *planTree, rows []int32, mayPlan bool) error {
	if t.sightings += len(rows); !mayPlan || t.refused || t.sightings < worthPlan {
		for _, row := range rows {
			m.later = append(m.later, batchRow{m.Batch, row})
		}
		return nil
	}
	before := m.plans
	p, err := m.makePlanOf(planned{m.Shape, m.AnyOrder, func(trace *Trace) (Routed, error) { return m.Event(int(rows[0]), trace) }, m.answerOf(rows[0])})
	if err != nil {
		return err
	}
	if p == nil || m.plans <= before { // all plans have been forgotten: whoever walks through them begins anew
		m.later = append(m.later, batchRow{m.Batch, rows[0]})
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return nil
	}
	return m.spread(nil, rows, p != nil)
}

// answerOf returns what readings yield for a row, whose columns can be read.
func (m *batchMatcher) answerOf(row int32) func(reading) string {
	return func(asked reading) string {
		text, err := textOf(m.Leaves[asked.leaf], row)
		if err != nil {
			return strings.Repeat("?", maxAnswer+1) // too long to be remembered; the error comes when the column is read again
		}
		return asked.of(m.Leaves[asked.leaf], text)
	}
}

// textOf returns the text of a row.
func textOf(c Column, row int32) (string, error) {
	d, err := c.Dictionary()
	if err != nil {
		return "", err
	}
	codes, err := c.AppendCodes(nil, []int32{row})
	if err != nil {
		return "", err
	}
	return d.Text(codes[0]), nil
}

// columnText is the text that predicates see, see Records.leafText.
func columnText(c Column, text string) string {
	if c.Kind() == shape.Number && strings.ContainsAny(text, ".eE") {
		return NumberValue(text).scalar()
	}
	return text
}

// matchEvents evaluates what is left by way of events. That may forget classes, so
// it comes last.
func (m *batchMatcher) matchEvents() error {
	told := len(m.open)
	for i, at := range append(m.open, m.later...) {
		m.slow++
		trace := m.freshTrace() // so that only texts are read that count
		trace.columns = at.batch.Leaves
		event, err := at.batch.Event(int(at.row), trace)
		if err != nil {
			return err
		}
		if m.tried != nil && i >= told {
			m.tried([]int32{at.row}, m.TriedOn(event))
		}
		matches := m.Evaluator.Match(event)
		m.tell(at, matches, m.stopped)
	}
	return nil
}

// freshTrace returns a trace for an event that is not kept.
func (m *batchMatcher) freshTrace() *Trace {
	if m.spare == nil {
		m.spare = NewTrace()
	}
	m.spare.reset()
	return m.spare
}

func (m *batchMatcher) tell(at batchRow, matches []Match, stopped []Suppression) {
	if len(matches)+len(stopped) > 0 {
		m.yield(at.batch, int(at.row), matches, stopped)
	}
}
