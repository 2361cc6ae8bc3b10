package reference

import (
	"fmt"

	"github.com/socctl/socctl/rules"
)

// detection is true if any of the conditions is.
func detection(d *rules.Detection, placeholders map[string][]string) (predicate, error) {
	selections := map[string]predicate{}
	for _, s := range d.Selections {
		p, err := block(s.Body, placeholders)
		if err != nil {
			return nil, fmt.Errorf("selection %s: %w", s.Name.Text, err)
		}
		selections[s.Name.Text] = p
	}
	conditions, err := each(d.Conditions, func(c *rules.Condition) (predicate, error) {
		if c.Root == nil {
			return nil, fmt.Errorf("condition %q cannot be parsed", c.Text.Text)
		}
		return condition(c.Root, selections)
	})
	return anyOf(conditions), err
}

// condition builds the predicate of a node of a condition (D33 to D37).
func condition(e *rules.Expr, selections map[string]predicate) (predicate, error) {
	args, err := each(e.Args, func(arg *rules.Expr) (predicate, error) { return condition(arg, selections) })
	if err != nil {
		return nil, err
	}
	switch e.Op {
	case rules.And:
		return allOf(args), nil
	case rules.Or:
		return anyOf(args), nil
	case rules.Not:
		return not(args[0]), nil
	case rules.Ref:
		if p, ok := selections[e.Name]; ok {
			return p, nil
		}
		return nil, fmt.Errorf("selection %q is not defined", e.Name)
	}
	return quantifier(e, selections)
}

// quantifier builds "1 of" and "all of" over the selections that a pattern
// means. One that means none is an error, neither true nor false (D37).
func quantifier(e *rules.Expr, selections map[string]predicate) (predicate, error) {
	var members []predicate
	for name, p := range selections {
		if meant(e.Name, name) {
			members = append(members, p)
		}
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("no selection matches %q", e.Name)
	}
	if e.Op == rules.OneOf {
		return anyOf(members), nil
	}
	return allOf(members), nil
}

// meant reports whether a pattern or them means the selection of that name. A
// leading underscore hides a selection from all but patterns with one (D36).
func meant(pattern, name string) bool {
	if pattern == "them" {
		pattern = "*"
	}
	hidden := name != "" && name[0] == '_' && pattern[0] != '_'
	return !hidden && glob(pattern, name)
}

// glob matches a name against a pattern in which * is any run of characters.
func glob(pattern, name string) bool {
	switch {
	case pattern == "":
		return name == ""
	case pattern[0] == '*':
		return glob(pattern[1:], name) || name != "" && glob(pattern, name[1:])
	}
	return name != "" && pattern[0] == name[0] && glob(pattern[1:], name[1:])
}

// block is true if every item of a map is, or any element of a list.
func block(b *rules.Block, placeholders map[string][]string) (predicate, error) {
	if b.Any != nil {
		elements, err := each(b.Any, func(element *rules.Block) (predicate, error) { return block(element, placeholders) })
		return anyOf(elements), err
	}
	items, err := each(b.Items, func(i *rules.Item) (predicate, error) { return item(i, placeholders) })
	return allOf(items), err
}
