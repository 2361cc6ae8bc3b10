package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// printedWorld is a set of rules with findings and verdicts that disagree.
var printedWorld = map[string]string{
	".socctl.yml": "rules: rules\nlint:\n    checks: {meta/*: off, style/double-wildcard: warning}\n",
	"rules/a.yml": "title: Whoami\nid: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1\nstatus: stabel\nlevel: low\nlogsource: {product: windows, category: process_creation}\n" +
		"detection:\n    s: {Image|endswith: ['a', 'a'], CommandLine|contians: x}\n    condition: s\n",
	"rules/b.yml": "title: Whoami Again\nid: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1\nlevel: low\nlogsource: {product: windows, category: process_creation}\n" +
		"detection:\n    selection: {Image|endswith: 'a'}\n    condition: selection\n",
	"rules/c.yml": "title: Whoami at Last\nlevel: low\nlogsource: {product: windows, category: process_creation}\ndetection:\n    selection:\n" +
		"        Image: '**\\x.exe'   # socctl:ignore style/double-wildcard until=2027-01-31 -- the old converter needs both\n    condition: selection\n",
	"e.ndjson": `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"PC1","User":"z","Image":"x","CommandLine":"k","UtcTime":"2026-05-02 03:04:05.678"}` + "\n",
	"old/a.yml": changing("A", "low", "{Image|endswith: [x, y], CommandLine|contains: k}") + changing("B", "low", "{Image|endswith: x, User: z, CommandLine|contains: k}") +
		changing("C", "low", "{Image: [c1, c2, c3, c4, c5, c6, n]}") + changing("D", "low", "{Image: [c1, c2, c3, c4, c5, c6, o]}") + counting("A, B"),
	"old/b.yml": changing("E", "low", "{Image|endswith: e}") + changing("F", "low", "{Image|endswith: e, User: z}"),
	"new/a.yml": changing("A", "high", "{Image|endswith: [x, v], CommandLine|contains: k}") + changing("D", "low", "{Image|contians: c}") + counting("A"),
	"new/b.yml": changing("C", "high", "{Image: [c1, c2, c3, c4, c5, c6, n]}"),
}

func changing(name, level, selection string) string {
	return fmt.Sprintf("title: %[1]s\nid: 11111111-1111-4111-8111-11111111111%[1]s\nname: %[1]s\nlevel: %s\nlogsource: {product: windows, category: process_creation}\n"+
		"detection:\n    s: %s\n    condition: s\n---\n", name, level, selection)
}

func counting(names string) string {
	return "title: Counts\nid: 22222222-2222-4222-8222-222222222222\ncorrelation: {type: event_count, rules: [" + names + "], group-by: [User], timespan: 5m, condition: {gte: 2}}\n"
}

// What commands print keeps to the schema that socctl schema prints: no key is
// missing, and none is printed of which the schema does not tell.
func TestPrintedKeepsToItsSchema(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range printedWorld {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fp := "sha256:" + strings.Repeat("0", 64)
	for _, by := range []string{"malicious --by alice", "false_logic --by agent:bot@1", "malicious --by alice --alert x"} {
		at := " --event " + fp
		if strings.Contains(by, "--alert") {
			at = ""
		}
		printedBy(t, "verdict add -q --any-rule --rule gone --now 2026-05-20 --store v "+by+at)
	}
	for _, c := range []struct{ name, command, has string }{
		{"lint", "lint -f json", `"fix" "suppression" "related" "help"`},
		{"verdict-check", "verdict check -q --store v -r rules -f json", `"related" "help"`},
		{"verdict-stats", "verdict stats --store v -f json", `"version" "agents"`},
		{"diff", "diff old new --recording e.ndjson -q -f json", `"recorded" "moved_from" "level_before" "gained" "lost" "covered_by" "reason" "inputs" "metadata"`},
		{"overlap", "overlap -r old --alike 40 -q -f json e.ndjson", `"hits" "covers" "alike" "only_a" "covered_by"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := printedBy(t, c.command)
			keepsTo(t, report.Schema(c.name), text)
			for key := range strings.FieldsSeq(c.has) {
				if !bytes.Contains(text, []byte(key)) {
					t.Errorf("nothing has the key %s", key)
				}
			}
		})
	}
}

func printedBy(t *testing.T, command string) []byte {
	t.Helper()
	var out, problems bytes.Buffer
	run(strings.Fields(command), strings.NewReader(""), &out, &problems)
	t.Logf("%s: %s", command, problems.Bytes())
	return out.Bytes()
}

func keepsTo(t *testing.T, schema, text []byte) {
	t.Helper()
	result, err := closedSchema(t, schema).Validate(gojsonschema.NewBytesLoader(text))
	if err != nil || !result.Valid() {
		t.Errorf("%v %v\n%s", err, result, text)
	}
}

// closedSchema is a schema that takes no key of which it does not tell.
func closedSchema(t *testing.T, text []byte) *gojsonschema.Schema {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	closed(tree)
	return compiledSchema(t, tree)
}

func compiledSchema(t *testing.T, tree any) *gojsonschema.Schema {
	t.Helper()
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	compiled, err := loader.Compile(gojsonschema.NewGoLoader(tree))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// closed lets no object of a schema have other keys than those that it tells of. What
// anyOf adds to an object is not all of it.
func closed(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, object := node["properties"].(map[string]any); object {
			node["additionalProperties"] = false
		}
		for key, child := range node {
			if key != "anyOf" {
				closed(child)
			}
		}
	case []any:
		for _, child := range node {
			closed(child)
		}
	}
}
