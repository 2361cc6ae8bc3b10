package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/socctl/socctl/rules"
)

func texts(scalars []rules.Scalar) []string {
	var out []string
	for _, s := range scalars {
		out = append(out, s.Text+"@"+strings.TrimPrefix(s.Span.String(), "p/.socctl.yml:"))
	}
	return out
}

func TestParse(t *testing.T) {
	c, diags := Parse("p/.socctl.yml", []byte(`
rules:
    - rules
    - "more/*.yml"
tests: tests
telemetry:
    logsource:
        views:
            - name: own
placeholders:
    Servers: [a, 10]
    Users: ['x']
test: {allow-missing-recordings: true}
attack:
    version: 19.1
lint:
    anything: goes
budgets: {high: 1/day}
coverage: {}
pipelines: [sysmon, own.yml]
taxonomies: {acme: acme.yml}
`))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	got := map[string]any{
		"path": c.Path, "dir": c.Dir, "rules": texts(c.Rules), "tests": texts(c.Tests),
		"placeholders": c.PlaceholderValues(), "missing": c.Test.AllowMissingRecordings,
		"attack": texts([]rules.Scalar{c.Attack.Version}), "lint": c.Lint.Get("anything").Scalar.Text,
		"budgets": c.Budgets.Span.String(), "coverage": c.Coverage.Kind.String(),
		"telemetry": c.Telemetry.Logsource.Text,
		"pipelines": texts(c.Pipelines), "taxonomy": c.Taxonomies[0].Name.Text, "mapping": texts(c.Taxonomies[0].Pipelines),
	}
	want := map[string]any{
		"path": "p/.socctl.yml", "dir": "p", "rules": []string{"rules@3:7", "more/*.yml@4:7"}, "tests": []string{"tests@5:8"},
		"placeholders": map[string][]string{"Servers": {"a", "10"}, "Users": {"x"}}, "missing": true,
		"attack": []string{"19.1@15:14"}, "lint": "goes", "budgets": "p/.socctl.yml:18:10", "coverage": "map",
		"pipelines": []string{"sysmon@20:13", "own.yml@20:21"}, "taxonomy": "acme", "mapping": []string{"acme.yml@21:20"},
		"telemetry": "\n\n\n\n\n\n\n        views:\n            - name: own\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseNothing(t *testing.T) {
	for _, source := range []string{"", "# only a comment\n", "---\n", "{}\n"} {
		c, diags := Parse(Name, []byte(source))
		if c == nil || len(diags) > 0 {
			t.Errorf("%q: %v", source, diags)
		}
	}
}

func TestDiagnostics(t *testing.T) {
	tests := []struct{ source, want string }{
		{"rule: x", "1:1: error[config/unknown-key]: the configuration has no key rule (did you mean rules?)"},
		{"frobnicate: x", "1:1: error[config/unknown-key]: the configuration has no key frobnicate (known are attack, budgets, ci, coverage, feedback, lifecycle, lint, pipelines, placeholders, rules, taxonomies, telemetry, test, tests)"},
		{"test:\n  alow-missing-recordings: true", "2:3: error[config/unknown-key]: test has no key alow-missing-recordings (did you mean allow-missing-recordings?)"},
		{"telemetry: {view: x}", "1:13: error[config/unknown-key]: telemetry has no key view (known are baseline, logsource, recordings)"},
		{"attack: {version: 18.1, facts: f.tsv}", "1:25: error[config/attack]: attack has both a version and facts (keep version for a release that socctl has, or facts for one that you imported)"},
		{"attack: {fact: f.tsv}", "1:10: error[config/unknown-key]: attack has no key fact (did you mean facts?)"},
		{"attack: {facts: [f.tsv]}", "1:17: error[config/wrong-type]: facts must be a path to what socctl attack import wrote, found a list"},
		{"attack: {versoin: 1}", "1:10: error[config/unknown-key]: attack has no key versoin (did you mean version?)"},
		{"rules: {a: b}", "1:8: error[config/wrong-type]: rules must be a path or a list of paths, found a map"},
		{"rules: [a, [b]]", "1:12: error[config/wrong-type]: rules must be a path or a list of paths, found a list"},
		{"tests: ['']", "1:9: error[config/wrong-type]: tests must be a path or a list of paths, found an empty string"},
		{"tests:", "1:7: error[config/wrong-type]: tests must be a path or a list of paths, found nothing"},
		{"test: {allow-missing-recordings: yes}", "1:34: error[config/wrong-type]: allow-missing-recordings must be true or false, found string yes"},
		{"test: true", "1:7: error[config/wrong-type]: test must be a map, found boolean true"},
		{"attack: {version: [19]}", "1:19: error[config/wrong-type]: version must be a version such as 19.1, found a list"},
		{"telemetry: {logsource: [x]}", "1:24: error[config/wrong-type]: logsource must be the path of a table, or a table, found a list"},
		{"placeholders: [x]", "1:15: error[config/wrong-type]: placeholders must be a map of names to lists of values, found a list"},
		{"placeholders: {'%a%': [x]}", "1:16: error[config/placeholder]: placeholder names have no percent signs (write a)"},
		{"placeholders: {a: {}}", "1:19: error[config/wrong-type]: a must be a value, or a list of at least one, found a map"},
		{"placeholders: {a: [null]}", "1:20: error[config/wrong-type]: a value of a must be a string or a number, found nothing"},
		{"lint: strict", "1:7: error[config/wrong-type]: lint must be a map, found string strict"},
		{"rules: a\nrules: b", "2:1: error[schema/duplicate-key]: key \"rules\" is already defined in line 1 (a YAML parser keeps one of the two and drops the other: merge or rename them)"},
		{"- a", "1:1: error[config/wrong-type]: the configuration must be a map, found a list"},
		{"{}\n---\n{}", "3:1: error[config/wrong-type]: a configuration is one document (remove what stands behind ---)"},
		{"rules: [", "1:1: error[schema/yaml-syntax]: did not find expected node content (check the indentation and the quotes of this line and the one before)"},
	}
	for _, tt := range tests {
		c, diags := Parse("c.yml", []byte(tt.source))
		if c == nil || len(diags) != 1 || diags[0].String() != "c.yml:"+tt.want {
			t.Errorf("%q\n got %v\nwant %s", tt.source, diags, tt.want)
		}
	}
}

// TestInPlace checks that an inline table keeps its place, also where an alias
// leads out of it.
func TestInPlace(t *testing.T) {
	tests := []struct{ source, want string }{
		{"telemetry: {logsource: {a: 1, b: [x,\n  y]}}\n", strings.Repeat(" ", 23) + "{a: 1, b: [x,\n  y]}\n"},
		{"lint: {x: &x {c: 1}}\ntelemetry:\n  logsource:\n    a: *x\n", "a:\n    c: 1\n"},
	}
	for _, tt := range tests {
		c, diags := Parse(Name, []byte(tt.source))
		if got := c.Telemetry.Logsource.Text; len(diags) > 0 || got != tt.want {
			t.Errorf("%q: got %q, want %q, %v", tt.source, got, tt.want, diags)
		}
	}
}

func TestFindAndLoad(t *testing.T) {
	root := filepath.Join(t.TempDir(), "odd [x] *")
	deep := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(filepath.Join(deep, Name), 0o755); err != nil { // a folder of that name is none
		t.Fatal(err)
	}
	if path, ok := Find(deep); ok && strings.HasPrefix(path, root) {
		t.Fatalf("found %s", path)
	}
	want := filepath.Join(root, Name)
	if err := os.WriteFile(want, []byte("rules: [rules, 'x/*.yml', 'none*', '[']\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	path, ok := Find(deep)
	if !ok || path != want {
		t.Fatalf("found %q, want %q", path, want)
	}
	other := filepath.Join(root, "a", OtherName)
	if err := os.Symlink("nowhere", other); err == nil { // not everywhere are there links
		if path, ok := Find(deep); !ok || path != other {
			t.Errorf("found %q, want a link that leads nowhere", path)
		}
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(deep)
	if path, ok := Find("."); !ok || path != filepath.Join("..", "..", Name) {
		t.Errorf("found %q", path)
	}
	c, diags := Load(path)
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x/1.yml", "x/2.yml"} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	paths, diags := c.Expand(c.Rules)
	if diff := cmp.Diff([]string{filepath.Join(root, "rules"), filepath.Join(root, "x", "1.yml"), filepath.Join(root, "x", "2.yml")}, paths); diff != "" {
		t.Error(diff)
	}
	if len(diags) != 2 || diags[0].Span.Start.Column != 27 || diags[1].Span.Start.Column != 36 {
		t.Error(diags)
	}
	if got := c.Resolve(filepath.Join(root, "y")); got != filepath.Join(root, "y") {
		t.Errorf("an absolute path became %q", got)
	}
}

func TestLoadAbsent(t *testing.T) {
	c, diags := Load(filepath.Join(t.TempDir(), Name))
	if c != nil || len(diags) != 1 || diags[0].Code != rules.CodeUnreadable {
		t.Errorf("%v %v", c, diags)
	}
}

// TestSchema checks that schema and parser know the same keys.
func TestSchema(t *testing.T) {
	type object struct {
		Properties           map[string]object
		AdditionalProperties json.RawMessage
	}
	var root object
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	var p parser
	for _, tt := range []struct {
		name  string
		known keys
		got   object
	}{
		{"root", p.root(&Config{}), root},
		{"telemetry", p.telemetry(&Telemetry{}), root.Properties["telemetry"]},
		{"test", p.test(&Test{}), root.Properties["test"]},
		{"attack", p.attack(&Attack{}), root.Properties["attack"]},
	} {
		if diff := cmp.Diff(tt.known.names(), slices.Sorted(maps.Keys(tt.got.Properties))); diff != "" {
			t.Errorf("%s (-parser +schema):\n%s", tt.name, diff)
		}
		if string(tt.got.AdditionalProperties) != "false" {
			t.Errorf("%s allows unknown keys", tt.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"rules: [a, b]\ntests: t\n", "telemetry: {logsource: {a: *x}}\n", "lint: &a {b: 1}\ntelemetry:\n  logsource:\n    <<: *a\n",
		"placeholders: {a: [1, x]}\n", "attack: {version: 19.1}\n---\n", "test: {allow-missing-recordings: true}\nrulez: x\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		c, diags := Parse(Name, source)
		if c == nil {
			t.Fatal("no configuration")
		}
		for _, d := range diags {
			if d.Severity == rules.Error && !d.Span.Known() {
				t.Fatalf("%v has no place", d)
			}
		}
		inline := c.Telemetry.Logsource.Inline
		if inline == nil || diags.Err() != nil {
			return
		}
		nodes, diags := rules.ParseNodes(Name, []byte(c.Telemetry.Logsource.Text))
		if len(diags) > 0 || len(nodes) != 1 || nodes[0].YAML() != inline.YAML() {
			t.Fatalf("the text of the table is another one: %q, %v", c.Telemetry.Logsource.Text, diags)
		}
	})
}
