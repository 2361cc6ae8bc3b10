package checks_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/lint"
)

const twoRules = `
-- a.yml --
title: A
name: a
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\a.exe', CommandLine|contains: x}
    filter_own: {ParentImage|endswith: '\own.exe'}
    condition: selection and not filter_own
-- b.yml --
title: B
name: b
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\b.exe'}
    condition: selection
`

// What is said of filter documents: only what holds for all rules, or for one that is
// named, and nothing of those of which an event hides.
func TestDeadFilterDocuments(t *testing.T) {
	check := catalogue.Find("logic/dead-filter-document")
	for _, c := range []struct {
		name, rules, filter string
		want                []string
	}{
		{"alive", "[a, b]", "    s: {User: x}\n    condition: not s", nil},
		{"dead on all", "[a, b]", "    s: {Image|endswith: '\\c.exe'}\n    condition: not s", []string{
			`warning: the filter excludes nothing of the 2 rules that it applies to, such as "A": "Image ends with '\a.exe'" and "Image ends with '\c.exe'" exclude each other, unless Image holds several values at once`}},
		{"dead on any rule", "any", "    s: {Image|endswith: '\\c.exe'}\n    condition: not s", []string{
			`warning: the filter excludes nothing of the 2 rules that it applies to, such as "A": "Image ends with '\a.exe'" and "Image ends with '\c.exe'" exclude each other, unless Image holds several values at once`}},
		{"dead on one that is named", "[a, b]", "    s: {Image|endswith: '\\b.exe'}\n    condition: not s", []string{
			`info: the filter excludes nothing of "A": "Image ends with '\a.exe'" and "Image ends with '\b.exe'" exclude each other, unless Image holds several values at once`}},
		{"dead on one of any", "any", "    s: {Image|endswith: '\\b.exe'}\n    condition: not s", nil},
		{"excluded already", "[a]", "    s: {ParentImage|endswith: '\\x\\own.exe'}\n    condition: not s", []string{
			`warning: the filter excludes nothing of "A" that filter_own does not exclude already`}},
		{"one of two selections", "[a]", "    s: {User: x}\n    t: {CommandLine: y}\n    condition: not s and not t", []string{
			`warning: t excludes nothing of "A": "CommandLine contains 'x'" and "CommandLine is 'y'" exclude each other, unless CommandLine holds several values at once`}},
		{"one of a pattern", "[a]", "    s1: {User: x}\n    s2: {CommandLine: y}\n    condition: not 1 of s*", []string{
			`warning: s2 excludes nothing of "A": "CommandLine contains 'x'" and "CommandLine is 'y'" exclude each other, unless CommandLine holds several values at once`}},
		{"keeps all that the rule looks for", "[b]", "    s: {Image|contains: b}\n    condition: s", []string{
			`warning: the filter excludes nothing of "B": "Image ends with '\b.exe'" and "Image does not contain 'b'" exclude each other`}},
		{"keeps some", "[b]", "    s: {Image|contains: c}\n    condition: s", nil},
		{"combined", "[a]", "    s: {User: x}\n    t: {CommandLine: y}\n    condition: not (s and t)", []string{
			`warning: the filter excludes nothing of "A": "CommandLine contains 'x'" and "CommandLine is 'y'" exclude each other, unless CommandLine holds several values at once`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := twoRules + "-- filter.yml --\ntitle: F\nlogsource: {category: process_creation, product: windows}\nfilter:\n    rules: " + c.rules + "\n" + c.filter + "\n"
			var got []string
			for _, f := range of(lintExample(t, check, text), check) {
				got = append(got, f.Severity.String()+": "+f.Message)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("- want, + got:\n%s", diff)
			}
		})
	}
}

// Two filters of which each excludes what the other one does: both are told, for
// either may go.
func TestFiltersThatCoverEachOther(t *testing.T) {
	check := catalogue.Find("logic/dead-filter-document")
	const filter = "title: F\nlogsource: {category: process_creation, product: windows}\nfilter:\n    rules: [b]\n    s: {User: x}\n    condition: not s\n"
	found := of(lintExample(t, check, twoRules+"-- f.yml --\n"+filter+"-- g.yml --\n"+filter), check)
	if len(found) != 2 || slices.ContainsFunc(found, func(f lint.Finding) bool {
		return f.Message != `the filter excludes nothing of "B" that another filter does not exclude`
	}) {
		t.Errorf("found %v", found)
	}
}
