package evaluator

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/socctl/socctl/evaluator/shape"
)

// Limits of what is remembered of records. What is beyond them is evaluated by
// way of an event.
const (
	maxPlans     = 1 << 12
	maxChoices   = 1 << 9 // texts of one leaf that lead to plans of their own
	minSightings = 2      // of a shape, before a plan is made
)

// stream is what an Evaluator remembers of records.
type stream struct {
	trees    []planTree // by shape
	plans    uint32
	serial   int32 // of the latest computation
	verdicts map[string]*planVerdict

	key    []byte
	text   []byte
	values []uint32 // classes of the loads of a plan
	slow   uint64   // records that were evaluated by way of an event
}

// planTree leads from the texts of the leaves that decide what a record is to
// its plan.
type planTree struct {
	plan      *plan // nothing is left to decide
	leaf      int32 // decides next, if next is not nil
	next      map[string]*planTree
	last      *planTree // the latest of next, and the text that led there
	lastText  string
	sightings int // without a plan
}

// absent is the class of a field that an event turns out not to have.
const absent = ^uint32(0)

// planVerdict is what the classes of a plan's loads decide. It is never changed
// once it is made.
type planVerdict struct {
	matches []Match
	stopped []Suppression
	open    bool // the texts of the event have to decide
}

// MatchRecord returns the rules that match a record, as Match does for its event,
// and how many views the event has. An event is made only of records of a kind
// that is new, and where rules need more than the values of single fields. The
// matches must not be changed. The error is that of the reader.
func (e *Evaluator) MatchRecord(r *Record) (matches []Match, views int, err error) {
	e.renew()
	p, err := e.planOf(r)
	if err != nil {
		return nil, 0, err
	}
	if p == nil {
		return e.matchEvent(r)
	}
	v, err := e.planVerdict(p, r)
	if err != nil {
		return nil, 0, err
	}
	if v.open {
		return e.matchEvent(r)
	}
	e.stopped = append(e.stopped[:0], v.stopped...)
	return v.matches, p.views, nil
}

func (e *Evaluator) matchEvent(r *Record) ([]Match, int, error) {
	e.stream.slow++
	event, err := r.Reader.Event(nil)
	if err != nil {
		return nil, 0, err
	}
	return e.Match(event), len(event.Views()), nil
}

// planOf returns the plan of a record, nil if it has none.
func (e *Evaluator) planOf(r *Record) (*plan, error) {
	if r.Shape < 0 {
		return nil, nil
	}
	for s := &e.stream; r.Shape >= len(s.trees); {
		s.trees = append(s.trees, planTree{})
	}
	t := &e.stream.trees[r.Shape]
	for t.plan == nil {
		next := t.follow(r)
		if next == nil {
			break
		}
		t = next
	}
	if t.plan != nil {
		return t.plan, nil
	}
	if t.sightings++; t.sightings < minSightings || len(t.next) >= maxChoices {
		return nil, nil
	}
	t.sightings = 0
	return e.makePlan(r)
}

// follow returns where the text of the next leaf leads, nil if that is new.
func (t *planTree) follow(r *Record) *planTree {
	if t.next == nil {
		return nil
	}
	raw := r.raw(t.leaf)
	if t.last == nil || string(raw) != t.lastText {
		next := t.next[string(raw)]
		if next == nil {
			return nil
		}
		t.last, t.lastText = next, string(raw)
	}
	return t.last
}

// makePlan makes the plan of a record and remembers it. It is nil if the record
// cannot have one.
func (e *Evaluator) makePlan(r *Record) (*plan, error) {
	s := &e.stream
	if s.plans >= maxPlans {
		clear(s.trees)
		clear(s.verdicts)
		s.plans = 0
	}
	trace := NewTrace()
	event, err := r.Reader.Event(trace)
	if err != nil {
		return nil, err
	}
	p := e.newPlan(event, trace)
	s.plans++
	p.number = s.plans
	t := &s.trees[r.Shape]
	for _, leaf := range p.decisive {
		if t.next == nil {
			t.leaf, t.next = leaf, map[string]*planTree{}
		}
		text := string(r.raw(leaf))
		if t.next[text] == nil {
			t.next[text] = &planTree{}
		}
		t = t.next[text]
	}
	t.plan = p
	return p, nil
}

// planVerdict returns what the values of a record decide.
func (e *Evaluator) planVerdict(p *plan, r *Record) (*planVerdict, error) {
	s := &e.stream
	s.key = binary.LittleEndian.AppendUint32(s.key[:0], p.number)
	s.values = s.values[:0]
	for i := range p.loads {
		l := &p.loads[i]
		class := uint32(0)
		if l.kind != constant {
			var err error
			if class, err = e.load(l, p, r); err != nil {
				return nil, err
			}
			s.key = binary.LittleEndian.AppendUint32(s.key, class)
		}
		s.values = append(s.values, class)
	}
	if v := s.verdicts[string(s.key)]; v != nil {
		return v, nil
	}
	v := e.decidePlan(p)
	s.verdicts[string(s.key)] = v
	return v, nil
}

