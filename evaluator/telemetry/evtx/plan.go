package evtx

import (
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// plan says how to render records of a template whose values have the same
// signature. The objects of a record lie in one slice of members, and its lists
// in one of items, so that a record is two allocations, nearly always one, and
// a copy of what is the same in all.
type plan struct {
	signature string
	members   []evaluator.Member
	items     []evaluator.Value
	spans     []span // the objects and lists
	fills     []fill
	rest      []remainder
	root      span
	layout    *Layout // of records that may stay unrendered; nil if they may not
}

// place is where a value goes: the index of a member, or the complement of the
// index of an item.
type place int32

// span is an object or a list and which members or items are its own.
type span struct {
	at       place
	from, to int32
	list     bool
}

// fill is a value of the record and where it goes.
type fill struct {
	at     place
	number bool
	slot   int32
}

// remainder is what needs more than moving a value: mixtures, and lists whose
// length is known to the record only.
type remainder struct {
	at   place
	node node
}

// newPlan makes the plan of a shape, whose root is an object.
func newPlan(d *decoder, root node) *plan {
	p := &plan{}
	p.root = p.object(d, &root, 0)
	p.layout = newLayout(d, p)
	return p
}

func (p *plan) object(d *decoder, n *node, at place) span {
	s := span{at: at, from: int32(len(p.members)), to: int32(len(p.members) + len(n.parts))}
	for i := range n.parts {
		p.members = append(p.members, evaluator.Member{Name: n.parts[i].name})
	}
	for i := range n.parts {
		p.put(d, &n.parts[i], place(s.from)+place(i))
	}
	return s
}

func (p *plan) list(d *decoder, n *node, at place) span {
	s := span{at: at, from: int32(len(p.items)), to: int32(len(p.items) + len(n.parts)), list: true}
	p.items = append(p.items, make([]evaluator.Value, len(n.parts))...)
	for i := range n.parts {
		p.put(d, &n.parts[i], ^(place(s.from) + place(i)))
	}
	return s
}

// put plans one node of the record.
func (p *plan) put(d *decoder, n *node, at place) {
	switch {
	case n.isFixed():
		set(p.members, p.items, at, d.eval(n))
	case n.form == formSlot:
		p.fills = append(p.fills, fill{at: at, number: n.number, slot: int32(n.slot)})
	case n.form == formObject:
		p.spans = append(p.spans, p.object(d, n, at))
	case n.form == formList && !d.mayGrow(n):
		p.spans = append(p.spans, p.list(d, n, at))
	default:
		p.rest = append(p.rest, remainder{at, *n})
	}
}

// mayGrow reports whether a list has an item that may be a list itself.
func (d *decoder) mayGrow(n *node) bool {
	return slices.ContainsFunc(n.parts, func(part node) bool {
		return part.form == formSlot && d.values[part.slot].kind&kindArray != 0
	})
}

func set(members []evaluator.Member, items []evaluator.Value, at place, v evaluator.Value) {
	if at < 0 {
		items[^at] = v
		return
	}
	members[at].Value = v
}

// find returns the place of the scalar at a path of names, or of a constant in which the
// rest of the path leads to it.
func (p *plan) find(path []string) (at place, rest []string, ok bool) {
	s := p.root
	for i, name := range path {
		n := slices.IndexFunc(p.members[s.from:s.to], func(m evaluator.Member) bool { return m.Name == name })
		if n < 0 {
			return 0, nil, false
		}
		at = place(s.from) + place(n)
		next := slices.IndexFunc(p.spans, func(s span) bool { return s.at == at })
		if next < 0 {
			return at, path[i+1:], true
		}
		if s = p.spans[next]; s.list {
			return 0, nil, false
		}
	}
	return 0, nil, false
}

// run renders the record whose values the decoder holds.
func (d *decoder) run(p *plan) evaluator.Value {
	if d.spend(len(p.members)+len(p.items)) != nil {
		return evaluator.Value{}
	}
	members, items := slices.Clone(p.members), slices.Clone(p.items)
	for _, s := range p.spans {
		set(members, items, s.at, s.value(members, items))
	}
	for _, f := range p.fills {
		v := d.slot(int(f.slot))
		if f.number {
			v = asNumber(v)
		}
		set(members, items, f.at, v)
	}
	for i := range p.rest {
		set(members, items, p.rest[i].at, d.eval(&p.rest[i].node))
	}
	return p.root.value(members, items)
}

func (s span) value(members []evaluator.Member, items []evaluator.Value) evaluator.Value {
	if s.list {
		return evaluator.ListValue(items[s.from:s.to:s.to]...)
	}
	return evaluator.ObjectValue(members[s.from:s.to:s.to]...)
}
