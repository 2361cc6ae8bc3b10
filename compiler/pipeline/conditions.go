package pipeline

import (
	"slices"

	"github.com/socctl/socctl/rules"
)

// ruleCondition decides on a whole document.
type ruleCondition interface {
	matchRule(r *run) bool
}

// itemCondition decides on a detection item.
type itemCondition interface {
	matchItem(r *run, it *item) bool
}

// fieldCondition decides on the name of a field, "" being that of keywords.
type fieldCondition interface {
	matchField(r *run, field string) bool
	// matchItemField decides on a detection item, whose values may name fields too.
	matchItemField(r *run, it *item) bool
}

// The conditions by their types.
var (
	ruleConditionTypes = map[string]func(*params) ruleCondition{
		"logsource":                 parseLogsourceCondition,
		"contains_detection_item":   parseContainsItem,
		"contains_field":            parseContainsField,
		"processing_item_applied":   func(ps *params) ruleCondition { return parseItemApplied(ps) },
		"processing_state":          func(ps *params) ruleCondition { return parseStateCondition(ps) },
		"is_sigma_rule":             func(*params) ruleCondition { return isCorrelation(false) },
		"is_sigma_correlation_rule": func(*params) ruleCondition { return isCorrelation(true) },
		"rule_attribute":            parseRuleAttribute,
		"tag":                       parseTagCondition,
	}
	itemConditionTypes = map[string]func(*params) itemCondition{
		"match_string":            parseMatchString,
		"match_value":             parseMatchValue,
		"contains_wildcard":       parseContainsWildcard,
		"is_null":                 parseIsNull,
		"processing_item_applied": func(ps *params) itemCondition { return parseItemApplied(ps) },
		"processing_state":        func(ps *params) itemCondition { return parseStateCondition(ps) },
	}
	fieldConditionTypes = map[string]func(*params) fieldCondition{
		"include_fields":          func(ps *params) fieldCondition { return parseFieldNames(ps, false) },
		"exclude_fields":          func(ps *params) fieldCondition { return parseFieldNames(ps, true) },
		"processing_item_applied": func(ps *params) fieldCondition { return parseItemApplied(ps) },
		"processing_state":        func(ps *params) fieldCondition { return parseStateCondition(ps) },
	}
)

// itemApplied asks whether an item of the pipeline was applied: to the document,
// to a detection item, or to the name of a field.
type itemApplied struct{ id string }

func parseItemApplied(ps *params) itemApplied {
	return itemApplied{ps.text("processing_item_id").Text}
}

func (c itemApplied) matchRule(r *run) bool                { return r.ids[c.id] }
func (c itemApplied) matchItem(_ *run, it *item) bool      { return it.applied[c.id] }
func (c itemApplied) matchItemField(_ *run, it *item) bool { return it.applied[c.id] }
func (c itemApplied) matchField(r *run, field string) bool { return r.fieldIDs[field][c.id] }

// stateCondition compares a variable that set_state has set. A variable that
// is not set satisfies nothing.
type stateCondition struct {
	key string
	comparison
}

func parseStateCondition(ps *params) stateCondition {
	return stateCondition{ps.text("key").Text, comparison{value: ps.anyScalar("val"), op: ps.one("op", "eq", "ne", "gte", "gt", "lte", "lt")}}
}

func (c stateCondition) matchRule(r *run) bool {
	n, ok := r.state[c.key]
	return ok && c.holds(r, "the state "+c.key, n)
}

func (c stateCondition) matchItem(r *run, _ *item) bool      { return c.matchRule(r) }
func (c stateCondition) matchItemField(r *run, _ *item) bool { return c.matchRule(r) }
func (c stateCondition) matchField(r *run, _ string) bool    { return c.matchRule(r) }

// fieldNames is a list of names, or of regular expressions that must match from
// the start of a name.
type fieldNames struct {
	match   func(string) bool
	exclude bool
}

func parseFieldNames(ps *params, exclude bool) fieldCondition {
	var names []rules.Scalar
	if n := ps.required("fields"); n != nil {
		names = ps.asTexts("fields", n, false)
	}
	if ps.one("mode", "plain", "re") == "plain" {
		plain := textsOf(names)
		return fieldNames{func(s string) bool { return slices.Contains(plain, s) }, exclude}
	}
	var patterns []func(string) bool
	for _, name := range names {
		if re := ps.compileRegex(name, true); re != nil {
			patterns = append(patterns, re.MatchString)
		}
	}
	return fieldNames{func(s string) bool {
		return slices.ContainsFunc(patterns, func(match func(string) bool) bool { return match(s) })
	}, exclude}
}

// matchField never includes keywords, which have no name.
func (c fieldNames) matchField(_ *run, field string) bool {
	return (field != "" && c.match(field)) != c.exclude
}

func (c fieldNames) matchItemField(r *run, it *item) bool {
	return c.matchField(r, it.field) || slices.ContainsFunc(it.values, func(v value) bool {
		return v.kind == fieldValue && c.matchField(r, v.scalar.Text)
	})
}
