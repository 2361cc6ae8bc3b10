package pipeline

import (
	"slices"
)

// valueCondition asks whether any or all values of a detection item satisfy a
// test.
type valueCondition struct {
	match func(value) bool
	all   bool
}

func (ps *params) valueCondition(match func(value) bool) itemCondition {
	ps.required("cond")
	return valueCondition{match, ps.one("cond", "any", "all") == "all"}
}

func (c valueCondition) matchItem(_ *run, it *item) bool {
	if c.all {
		return !slices.ContainsFunc(it.values, func(v value) bool { return !c.match(v) })
	}
	return slices.ContainsFunc(it.values, c.match)
}

// parseMatchString reads a regular expression that must match from the start of
// a string as pySigma writes it: wildcards as * and ?, those that are meant
// literally with a backslash. What is no string does not match, and does under
// negate.
func parseMatchString(ps *params) itemCondition {
	re, negate := ps.compileRegex(ps.text("pattern"), true), ps.boolean("negate")
	return ps.valueCondition(func(v value) bool {
		return (v.kind == textValue && re.MatchString(v.text.plain())) != negate
	})
}

func parseMatchValue(ps *params) itemCondition {
	want := ps.anyScalar("value")
	return ps.valueCondition(func(v value) bool { return v.same(want) })
}

func parseContainsWildcard(ps *params) itemCondition {
	return ps.valueCondition(func(v value) bool { return v.kind == textValue && v.text.wildcards() })
}

func parseIsNull(ps *params) itemCondition {
	return ps.valueCondition(func(v value) bool { return v.kind == nullValue })
}
