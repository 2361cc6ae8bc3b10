package telemetry

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

func appendLeaves(leaves []evaluator.Value, v evaluator.Value, name string) []evaluator.Value {
	for _, m := range v.Members() {
		if m.Name == name {
			leaves = append(leaves, m.Value)
			continue
		}
		leaves = appendLeaves(leaves, m.Value, name)
	}
	for _, item := range v.Items() {
		leaves = appendLeaves(leaves, item, name)
	}
	return leaves
}

// item returns the element of a list at a place counted from 1.
func item(list evaluator.Value, place string) (evaluator.Value, bool) {
	n, err := strconv.Atoi(place)
	if err != nil || n < 1 || n > len(list.Items()) {
		return evaluator.Value{}, false
	}
	return list.Items()[n-1], true
}

// pair finds the value of the object in a list whose name, key or displayName
// is that one. A lone object counts as a list of itself.
func pair(list evaluator.Value, name string) (evaluator.Value, bool) {
	if list.Kind() == evaluator.Object {
		return pairValue(list, name)
	}
	for _, item := range list.Items() {
		if item.Kind() == evaluator.List {
			if found, ok := pair(item, name); ok {
				return found, true
			}
			continue
		}
		if value, ok := pairValue(item, name); ok {
			return value, true
		}
	}
	return evaluator.Value{}, false
}

// pairValue returns the value of one such object; its keys are in any letter
// case, because the makers differ.
func pairValue(item evaluator.Value, name string) (evaluator.Value, bool) {
	for _, key := range [...]string{"name", "key", "displayName", "algorithm"} {
		if found, ok := lookupFold(item, key); !ok || !strings.EqualFold(found.Text(), name) {
			continue
		}
		for _, holder := range [...]string{"value", "newValue", "multiValue", "boolValue", "intValue"} {
			if value, ok := lookupFold(item, holder); ok {
				return unquoted(value), true
			}
		}
	}
	return evaluator.Value{}, false
}

// unquoted reads a text that is a JSON string.
func unquoted(v evaluator.Value) evaluator.Value {
	text := v.Text()
	if v.Kind() != evaluator.String || len(text) < 2 || text[0] != '"' || len(text) > maxJSONText {
		return v
	}
	var inner string
	if json.Unmarshal([]byte(text), &inner) != nil {
		return v
	}
	return evaluator.StringValue(inner)
}
