package telemetry

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Fields tells where fields of events come from, by what they are called in the views of
// these: of all records of a layout that belong to one place, for which it is found out
// once. It does not change.
type Fields struct{ table *fieldTable }

// fieldTable is what Fields tell. Many have the same.
type fieldTable struct {
	opaque bool
	names  []uint64  // hashes of all names in the event, see NameHash, ascending
	views  [][]Field // by the logsources of the route
}

// Field is a field that some events have.
type Field struct {
	Name string
	leaf int32              // that all values are, if more is nil
	more *evaluator.Sources // what else is to be said
}

// Sources tells where the field comes from.
func (f *Field) Sources() evaluator.Sources {
	if f.more != nil {
		return *f.more
	}
	return evaluator.Sources{Present: true, Leaves: []int{int(f.leaf)}}
}

// Opaque reports whether nothing can be said.
func (f *Fields) Opaque() bool { return f == nil || f.table.opaque }

// Of returns the fields that events have as seen by the n-th logsource of their route,
// each once, those that rules are likely to name. Others are lacking if no tail of their
// name is among Names.
func (f *Fields) Of(n int) []Field { return f.table.views[n] }

// Names returns hashes of all names in the events, ascending.
func (f *Fields) Names() []uint64 { return f.table.names }

// NameHash returns a hash of a name in any letter case.
func NameHash(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(compiler.Fold(name))) // never fails
	return h.Sum64()
}

// EachTail yields hashes of the parts of the name of a field that may stand in an event
// as a name if that event has the field: a path ends in one. Without any of them, views
// whose table does not name the field lack it.
func EachTail(field string, yield func(hash uint64) bool) {
	for {
		if !yield(NameHash(field)) {
			return
		}
		_, rest, dotted := strings.Cut(field, ".")
		if !dotted {
			return
		}
		field = rest
	}
}

// Limits of what is told of fields.
const (
	maxLooked     = 128 // places of a layout
	maxFieldNames = 1 << 10
	maxFieldViews = 32
)

// fieldsOf finds out where the fields of an event come from; nil if that was done too often
// for records that are alike, because a text of theirs decides that is always another.
func (l *Layouts) fieldsOf(e *Event, t *evaluator.Trace) *Fields {
	for l.current.Shape >= len(l.looked) {
		l.looked = append(l.looked, 0)
	}
	if l.looked[l.current.Shape] == maxLooked {
		return nil
	}
	l.looked[l.current.Shape]++
	f := &fieldTable{opaque: true}
	names := map[string]bool{}
	for _, members := range [][]evaluator.Member{e.front, e.fields, e.back, {{Value: e.record.Value}}} {
		for i := range members {
			names[members[i].Name] = true
			namesIn(members[i].Value, names)
		}
	}
	views := e.Views()
	if len(views) <= maxFieldViews && len(names) <= maxFieldNames && !slices.ContainsFunc(views, opaqueView) {
		f.opaque = false
		for name := range names {
			f.names = append(f.names, NameHash(name))
		}
		slices.Sort(f.names)
		f.names = slices.Compact(f.names)
		f.views = l.viewFields(e, t)
	}
	return &Fields{l.intern(f)}
}

// namesIn notes all names in a value.
func namesIn(v evaluator.Value, names map[string]bool) {
	switch v.Kind() {
	case evaluator.List:
		for _, item := range v.Items() {
			namesIn(item, names)
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			if len(names) <= maxFieldNames {
				names[m.Name] = true
				namesIn(m.Value, names)
			}
		}
	}
}

// opaqueView reports whether a view may find fields whose names are not in the record, or
// not as a whole.
func opaqueView(v evaluator.View) bool {
	seen, ok := v.Event.(*viewEvent)
	return ok && (len(seen.def.JSON) > 0 || slices.ContainsFunc(seen.def.Strip, func(prefix string) bool { return !strings.HasSuffix(prefix, ".") }))
}

