package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules"
)

const (
	ruleA = "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection:\n    s: {Image: x, User: u}\n    condition: s\n"
	ruleB = "title: B\nname: b\nlogsource: {product: linux}\ndetection:\n    s: {Image: y}\n    condition: s\n"
	// The logsource of the filter is wider than that of the rule.
	filterA = "title: F\nlogsource: {product: windows}\nfilter:\n    rules: any\n    s: {Host: h}\n    condition: not s\n"
	pair    = "title: P\ncorrelation:\n    type: event_count\n    rules: [a]\n    group-by: [User, who]\n    timespan: 5m\n    aliases:\n        who: {a: Image}\n    condition: {gte: 2}\n"
)

func print(t *testing.T, d rules.Document) string {
	t.Helper()
	var b strings.Builder
	if err := rules.Print(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A filter is a part of the rule it belongs to: what decides on the rule decides
// on it, and it survives a change of the logsource.
func TestFiltersGoWithTheirRules(t *testing.T) {
	p := parse(t, "p", `transformations:
  - type: nest
    rule_conditions: [{type: logsource, category: process_creation}]
    items:
      - {type: field_name_prefix, prefix: w.}
      - {type: add_condition, conditions: {EventID: 1}}
      - {type: change_logsource, product: other}
`)
	set := load(t, ruleA, ruleB, filterA)
	before := print(t, set.Rules[0]) + print(t, set.Filters[0])
	result, diags := p.Apply(set, pipeline.Options{})
	program, problems := compiler.Compile(result.Set, compiler.Options{})
	if len(diags)+len(problems) > 0 {
		t.Fatal(diags, problems)
	}
	want := `- A
category="" product="other" service=""
and("EventID" = 1, "w.Image" ~ "X", "w.User" ~ "U", not("w.Host" ~ "H"))

- B
category="" product="linux" service=""
"Image" ~ "Y"

`
	if diff := cmp.Diff(want, program.String()); diff != "" {
		t.Error(diff)
	}
	if after := print(t, set.Rules[0]) + print(t, set.Filters[0]); after != before {
		t.Errorf("the given rule was changed:\n%s", after)
	}
	if len(result.Set.Filters) != 1 || result.Documents[0].Before == result.Documents[0].After || result.Documents[1].Before != result.Documents[1].After {
		t.Errorf("%d filters", len(result.Set.Filters))
	}
}

func TestCorrelationsGoWithTheirRules(t *testing.T) {
	p := parse(t, "p", `transformations:
  - type: field_name_mapping
    mapping: {User: user.name, Image: exe, who: never}
    rule_conditions: [{type: logsource, category: process_creation}]
  - {type: change_logsource, product: other}
`)
	result, diags := p.Apply(load(t, ruleA, pair), pipeline.Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	got := print(t, result.Set.Correlations[0])
	for _, want := range []string{"- user.name", "- who", "a: exe"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if result.Set.Correlations[0].Inputs[0].Document != rules.Document(result.Set.Rules[0]) {
		t.Error("the correlation refers to the rule as it was")
	}
	if program, diags := compiler.Compile(result.Set, compiler.Options{}); len(program.Correlations) != 1 {
		t.Error(diags)
	}
}

// A rejected rule is named with the reason and the item, is not compiled, and
// takes its correlation with it.
func TestRejection(t *testing.T) {
	for _, c := range []struct{ name, items, code, want string }{
		{"rule", "- {type: rule_failure, message: not here}", "pipeline/rule-failure", "1:8 not here"},
		{"item", "- {type: detection_item_failure, message: no users, field_name_conditions: [{type: include_fields, fields: [User]}]}", "pipeline/item-failure", "5:19 no users"},
		{"mapping", "- {type: field_name_mapping, mapping: {User: u}}\n  - {type: strict_field_mapping_failure}", "pipeline/unmapped-field", "5:9 the field Image is not mapped"},
		{"nothing left", "- {type: drop_detection_item}", "pipeline/empty-rule", "1:8 the pipeline leaves nothing of the rule, which would match every event"},
		{"taken name", "- {type: add_condition, name: s, conditions: {a: b}}", "pipeline/name-taken", "1:8 the rule has a selection s already"},
		{"state", "- {type: set_state, key: k, val: a}\n  - {type: nest, items: [], rule_conditions: [{type: processing_state, key: k, val: 1, op: gt}]}", "pipeline/compare", `1:8 the state k is string "a", which cannot be compared by gt`},
		{"nested", "- {type: nest, items: [{type: rule_failure, message: inside}]}", "pipeline/rule-failure", "1:8 inside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parse(t, "p", "transformations:\n  "+c.items+"\n")
			set := load(t, ruleA, pair)
			result, diags := p.Apply(set, pipeline.Options{})
			found := ""
			for _, d := range diags {
				if d.Code == c.code && found == "" {
					found = strings.TrimPrefix(d.Span.String(), "rule.yml:") + " " + d.Message
					if len(d.Related) == 0 && c.code != "pipeline/empty-rule" {
						t.Error("the item of the pipeline is not named")
					}
				}
			}
			if found != c.want {
				t.Errorf("got %q of %v, want %q", found, diags, c.want)
			}
			if !result.Documents[0].Rejected || set.Rules[0].Invalid {
				t.Errorf("rejected %v, and the given rule is invalid: %v", result.Documents[0].Rejected, set.Rules[0].Invalid)
			}
			if program, _ := compiler.Compile(result.Set, compiler.Options{}); len(program.Rules)+len(program.Correlations) > 0 {
				t.Errorf("still compiled: %v", program)
			}
		})
	}
}

// A taxonomy with a pipeline is that of Sigma afterwards; without one the rule
// is rejected by the compiler (D59).
func TestTaxonomies(t *testing.T) {
	acme := parse(t, "acme", "transformations:\n  - {type: field_name_mapping, mapping: {exe: Image}}\n")
	all := parse(t, "all", "transformations:\n  - {type: field_name_mapping, mapping: {Image: process.executable}}\n")
	rule := "title: T\ntaxonomy: acme\nlogsource: {product: p}\ndetection:\n    s: {exe: x}\n    condition: s\n"
	for name, c := range map[string]struct {
		all        *pipeline.Pipeline
		taxonomies map[string]*pipeline.Pipeline
		want       string
	}{
		"none":    {nil, nil, ""},
		"other":   {all, map[string]*pipeline.Pipeline{"x": acme}, ""},
		"mapping": {nil, map[string]*pipeline.Pipeline{"acme": acme}, "Image"},
		"both":    {all, map[string]*pipeline.Pipeline{"acme": acme}, "process.executable"},
	} {
		result, _ := c.all.Apply(load(t, rule), pipeline.Options{Taxonomies: c.taxonomies})
		program, diags := compiler.Compile(result.Set, compiler.Options{})
		got := ""
		if len(program.Rules) == 1 {
			got = program.Rules[0].Fields[0]
		} else if diags[0].Code != "ref/taxonomy-unmapped" {
			t.Error(diags)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// Values for placeholders come from the pipeline, else from the configuration.
func TestPlaceholdersOfTheConfiguration(t *testing.T) {
	p := parse(t, "p", "vars: {a: fromvars}\ntransformations:\n  - {type: value_placeholders}\n")
	set := load(t, "title: T\nlogsource: {product: p}\ndetection:\n    s: {f|expand: '%a%', g|expand: 'x%b%'}\n    condition: s\n")
	result, diags := p.Apply(set, pipeline.Options{Placeholders: map[string][]string{"a": {"no"}, "b": {"y*", "z"}}})
	program, more := compiler.Compile(result.Set, compiler.Options{})
	if len(diags)+len(more) > 0 || !strings.Contains(program.String(), `and("f" ~ "FROMVARS", or("g" ~ "XY*", "g" ~ "XZ"))`) {
		t.Errorf("%v %v %v", diags, more, program)
	}
}

// A placeholder without values is told once, at its place: by the pipeline, which
// knows both ways to give it some, and by the compiler where the pipeline did not
// come to it. A filter of several rules tells once, and a rule with another error does
// not complain of placeholders that the pipeline has values for.
func TestUnknownPlaceholderIsToldOnce(t *testing.T) {
	p := parse(t, "p", "vars: {known: a}\ntransformations:\n  - {type: value_placeholders}\n")
	rule := func(name, attributes, detection string) string {
		return "title: T\nname: " + name + "\nlogsource: {product: p}\n" + attributes + "detection:\n    s: " + detection + "\n    condition: s\n"
	}
	set := load(t, rule("a", "", "{f|expand: ['x%one%%two%', '%known%'], g|expand: '%three%'}"), rule("b", "", "{f|expand: ['%known%', '%four%']}"),
		rule("c", "", "{f: c}"), rule("d", "", "{f: d}"),
		"title: F\nlogsource: {product: p}\nfilter:\n    rules: [c, d]\n    s: {f|expand: '%five%'}\n    condition: not s\n")
	set.Link()
	set.Rules[1].Invalid = true
	result, diags := p.Apply(set, pipeline.Options{})
	program, more := compiler.Compile(result.Set, compiler.Options{})
	var got []string
	for _, d := range append(diags, more...) {
		got = append(got, d.Span.Text()+" "+d.Code)
	}
	slices.Sort(got)
	want := []string{"%five% pipeline/placeholder", "%four% ref/placeholder-undefined", "%one% pipeline/placeholder", "%three% ref/placeholder-undefined"}
	if diff := cmp.Diff(want, got); diff != "" || len(program.Rules) > 0 {
		t.Errorf("%d rules\n%s", len(program.Rules), diff)
	}
}

// An empty text is one like any other, also for rules that no pipeline changes.
func TestEmptyTextIsAPartOfAnyText(t *testing.T) {
	for _, modifier := range []string{"contains", "startswith", "endswith"} {
		set := load(t, "title: A\nlogsource: {product: linux}\ndetection:\n    s: {Image|"+modifier+": ''}\n    condition: s\n")
		var p *pipeline.Pipeline
		result, diags := p.Apply(set, pipeline.Options{})
		if len(diags) > 0 || len(result.Set.Rules) != 1 {
			t.Errorf("%s: got %d rules, %v", modifier, len(result.Set.Rules), diags)
		}
	}
}

// A pipeline that multiplies a rule beyond all measure rejects it.
func TestGrowthIsBounded(t *testing.T) {
	items := strings.Repeat("  - {type: field_name_mapping, mapping: {f: [f, f, f, f, f, f, f, f, f, f]}}\n", 30)
	result, diags := parse(t, "p", "transformations:\n"+items).Apply(load(t, "title: T\nlogsource: {product: p}\ndetection:\n    s: {f: x}\n    condition: s\n"), pipeline.Options{})
	if !result.Documents[0].Rejected || diags.Count(rules.Error) != 1 || diags[0].Code != "pipeline/limit" {
		t.Error(diags)
	}
}

func FuzzApply(f *testing.F) {
	f.Add("transformations:\n  - {type: field_name_prefix, prefix: a}\n", ruleA)
	f.Add("vars: {v: [1, a*]}\ntransformations:\n  - {type: value_placeholders}\n", "title: T\nlogsource: {product: p}\ndetection:\n    s: {f|expand: '%v%'}\n    condition: s\n")
	f.Add("transformations:\n  - {type: replace_string, regex: 'a*', replacement: '\\g<0>*'}\n", ruleA+"---\n"+filterA+"---\n"+pair)
	f.Add("transformations:\n  - {type: drop_detection_item}\n", ruleB)
	f.Add("transformations:\n  - {type: extract_fields, regex: '(?P<a>.)(?P<b>.*)'}\n  - {type: nest, items: [{type: regex}]}\n", ruleA)
	f.Add("transformations:\n  - {type: hashes_fields, valid_hash_algos: [MD5]}\n  - {type: case, method: upper}\n", "title: T\nlogsource: {product: p}\ndetection:\n    s: {Hashes|contains: 'MD5=ab'}\n    condition: s\n")
	f.Fuzz(func(t *testing.T, text, rule string) {
		p, diags := pipeline.Parse("p.yml", []byte(text))
		if (p == nil) != (diags.Count(rules.Error) > 0) {
			t.Fatalf("pipeline %v with %v", p, diags)
		}
		docs, _ := rules.Parse("rule.yml", []byte(rule))
		set := &rules.Set{}
		before := ""
		for _, d := range docs {
			set.Add(d)
			before += print(t, d)
		}
		result, diags := p.Apply(set, pipeline.Options{})
		after := ""
		for _, d := range set.Documents() {
			after += print(t, d)
		}
		for _, d := range result.Documents {
			if d.Rejected && diags.Count(rules.Error) == 0 {
				t.Fatal("rejected without a reason")
			}
		}
		if len(docs) > 0 && len(set.Rules) == len(docs) && before != after {
			t.Fatalf("the given rules were changed:\n%s", after)
		}
		compiler.Compile(result.Set, compiler.Options{})
	})
}