// decidePlan reaches the verdict on the classes of the loads.
func (e *Evaluator) decidePlan(p *plan) *planVerdict {
	out := &planVerdict{}
	e.stopped = e.stopped[:0]
	for _, run := range p.runs {
		e.jury.begin()
		for _, n := range run.loads {
			l, class := &p.loads[n], e.stream.values[n]
			switch {
			case class == absent:
			case l.kind == constant:
				e.jury.hear(run.group, l.field, l.atoms)
			default:
				e.jury.hear(run.group, l.field, e.classes.atoms[class])
			}
		}
		v := e.jury.decide(run.group)
		out.open = out.open || len(v.open) > 0
		e.take(v, run.name)
	}
	e.settleSuppressed()
	out.matches, out.stopped = e.matches(), slices.Clone(e.stopped)
	return out
}

// load returns the class of what a field holds in a record.
func (e *Evaluator) load(l *load, p *plan, r *Record) (uint32, error) {
	switch l.kind {
	case oneLeaf:
		return e.classOfLeaf(l.field, r, l.leaf), nil
	case computed:
		return e.compute(l, p, r)
	}
	e.merged = append(e.merged[:0], l.atoms...)
	for _, leaf := range l.leaves {
		if class := e.classOfLeaf(l.field, r, leaf); class != 0 {
			e.merged = append(e.merged, e.classes.atoms[class]...)
		}
	}
	return e.classes.of(e.ascending()), nil
}

// Marks of values in the cache that are not known by their texts.
const (
	escapedMark = 1 << 4
	rawMark     = 1 << 5
	computeMark = 1 << 6
)

// classOfLeaf returns the class of the text of a leaf. It is looked up by what
// stands in the record, so that a text is read only if it is new.
func (e *Evaluator) classOfLeaf(field int32, r *Record, leaf int32) uint32 {
	if len(e.tables.fields[field].atoms) == 0 {
		return 0
	}
	l := &r.Leaves[leaf]
	raw := r.Data[l.Start:l.End]
	kind, mark := String, uint8(0)
	switch l.Kind {
	case shape.Number:
		kind, mark = Number, rawMark
	case shape.Bool:
		kind = Bool
	}
	if l.Escaped {
		mark |= escapedMark
	}
	k := kindOf(kind)
	first, other := e.cache.key(field, uint8(k)|mark, unsafe.String(unsafe.SliceData(raw), len(raw)))
	if class, known := e.cache.get(first, other); known {
		return class
	}
	e.atoms = e.tables.matcher(field).Match(e.atoms[:0], k, e.leafText(r, leaf), &e.scratch)
	class := e.classes.of(e.atoms)
	e.cache.put(first, other, class)
	return class
}

// leafText returns the text of a leaf, valid until the next call.
func (e *Evaluator) leafText(r *Record, leaf int32) string {
	l := &r.Leaves[leaf]
	raw := r.Data[l.Start:l.End]
	switch {
	case l.Kind == shape.Number:
		return NumberValue(string(raw)).scalar()
	case l.Escaped:
		e.stream.text = r.Reader.AppendText(e.stream.text[:0], int(leaf))
		raw = e.stream.text
	}
	return unsafe.String(unsafe.SliceData(raw), len(raw))
}

// compute returns the class of what an event makes of leaves. It is looked up by
// their texts; if it is new, an event is made. Should the event read other leaves
// than it did before, the computation is of these too from now on.
func (e *Evaluator) compute(l *load, p *plan, r *Record) (uint32, error) {
	s := &e.stream
	s.text = binary.LittleEndian.AppendUint32(s.text[:0], uint32(l.serial))
	for _, leaf := range l.leaves {
		raw := r.raw(leaf)
		s.text = append(binary.LittleEndian.AppendUint32(s.text, uint32(len(raw))), raw...)
	}
	first, other := e.cache.key(l.field, computeMark, unsafe.String(unsafe.SliceData(s.text), len(s.text)))
	if class, known := e.cache.get(first, other); known {
		return class, nil
	}
	trace := NewTrace()
	event, err := r.Reader.Event(trace)
	if err != nil {
		return 0, err
	}
	target := Event(event)
	if l.view >= 0 {
		target = event.Views()[l.view].Event
	}
	trace.forget()
	class := absent
	if v, ok := target.Field(e.tables.fields[l.field].name); ok {
		class = e.classOf(l.field, v)
	}
	if l.dependsOn(trace.reads, p) {
		e.cache.put(first, other, class)
	} else {
		s.serial++
		l.serial = s.serial
	}
	return class, nil
}

// dependsOn reports whether a computation is known to depend on all leaves that
// were read, and notes that it does.
func (l *load) dependsOn(reads []int32, p *plan) bool {
	known := true
	for _, leaf := range reads {
		if !slices.Contains(l.leaves, leaf) && !slices.Contains(p.decisive, leaf) {
			l.leaves, known = append(l.leaves, leaf), false
		}
	}
	return known
}
