package telemetry

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// maxElements is how many views of one name an event gets at most from a view
// with each. Of a longer list the last view shows all that remains as one: a
// name then yields the values of all of them, so that no element is lost,
// while a rule may hold on several of them taken together.
const maxElements = 10_000

// elements returns what the views of a view with each show, one apiece: the
// elements of the list at path that are not null, or the one value there. An
// event without any element is seen once, by what is kept of it.
func elements(e *Event, path string) []evaluator.Value {
	v, _ := e.Field(path)
	if v.Kind() != evaluator.List {
		return []evaluator.Value{v}
	}
	items := slices.DeleteFunc(slices.Clone(v.Items()), evaluator.Value.IsNull)
	if len(items) == 0 {
		return []evaluator.Value{{}}
	}
	if len(items) > maxElements {
		rest := evaluator.ListValue(items[maxElements-1:]...)
		items = append(items[:maxElements-1:maxElements-1], rest)
	}
	return items
}

// ofElement looks a name up in the element. Decided means that the event is
// not to be asked: the element has the field, or the name leads into the list
// whose elements are seen one at a time.
func (v *viewEvent) ofElement(name string) (value evaluator.Value, ok, decided bool) {
	if value, ok := evaluator.Lookup(v.element, name); ok {
		return value, true, true
	}
	rest, inside := strings.CutPrefix(name, v.def.Each)
	switch {
	case !inside:
		return value, false, false
	case rest == "":
		return v.element, !v.element.IsNull(), true
	case rest[0] == '.':
		value, ok = evaluator.Lookup(v.element, rest[1:])
		return value, ok, true
	}
	return value, false, false
}

// origin looks up what a mapped field is made from: unlike own it may see
// every field of the event, because the table names it.
func (v *viewEvent) origin(name string) (evaluator.Value, bool) {
	if v.def.Each == "" {
		return v.field(name)
	}
	if value, ok, decided := v.ofElement(name); decided {
		return value, ok
	}
	return v.field(name)
}

// keeps reports whether a field of the event stays visible beside an element.
func (v *viewEvent) keeps(name string) bool {
	return v.def.KeepAll || slices.ContainsFunc(v.def.Keep, func(kept string) bool {
		rest, ok := strings.CutPrefix(name, kept)
		return ok && (rest == "" || rest[0] == '.')
	})
}

// besideElement looks a kept name up in the event; of a container of the
// elements it returns what else is in it.
func (v *viewEvent) besideElement(name string) (evaluator.Value, bool) {
	value, ok := v.field(name)
	if inner, around := strings.CutPrefix(v.def.Each, name); ok && around && strings.HasPrefix(inner, ".") {
		value = without(value, inner[1:])
	}
	return value, ok
}

// kept returns what of the event stays visible beside an element, as an object.
func (v *viewEvent) kept() evaluator.Value {
	if v.def.KeepAll {
		return without(v.fields(), v.def.Each)
	}
	var kept []evaluator.Member
	for _, name := range v.def.Keep {
		if _, _, decided := v.ofElement(name); decided {
			continue
		}
		if value, ok := v.besideElement(name); ok {
			kept = append(kept, evaluator.Member{Name: name, Value: value})
		}
	}
	return evaluator.ObjectValue(kept...)
}

// walkElement yields the values of the element and what is kept beside it.
func (v *viewEvent) walkElement(yield func(evaluator.Value) bool) {
	if k := v.element.Kind(); k != evaluator.Object && k != evaluator.Null && !yield(v.element) {
		return
	}
	for _, m := range slices.Concat(v.element.Members(), v.kept().Members()) {
		if !yield(m.Value) {
			return
		}
	}
}

// without returns a value that lacks what is at a dotted path.
func without(v evaluator.Value, path string) evaluator.Value {
	switch v.Kind() {
	case evaluator.Object:
		var kept []evaluator.Member
		for _, m := range v.Members() {
			rest, ok := strings.CutPrefix(path, m.Name)
			switch {
			case ok && rest == "":
				continue
			case ok && rest[0] == '.':
				m.Value = without(m.Value, rest[1:])
			}
			kept = append(kept, m)
		}
		return evaluator.ObjectValue(kept...)
	case evaluator.List:
		items := make([]evaluator.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = without(item, path)
		}
		return evaluator.ListValue(items...)
	}
	return v
}
