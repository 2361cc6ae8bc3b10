package evaluator

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// together is rows of batches whose plans say the same and look in the same columns: one
// of these plans is that of all.
type together struct {
	plan  *plan
	rows  []int32 // of all parts, once they are joined
	part  []batchPart
	count int
}

// batchPart is rows of a batch, and where they end among all.
type batchPart struct {
	batch *Batch
	rows  []int32
	end   int
}

// join puts the rows of all parts one behind the other.
func (t *together) join(room *room[int32]) {
	if len(t.part) == 1 {
		t.rows = t.part[0].rows
		return
	}
	t.rows = room.take(t.count)
	for i := range t.part {
		t.rows = append(t.rows, t.part[i].rows...)
	}
}

// at returns the i-th row.
func (t *together) at(i int) batchRow {
	n, _ := slices.BinarySearchFunc(t.part, i+1, func(p batchPart, end int) int { return cmp.Compare(p.end, end) })
	return batchRow{t.part[n].batch, t.rows[i]}
}

// gather notes rows of the current batch that have a plan.
func (m *batchMatcher) gather(p *plan, rows []int32) {
	m.key = m.togetherKey(m.key[:0], p)
	t := m.known[string(m.key)]
	if t == nil {
		t = &together{plan: p}
		m.known[string(m.key)] = t
		m.order = append(m.order, t)
	}
	t.count += len(rows)
	t.part = append(t.part, batchPart{m.Batch, rows, t.count})
}

// togetherKey appends what plans have in common that serve for the rows of each other. What
// events compute is only theirs.
func (m *batchMatcher) togetherKey(key []byte, p *plan) []byte {
	key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(key, p.form), uint32(p.views))
	for i := range p.loads {
		l := &p.loads[i]
		switch l.kind {
		case constant:
		case computed:
			key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(append(key, byte(l.kind)), m.number), p.number)
		case oneLeaf:
			key = m.columnKey(append(key, byte(l.kind)), l.leaf)
		default:
			key = append(key, byte(l.kind))
			for _, leaf := range l.leaves {
				if !m.tables.wordless(m.Leaves[leaf], l.field, l.words.plain) {
					key = m.columnKey(key, leaf)
				}
			}
			key = append(key, 0xff, 0xff, 0xff, 0xff) // is no column
		}
	}
	for _, r := range p.runs {
		for _, j := range r.joins {
			key = m.columnKey(m.columnKey(key, j.leaf), j.other)
		}
	}
	return key
}

func (m *batchMatcher) columnKey(key []byte, leaf int32) []byte {
	return binary.LittleEndian.AppendUint32(key, m.Leaves[leaf].Number())
}

// match evaluates rows: those with the same classes at all loads have the same verdict.
func (m *batchMatcher) match(t *together) error {
	t.join(&m.rows)
	p, rows := t.plan, t.rows
	m.Batch = t.part[0].batch
	m.numbers.used = 0
	m.events.forget()
	found := slices.Grow(m.found[:0], len(p.loads))[:len(p.loads)]
	clear(found)
	m.found = found
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
	if m.tried != nil {
		m.tried(rows, m.triedBy(p, found))
	}
	m.states.begin(len(rows))
	for _, v := range found {
		m.states.divide(v)
	}
	for _, v := range joined {
		m.states.divide(v)
	}
	m.decide(t, &m.states, found, joined)
	return nil
}

// decide reaches a verdict on each state, and tells it of all its rows.
func (m *batchMatcher) decide(t *together, s *states, found, joined []vector) {
	verdicts := slices.Grow(m.reached[:0], s.count)[:s.count]
	clear(verdicts)
	m.reached = verdicts
	for i := range t.rows {
		n := s.of(i)
		if verdicts[n] == nil {
			verdicts[n] = m.verdictOf(t.plan, i, found, joined)
		}
		v := verdicts[n]
		empty := len(v.matches)+len(v.stopped) == 0
		switch {
		case v.open:
			m.open = append(m.open, t.at(i))
		case empty && s.count == 1:
			return // the same holds of all rows
		case !empty:
			m.tell(t.at(i), v.matches, v.stopped)
		}
	}
}

// verdictOf returns what the classes at the i-th of the rows decide.
func (m *batchMatcher) verdictOf(p *plan, i int, found, joined []vector) *planVerdict {
	m.key = binary.LittleEndian.AppendUint32(m.key[:0], p.form)
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
