package pipeline

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/rules"
)

// fieldMappings remembers which fields of detection items were mapped to which,
// over several steps.
type fieldMappings struct {
	targets map[string]map[string]bool // from the field of the rule
	sources map[string]map[string]bool // back from its last name
}

func (m *fieldMappings) add(from string, to []string) {
	if m.targets == nil {
		m.targets, m.sources = map[string]map[string]bool{}, map[string]map[string]bool{}
	}
	origins := []string{from}
	if before, ok := m.sources[from]; ok { // from is itself what another became
		for origin := range before {
			delete(m.targets[origin], from)
			origins = append(origins, origin)
		}
		delete(m.sources, from)
	}
	for _, origin := range origins {
		for _, name := range to {
			put(m.targets, origin, name)
			put(m.sources, name, origin)
		}
	}
}

func put(m map[string]map[string]bool, key, name string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	m[key][name] = true
}

func (m *fieldMappings) merge(other fieldMappings) {
	for _, from := range slices.Sorted(maps.Keys(other.targets)) {
		m.add(from, slices.Sorted(maps.Keys(other.targets[from])))
	}
}

// strictMapping rejects a rule with a field that was never mapped.
type strictMapping struct{}

func (strictMapping) apply(r *run) {
	r.mark()
	reported := map[string]bool{}
	r.eachSelection(func(s *selection) {
		s.root.items(func(it *item) {
			if it.field == "" || r.mappings.targets[it.field] != nil || r.mappings.sources[it.field] != nil || reported[it.field] {
				return
			}
			reported[it.field] = true
			r.errorf("pipeline/unmapped-field", it.span(), "the field "+it.field+" is not mapped", "add it to a field_name_mapping of the pipeline")
		})
	})
}

// fieldList changes the list fields of a document.
type fieldList struct {
	change func([]rules.Scalar) []rules.Scalar
}

func (f fieldList) apply(r *run) {
	r.mark()
	before := r.header.Fields
	r.header.Fields = f.change(slices.Clone(before))
	r.changed = !slices.EqualFunc(before, r.header.Fields, func(a, b rules.Scalar) bool { return a.Text == b.Text })
	r.grow(max(0, len(r.header.Fields)-len(before)), 0)
}

func parseAddField(ps *params) transformation {
	add := ps.textOrTexts("field")
	return fieldList{func(fields []rules.Scalar) []rules.Scalar { return append(fields, add...) }}
}

// parseRemoveField removes the first occurrence of every name.
func parseRemoveField(ps *params) transformation {
	remove := ps.textOrTexts("field")
	return fieldList{func(fields []rules.Scalar) []rules.Scalar {
		for _, name := range remove {
			if i := slices.IndexFunc(fields, func(s rules.Scalar) bool { return s.Text == name.Text }); i >= 0 {
				fields = slices.Delete(fields, i, i+1)
			}
		}
		return fields
	}}
}

func parseSetField(ps *params) transformation {
	var set []rules.Scalar
	if n := ps.required("fields"); n != nil {
		set = ps.asTexts("fields", n, false)
	}
	return fieldList{func([]rules.Scalar) []rules.Scalar { return slices.Clone(set) }}
}
