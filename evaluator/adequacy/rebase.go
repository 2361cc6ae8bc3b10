package adequacy

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// rebased returns an event that is like base, with the named fields, but for those
// kept, as another event has them.
func rebased(base, from evaluator.Value, fields []string, kept map[string]bool) evaluator.Value {
	for _, name := range fields {
		if !kept[name] {
			v, present := evaluator.Lookup(from, name)
			base = with(base, from, name, v, present)
		}
	}
	return base
}

// least is rebased with as many fields kept as can be while it shows what it should.
func least(base, from evaluator.Value, fields []string, shows func(evaluator.Value) bool) evaluator.Value {
	kept := map[string]bool{}
	for _, name := range fields {
		kept[name] = true
		kept[name] = shows(rebased(base, from, fields, kept))
	}
	return rebased(base, from, fields, kept)
}

// with sets or removes a field of an object, where it stands in it or would stand as
// in the other object.
func with(base, from evaluator.Value, name string, v evaluator.Value, present bool) evaluator.Value {
	if _, literal := base.Member(name); literal {
		return member(base, name, v, present)
	}
	for i := range name {
		if name[i] != '.' {
			continue
		}
		inner, known := base.Member(name[:i])
		outer, planned := from.Member(name[:i])
		switch {
		case known && inner.Kind() == evaluator.List && len(inner.Items()) == 1 && inner.Items()[0].Kind() == evaluator.Object:
			return member(base, name[:i], evaluator.ListValue(with(inner.Items()[0], outer, name[i+1:], v, present)), true)
		case known && inner.Kind() == evaluator.Object:
			return member(base, name[:i], with(inner, outer, name[i+1:], v, present), true)
		case !known && present && planned && outer.Kind() == evaluator.Object:
			return member(base, name[:i], with(evaluator.ObjectValue(), outer, name[i+1:], v, true), true)
		}
	}
	if !present {
		return base
	}
	return member(base, name, v, true)
}

// member returns an object with a member set, or removed.
func member(o evaluator.Value, name string, v evaluator.Value, present bool) evaluator.Value {
	members := slices.Clone(o.Members())
	i := slices.IndexFunc(members, func(m evaluator.Member) bool { return m.Name == name })
	switch {
	case i >= 0 && present:
		members[i].Value = v
	case i >= 0:
		members = slices.Delete(members, i, i+1)
	case present:
		members = append(members, evaluator.Member{Name: name, Value: v})
	}
	return evaluator.ObjectValue(members...)
}

// difference lists the top-level members in which an event differs from base: those
// to set, and those to remove. ok is false if one holds null, which cannot be told
// from being removed.
func difference(base, v evaluator.Value) (set []evaluator.Member, removed []string, ok bool) {
	text := func(v evaluator.Value) string { return string(v.AppendJSON(nil)) }
	for _, m := range v.Members() {
		before, was := base.Member(m.Name)
		if was && text(before) == text(m.Value) {
			continue
		}
		if m.Value.IsNull() || m.Name == "from" || strings.TrimSpace(m.Name) == "" {
			return nil, nil, false
		}
		set = append(set, m)
	}
	for _, m := range base.Members() {
		if _, still := v.Member(m.Name); !still {
			removed = append(removed, m.Name)
		}
	}
	return set, removed, true
}
