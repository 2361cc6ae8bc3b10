package evtx

import (
	"math"
	"slices"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
)

// Unrendered is a record of which nothing was made yet: its values stand in the
// memory of its chunk. It does not change until it is released.
type Unrendered struct {
	layout *Layout
	block  *block
	data   []byte
	leaves []shape.Leaf
	size   int
}

// Layout returns what the record has in common with others.
func (u *Unrendered) Layout() *Layout { return u.layout }

// Data returns the bytes of the record, and Leaves where the values are in it. Both
// must not be changed, and are valid until the record is released.
func (u *Unrendered) Data() []byte { return u.data }

// Leaves returns the values of the record, see Data.
func (u *Unrendered) Leaves() []shape.Leaf { return u.leaves }

// Size returns roughly how many bytes of memory the record takes: the first one of a
// chunk has all of the chunk, whose memory is held until the last one is released.
func (u *Unrendered) Size() int { return u.size }

// Release says that the record is not looked at any more, so that its memory may
// hold others. It is called once or not at all.
func (u *Unrendered) Release() { u.block.release() }

// Renderer renders records that were left unrendered. The zero value is ready. It is
// for one goroutine.
type Renderer struct{ texts texts }

// Value returns the record as a Reader renders it. It is independent of u.
func (r *Renderer) Value(u *Unrendered) evaluator.Value {
	return u.layout.plan.build(func(i int) evaluator.Value {
		l := u.leaves[i]
		return r.texts.value(classIn(l.Form), u.data[l.Start:l.End])
	})
}

// Rendered returns the record as a Reader renders it, without a Renderer: for single
// records.
func (u *Unrendered) Rendered() evaluator.Value {
	r := Renderer{texts{once: true}}
	return r.Value(u)
}

// TextAt returns the text of the scalar at a path of names in the record, see
// evaluator.Value.At; false if there is none.
func (u *Unrendered) TextAt(path []string) (string, bool) {
	p := u.layout.plan
	at, rest, ok := p.find(path)
	if !ok {
		return "", false
	}
	for i := range p.fills {
		if p.fills[i].at == at && len(rest) == 0 {
			r := Renderer{texts{once: true}}
			return string(r.AppendText(nil, u, i, math.MaxInt)), true
		}
	}
	v, ok := p.members[at].Value.At(rest...)
	if !ok || v.Kind() == evaluator.Object || v.Kind() == evaluator.List {
		return "", false
	}
	return v.Text(), true
}

// Traced returns the same for a trace: its leaves are those of u, in their order.
// What was not read of it before u is released must not be read behind.
func (r *Renderer) Traced(u *Unrendered, t *evaluator.Trace) evaluator.Value {
	text := func(leaf int) string {
		l := u.leaves[leaf]
		return r.texts.value(classIn(l.Form), u.data[l.Start:l.End]).Text()
	}
	return u.layout.plan.build(func(i int) evaluator.Value { return t.LaterBy(u.layout.kinds[i], text) })
}

// AppendText appends the text of a leaf to dst, or not much more than the first most
// bytes of it.
func (r *Renderer) AppendText(dst []byte, u *Unrendered, leaf, most int) []byte {
	l := u.leaves[leaf]
	data := u.data[l.Start:l.End]
	switch {
	case l.Kind == shape.Bool && littleEndian(data) != 0:
		return append(dst, "true"...)
	case l.Kind == shape.Bool:
		return append(dst, "false"...)
	case l.Form != shape.Wide:
		return r.texts.appendText(dst, classIn(l.Form), data)
	}
	if data = trimNUL(data); most < len(data)/2 {
		// A character of two code units may begin with the last one.
		data = data[:2*most+2]
	}
	return appendUTF8(dst, data)
}

// unrendered returns a record either as it is or, if something about it is unusual,
// rendered.
func (d *decoder) unrendered(b *block, start, end int) (evaluator.Value, *Unrendered, error) {
	p, v, err := d.planned(start, end)
	if p == nil {
		return v, nil, err
	}
	if p.layout != nil {
		if u := d.leave(p.layout, b, start, end); u != nil {
			_ = d.spend(len(p.members) + len(p.items)) // as much as rendering does
			return v, u, d.overrun(nil)
		}
	}
	v = d.run(p)
	return v, nil, d.overrun(nil)
}

// leave notes where the values of a record are; nil if one does not fit its type,
// and so does not look as others of the type do.
func (d *decoder) leave(l *Layout, b *block, start, end int) *Unrendered {
	first := len(b.leaves)
	leaves, values := slices.Grow(b.leaves, len(l.left))[:first+len(l.left)], d.values
	own := leaves[first:][:len(l.left)]
	for i := range l.left {
		of := &l.left[i]
		v := &values[of.slot]
		if v.size < of.least {
			return nil
		}
		// Field by field into its place: a copy of the whole would have to wait for them.
		leaf, from := &own[i], v.start-uint32(start)
		leaf.Start, leaf.End = from, from+uint32(v.size)
		leaf.Kind, leaf.Escaped, leaf.Spelled, leaf.Form = of.kind, true, false, of.form
	}
	b.leaves = leaves
	const record, leaf = 96, 12
	size := record + leaf*len(l.left)
	if len(b.records) == 0 {
		size += chunkSize
	}
	b.records = append(b.records, Unrendered{l, b, d.chunk[start:end:end], b.leaves[first:len(b.leaves):len(b.leaves)], size})
	b.held.Add(1)
	return &b.records[len(b.records)-1]
}
