package main_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

func compiled(document string, placeholders map[string][]string) (*compiler.Program, rules.Diagnostics) {
	docs, problems := rules.Parse("rule.yml", []byte(document))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	program, more := compiler.Compile(set, compiler.Options{Placeholders: placeholders})
	return program, append(problems, more...)
}

// What is decided about documents, attributes, modifiers and conditions shows
// in the diagnostics. A detection stands alone; a document begins with a key
// other than a selection's.
func TestDecisionsThatReject(t *testing.T) {
	const valid = "title: t\nlogsource: {product: p}\ndetection: {s: {f: a}, condition: s}\n"
	for _, c := range []struct{ decision, text, codes string }{
		{"none", valid, ""},
		{"D1", "s: {f: a, f: b}", "schema/duplicate-key"},
		{"D1", valid + "title: u\n", "schema/duplicate-key"},
		{"D2", "title: g\naction: global\nlogsource: {product: p}\n---\ntitle: t\ndetection: {s: {f: a}, condition: s}\n", "schema/deprecated-action"},
		{"D5", "title: ''\nlogsource: {product: p}\ndetection: {s: {f: a}, condition: s}\n", "schema/missing-field"},
		{"D6", valid + "tags: [untagged]\n", "schema/invalid-tag"},
		{"D6", valid + "tags: [d3fend.d3f-WindowsNtOpenFile]\n", ""},
		{"id", valid + "id: '{5f0d7d3c-3aab-43fa-952f-8f7b2d966ee5}'\n", "schema/invalid-id"},
		{"date", valid + "date: 2024/01/31\n", "schema/invalid-date"},
		{"date", valid + "date: 2024-02-31\n", "schema/invalid-date"},
		{"status", valid + "status: Stable\n", ""},
		{"related", valid + "related: [{id: 5f0d7d3c-3aab-43fa-952f-8f7b2d966ee5, type: obsoletes}]\n", "schema/invalid-enum"},
		{"author", valid + "author: [a]\n", "schema/wrong-type"},
		{"custom", valid + "realted: x\nsimulation: y\nsigma-version: 3\n", "schema/unknown-key"},
		{"D10", "s: {f: []}", "value/empty-list"},
		{"D10", "s: {}", "schema/empty-selection"},
		{"D10", "s:", "schema/empty-selection"},
		{"D11", "s: [null, a]", "schema/wrong-type"},
		{"D15", "s.1: {f: a}\ncondition: 1 of s*", "ref/unreferenceable-selection"},
		{"D17", "s: {'|exists': true}", "value/modifier-conflict"},
		{"D17", "s: {'|fieldref': g}", "value/modifier-conflict"},
		{"D17", "s: {'|hour': 3}", "value/modifier-conflict"},
		{"D19", "s: {f|contains|endswith: x}", "value/modifier-conflict"},
		{"D21", "s: {f|exists: 'true'}", "value/wrong-type"},
		{"D21", "s: {f|exists: [true, false]}", "value/wrong-type"},
		{"D24", "s: {f|base64: 'a*'}", "value/modifier-conflict"},
		{"D27", "s: {f|re: '(?=a)'}", "value/regex-invalid"},
		{"D28", "s: {f|cidr: 10.1.2.3/8}", "value/cidr-host-bits"},
		{"D28", "s: {f|cidr: 10.0.0}", "value/cidr-invalid"},
		{"D29", "s: {f|gt: '10'}", "value/wrong-type"},
		{"D30", "s: {f|fieldref: 'g*'}", "value/wrong-type"},
		{"D31", "s: {f|hour: 24}", "value/out-of-range"},
		{"D31", "s: {f|gte|hour: 3}", "value/modifier-conflict"},
		{"D32", "s: {f|Contains: x}", "value/unknown-modifier"},
		{"D32", "s: {f|contains|: x}", "value/unknown-modifier"},
		{"D32", "s: {f|contains|contains: x}", "value/modifier-repeated"},
		{"D32", "s: {f|wide|utf16|base64: x}", "value/modifier-conflict"},
		{"D32", "s: {f|base64|wide: x}", "value/modifier-conflict"},
		{"D32", "s: {f|contains|base64: x}", "value/modifier-conflict"},
		{"D32", "s: {f|base64|base64|cased: x}", ""},
		{"D32", "s: {f|cased|windash|contains|all: [x, y]}", ""},
		{"D34", "s: {f: a}\ncondition: s AND s", "condition/keyword-case"},
		{"D35", "s: {f: a}\ncondition: 2 of s*", "condition/syntax"},
		{"D37", "s: {f: a}\ncondition: t", "ref/undefined-selection"},
		{"D37", "s: {f: a}\ncondition: s and 1 of t*", "ref/empty-glob"},
		{"D38", "s: {f: a}\ncondition: s | count() > 5", "condition/deprecated-aggregation"},
		{"D56", "s: {f|expand: '%nobody%'}", "ref/placeholder-undefined"},
		{"D59", valid + "taxonomy: ecs\n", "ref/taxonomy-unmapped"},
		{"section 9", "title: c\ncorrelation: {type: event_count, rules: [a], group-by: [u], timespan: 5m, condition: {gte: 3}}\n", "ref/unknown-rule"},
		{"D57", "title: f\nlogsource: {product: p}\nfilter: {rules: [a], s: {f: a}, condition: not s}\n", "ref/unknown-rule"},
	} {
		document := c.text
		if !strings.HasPrefix(document, "title: ") {
			document = "title: t\nlogsource: {product: p}\ndetection:\n    " + strings.ReplaceAll(c.text, "\n", "\n    ") + "\n"
			if !strings.Contains(c.text, "condition: ") {
				document += "    condition: s\n"
			}
		}
		var codes []string
		_, problems := compiled(document, nil)
		for _, p := range problems {
			codes = append(codes, p.Code)
			if !p.Span.Known() {
				t.Errorf("%s: %s has no place", c.decision, p)
			}
		}
		if got := strings.Join(codes, " "); got != c.codes {
			t.Errorf("%s: %s\nreports %q, want %q", c.decision, c.text, got, c.codes)
		}
	}
}
