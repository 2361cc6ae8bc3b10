package evaluator

import "slices"

// Sources tells where a field of an event comes from, and of which other events of its
// kind the same holds.
type Sources struct {
	Present   bool    // the event has the field, unless Other is true
	Leaves    []int   // whose texts are values of it
	Constants []Value // further values: scalars that are the same in all events of the kind
	Other     bool    // in other events it may be present or not, and have other values
	Guards    []Guard // what must hold of texts of leaves, or else it is as if Other were true
}

// Guard is something that must hold of the text of a leaf.
type Guard struct {
	Leaf int
	by   *Derivation
	want string
}

// Holds reports whether it holds of a text, as it is written in the record.
func (g Guard) Holds(k Kind, text string) bool {
	if k == Number {
		text = NumberValue(text).scalar()
	}
	return g.by.of(text) == g.want
}

// SourcesOf finds out where a field comes from in a part of an event, such as one of its
// views. Events are of the same kind if they are of one shape and the same texts were
// read when they were made, which the trace knows. It does not count as read what is read
// now.
func SourcesOf(t *Trace, event Event, name string) Sources {
	reads, seen := t.reads, t.seen
	t.reads, t.seen = nil, map[reading]bool{}
	defer func() { t.reads, t.seen = reads, seen }()
	var s Sources
	var v Value
	if v, s.Present = event.Field(name); s.Present {
		s.add(v)
	}
	for _, r := range t.reads {
		switch {
		case slices.Contains(reads, r) || slices.Contains(reads, reading{r.leaf, nil}):
		case r.by == nil:
			s.Other = true
		default:
			s.guard(v, r)
		}
	}
	if s.Other {
		return Sources{Other: true} // what it is here says nothing
	}
	return s
}

// add adds what counts as the value of a field, as planner.elements does.
func (s *Sources) add(v Value) {
	leaf := v.tracedLeaf()
	switch {
	case v.Kind() == Null:
	case leaf != nil:
		s.Leaves = append(s.Leaves, int(leaf.leaf))
	case v.Kind() == List && len(v.Items()) > 0:
		for _, item := range v.Items() {
			s.add(item)
		}
	case v.Kind() == List || v.Kind() == Object:
		s.Other = true
	default:
		s.Constants = append(s.Constants, v)
	}
}

// guard notes what was derived of a leaf that is among the values.
func (s *Sources) guard(v Value, r reading) {
	if leaf := v.tracedLeaf(); leaf != nil && leaf.leaf == r.leaf {
		s.Guards = append(s.Guards, Guard{int(r.leaf), r.by, r.by.of(leaf.value())})
		return
	}
	s.Other = true
}

// NewReversedTrace returns a trace in whose record members of objects come in the
// opposite order: whatever the order of two members decides comes out differently.
func NewReversedTrace() *Trace {
	t := NewTrace()
	t.reversed = true
	return t
}

// Reads returns a trace that has read the same, and keeps nothing else.
func (t *Trace) Reads() *Trace { return &Trace{reads: slices.Clone(t.reads)} }

// ReadSame reports whether two traces have read the same.
func (t *Trace) ReadSame(other *Trace) bool {
	if len(t.reads) != len(other.reads) {
		return false
	}
	for _, r := range t.reads {
		if !slices.Contains(other.reads, r) {
			return false
		}
	}
	return true
}
