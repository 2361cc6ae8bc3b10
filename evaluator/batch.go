package evaluator

import (
	"encoding/binary"
	"strings"

	"github.com/socctl/socctl/evaluator/shape"
)

// Batch is records of one shape, in columns: what depends on a text alone is found
// out once for each entry of a dictionary, and what depends on several of them
// once for each combination that occurs.
type Batch struct {
	Shape  int // as in Record
	Rows   int
	Leaves []Column // as in Trace; nil for a leaf that has no text

	// AnyOrder is as in Record.
	AnyOrder bool
	// Tried is told what rules were tried on some rows; nil is told nothing. Every row
	// is in exactly one call.
	Tried func(rows []int32, t *Tried)
	// Event makes an event of a row, as RecordReader does.
	Event func(row int, t *Trace) (Routed, error)
}

// Tried is what there was to look at in rows.
type Tried struct {
	Rules  []int32  // indexes in the program of rules whose logsource the rows are of, ascending
	Fields []string // that some of these rules look at, and some of the rows have
	Views  int      // of each row
}

// Column is the texts of a leaf. It is asked only for what is needed.
type Column interface {
	// Kind is the kind of the leaf: a string, a number or a boolean.
	Kind() shape.Kind
	// Dictionary returns the texts that occur, and perhaps others.
	Dictionary() (*Dictionary, error)
	// Codes returns, by row, which text of the dictionary it has.
	Codes() ([]uint32, error)
	// Grams returns what is known of all texts without reading them; nil if that is
	// nothing.
	Grams() *Grams
}

// Dictionary is texts, with what a Records found out about them. Batches may share
// one.
type Dictionary struct {
	Texts   []string
	classes map[dictionaryKey][]uint32 // by text; undecided where it was not needed yet
	epoch   int
}

type dictionaryKey struct {
	field  int32
	kind   shape.Kind
	filter *wordFilter // of values of any field: texts without its words have no class
}

const undecided = absent - 1

// MatchBatch finds what Match finds for each record of a batch. yield is called for
// rows with matches or suppressions, in no particular order; what it is given must
// not be changed. Errors are those of the columns and of events.
func (s *Records) MatchBatch(b *Batch, yield func(row int, matches []Match, stopped []Suppression)) error {
	s.refresh()
	m := &batchMatcher{Records: s, Batch: b, yield: yield}
	for b.Shape >= len(s.trees) {
		s.trees = append(s.trees, planTree{})
	}
	if err := m.spread(nil, b.all(), true); err != nil {
		return err
	}
	return m.matchEvents()
}

