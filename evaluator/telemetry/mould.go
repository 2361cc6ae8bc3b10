package telemetry

import (
	"errors"
	"strconv"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// ReadLayout returns a layout that was written down before, but for its number and
// names, and an error if the skeleton is none.
func ReadLayout(skeleton string) (*Mould, error) { return new(Moulds).Read(skeleton) }

// Moulds reads layouts that were written down before, which mostly have the same names. It
// is for one goroutine.
type Moulds struct {
	decoder jsonDecoder
	read    bool // one, so that it pays to share names
}

// Read is ReadLayout.
func (m *Moulds) Read(skeleton string) (*Mould, error) {
	if m.read && m.decoder.words == nil {
		m.decoder.words = &words{}
	}
	v, ok := m.decoder.whole(skeleton)
	if m.read = true; !ok {
		return nil, errors.New("the skeleton of a layout is no JSON object")
	}
	out := &Mould{value: v}
	out.measure(v)
	return out, nil
}

// Mould makes records of a layout.
type Mould struct {
	Kinds          []jsonshape.Kind
	value          evaluator.Value
	members, items int // how many there are, at any depth
}

// measure finds out what there is in a record.
func (m *Mould) measure(v evaluator.Value) {
	switch k := v.Kind(); k {
	case evaluator.List:
		if m.items += len(v.Items()); len(v.Items()) == 0 {
			m.Kinds = append(m.Kinds, jsonshape.EmptyList)
		}
		for _, item := range v.Items() {
			m.measure(item)
		}
	case evaluator.Object:
		if m.members += len(v.Members()); len(v.Members()) == 0 {
			m.Kinds = append(m.Kinds, jsonshape.EmptyObject)
		}
		for i := range v.Members() {
			m.measure(v.Members()[i].Value)
		}
	default:
		m.Kinds = append(m.Kinds, leafKind(k))
	}
}

// Reordered returns what makes records whose members come in another order, that of
// a skeleton, and for each leaf of m which one of the other it is.
func (m *Mould) Reordered(skeleton string) (other *Mould, order []int32, err error) {
	if other, err = ReadLayout(skeleton); err != nil {
		return nil, nil, err
	}
	mine, theirs := pathsOf(m.value), map[string]int32{}
	for i, path := range pathsOf(other.value) {
		theirs[path] = int32(i)
	}
	for _, path := range mine {
		leaf, ok := theirs[path]
		if !ok || len(theirs) != len(mine) {
			return nil, nil, errors.New("the order of a record is not one of its layout")
		}
		order = append(order, leaf)
	}
	return other, order, nil
}

// pathsOf returns the paths of the leaves of a record.
func pathsOf(v evaluator.Value) (paths []string) {
	var walk func(v evaluator.Value, path string)
	walk = func(v evaluator.Value, path string) {
		switch {
		case v.Kind() == evaluator.List && len(v.Items()) > 0:
			for i, item := range v.Items() {
				walk(item, path+"["+strconv.Itoa(i)+"]")
			}
		case v.Kind() == evaluator.Object && len(v.Members()) > 0:
			for _, member := range v.Members() {
				walk(member.Value, path+strconv.Quote(member.Name))
			}
		default:
			paths = append(paths, path)
		}
	}
	walk(v, "")
	return paths
}

// Record returns the record with these texts. text is called for each leaf that has
// one, in order.
func (m *Mould) Record(text func(leaf int) string) evaluator.Value {
	f := filling{mould: m, text: text, members: make([]evaluator.Member, m.members), items: make([]evaluator.Value, m.items)}
	return f.fill(m.value)
}

// Traced is Record for a trace: text is only called for leaves that are read, by the numbers
// that the trace gives them, and what it returns of a number is that of NumberValue.
func (m *Mould) Traced(t *evaluator.Trace, text func(leaf int) string) evaluator.Value {
	f := filling{mould: m, text: text, trace: t}
	f.members, f.items = t.Room(m.members, m.items)
	return f.fill(m.value)
}

// filling is the making of a record.
type filling struct {
	mould *Mould
	text  func(leaf int) string
	trace *evaluator.Trace // nil for none
	next  int              // leaf

	members []evaluator.Member // room for what is still to be made
	items   []evaluator.Value
}

func (f *filling) fill(v evaluator.Value) evaluator.Value {
	switch {
	case v.Kind() == evaluator.List && len(v.Items()) > 0:
		n := len(v.Items())
		items := f.items[:n:n]
		f.items = f.items[n:]
		for i, item := range v.Items() {
			items[i] = f.fill(item)
		}
		return evaluator.ListValue(items...)
	case v.Kind() == evaluator.Object && len(v.Members()) > 0:
		n := len(v.Members())
		members := f.members[:n:n]
		f.members = f.members[n:]
		for i, member := range v.Members() {
			members[i] = evaluator.Member{Name: member.Name, Value: f.fill(member.Value)}
		}
		if f.trace != nil {
			members = f.trace.Ordered(members)
		}
		return evaluator.ObjectValue(members...)
	}
	n := f.next
	f.next++
	switch k := f.mould.Kinds[n]; {
	case k > jsonshape.Bool && f.trace != nil:
		f.trace.Skip()
		return v
	case k > jsonshape.Bool:
		return v
	case f.trace != nil:
		return f.trace.LaterBy(v.Kind(), f.text)
	default:
		return leafValue(k, f.text(n))
	}
}
