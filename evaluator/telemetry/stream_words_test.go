package telemetry_test

import (
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Keywords look into what a view makes of a field, of each record anew.
func TestStreamKeywordsInComputedFields(t *testing.T) {
	t.Parallel()
	set, problems := rules.Load(fstest.MapFS{"a.yml": {Data: []byte(`
title: A
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
logsource: {category: process_creation, product: acme}
detection:
    keywords: [mimikatz]
    condition: keywords
`)}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p, problems := compiler.Compile(set, compiler.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, source := range []string{"{from: tool, transform: lower}", "tool", "{from: tool, transform: url-path}", "{from: [tool, vendor], transform: join}"} {
		own, err := logsource.Parse("own.yml", []byte(`
views:
  - name: acme/edr
    logsource: {category: process_creation, product: acme}
    when: {vendor: acme}
    native: false
    fields: {Tool: `+source+`}
`))
		if err != nil {
			t.Fatal(err)
		}
		n := telemetry.NewNormaliser(own)
		stream, plain := telemetry.NewStream(n, evaluator.New(p)), evaluator.New(p)
		for _, tool := range []string{"cmd", "cmd", "cmd", "MIMIKATZ", "cmd", "mimikatz", "mimikatz", "other"} {
			record := telemetry.Record{Source: "a.ndjson", Raw: []byte(`{"vendor":"acme","tool":"` + tool + `"}`)}
			got, _, err := stream.Match(record)
			if err != nil {
				t.Fatal(err)
			}
			event, err := stream.Event()
			if err != nil {
				t.Fatal(err)
			}
			if want := plain.Match(event); len(got) != len(want) {
				t.Errorf("%s of %s: %d matches, want %d", source, tool, len(got), len(want))
			}
		}
	}
}
