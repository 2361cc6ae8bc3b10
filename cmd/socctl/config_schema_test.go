package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// writeJSON writes a value with an indentation: what fits stands on one line.
func writeJSON(b *bytes.Buffer, v any, indent string) {
	var inline bytes.Buffer
	writeInline(&inline, v)
	o, ok := v.(object)
	if !ok || inline.Len() < 200 {
		b.Write(inline.Bytes())
		return
	}
	b.WriteString("{\n")
	for i, m := range o {
		fmt.Fprintf(b, "%s  %q: ", indent, m.name)
		writeJSON(b, m.value, indent+"  ")
		if i < len(o)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(indent + "}")
}

func writeInline(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%q: ", m.name)
			writeInline(b, m.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeInline(b, x)
		}
		b.WriteByte(']')
	default:
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			panic(err)
		}
		b.Write(bytes.TrimSpace(text.Bytes()))
	}
}

// lintSection is the schema of the section lint: of a configuration. What all
// checks have in common stands in $defs of the section. Checks of one's own may
// have any name of another group, but only where there are any.
func lintSection() object {
	def := func(name string) object { return object{{"$ref", "#/properties/lint/$defs/" + name}} }
	texts := object{{"oneOf", []any{object{{"type", "string"}}, object{{"type", "array"}, {"items", object{{"type", "string"}}}}}}}
	levels := []string{"off", "info", "warning", "error"}
	when := object{{"description", "Only documents of these statuses and levels."}, {"type", "object"}, {"additionalProperties", false},
		{"properties", object{{"status", texts}, {"level", texts}}}}
	names, groups := []string{}, []string{}
	var settings object
	group := ""
	for _, c := range checks.All() {
		if c.Group() != group {
			group = c.Group()
			groups = append(groups, group)
			names = append(names, group+"/*")
			settings = append(settings, member{group + "/*", object{{"description", "All checks of the group " + group + "."}, def("setting")[0]}})
		}
		names = append(names, c.Name)
		names = append(names, c.Aliases...)
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			settings = append(settings, member{name, checkSetting(c, def)})
		}
	}
	foreign := object{{"pattern", "^[^/]+/[^/]+$"}, {"not", object{{"pattern", "^(" + strings.Join(groups, "|") + ")/"}}}}
	return object{
		{"description", "Checks, their severities and where they apply."},
		{"type", "object"},
		{"additionalProperties", false},
		{"properties", object{
			{"fail-level", object{{"description", "The least severity with which a run fails."}, {"enum", levels[1:]}, {"default", "error"}}},
			{"checks", object{{"description", "Levels of checks, later ones win."}, def("checks")[0]}},
			{"paths", object{{"description", "Levels of checks for the files that a pattern matches."}, {"type", "object"}, {"additionalProperties", def("checks")}}},
			{"ignore", object{{"description", "Findings that are known and accepted."}, {"type", "array"}, {"items", object{
				{"type", "object"}, {"additionalProperties", false}, {"required", []string{"rule", "checks", "reason"}},
				{"properties", object{
					{"rule", object{{"description", "An id, a name, or a pattern of paths."}, {"type", "string"}}},
					{"checks", object{{"description", "Names of checks, or group/* for a group."}, {"oneOf", []any{def("name"), object{{"type", "array"}, {"items", def("name")}}}}}},
					{"reason", object{{"description", "Why the findings are accepted."}, {"type", "string"}, {"minLength", 1}}},
					{"until", object{{"description", "The last day on which it holds, as YYYY-MM-DD."}, {"type", "string"}, {"pattern", `^\d{4}-\d{2}-\d{2}$`}}},
				}}}}}},
			{"rego", object{{"description", "Folders of own checks in Rego."}, texts[0]}},
			{"baseline", object{{"description", "A file of findings that are left out."}, {"type", "string"}}},
		}},
		{"$defs", object{
			{"level", object{{"enum", levels}}},
			{"when", when},
			{"setting", object{{"oneOf", []any{def("level"), settingSchema(object{{"level", def("level")}, {"when", def("when")}})}}}},
			{"fixed", object{{"oneOf", []any{object{{"const", "error"}}, settingSchema(object{{"level", object{{"const", "error"}}}, {"when", def("when")}})}}}},
			{"own", object{{"oneOf", []any{def("level"), object{{"type", "object"}}}}}},
			{"known", object{{"enum", names}}},
			{"foreign", foreign},
			{"name", object{{"anyOf", []any{def("known"), def("foreign")}}}},
			{"checks", object{{"type", "object"}, {"propertyNames", def("name")}, {"properties", settings}, {"additionalProperties", def("own")}}},
		}},
	}
}

