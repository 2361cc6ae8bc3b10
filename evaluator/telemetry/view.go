package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// viewEvent is an event under the field names of one view. Mapped fields are
// computed when they are asked for: an evaluator reads a field once per event,
// and few rules ask for most of them.
type viewEvent struct {
	event   *Event
	def     *logsource.ViewDef
	element evaluator.Value // that the view shows, if def.Each is set
	json    *jsonTexts      // what the texts of def.JSON hold; nil if def names none
}

// Field implements evaluator.Event.
func (v *viewEvent) Field(name string) (evaluator.Value, bool) {
	for i := range v.def.Fields {
		if v.def.Fields[i].Name == name {
			return v.mapped(&v.def.Fields[i])
		}
	}
	if !v.def.Native {
		return evaluator.Value{}, false
	}
	return v.native(name)
}

func (v *viewEvent) mapped(f *logsource.Field) (evaluator.Value, bool) {
	if f.All {
		return v.mappedAll(f)
	}
	for i := range f.Sources {
		if value, ok := v.fromSource(&f.Sources[i]); ok {
			return value, true
		}
	}
	return evaluator.Value{}, false
}

// mappedAll collects the values of all sources, those of lists one by one. A
// single one stays what it is.
func (v *viewEvent) mappedAll(f *logsource.Field) (evaluator.Value, bool) {
	var all []evaluator.Value
	for i := range f.Sources {
		value, ok := v.fromSource(&f.Sources[i])
		switch {
		case !ok:
		case value.Kind() == evaluator.List && len(value.Items()) > 0:
			all = append(all, value.Items()...)
		default:
			all = append(all, value)
		}
	}
	if len(all) == 1 {
		return all[0], true
	}
	return evaluator.ListValue(all...), all != nil
}

// Walk implements evaluator.Walker: the values of the event, or of the mapped
// fields alone where the view hides the native ones.
func (v *viewEvent) Walk(yield func(evaluator.Value) bool) {
	switch {
	case v.def.Native && v.def.Each != "":
		v.walkElement(yield)
		return
	case v.def.Native:
		v.event.Walk(yield)
		return
	}
	for i := range v.def.Fields {
		if value, ok := v.mapped(&v.def.Fields[i]); ok && !yield(value) {
			return
		}
	}
}

// native looks a name up as the view allows: without a prefix, inside the
// named containers, and at last in any letter case.
func (v *viewEvent) native(name string) (evaluator.Value, bool) {
	if value, ok := v.own(name); ok {
		return value, true
	}
	for _, prefix := range v.def.Strip {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if value, ok := v.own(rest); ok {
				return value, true
			}
		}
	}
	for _, within := range v.def.Within {
		if inner, ok := v.container(within); ok {
			if value, ok := evaluator.Lookup(inner, name); ok {
				return value, true
			}
		}
	}
	if !v.def.IgnoreCase {
		return evaluator.Value{}, false
	}
	if value, ok := v.folded(name); ok {
		return value, true
	}
	for _, prefix := range v.def.Strip {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if value, ok := v.folded(rest); ok {
				return value, true
			}
		}
	}
	return evaluator.Value{}, false
}

func (v *viewEvent) folded(name string) (evaluator.Value, bool) {
	if value, ok := v.ownFold(name); ok {
		return value, true
	}
	for _, within := range v.def.Within {
		if inner, ok := v.container(within); ok {
			if value, ok := lookupFold(inner, name); ok {
				return value, true
			}
		}
	}
	return evaluator.Value{}, false
}

// own returns a native field: of the event, or of the element and what is kept
// beside it.
func (v *viewEvent) own(name string) (evaluator.Value, bool) {
	if v.def.Each == "" {
		return v.field(name)
	}
	if value, ok, decided := v.ofElement(name); decided {
		return value, ok
	}
	if v.keeps(name) {
		return v.besideElement(name)
	}
	return evaluator.Value{}, false
}

// ownFold is own in any letter case.
func (v *viewEvent) ownFold(name string) (evaluator.Value, bool) {
	if v.def.Each == "" {
		return lookupFold(v.fields(), name)
	}
	if value, ok := lookupFold(v.element, name); ok {
		return value, true
	}
	return lookupFold(v.kept(), name)
}

// lookupFold is evaluator.Lookup without regard to letter case; of names that
// differ in case only, the first with a value wins.
func lookupFold(v evaluator.Value, path string) (evaluator.Value, bool) {
	switch v.Kind() {
	case evaluator.Object:
		for _, m := range v.Members() {
			if strings.EqualFold(m.Name, path) {
				return m.Value, true
			}
		}
		for _, m := range v.Members() {
			if rest, ok := cutPathFold(path, m.Name); ok {
				if found, ok := lookupFold(m.Value, rest); ok {
					return found, true
				}
			}
		}
	case evaluator.List:
		var leaves []evaluator.Value
		for _, item := range v.Items() {
			if found, ok := lookupFold(item, path); ok && found.Kind() == evaluator.List {
				leaves = append(leaves, found.Items()...)
			} else if ok {
				leaves = append(leaves, found)
			}
		}
		return evaluator.ListValue(leaves...), leaves != nil
	}
	return evaluator.Value{}, false
}

// cutPathFold removes a first name and its dot from a path.
func cutPathFold(path, name string) (rest string, ok bool) {
	if len(path) <= len(name) || path[len(name)] != '.' || !strings.EqualFold(path[:len(name)], name) {
		return "", false
	}
	return path[len(name)+1:], true
}
