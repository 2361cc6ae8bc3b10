package evtx

import (
	"encoding/binary"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
)

// Layout is what records have in common that differ in the texts of their leaves
// only: names, constants, and the types of values. It does not change.
type Layout struct {
	plan  *plan
	key   string
	kinds []evaluator.Kind // by leaf
	left  []leftLeaf       // by leaf
}

// leftLeaf is a leaf of a record that is left unrendered.
type leftLeaf struct {
	slot  int32  // of the value that it is
	least uint16 // bytes without which a value does not look as its type does
	kind  shape.Kind
	form  uint8
}

// Key says what the layout is: two layouts with the same key are the same.
func (l *Layout) Key() string { return l.key }

// Limits of layouts. Records beyond them are rendered.
const (
	maxLeaves = 1 << 12
	maxKey    = 1 << 16 // bytes
)

// newLayout returns the layout of the records of a plan, nil if more is needed for
// them than moving values, or values may be of another kind from record to record.
func newLayout(d *decoder, p *plan) *Layout {
	if len(p.rest) > 0 || len(p.fills) > maxLeaves {
		return nil
	}
	l := &Layout{plan: p}
	if n := len(p.fills); n > 0 {
		l.kinds, l.left = make([]evaluator.Kind, 0, n), make([]leftLeaf, 0, n)
	}
	used := make([]bool, len(d.values))
	for _, f := range p.fills {
		class := d.values[f.slot].class
		kind, ok := kindOf(class)
		if !ok || used[f.slot] || f.number && kind != evaluator.Number {
			return nil
		}
		used[f.slot] = true // once: so all texts together are not larger than the record
		l.add(f.slot, class, kind)
	}
	w := keyWriter{l: l, members: make([]int32, len(p.members)), items: make([]int32, len(p.items))}
	for i, f := range p.fills {
		*w.what(f.at) = int32(i) + 1
	}
	for i, s := range p.spans {
		*w.what(s.at) = -int32(i) - 1
	}
	w.span(p.root)
	l.key = string(w.key)
	if len(l.key) > maxKey {
		return nil
	}
	d.members += len(l.key)/16 + len(l.kinds)
	return l
}

func (l *Layout) add(slot int32, class byte, kind evaluator.Kind) {
	form, least := class, 0
	switch class {
	case kindXML:
		form = shape.Wide
	case kindString, kindANSI, kindBool:
	default:
		form |= shape.Coded
	}
	if int(class) < len(sizes) {
		least = sizes[class]
	}
	as := shape.String
	switch kind {
	case evaluator.Number:
		as = shape.Number
	case evaluator.Bool:
		as = shape.Bool
	}
	l.kinds, l.left = append(l.kinds, kind), append(l.left, leftLeaf{slot, uint16(least), as, form})
}

// classIn returns the type of values of a form.
func classIn(form uint8) byte { return form &^ shape.Coded }

// kindOf returns the kind that values of a type have, false if it is not always the
// same. What is too short for its type is not asked for.
func kindOf(class byte) (evaluator.Kind, bool) {
	switch {
	case class&kindArray != 0, class == kindNull, class == kindBinXML, class == kindReal32, class == kindReal64:
		return 0, false
	case isInteger(class):
		return evaluator.Number, true
	case class == kindBool:
		return evaluator.Bool, true
	}
	return evaluator.String, true
}

// keyWriter writes the record of a layout out, and the types of its leaves in their
// places.
type keyWriter struct {
	l              *Layout
	members, items []int32 // n is leaf n-1, -n is span n-1, 0 is a constant
	key            []byte
}

// what returns what stands in a place.
func (w *keyWriter) what(at place) *int32 {
	if at < 0 {
		return &w.items[^at]
	}
	return &w.members[at]
}

func (w *keyWriter) span(s span) {
	p := w.l.plan
	if s.list {
		w.key = binary.AppendUvarint(append(w.key, '['), uint64(s.to-s.from))
		for i := s.from; i < s.to; i++ {
			w.node(^place(i), p.items[i])
		}
		return
	}
	w.key = binary.AppendUvarint(append(w.key, '{'), uint64(s.to-s.from))
	for i := s.from; i < s.to; i++ {
		w.text(p.members[i].Name)
		w.node(place(i), p.members[i].Value)
	}
}

func (w *keyWriter) node(at place, fixed evaluator.Value) {
	switch n := *w.what(at); {
	case n > 0:
		w.key = append(w.key, 'x', w.l.left[n-1].form)
	case n < 0:
		w.span(w.l.plan.spans[-n-1])
	default:
		w.constant(fixed)
	}
}

func (w *keyWriter) constant(v evaluator.Value) {
	switch k := v.Kind(); k {
	case evaluator.List:
		w.key = binary.AppendUvarint(append(w.key, '['), uint64(len(v.Items())))
		for _, item := range v.Items() {
			w.constant(item)
		}
	case evaluator.Object:
		w.key = binary.AppendUvarint(append(w.key, '{'), uint64(len(v.Members())))
		for _, m := range v.Members() {
			w.text(m.Name)
			w.constant(m.Value)
		}
	default:
		w.key = append(w.key, byte(k))
		w.text(v.Text())
	}
}

func (w *keyWriter) text(s string) { w.key = append(binary.AppendUvarint(w.key, uint64(len(s))), s...) }

// build makes a record of which value(i) is the i-th leaf. It is called in order.
func (p *plan) build(value func(i int) evaluator.Value) evaluator.Value {
	members, items := append([]evaluator.Member(nil), p.members...), append([]evaluator.Value(nil), p.items...)
	for _, s := range p.spans {
		set(members, items, s.at, s.value(members, items))
	}
	for i, f := range p.fills {
		set(members, items, f.at, value(i))
	}
	return p.root.value(members, items)
}