// checkSetting is the schema of what a configuration may say of a check.
func checkSetting(c *lint.Check, def func(string) object) object {
	title := c.Title + "."
	if word, _, _ := strings.Cut(title, " "); !strings.HasSuffix(word, ":") { // which is a key
		title = strings.ToUpper(title[:1]) + title[1:]
	}
	shape := "setting"
	if c.Fixed {
		shape = "fixed"
	}
	if len(c.Options) == 0 {
		return object{{"description", title}, def(shape)[0]}
	}
	properties := object{{"level", def("level")}, {"when", def("when")}}
	for _, o := range c.Options {
		properties = append(properties, member{o.Name, optionSchema(o)})
	}
	return object{{"description", title}, {"oneOf", []any{def("level"), settingSchema(properties)}}}
}

func settingSchema(properties object) object {
	return object{{"type", "object"}, {"additionalProperties", false}, {"properties", properties}}
}

func optionSchema(o lint.Option) object {
	s := object{{"description", strings.ToUpper(o.Doc[:1]) + o.Doc[1:] + "."}}
	switch o.Default.(type) {
	case int:
		s = append(s, object{{"type", "integer"}, {"minimum", 0}}...)
	case bool:
		s = append(s, member{"type", "boolean"})
	case string:
		s = append(s, member{"type", []string{"string", "number", "boolean"}})
	default:
		s = append(s, object{{"type", "array"}, {"items", object{{"type", []string{"string", "number", "boolean"}}}}}...)
	}
	return append(s, member{"default", o.Default})
}

var lintInSchema = regexp.MustCompile(`(?s)\n    "lint": \{.*?\n    \}`)

// The section lint: of the schema of the configuration is what the records of
// the checks say: go test ./cmd/socctl -run Schema -update writes it.
func TestLintSectionOfSchema(t *testing.T) {
	var section bytes.Buffer
	section.WriteString("\n    \"lint\": ")
	writeJSON(&section, lintSection(), "    ")
	path := filepath.Join(repoRoot, "rules", "config", "schema.json")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := lintInSchema.ReplaceAllLiteral(have, section.Bytes())
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(want), string(have)); diff != "" {
		t.Errorf("the schema is not what the records say (- records, + schema):\n%s", diff)
	}
}

