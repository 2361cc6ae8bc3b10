package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

// schemaKeys are the keys of the JSON schemas of the specification, by kind of
// document, each with a value that it cannot have. No key is read and then
// ignored: the value draws a diagnostic on its line.
var schemaKeys = map[string][][2]string{
	"rule": {
		{"title", "[a]"}, {"id", "x"}, {"related", "x"}, {"related.id", "x"}, {"related.type", "x"}, {"name", "[a]"}, {"taxonomy", "[a]"}, {"status", "x"},
		{"description", "[a]"}, {"license", "[a]"}, {"author", "[a]"}, {"references", "{a: b}"}, {"date", "x"}, {"modified", "x"},
		{"logsource", "x"}, {"logsource.category", "[a]"}, {"logsource.product", "[a]"}, {"logsource.service", "[a]"}, {"logsource.definition", "[a]"},
		{"detection", "x"}, {"detection.sel", "7.5x: {}"}, {"detection.condition", "nobody"}, {"fields", "{a: b}"}, {"falsepositives", "{a: b}"},
		{"level", "x"}, {"tags", "x y"}, {"scope", "{a: b}"},
	},
	"correlation": {
		{"correlation", "x"}, {"correlation.type", "x"}, {"correlation.rules", "nobody"}, {"correlation.group-by", "{a: b}"}, {"correlation.timespan", "x"},
		{"correlation.generate", "x"}, {"correlation.aliases", "x"}, {"correlation.condition", "x"}, {"correlation.condition.field", "{a: b}"},
		{"correlation.condition.percentile", "x"}, {"correlation.condition.gt", "x"}, {"correlation.condition.gte", "x"}, {"correlation.condition.lt", "x"},
		{"correlation.condition.lte", "x"}, {"correlation.condition.eq", "x"}, {"correlation.condition.neq", "x"},
	},
	"filter": {
		{"filter", "x"}, {"filter.rules", "nobody"}, {"filter.sel", "7.5x: {}"}, {"filter.condition", "nobody"}, {"logsource", "x"},
	},
}

// schemaDocuments are documents without problems, a key a line.
var schemaDocuments = map[string]string{
	"rule": `title: T
id: 11111111-1111-4111-8111-111111111111
related:
    - id: 22222222-2222-4222-8222-222222222222
      type: derived
name: a
taxonomy: sigma
status: test
description: d
license: MIT
author: a
references: [r]
date: 2026-01-02
modified: 2026-01-03
logsource:
    category: c
    product: p
    service: s
    definition: d
detection:
    sel: {f: a}
    condition: sel
fields: [f]
falsepositives: [none]
level: low
tags: [attack.t1059]
scope: [server]
`,
	"correlation": `title: C
correlation:
    type: value_percentile
    rules: [a]
    group-by: [u]
    timespan: 5m
    generate: false
    aliases: {u: {a: v}}
    condition:
        field: n
        percentile: 90
        gt: 1
        gte: 1
        lt: 9
        lte: 9
        eq: 5
        neq: 6
`,
	"filter": `title: F
logsource: {product: p}
filter:
    rules: [a]
    sel: {u: z}
    condition: not sel
`,
}

func TestSchemaKeysAreNotIgnored(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repoRoot, "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	for kind, keys := range schemaKeys {
		if n := problemsOf(kind, schemaDocuments[kind], 0); n > 0 && kind != "correlation" {
			t.Errorf("%s: %d problems before anything is wrong", kind, n)
		}
		for _, key := range keys {
			text, line := withValue(schemaDocuments[kind], key[0], key[1])
			if line == 0 {
				t.Errorf("%s: no key %s", kind, key[0])
				continue
			}
			if problemsOf(kind, text, line) == 0 {
				t.Errorf("%s: %s: %s draws no diagnostic on its line:\n%s", kind, key[0], key[1], text)
			}
			if !strings.Contains(string(page), "`"+key[0]+"`") {
				t.Errorf("docs/conformance.md does not tell where the key %s is used", key[0])
			}
		}
	}
}

// withValue replaces the value of a key, given as a path, and returns its line.
func withValue(document, path, value string) (string, int) {
	lines := strings.Split(document, "\n")
	names := strings.Split(path, ".")
	at := -1
	for depth, name := range names {
		key := regexp.MustCompile(fmt.Sprintf(`^(\s{%d}|\s{%d}- |\s{%d}  )%s:`, 4*depth, 4*depth, 4*depth, regexp.QuoteMeta(name)))
		for at++; at < len(lines) && !key.MatchString(lines[at]); at++ {
		}
	}
	if at >= len(lines) {
		return document, 0
	}
	head, _, _ := strings.Cut(lines[at], ":")
	end := at + 1
	for end < len(lines) && strings.HasPrefix(lines[end], strings.Repeat(" ", 4*len(names))) {
		end++
	}
	return strings.Join(append(append(append([]string{}, lines[:at]...), head+": "+value), lines[end:]...), "\n"), at + 1
}

// problemsOf counts the diagnostics of a document on a line, 0 for any.
func problemsOf(kind, text string, line int) (n int) {
	set := &rules.Set{}
	if kind != "rule" {
		docs, _ := rules.Parse("base.yml", []byte(schemaDocuments["rule"]))
		set.Add(docs[0])
	}
	docs, diags := rules.Parse("doc.yml", []byte(text))
	for _, d := range docs {
		set.Add(d)
	}
	linked := set.Link()
	for _, d := range append(diags, linked...) {
		if filepath.Base(d.Span.Path()) == "doc.yml" && (line == 0 || d.Span.Start.Line == line) {
			n++
		}
	}
	return n
}