// viewFields returns the fields of all views of an event by the logsources of its route.
func (l *Layouts) viewFields(e *Event, t *evaluator.Trace) [][]Field {
	route := routeLogsources(e)
	out := make([][]Field, len(route))
	known := map[evaluator.Event]map[string]evaluator.Sources{}
	for n, logsource := range route {
		merged := map[string]evaluator.Sources{}
		for _, v := range e.Views() {
			if viewLogsource(v) != logsource {
				continue
			}
			if known[v.Event] == nil {
				known[v.Event] = sourcesOf(e, v.Event, t)
			}
			for name, s := range known[v.Event] {
				merged[name] = mergedSources(merged, name, s)
			}
		}
		for name, s := range merged {
			f := Field{Name: l.words.of([]byte(name)), leaf: -1}
			if s.Present && !s.Other && len(s.Leaves) == 1 && len(s.Constants)+len(s.Guards) == 0 {
				f.leaf = int32(s.Leaves[0])
			} else {
				f.more = &s
			}
			out[n] = append(out[n], f)
		}
		slices.SortFunc(out[n], func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	}
	return out
}

// mergedSources adds sources of another view of the same logsource.
func mergedSources(known map[string]evaluator.Sources, name string, s evaluator.Sources) evaluator.Sources {
	old, there := known[name]
	if !there {
		return s
	}
	return evaluator.Sources{Present: old.Present || s.Present, Other: old.Other || s.Other, Leaves: slices.Concat(old.Leaves, s.Leaves),
		Constants: slices.Concat(old.Constants, s.Constants), Guards: slices.Concat(old.Guards, s.Guards)}
}

// sourcesOf returns the sources of the fields of a view that rules are likely to name:
// those of its table and of the event, and their paths.
func sourcesOf(e *Event, of evaluator.Event, t *evaluator.Trace) map[string]evaluator.Sources {
	out := map[string]evaluator.Sources{}
	ask := func(name string) {
		if _, asked := out[name]; asked {
			return
		}
		s := evaluator.SourcesOf(t, of, name)
		if s.Present || s.Other || len(s.Guards) > 0 {
			out[name] = s
		}
	}
	members := [][]evaluator.Member{e.front, e.fields, e.back}
	if v, ok := of.(*viewEvent); ok {
		for i := range v.def.Fields {
			ask(v.def.Fields[i].Name)
		}
		if !v.def.Native {
			return out
		}
		for _, within := range v.def.Within {
			if inner, ok := v.container(within); ok {
				members = append(members, inner.Members())
			}
		}
		if v.def.Each != "" {
			members = [][]evaluator.Member{v.element.Members(), v.kept().Members()}
		}
	}
	for _, list := range members {
		for i := range list {
			ask(list[i].Name)
			if !e.Windows() {
				pathsIn(list[i].Value, list[i].Name, ask)
			}
		}
	}
	return out
}

// pathsIn yields the paths of what is within a value.
func pathsIn(v evaluator.Value, path string, yield func(path string)) {
	switch v.Kind() {
	case evaluator.List:
		for _, item := range v.Items() {
			pathsIn(item, path, yield)
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			yield(path + "." + m.Name)
			pathsIn(m.Value, path+"."+m.Name, yield)
		}
	}
}

// viewLogsource returns the logsource of a view as routes tell it.
func viewLogsource(v evaluator.View) [3]string {
	return [3]string{v.Logsource["category"], v.Logsource["product"], v.Logsource["service"]}
}

// intern returns the one table with what is in this one: many places have the same.
func (l *Layouts) intern(f *fieldTable) *fieldTable {
	key := fmt.Appendf(nil, "%t %x", f.opaque, f.names)
	for _, view := range f.views {
		key = append(key, 0)
		for i := range view {
			key = fmt.Appendf(key, "%q %d", view[i].Name, view[i].leaf)
			if m := view[i].more; m != nil {
				key = fmt.Appendf(key, " %t %t %v %v", m.Present, m.Other, m.Leaves, m.Guards)
				for _, c := range m.Constants {
					key = fmt.Appendf(key, " %d %q", c.Kind(), c.Text())
				}
			}
		}
	}
	if known := l.tables[string(key)]; known != nil {
		return known
	}
	if l.tables == nil || l.told > maxTold {
		l.tables, l.told = map[string]*fieldTable{}, 0
	}
	l.tables[string(key)] = f
	l.told += 3 * len(key)
	return f
}

// maxTold is how much is remembered to be told once, roughly.
const maxTold = 32 << 20

// otherOrder is what is known of records of a place whose members come in another order
// than those of the record of which its fields were found out.
type otherOrder struct {
	asked bool
	same  bool             // the same holds of them
	read  *evaluator.Trace // what decides where a record belongs
}

// inThisOrder returns what holds of the fields of the current record; nil if that is not
// known.
func (l *Layouts) inThisOrder(p *Place) (*Fields, error) {
	o := p.other
	if o == nil || p.Fields.Opaque() {
		return nil, nil
	}
	if !o.asked {
		trace := evaluator.NewReversedTrace()
		event, err := (*layoutReader)(l).make(trace)
		if err != nil {
			return nil, err
		}
		other := l.placeOf(event, trace)
		o.same = other.Fields != nil && other.Fields.table == p.Fields.table && other.Route == p.Route && slices.Equal(other.Views, p.Views) && o.read.ReadSame(trace)
		o.asked = true
	}
	if !o.same {
		return nil, nil
	}
	return p.Fields, nil
}
