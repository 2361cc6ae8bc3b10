package compiler_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Alerts have the fields that their correlation calls its groups, so their names are part
// of what a correlation over it means, and not of what itself does.
func TestHashOverRenamedGroups(t *testing.T) {
	const text = `title: a
name: a
logsource: {product: p}
detection: {s: {k: v}, condition: s}
---
title: child
name: child
correlation: {type: event_count, rules: [a], group-by: [who], aliases: {who: {a: User}}, timespan: 1m, condition: {gte: 1}}
---
title: parent
correlation: {type: event_count, rules: [child], group-by: [who], timespan: 1m, condition: {gte: 2}}
`
	compiled := func(text string) []*compiler.Correlation {
		docs, diags := rules.Parse("r.yml", []byte(text))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		set, _ := rules.Assemble(docs)
		p, _ := compiler.Compile(set, compiler.Options{})
		return p.Correlations
	}
	old := compiled(text)
	renamed := compiled(strings.Replace(text, "group-by: [who], aliases: {who:", "group-by: [account], aliases: {account:", 1))
	if len(old) != 2 || len(renamed) != 2 {
		t.Fatalf("%d and %d correlations, want 2", len(old), len(renamed))
	}
	if old[0].Hash != renamed[0].Hash {
		t.Error("the name of a group changes what the correlation itself means")
	}
	if old[1].Hash == renamed[1].Hash {
		t.Error("the correlation over it takes another field for its groups, and has the same hash")
	}
}
