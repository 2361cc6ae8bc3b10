package evaluator

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// compute returns the class of what an event makes of leaves. It is looked up by
// their texts; if it is new, an event is made. Should the event read other leaves
// than it did before, the computation is of these too from now on.
func (s *Records) compute(l *load, p *plan, r *Record) (uint32, error) {
	if l.guarded(func(by *Derivation) string { return s.derived(by, r, l.leaf) }) {
		return s.classOfLeaf(l, 0, r, l.leaf), nil
	}
	s.text = binary.LittleEndian.AppendUint32(s.text[:0], uint32(l.serial))
	for _, leaf := range l.leaves {
		raw := r.raw(leaf)
		s.text = append(binary.LittleEndian.AppendUint32(s.text, uint32(len(raw))), raw...)
	}
	first, other := s.cache.key(l.field, computeMark, unsafe.String(unsafe.SliceData(s.text), len(s.text)))
	if class, known := s.cache.get(first, other); known {
		return class, nil
	}
	event, trace, err := s.tracedEvent(r)
	if err != nil {
		return 0, err
	}
	class, known := s.computeOn(l, p, event, trace)
	if known {
		s.cache.put(first, other, class)
	}
	return class, nil
}

// computeOn returns the class of what a traced event makes of leaves, and whether
// it is one of the leaves that the computation was known to be of. If it is not,
// the computation is another one from now on.
func (s *Records) computeOn(l *load, p *plan, event Routed, trace *Trace) (class uint32, known bool) {
	target := Event(event)
	if l.view >= 0 {
		target = event.Views()[l.view].Event
	}
	trace.forget()
	class = absent
	if v, ok := target.Field(s.tables.fields[l.field].name); ok {
		class = s.classOf(l.field, v)
	}
	if !l.dependsOn(trace.reads, p) {
		s.serial++
		l.serial = s.serial
		return class, false
	}
	return class, true
}

// tracedEvent returns the event of the current record with its trace, made once.
func (s *Records) tracedEvent(r *Record) (Routed, *Trace, error) {
	if s.traced == nil {
		trace := NewTrace()
		event, err := r.Reader.Event(trace)
		if err != nil {
			return nil, nil, err
		}
		s.traced, s.trace = event, trace
	}
	return s.traced, s.trace, nil
}

// dependsOn reports whether a computation is known to depend on all leaves that
// were read, and notes that it does.
func (l *load) dependsOn(reads []reading, p *plan) bool {
	known := true
	for _, r := range reads {
		if !slices.Contains(l.leaves, r.leaf) && !p.decided(r) {
			l.leaves, known = append(l.leaves, r.leaf), false
		}
	}
	return known
}
