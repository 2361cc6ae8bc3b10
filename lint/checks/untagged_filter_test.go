package checks_test

import (
	"testing"
)

// A filter detects nothing, so that there is no technique to add to it.
func TestUntaggedIsNotAboutFilters(t *testing.T) {
	check := catalogue.Find("attack/untagged")
	const filter = "title: F\nlogsource: {category: process_creation, product: windows}\nfilter:\n    rules: [a, b]\n    s: {User: x}\n    condition: not s\n"
	at := map[string]int{}
	for _, f := range of(lintExample(t, check, twoRules+"-- filter.yml --\n"+filter), check) {
		at[f.Document.Meta().Title.Text]++
	}
	if len(at) != 2 || at["A"] != 1 || at["B"] != 1 {
		t.Errorf("findings %v, want one of each rule", at)
	}
}
