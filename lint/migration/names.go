package migration

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// counterpart is a check of ours for one of another tool.
type counterpart struct {
	check   *lint.Check
	differs string // how, "" if it does the same
}

// counterparts returns our checks for a name of one of the tools. Without any the
// reason says why there is none, and is "" if the tools are not known to have it.
func counterparts(name string, tools ...string) (found []counterpart, reason string) {
	for _, check := range checks.All() {
		for _, e := range check.Elsewhere {
			theirs, differs, _ := strings.Cut(e, ": ")
			tool, called, _ := strings.Cut(theirs, " ")
			if called == name && slices.Contains(tools, tool) && !slices.ContainsFunc(found, func(c counterpart) bool { return c.check == check }) {
				found = append(found, counterpart{check, differs})
			}
		}
	}
	for _, f := range checks.NotOurs() {
		if f.Name == name && slices.Contains(tools, f.Tool) {
			reason = f.Reason
		}
	}
	return found, reason
}

// resolve returns the names of our checks that can be lowered or ignored, and tells
// what cannot, what is unknown and what differs.
func (r *reader) resolve(name rules.Scalar, tools ...string) (names []string) {
	found, reason := counterparts(name.Text, tools...)
	switch {
	case len(found) == 0 && reason != "":
		r.different(name.Span, "there is no check "+name.Text+" here, so nothing has to be said about it: it is "+reason, "")
	case len(found) == 0:
		r.without(name.Span, "no check of that tool is called "+name.Text, "look for what it was in docs/checks.md")
	}
	for _, c := range found {
		if c.check.Fixed {
			r.without(name.Span, name.Text+" is "+c.check.Name+" here, without which a rule is not evaluated: it can be neither lowered nor ignored", "correct the rule")
			continue
		}
		if c.differs != "" {
			r.different(name.Span, name.Text+" is "+c.check.Name+" here: "+c.differs, "")
		}
		names = append(names, c.check.Name)
	}
	return names
}

// resolveAll is resolve for names that are given together. It tells which others of the
// tools are the same check here and are not among them.
func (r *reader) resolveAll(names []rules.Scalar, tools ...string) (all []string) {
	for _, name := range names {
		found := r.resolve(name, tools...)
		all = append(all, found...)
		for _, check := range found {
			others := slices.DeleteFunc(namesOf(check, tools...), func(other string) bool {
				return slices.ContainsFunc(names, func(s rules.Scalar) bool { return s.Text == other })
			})
			if len(others) > 0 {
				r.different(name.Span, fmt.Sprintf("%s is %s here, like %s: what is said of one holds for all", name.Text, check, strings.Join(others, ", ")), "")
			}
		}
	}
	return all
}

// namesOf returns what tools call a check of ours.
func namesOf(check string, tools ...string) (names []string) {
	for _, c := range checks.All() {
		if c.Name != check {
			continue
		}
		for _, e := range c.Elsewhere {
			theirs, _, _ := strings.Cut(e, ": ")
			if tool, name, _ := strings.Cut(theirs, " "); slices.Contains(tools, tool) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// groups returns group/* for every group of checks.
func groups() (out []string) {
	for _, check := range checks.All() {
		if g := check.Group() + "/*"; !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}
