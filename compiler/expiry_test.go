package compiler_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

const expiring = `title: R
name: r
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image: a}
    condition: selection
---
title: F
logsource: {category: process_creation, product: windows}
filter:
    rules: [r]
    selection: {User: svc}
    condition: not selection
socctl: {owner: det-eng, expires: 2026-08-02, tier: A2}
---
title: G
logsource: {category: process_creation, product: windows}
filter:
    rules: [r]
    selection: {User: other}
    condition: not selection
`

// A filter ends at the beginning of its day; the rule's hash is that without it.
func TestExpiredFilters(t *testing.T) {
	docs, diags := rules.Parse("f.yml", []byte(expiring))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	set, _ := rules.Assemble(docs)
	day := time.Date(2026, 8, 2, 0, 0, 0, 0, time.UTC)
	compile := func(now time.Time) *compiler.Program {
		p, diags := compiler.Compile(set, compiler.Options{Now: now})
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		return p
	}
	before, at, never := compile(day.Add(-time.Second)), compile(day), compile(time.Time{})
	if n := len(before.Rules[0].Filters); n != 2 || len(before.Expiry.Active) != 1 || len(before.Expiry.Expired) != 0 {
		t.Errorf("before its day: %d filters, %+v", n, before.Expiry)
	}
	if n := len(at.Rules[0].Filters); n != 1 || len(at.Expiry.Expired) != 1 || at.Rules[0].Hash == before.Rules[0].Hash {
		t.Errorf("on its day: %d filters, %+v", n, at.Expiry)
	}
	if never.Rules[0].Hash != before.Rules[0].Hash {
		t.Error("without a time a filter has ended")
	}
	// What is taken over from a program of another time is not what has ended since.
	for _, now := range []time.Time{day, day.Add(-time.Hour), day.Add(time.Hour)} {
		again, _ := compiler.Recompile(before, set, compiler.Options{Now: now})
		if want := compile(now).Rules[0].Hash; again.Rules[0].Hash != want {
			t.Errorf("at %s the rule is what it was", now)
		}
	}
	text, err := json.Marshal(at.Expiry)
	if want := `{"now":"2026-08-02T00:00:00Z","active":0,"expired":[{"title":"F","path":"f.yml","line":8,"owner":"det-eng","expires":"2026-08-02"}]}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
	if docs, diags := rules.Parse("f.yml", []byte("title: F\nlogsource: {product: p}\nfilter: {rules: any, s: {a: b}, condition: not s}\nsocctl: {expires: soon}\n")); len(docs) != 1 || diags.Count(rules.Error) != 1 || diags[0].Span.String() != "f.yml:4:19" {
		t.Errorf("a wrong date: %v", diags)
	}
}
