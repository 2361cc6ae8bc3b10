package evaluator

import (
	"unsafe"

	"github.com/socctl/socctl/compiler"
)

// state is what is known about the current event: each field is looked up and
// each predicate decided at most once, and only if a rule asks.
type state struct {
	program *compiler.Program
	fields  []string       // names, by number
	field   []int          // predicate -> number of its field; -1 for any value
	ref     []int          // predicate -> number of the field it refers to
	index   map[string]int // name -> number

	event   Event
	epoch   uint32 // number of the current event; entries of other epochs are stale
	decided []decision
	found   []content
	words   content // all scalar values of the event
}

type decision struct {
	epoch uint32
	holds bool
}

// content is the value of a field, as a list of elements any of which counts.
type content struct {
	epoch    uint32
	present  bool
	elements []element
}

// element is a value that predicates look at: a scalar, an object, or an empty list.
type element struct {
	kind     Kind
	text     string
	folded   string // compiler.Fold(text), once isFolded
	isFolded bool
}

// foldInto folds the text into memory, which it returns unless that is too large to be kept. The element must not be used any more
// when the memory is used again.
func (e *element) foldInto(memory []byte) []byte {
	memory = compiler.AppendFold(memory[:0], e.text)
	e.folded, e.isFolded = unsafe.String(unsafe.SliceData(memory), len(memory)), true
	if cap(memory) > maxWritten {
		return nil
	}
	return memory
}

func newState(p *compiler.Program) state {
	s := state{program: p, index: map[string]int{}, decided: make([]decision, len(p.Predicates)),
		field: make([]int, len(p.Predicates)), ref: make([]int, len(p.Predicates))}
	for i := range p.Predicates {
		pr := &p.Predicates[i]
		s.field[i] = s.number(pr.Field)
		s.ref[i] = s.number(pr.Ref)
	}
	s.found = make([]content, len(s.fields))
	return s
}

func (s *state) number(name string) int {
	if name == "" {
		return -1
	}
	n, known := s.index[name]
	if !known {
		n = len(s.fields)
		s.index[name] = n
		s.fields = append(s.fields, name)
	}
	return n
}

// begin makes event the current one.
func (s *state) begin(event Event) {
	s.event = event
	if s.epoch++; s.epoch == 0 {
		clear(s.decided)
		for i := range s.found {
			s.found[i].epoch = 0
		}
		s.words.epoch, s.epoch = 0, 1
	}
}

// holds decides an expression on the current event.
func (s *state) holds(e *compiler.Expr) bool {
	switch e.Op {
	case compiler.Leaf:
		return s.atom(e.Atom)
	case compiler.Not:
		return !s.holds(e.Args[0])
	case compiler.And:
		for _, arg := range e.Args {
			if !s.holds(arg) {
				return false
			}
		}
		return true
	}
	for _, arg := range e.Args {
		if s.holds(arg) {
			return true
		}
	}
	return false
}

func (s *state) atom(i int) bool {
	v := &s.decided[i]
	if v.epoch != s.epoch {
		*v = decision{s.epoch, s.decide(i)}
	}
	return v.holds
}

func (s *state) decide(i int) bool {
	p, c := &s.program.Predicates[i], s.content(s.field[i])
	switch p.Op {
	case compiler.OpExists:
		return c.present == p.Bool
	case compiler.OpNull:
		return !c.present || anyElement(c, func(e *element) bool { return e.kind == Null })
	case compiler.OpFieldRef:
		other := s.content(s.ref[i])
		return anyElement(c, func(e *element) bool {
			return anyElement(other, func(o *element) bool { return refers(p, e, o) })
		})
	}
	for n := range c.elements {
		if satisfies(p, &c.elements[n]) {
			return true
		}
	}
	return false
}

func anyElement(c *content, holds func(*element) bool) bool {
	for i := range c.elements {
		if holds(&c.elements[i]) {
			return true
		}
	}
	return false
}

// content returns the value of a field, or all values of the event for -1.
func (s *state) content(field int) *content {
	c := &s.words
	if field >= 0 {
		c = &s.found[field]
	}
	if c.epoch == s.epoch {
		return c
	}
	c.epoch, c.elements = s.epoch, c.elements[:0]
	if field < 0 {
		c.present = true
		if w, ok := s.event.(Walker); ok {
			w.Walk(func(v Value) bool {
				c.scalars(v)
				return true
			})
		}
		return c
	}
	v, ok := s.event.Field(s.fields[field])
	if c.present = ok; ok {
		c.add(v)
	}
	return c
}

// add appends the elements of a value: those of a list, at any depth, else the
// value itself. An empty list counts as its text (D14, D16).
func (c *content) add(v Value) {
	if v.Kind() == List && len(v.Items()) > 0 {
		for _, item := range v.Items() {
			c.add(item)
		}
		return
	}
	c.elements = append(c.elements, element{kind: v.Kind(), text: v.Text()})
}

// scalars appends every scalar within a value (D17).
func (c *content) scalars(v Value) {
	switch v.Kind() {
	case Null:
	case List:
		for _, item := range v.Items() {
			c.scalars(item)
		}
	case Object:
		for _, m := range v.Members() {
			c.scalars(m.Value)
		}
	default:
		c.elements = append(c.elements, element{kind: v.Kind(), text: v.scalar()})
	}
}

func (e *element) fold() string {
	if !e.isFolded {
		e.folded, e.isFolded = compiler.Fold(e.text), true
	}
	return e.folded
}
