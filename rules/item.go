package rules

import "strings"

// NewItem returns an item without values that was not read from a file. It
// fails if the modifiers are unknown or do not go together.
func NewItem(field string, modifiers []string) (*Item, error) {
	item := &Item{Key: NewScalar(strings.Join(append([]string{field}, modifiers...), "|"))}
	p := &parser{}
	p.parseKey(item)
	return item, p.diags.Err()
}