// schemaErrors validates a configuration against the schema, as an editor does.
func schemaErrors(t *testing.T, text string) []gojsonschema.ResultError {
	t.Helper()
	nodes, diags := rules.ParseNodes("c.yml", []byte(text))
	if diags.Err() != nil || len(nodes) != 1 {
		t.Fatal(diags)
	}
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	schema, err := loader.Compile(gojsonschema.NewBytesLoader(config.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	result, err := schema.Validate(gojsonschema.NewGoLoader(valueOf(nodes[0])))
	if err != nil {
		t.Fatal(err)
	}
	return result.Errors()
}

// valueOf returns what readers of YAML 1.2, as those of editors, make of a node.
func valueOf(n *rules.Node) any {
	switch n.Kind {
	case rules.MapNode:
		out := map[string]any{}
		for _, e := range n.Entries {
			out[e.Key.Text] = valueOf(e.Value)
		}
		return out
	case rules.ListNode:
		out := []any{}
		for _, i := range n.Items {
			out = append(out, valueOf(i))
		}
		return out
	}
	switch n.Scalar.Kind {
	case rules.IntScalar, rules.FloatScalar:
		return json.Number(n.Scalar.DecimalText())
	case rules.BoolScalar:
		return n.Scalar.Bool()
	case rules.NullScalar:
		return nil
	}
	return n.Scalar.Text
}

// The schema refuses what the command does, and accepts what it does, the
// configurations in the documentation among them.
func TestSchemaOfConfigurations(t *testing.T) {
	known := lint.NewCatalogue(checks.All())
	documented := 0
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if b.kind != "yaml config" {
				continue
			}
			documented++
			if errs := schemaErrors(t, b.text); len(errs) > 0 {
				t.Errorf("%s: %v", page, errs)
			}
			c, diags := config.Parse(b.name, []byte(b.text))
			_, more := lint.NewConfig(c.Lint, ".", known)
			for _, d := range append(diags, more...) {
				if d.Code != "config/glob" { // which looks for the files
					t.Errorf("%s: %s", page, d)
				}
			}
		}
	}
	if documented < 3 {
		t.Errorf("only %d configurations in the documentation", documented)
	}
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"checks: {style/key-order: off}", true},
		{"checks: {style/*: warning}", true},
		{"checks: {style/key-order: {level: error, when: {status: [stable], level: high}}}", true},
		{"checks: {meta/title-length: {max: 80}}", true},
		{"checks: {style/selection-name: {prefixes: [sel]}}", true},
		{"fail-level: info", true},
		{"checks: {style/key-ordr: off}", false},
		{"checks: {styl/key-order: off}", true}, // may be a check of one's own, for the schema
		{"checks: {key-order: off}", false},
		{"checks: {style/key-order: loud}", false},
		{"checks: {meta/title-length: {max: long}}", false},
		{"checks: {meta/title-length: {maximum: 80}}", false},
		{"checks: {style/selection-name: {prefixes: {a: b}}}", false},
		{"checks: {style/quoting: {plain: 1}}", false},
		{"checks: {schema/yaml-syntax: off}", false},
		{"fail-level: off", false},
		{"paths: {'a/**': {style/*: off}}", true},
		{"paths: {'a/**': {style/x: off}}", false},
		{"ignore: [{rule: a, checks: style/quoting, reason: b, until: '2027-01-01'}]", true},
		{"ignore: [{rule: a, checks: [style/quotin], reason: b}]", false},
		{"ignore: [{rule: a, checks: [style/quoting]}]", false},
		{"nothing: {}", false},
	} {
		text := "lint:\n    " + c.text + "\n"
		if errs := schemaErrors(t, text); (len(errs) == 0) != c.ok {
			t.Errorf("%s: %v, expected to be valid: %t", c.text, errs, c.ok)
		}
		nodes, _ := rules.ParseNodes("c.yml", []byte(text))
		_, diags := lint.NewConfig(nodes[0].Get("lint"), ".", known)
		if own := strings.Contains(c.text, "styl/"); (len(diags) == 0) != c.ok && !own {
			t.Errorf("%s: the command says %v, expected to be valid: %t", c.text, diags, c.ok)
		}
	}
}

// The schema and the command accept the same budgets.
func TestSchemaOfBudgets(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"{high: 1/day, medium: 5, low: 0.5/week, critical: 1/month, informational: 100/hour, total: 50/day}", true},
		{"{high: '2 / day'}", true},
		{"{high: 1e2/day}", true},
		{"{}", true},
		{"{hihg: 1/day}", false},
		{"{high: many}", false},
		{"{high: 1/}", false},
		{"{high: 1/year}", false},
		{"{high: -1}", false},
		{"{high: [1]}", false},
		{"{high: 1/day/day}", false},
		{"{high: null}", false},
		{"{high: ''}", false},
		{"{high: true}", false},
	} {
		text := "budgets: " + c.text + "\n"
		if errs := schemaErrors(t, text); (len(errs) == 0) != c.ok {
			t.Errorf("%s: %v, expected to be valid: %t", c.text, errs, c.ok)
		}
		nodes, _ := rules.ParseNodes("c.yml", []byte(text))
		if _, diags := backtest.ParseBudgets(nodes[0].Get("budgets")); (len(diags) == 0) != c.ok {
			t.Errorf("%s: the command says %v, expected to be valid: %t", c.text, diags, c.ok)
		}
	}
}