func (b *Batch) all() []int32 {
	rows := make([]int32, b.Rows)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// batchMatcher matches one batch.
type batchMatcher struct {
	*Records
	*Batch
	yield func(row int, matches []Match, stopped []Suppression)
	later []int32 // rows of which events have to be made
	open  []int32 // the same, but what was tried on them has been told
}

// spread leads rows through the tree of their shape to their plans. A row without
// a plan makes one, unless the one before it at the same place could not.
func (m *batchMatcher) spread(t *planTree, rows []int32, mayPlan bool) error {
	if t == nil {
		t = &m.trees[m.Shape]
	}
	switch {
	case t.plan != nil:
		return m.match(t.plan, rows)
	case t.next == nil:
		return m.unplanned(t, rows, mayPlan)
	}
	answers, err := m.answers(t.asks)
	if err != nil {
		return err
	}
	next := map[*planTree][]int32{}
	var order []*planTree
	var unknown []int32
	for _, row := range rows {
		to := t.next[answers(row)]
		if to == nil {
			unknown = append(unknown, row)
			continue
		}
		if next[to] == nil {
			order = append(order, to)
		}
		next[to] = append(next[to], row)
	}
	for _, to := range order {
		if err := m.spread(to, next[to], true); err != nil {
			return err
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return m.unplanned(t, unknown, mayPlan && len(t.next) < maxChoices)
}

// worthPlan is how many rows there must have been for a plan, which costs as much as
// making some events.
const worthPlan = 4

// unplanned makes a plan of the first of some rows and sends all on their way
// again; without one, events are made of them.
func (m *batchMatcher) unplanned(t *planTree, rows []int32, mayPlan bool) error {
	if t.sightings += len(rows); !mayPlan || t.refused || t.sightings < worthPlan {
		m.later = append(m.later, rows...)
		return nil
	}
	before := m.plans
	p, err := m.makePlanOf(planned{m.Shape, m.AnyOrder, func(trace *Trace) (Routed, error) { return m.Event(int(rows[0]), trace) }, m.answerOf(rows[0])})
	if err != nil {
		return err
	}
	if p == nil || m.plans <= before { // all plans have been forgotten: whoever walks through them begins anew
		m.later = append(m.later, rows[0])
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return nil
	}
	return m.spread(nil, rows, p != nil)
}

// answers returns what a reading yields, by row.
func (m *batchMatcher) answers(asked reading) (func(row int32) string, error) {
	c := m.Leaves[asked.leaf]
	d, err := c.Dictionary()
	if err != nil {
		return nil, err
	}
	codes, err := c.Codes()
	if err != nil {
		return nil, err
	}
	known := map[uint32]string{}
	return func(row int32) string {
		code := codes[row]
		answer, ok := known[code]
		if !ok {
			answer = columnText(c, d.Texts[code])
			if asked.by != nil {
				answer = asked.by.of(answer)
			}
			known[code] = answer
		}
		return answer
	}, nil
}

// answerOf is answers for one row, whose columns can be read.
func (m *batchMatcher) answerOf(row int32) func(reading) string {
	return func(asked reading) string {
		of, err := m.answers(asked)
		if err != nil {
			return strings.Repeat("?", maxAnswer+1) // too long to be remembered; the error comes when the column is read again
		}
		return of(row)
	}
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
	for i, row := range append(m.open, m.later...) {
		m.slow++
		trace := NewTrace() // so that only texts are read that count
		trace.columns = m.Leaves
		event, err := m.Event(int(row), trace)
		if err != nil {
			return err
		}
		if m.Tried != nil && i >= told {
			m.Tried([]int32{row}, m.TriedOn(event))
		}
		matches := m.Evaluator.Match(event)
		m.tell(row, matches, m.stopped)
	}
	return nil
}

func (m *batchMatcher) tell(row int32, matches []Match, stopped []Suppression) {
	if len(matches)+len(stopped) > 0 {
		m.yield(int(row), matches, stopped)
	}
}

// match evaluates the rows of a plan: those with the same classes at all loads have
// the same verdict.
func (m *batchMatcher) match(p *plan, rows []int32) error {
	found := make([]vector, len(p.loads))
	for i := range p.loads {
		if p.loads[i].kind == constant {
			continue
		}
		v, err := m.load(&p.loads[i], p, rows)
		if err != nil {
			return err
		}
		found[i] = v
	}
	joined, err := m.joins(p, rows)
	if err != nil {
		return err
	}
	if m.Tried != nil {
		m.Tried(rows, m.triedBy(p, found))
	}
	states := newStates(len(rows))
	for _, v := range append(found, joined...) {
		states.divide(v)
	}
	m.decide(p, rows, states, found, joined)
	return nil
}

// decide reaches a verdict on each state, and tells it of all its rows.
func (m *batchMatcher) decide(p *plan, rows []int32, s *states, found, joined []vector) {
	verdicts := make([]*planVerdict, s.count)
	for i, row := range rows {
		n := s.of(i)
		if verdicts[n] == nil {
			verdicts[n] = m.verdictOf(p, i, found, joined)
		}
		v := verdicts[n]
		if v.open {
			m.open = append(m.open, row)
			continue
		}
		if s.count == 1 && len(v.matches)+len(v.stopped) == 0 {
			return // the same holds of all rows
		}
		m.tell(row, v.matches, v.stopped)
	}
}

// verdictOf returns what the classes at the i-th of the rows decide.
func (m *batchMatcher) verdictOf(p *plan, i int, found, joined []vector) *planVerdict {
	m.key = binary.LittleEndian.AppendUint32(m.key[:0], p.number)
	m.values = m.values[:0]
	for n := range found {
		class := found[n].at(i)
		m.values = append(m.values, class)
		if p.loads[n].kind != constant {
			m.key = binary.LittleEndian.AppendUint32(m.key, class)
		}
	}
	m.joined = m.joined[:0]
	for _, v := range joined {
		m.joined = append(m.joined, v.at(i))
		m.key = append(m.key, byte(v.at(i)))
	}
	if v := m.decided[string(m.key)]; v != nil {
		return v
	}
	v := m.decidePlan(p)
	m.decided[string(m.key)] = v
	return v
}
