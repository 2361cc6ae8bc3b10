package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules"
)

// Every problem names its place, what was found and what to do.
func TestProblemsOfPipelines(t *testing.T) {
	const item = "transformations:\n  - "
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "prio: 1\n", "p.yml:1:1: error[pipeline/unknown-key]: a pipeline has no key prio"},
		{"misspelt key", "priorty: 1\n", "did you mean priority?"},
		{"not a map", "- a\n", "p.yml:1:1: error[pipeline/wrong-type]: a pipeline must be a map, found a list"},
		{"empty", "", "error[pipeline/missing-key]: the pipeline is empty"},
		{"two documents", "name: a\n---\nname: b\n", "p.yml:3:1: error[pipeline/wrong-type]: a pipeline is one document"},
		{"priority", "priority: high\n", `p.yml:1:11: error[pipeline/wrong-type]: priority must be of type integer, found string "high"`},
		{"unknown type", item + "type: field_name_maping\n", "p.yml:2:11: error[pipeline/unknown-type]: there is no transformation field_name_maping (did you mean field_name_mapping?)"},
		{"unsupported", item + "type: http_placeholders\n", "p.yml:2:11: error[pipeline/unsupported]: transformation http_placeholders is not supported: pipelines make no requests; list the values under vars"},
		{"no type", item + "id: x\n", "p.yml:2:5: error[pipeline/missing-key]: a transformation has no key type"},
		{"unknown parameter", item + "{type: field_name_prefix, prefix: a, sufix: b}\n", "p.yml:2:42: error[pipeline/unknown-key]: field_name_prefix has no key sufix"},
		{"missing parameter", item + "{type: field_name_prefix}\n", "error[pipeline/missing-key]: field_name_prefix has no key prefix"},
		{"wrong parameter", item + "{type: field_name_prefix, prefix: 5}\n", "p.yml:2:39: error[pipeline/wrong-type]: prefix must be a string, found integer 5"},
		{"unknown condition", item + "{type: nest, items: [], rule_conditions: [{type: logsorce, product: a}]}\n", "there is no rule condition logsorce (did you mean logsource?)"},
		{"condition in the wrong place", item + "{type: nest, items: [], rule_conditions: [{type: is_null, cond: any}]}\n", "there is no rule condition is_null"},
		{"empty logsource", item + "{type: nest, items: [], rule_conditions: [{type: logsource}]}\n", "the condition names neither category nor product nor service"},
		{"cond", item + "{type: drop_detection_item, detection_item_conditions: [{type: is_null, cond: some}]}\n", "cond cannot be some (it is one of any, all)"},
		{"no cond", item + "{type: drop_detection_item, detection_item_conditions: [{type: is_null}]}\n", "condition is_null has no key cond"},
		{"operator", item + "{type: nest, items: [], rule_cond_op: xor}\n", "rule_cond_op cannot be xor"},
		{"expression and operator", item + "{type: nest, items: [], rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: a, rule_cond_op: or}\n", "rule_cond_expr and rule_cond_op exclude each other"},
		{"expression over a list", item + "{type: nest, items: [], rule_conditions: [{type: is_sigma_rule}], rule_cond_expr: a}\n", "needs rule_conditions as a map"},
		{"expression", item + "{type: nest, items: [], rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: 'a and (b'}\n", "error[pipeline/expression]: there is no condition b"},
		{"parenthesis", item + "{type: nest, items: [], rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: '(a'}\n", "a parenthesis is never closed"},
		{"deep expression", item + "{type: nest, items: [], rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: '" + strings.Repeat("not ", 500) + "a'}\n", "nested too deeply"},
		{"regular expression", item + "{type: replace_string, regex: '(', replacement: a}\n", "error[pipeline/regex-invalid]: regular expression cannot be used"},
		{"lookaround", item + "{type: replace_string, regex: 'a(?=b)', replacement: a}\n", "lookaround and backreferences are not supported"},
		{"group", item + "{type: replace_string, regex: 'a', replacement: '\\1'}\n", "the regular expression has no group 1"},
		{"level", item + "{type: nest, items: [], rule_conditions: [{type: rule_attribute, attribute: level, value: severe}]}\n", "there is no level severe"},
		{"date", item + "{type: nest, items: [], rule_conditions: [{type: rule_attribute, attribute: date, value: yesterday}]}\n", "yesterday is no date"},
		{"order of a text", item + "{type: nest, items: [], rule_conditions: [{type: rule_attribute, attribute: title, value: a, op: gt}]}\n", "title is a text and cannot be compared by gt"},
		{"attribute of Sigma", item + "{type: set_custom_attribute, attribute: level, value: low}\n", "level is an attribute of Sigma"},
		{"include and exclude", item + "{type: value_placeholders, include: [a], exclude: [b]}\n", "include and exclude cannot be given both"},
		{"empty mapping", item + "{type: field_name_mapping, mapping: {a: []}}\n", "a is mapped to nothing"},
		{"bar", item + "{type: field_name_mapping, mapping: {a: 'b|c'}}\n", "no field can be called"},
		{"nested", item + "type: nest\n    items:\n      - type: nope\n", "p.yml:4:15: error[pipeline/unknown-type]: there is no transformation nope"},
		{"YAML", "a: [\n", "p.yml:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, diags := pipeline.Parse("p.yml", []byte(c.text))
			if p != nil || diags.Count(rules.Error) == 0 {
				t.Fatalf("no error: %v", diags)
			}
			all := ""
			for _, d := range diags {
				all += d.String() + "\n"
			}
			if !strings.Contains(all, c.want) {
				t.Errorf("got %swant %s", all, c.want)
			}
		})
	}
}

func TestQueryProcessingIsAWarning(t *testing.T) {
	p, diags := pipeline.Parse("p.yml", []byte("name: n\npriority: 3\nallowed_backends: [a]\nvars: {v: 1, a: 2}\npostprocessing: []\nfinalizers: [{type: concat}]\n"))
	if p == nil || p.Name != "n" || p.Priority != 3 || len(diags) != 2 || diags[0].Code != "pipeline/no-effect" {
		t.Fatalf("%+v %v", p, diags)
	}
	if diff := cmp.Diff([]string{"a", "v"}, p.Vars()); diff != "" {
		t.Error(diff)
	}
}

func parse(t *testing.T, name, text string) *pipeline.Pipeline {
	t.Helper()
	p, diags := pipeline.Parse(name, []byte(text))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// Pipelines are joined by priority, then by name; the last value of a variable wins.
func TestChain(t *testing.T) {
	a := parse(t, "a", "priority: 20\nvars: {v: a}\ntransformations:\n  - {type: field_name_suffix, suffix: .a}\n")
	b := parse(t, "b", "priority: 10\nvars: {v: b}\ntransformations:\n  - {type: field_name_suffix, suffix: .b}\n")
	c := parse(t, "c", "priority: 10\ntransformations:\n  - {type: field_name_suffix, suffix: .c}\n  - {type: value_placeholders}\n")
	chain := pipeline.Chain(a, c, b)
	result, diags := chain.Apply(load(t, "title: t\nlogsource: {product: p}\ndetection:\n    s: {f|expand: '%v%'}\n    condition: s\n"), pipeline.Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	item := result.Set.Rules[0].Detection.Selections[0].Body.Items[0]
	if item.Key.Text != "f.b.c.a" || item.Values[0].Text != "a" || chain.Source != "b, c, a" {
		t.Errorf("%s: %s, by %s", item.Key.Text, item.Values[0].Text, chain.Source)
	}
	if empty := pipeline.Chain(); empty == nil || len(empty.Items) != 0 {
		t.Errorf("%+v", empty)
	}
}
