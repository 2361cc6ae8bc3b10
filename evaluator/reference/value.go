package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// elements returns the values of a field: one, or the elements of a list, with
// lists in lists flattened. It is empty if the field is missing.
func elements(e evaluator.Event, name string) []evaluator.Value {
	v, present := e.Field(name)
	if !present {
		return nil
	}
	return flatten(v)
}

// flatten takes lists apart. An empty list stands for its text [] (D16).
func flatten(v evaluator.Value) []evaluator.Value {
	if v.Kind() != evaluator.List {
		return []evaluator.Value{v}
	}
	if len(v.Items()) == 0 {
		return []evaluator.Value{evaluator.StringValue("[]")}
	}
	var out []evaluator.Value
	for _, element := range v.Items() {
		out = append(out, flatten(element)...)
	}
	return out
}

// scalars returns every string, number and boolean of an event, at any depth.
func scalars(e evaluator.Event) []evaluator.Value {
	var out []evaluator.Value
	var collect func(evaluator.Value) bool
	collect = func(v evaluator.Value) bool {
		switch v.Kind() {
		case evaluator.Null:
		case evaluator.List:
			for _, element := range v.Items() {
				collect(element)
			}
		case evaluator.Object:
			for _, member := range v.Members() {
				collect(member.Value)
			}
		default:
			out = append(out, v)
		}
		return true
	}
	if w, ok := e.(evaluator.Walker); ok {
		w.Walk(collect)
	}
	return out
}

// scalarMatcher chooses what a value of a rule means: by the modifiers of its
// item, and without one that decides by its own kind. Where a keyword or a part
// is searched, numbers and booleans are the text they were written as (D17, D19).
func scalarMatcher(i *rules.Item, s rules.Scalar, placeholders map[string][]string) (matcher, error) {
	part, comparison := timePart(i), operator(i)
	number := s.Kind == rules.IntScalar || s.Kind == rules.FloatScalar
	switch {
	case i.Has("re"):
		return regex(i, s, placeholders)
	case i.Has("cidr"):
		return network(s)
	case part != "":
		return clock(part, comparison, s)
	case comparison != "" && !number:
		return nil, fmt.Errorf("%s takes an unquoted number, found %q", comparison, s.Text)
	case s.Kind != rules.StringScalar && hasAny(i, "cased", "windash", "wide", "utf16be", "utf16", "base64", "base64offset"):
		return nil, fmt.Errorf("the modifiers take strings only, found %q", s.Text)
	case s.Kind == rules.StringScalar || i.Keywords() && comparison == "" || hasAny(i, "contains", "startswith", "endswith"):
		return text(i, s, placeholders)
	case number:
		return numeric(comparison, s), nil
	}
	return boolean(s), nil
}

// hasAny reports whether the item carries one of the modifiers.
func hasAny(i *rules.Item, modifiers ...string) bool { return slices.ContainsFunc(modifiers, i.Has) }

// boolean matches a boolean, or the word for it in any case (D8).
func boolean(s rules.Scalar) matcher {
	return func(v evaluator.Value) bool {
		switch v.Kind() {
		case evaluator.Bool, evaluator.String:
			return strings.EqualFold(v.Text(), s.Text)
		}
		return false
	}
}
