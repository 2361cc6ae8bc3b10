package reference

import (
	"fmt"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// item compares a field, or all scalars of the event, with a list of values:
// any must match, with all every one, each perhaps in another element (D16);
// neq negates the whole item, so that it holds for a missing field (D22).
func item(i *rules.Item, placeholders map[string][]string) (predicate, error) {
	values, err := each(i.Values, func(s rules.Scalar) (predicate, error) { return value(i, s, placeholders) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Key.Text, err)
	}
	p := anyOf(values)
	if i.Has("all") {
		p = allOf(values)
	}
	if i.Has("neq") {
		p = not(p)
	}
	return p, nil
}

// value builds the comparison with one value of an item.
func value(i *rules.Item, s rules.Scalar, placeholders map[string][]string) (predicate, error) {
	switch {
	case i.Has("exists"):
		return exists(i, s)
	case i.Has("fieldref"):
		return fieldref(i, s)
	case s.Kind == rules.NullScalar:
		return null(i)
	}
	m, err := scalarMatcher(i, s, placeholders)
	if err != nil {
		return nil, err
	}
	if i.Keywords() {
		return keyword(m), nil
	}
	return field(i.Field.Text, m), nil
}

// matcher compares one value of an event that is neither a list nor null.
type matcher func(evaluator.Value) bool

// field is true if m is for any element of the field (D16). It is false for a
// field that is missing or null.
func field(name string, m matcher) predicate {
	return func(e evaluator.Event) bool {
		for _, v := range elements(e, name) {
			if !v.IsNull() && m(v) {
				return true
			}
		}
		return false
	}
}

// keyword is true if m is for any scalar anywhere in the event (D17).
func keyword(m matcher) predicate {
	return func(e evaluator.Event) bool {
		for _, v := range scalars(e) {
			if m(v) {
				return true
			}
		}
		return false
	}
}

// null is true if the field is missing, null, or a list with a null in it (D9).
func null(i *rules.Item) (predicate, error) {
	for _, m := range i.Modifiers {
		switch m.Name {
		case "all", "neq", "expand":
		default:
			return nil, fmt.Errorf("null does not go with modifier %s", m.Name)
		}
	}
	if i.Keywords() {
		return nil, fmt.Errorf("null is no keyword")
	}
	return func(e evaluator.Event) bool {
		if _, present := e.Field(i.Field.Text); !present {
			return true
		}
		for _, v := range elements(e, i.Field.Text) {
			if v.IsNull() {
				return true
			}
		}
		return false
	}, nil
}

// exists is true if presence of the field, be it null or empty, is as s says (D21).
func exists(i *rules.Item, s rules.Scalar) (predicate, error) {
	if s.Kind != rules.BoolScalar || i.List {
		return nil, fmt.Errorf("exists takes one unquoted true or false")
	}
	return func(e evaluator.Event) bool {
		_, present := e.Field(i.Field.Text)
		return present == s.Bool()
	}, nil
}

// fieldref is true if any element of the field compares with any element of
// the other field, text with text. A missing or null side is equal to nothing (D30).
func fieldref(i *rules.Item, s rules.Scalar) (predicate, error) {
	other, err := parsePattern(s.Text).plainText()
	if err != nil || s.Kind != rules.StringScalar {
		return nil, fmt.Errorf("fieldref takes the name of a field, found %q", s.Text)
	}
	return func(e evaluator.Event) bool {
		for _, right := range elements(e, other) {
			if right.IsNull() {
				continue
			}
			want := anchored(literal(right.Text()), i)
			same := func(left evaluator.Value) bool { return want.match(left.Text(), i.Has("cased")) }
			if field(i.Field.Text, same)(e) {
				return true
			}
		}
		return false
	}, nil
}
