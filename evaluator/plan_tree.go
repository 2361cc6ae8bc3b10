package evaluator

import (
	"slices"
	"strings"
	"unsafe"
)

// planTree leads from the texts of the leaves that decide what a record is to
// its plan.
type planTree struct {
	plan      *plan   // nothing is left to decide
	asks      reading // decides next, if next is not nil
	next      map[string]*planTree
	refused   bool      // there can be no plan
	text      string    // that leads here
	last      *planTree // the latest of next
	sightings int       // without a plan
}

// planOf returns the plan of a record, nil if it has none.
func (s *Records) planOf(r *Record) (*plan, error) {
	if r.Shape < 0 {
		return nil, nil
	}
	for r.Shape >= len(s.trees) {
		s.trees = append(s.trees, planTree{})
	}
	t := &s.trees[r.Shape]
	for t.plan == nil {
		next := t.follow(s, r)
		if next == nil {
			break
		}
		t = next
	}
	if t.plan != nil {
		return t.plan, nil
	}
	if t.sightings++; t.refused || t.sightings < minSightings && (s.plans >= fewPlans || len(r.Leaves) > fewLeaves) || len(t.next) >= maxChoices {
		return nil, nil
	}
	t.sightings = 0
	return s.makePlan(r)
}

// follow returns where the text of the next leaf leads, nil if that is new.
func (t *planTree) follow(s *Records, r *Record) *planTree {
	if t.next == nil {
		return nil
	}
	return t.to(s.answer(t.asks, r))
}

// to returns where an answer leads, nil if that is new.
func (t *planTree) to(answer string) *planTree {
	if t.last == nil || answer != t.last.text {
		next := t.next[answer]
		if next == nil {
			return nil
		}
		t.last = next
	}
	return t.last
}

// answer returns what a reading yields in a record, valid until the next call: of
// a text what stands in the record.
func (s *Records) answer(asked reading, r *Record) string {
	if asked.by != nil {
		return s.derived(asked.by, r, asked.leaf)
	}
	raw := r.raw(asked.leaf)
	return unsafe.String(unsafe.SliceData(raw), len(raw))
}

// makePlan makes the plan of a record and remembers it. It is nil if the record
// cannot have one.
func (s *Records) makePlan(r *Record) (*plan, error) {
	return s.makePlanOf(planned{r.Shape, r.AnyOrder, r.Reader.Event, func(asked reading) string { return s.answer(asked, r) }})
}

// planned is a record of which a plan is to be made.
type planned struct {
	shape    int
	anyOrder bool
	event    func(*Trace) (Routed, error)
	answer   func(reading) string // valid until the next call
}

func (s *Records) makePlanOf(r planned) (*plan, error) {
	if s.plans >= maxPlans || s.waySize >= maxTreeBytes {
		clear(s.trees)
		s.forgetVerdicts()
		clear(s.forms)
		s.plans, s.waySize = 0, 0
	}
	defer s.planning.release()
	event, err := r.event(s.planning)
	if err != nil {
		return nil, err
	}
	p := s.newPlan(event, s.planning)
	if r.anyOrder {
		same, err := s.sameReversed(p, r)
		if err != nil {
			return nil, err
		}
		p.refused = p.refused || !same
	}
	s.plans++
	s.numbered++
	p.number, p.form = s.numbered, s.formOf(p)
	t := s.wayTo(p, r)
	if t == nil {
		return nil, nil
	}
	if p.refused {
		t.refused = true
		return nil, nil
	}
	t.plan = p
	return p, nil
}

// sameReversed reports whether the plan of a record is the same if members come
// in the opposite order. Whatever the order of two members decides comes out
// differently then.
func (s *Records) sameReversed(p *plan, r planned) (bool, error) {
	s.planning.reset() // the plan keeps nothing of it
	s.planning.reversed = true
	event, err := r.event(s.planning)
	if err != nil {
		return false, err
	}
	return p.same(s.newPlan(event, s.planning)), nil
}

// wayTo makes the way to a plan: what decides is asked in the order of the records
// met before, and only then in that of the plan. It is nil if the way is not worth
// remembering, because there are too many texts on it, or long ones.
func (s *Records) wayTo(p *plan, r planned) *planTree {
	left := slices.Clone(p.decisive)
	t := &s.trees[r.shape]
	for depth := 0; t.next != nil || len(left) > 0; depth++ {
		if t.next == nil {
			t.asks, t.next = left[0], map[string]*planTree{}
		}
		left = slices.DeleteFunc(left, func(asked reading) bool { return asked == t.asks })
		answer := r.answer(t.asks)
		if depth >= maxDecisive || len(answer) > maxAnswer {
			return nil
		}
		if t.next[answer] == nil {
			text := strings.Clone(answer)
			t.next[text] = &planTree{text: text}
			s.waySize += nodeBytes + len(text)
		}
		t = t.next[answer]
	}
	return t
}

// Meet reports whether a record of a shape was met before, and notes that one is.
func (s *Records) Meet(shape int) bool {
	for shape >= len(s.trees) {
		s.trees = append(s.trees, planTree{})
	}
	t := &s.trees[shape]
	if t.sightings > 0 || t.next != nil || t.plan != nil {
		return true
	}
	t.sightings = 1
	return false
}
