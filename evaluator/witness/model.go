package witness

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
)

// EventOf returns a model as an event: its fields in the order of their names, values
// as the solver found them. It is not replayed, and of no logsource.
func EventOf(m solver.Model) evaluator.Value {
	words := wordsField(m)
	members := make([]evaluator.Member, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		value := valueOf(m[name])
		if name == "" {
			name = words
		}
		members = append(members, evaluator.Member{Name: name, Value: value})
	}
	return evaluator.ObjectValue(members...)
}

// wordsField returns the field in which texts for keywords stand: one that the model
// does not have itself.
func wordsField(m solver.Model) string {
	name := "Message"
	for {
		if _, taken := m[name]; !taken {
			return name
		}
		name += "Text"
	}
}

// valueOf returns what a field of a model holds.
func valueOf(f solver.Field) evaluator.Value {
	var values []evaluator.Value
	if f.Null {
		values = append(values, evaluator.NullValue())
	}
	for _, text := range f.Texts {
		values = append(values, evaluator.StringValue(text))
	}
	if len(values) == 1 {
		return values[0]
	}
	return evaluator.ListValue(values...)
}
