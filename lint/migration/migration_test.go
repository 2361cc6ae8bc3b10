package migration

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// samples are files of all formats with everything that is taken over.
var samples = []struct{ format, path, text string }{
	{"sigma-cli", "conf.yml", "validators: [all, -tlptag]\nexclusions: {a: [double_wildcard], b: number_as_string}\nconfig: {filename_length: {min_size: 20}}\n"},
	{"rsigma", ".rsigma-lint.yml", "disabled_rules: [missing_author]\nseverity_overrides: {duplicate_tags: info}\nexclude: [a/**]\ntag_namespaces: [acme]\n"},
	{"rsigma", "rsigma.yaml", "version: 1\neval: {rules: r, pipelines: [sysmon]}\nbacktest: {corpus: [c]}\n"},
	{"rsigma", "expectations.yml", "expectations: [{rule: a, corpus: b, at_least: 1}, {rule: a, corpus: b, exactly: 0}]\n"},
	{"panther", "rule.yml", "AnalysisType: rule\nRuleID: a\nDisplayName: b\nTests: [{Name: c, ExpectedResult: true, Log: {a: {b: [1, null, 'off']}, from: x}}]\n"},
	{"contentctl", "detection.yml", "name: a\nid: b\nsearch: c\ntests: [{name: d, attack_data: [{data: 'x://y/datasets/z.log', source: s, sourcetype: t}]}]\n"},
}

func imported(format, path, text string) *Result {
	return Import(Find(format), []*rules.File{rules.NewFile(path, []byte(text))}, Options{})
}

// A key that nobody knows, put into any map of a file, is told or written.
func TestNothingIsDropped(t *testing.T) {
	tried := 0
	for _, s := range samples {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(s.text), &n); err != nil {
			t.Fatal(err)
		}
		for _, m := range mapsOf(&n) {
			m.Content = append(m.Content, textNode("zzz"), textNode("qqq"))
			text, err := yaml.Marshal(&n)
			if err != nil {
				t.Fatal(err)
			}
			m.Content = m.Content[:len(m.Content)-2]
			tried++
			if got := imported(s.format, s.path, string(text)); !mentions(got, "zzz") && !mentions(got, "qqq") {
				t.Errorf("%s %s: neither told nor written:\n%s", s.format, s.path, text)
			}
		}
	}
	if tried < 15 {
		t.Errorf("only %d maps were tried", tried)
	}
}

func mapsOf(n *yaml.Node) (out []*yaml.Node) {
	if n.Kind == yaml.MappingNode {
		out = append(out, n)
	}
	for _, c := range n.Content {
		out = append(out, mapsOf(c)...)
	}
	return out
}

func shown(r *Result) (out string) {
	for _, o := range r.Outputs {
		out += "-- " + o.Path + " --\n" + string(o.Content)
	}
	return out
}

func mentions(r *Result, word string) bool {
	return slices.ContainsFunc(r.Diagnostics, func(d rules.Diagnostic) bool { return strings.Contains(d.Message, word) }) ||
		slices.ContainsFunc(r.Outputs, func(o Output) bool { return bytes.Contains(o.Content, []byte(word)) })
}

// What is disabled stays so, whatever severity it is given elsewhere in the file.
func TestDisabledWins(t *testing.T) {
	for _, text := range []string{"disabled_rules: [missing_author]\nseverity_overrides: {missing_author: error}\n", "severity_overrides: {missing_author: error}\ndisabled_rules: [missing_author]\n"} {
		if got := shown(imported("rsigma", ".rsigma-lint.yml", text)); !strings.Contains(got, "meta/author-missing: off") {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

// Where several checks of a tool are one of ours, what is said of one of them holds for
// all here, which is told unless it is said of all.
func TestSharedChecks(t *testing.T) {
	for text, want := range map[string]string{
		"disabled_rules: [filter_has_level]\n":                    "filter_has_level is filter/superfluous-attribute here, like filter_has_status: what is said of one holds for all",
		"disabled_rules: [filter_has_level, filter_has_status]\n": "",
		"disabled_rules: [missing_author]\n":                      "",
	} {
		told := ""
		for _, d := range imported("rsigma", ".rsigma-lint.yml", text).Diagnostics {
			told += d.Message
		}
		if told != want {
			t.Errorf("%s: %q", text, told)
		}
	}
}

// What a help names is a command that there is.
func TestHelpNamesCommands(t *testing.T) {
	for _, d := range imported("rsigma", "e.yml", "expectations: [{rule: a, corpus: b, exactly: 1}]\n").Diagnostics {
		if strings.Contains(d.Help, "socctl logsource") && !strings.Contains(d.Help, "socctl logsource show") {
			t.Error(d.Help)
		}
	}
}

// An exclusion of all rules without an id cannot be written here, and is told.
func TestExclusionsWithoutID(t *testing.T) {
	got := imported("sigma-cli", "conf.yml", "validators: [all]\nexclusions: {~: tlptag}\n")
	if got.Diagnostics.Count(rules.Warning) != 1 || strings.Contains(shown(got), "ignore:") {
		t.Errorf("%v\n%s", got.Diagnostics, shown(got))
	}
}

// Tests of a detection that is tested by hand were never run by a machine.
func TestManualTests(t *testing.T) {
	const text = "name: a\nsearch: x\ntags:%s\ntests: [{name: t, attack_data: [{data: a.log}]}]\n"
	for tags, want := range map[string]int{" {manual_test: it needs a lookup}": 0, " {manual_test: }": 1, " {}": 1, " [manual_test]": 1, "": 1} {
		got := imported("contentctl", "a.yml", strings.Replace(text, "%s", tags, 1))
		if got.Tests != want || mentions(got, "tested by hand") != (want == 0) {
			t.Errorf("%q: %d tests, %v", tags, got.Tests, got.Diagnostics)
		}
	}
}

// An id is the same in capitals.
func TestExclusionsInCapitals(t *testing.T) {
	file := rules.NewFile("conf.yml", []byte("validators: [all]\nexclusions: {ABCDEF00-0000-4000-8000-000000000000: tlptag, ABCDEF00-0000-4000-8000-000000000001: tlptag}\n"))
	got := Import(Find("sigma-cli"), []*rules.File{file}, Options{Rule: func(name string) bool { return name == "abcdef00-0000-4000-8000-000000000000" }})
	if got.Diagnostics.Count(rules.Warning) != 1 || !mentions(got, "no rule ABCDEF00-0000-4000-8000-000000000001 here") {
		t.Errorf("%v", got.Diagnostics)
	}
}

// Every sample is read without a problem, and what is written is read by socctl.
func TestSamples(t *testing.T) {
	for _, s := range samples {
		got := imported(s.format, s.path, s.text)
		if n := got.Diagnostics.Count(rules.Error); n > 0 || len(got.Outputs) == 0 {
			t.Errorf("%s %s: %d files, %v", s.format, s.path, len(got.Outputs), got.Diagnostics)
		}
		checkOutputs(t, got)
	}
}

// checkOutputs holds what is written to what reads it.
func checkOutputs(t *testing.T, r *Result) {
	t.Helper()
	for _, o := range r.Outputs {
		nodes, diags := rules.ParseNodes(o.Path, o.Content)
		switch {
		case strings.HasSuffix(o.Path, ".json") || o.Rewrites:
		case len(diags) > 0 || len(nodes) != 1:
			t.Errorf("%s cannot be read: %v\n%s", o.Path, diags, o.Content)
		case o.Path == ".socctl.yml":
			if _, diags := config.Parse(o.Path, o.Content); len(diags) > 0 {
				t.Errorf("%v\n%s", diags, o.Content)
			}
			if _, diags := lint.NewConfig(nodes[0].Get("lint"), ".", lint.NewCatalogue(checks.All())); len(diags) > 0 {
				t.Errorf("%v\n%s", diags, o.Content)
			}
		default:
			checkTests(t, nodes[0])
		}
	}
}

// checkTests demands of every test a name of its own, one input and an expectation.
func checkTests(t *testing.T, n *rules.Node) {
	t.Helper()
	names := map[string]bool{}
	for _, test := range n.Get("tests").Items {
		name := textOf(test.Get("name"))
		if name == "" || names[name] || (test.Get("event") == nil) == (test.Get("file") == nil) || (test.Get("match") == nil) == (test.Get("count") == nil) {
			t.Errorf("no complete test with a name of its own: %v", test.Span.Text())
		}
		names[name] = true
	}
}

func TestComments(t *testing.T) {
	for text, want := range map[string]int{
		"a: b # c": 5, "a: 'b # c' # d": 11, `a: "\" # c" # d`: 12, "a: b#c": -1, "# a": 0, "a: it's # c": 8, "": -1, "a: {b: '#'} # c": 12, "- 'x # y'": -1,
	} {
		if got := commentIn(text); got != want {
			t.Errorf("comment of %q begins at %d, want %d", text, got, want)
		}
	}
	file := rules.NewFile("r.yml", []byte("a: 1 # rsigma-disable-next-line: x, y\nb: 2 #rsigma-disable\nc: '# rsigma-disable q'\nd: 3 # rsigma-disabled z\n"))
	want := []suppression{{1, 6, true, "x, y"}, {2, 6, false, ""}}
	if diff := cmp.Diff(want, suppressionsOf(file), cmp.AllowUnexported(suppression{})); diff != "" {
		t.Error(diff)
	}
}

// A rule keeps its content, its line ends and everything but the line that is silenced.
func TestCommentsAreRewritten(t *testing.T) {
	const from = "title: x\r\n# rsigma-disable-next-line duplicate_tags\r\ntags: [a, a]\r\nü: 1\r\n"
	got := imported("rsigma", "r.yml", from)
	want := strings.Replace(from, "[a, a]", "[a, a]  # socctl:ignore meta/tag-duplicate -- silenced for RSigma, which asks for no reason", 1)
	if len(got.Outputs) != 1 || !got.Outputs[0].Rewrites || string(got.Outputs[0].Content) != want {
		t.Errorf("%s", shown(got))
	}
	// Within a text it is no comment, and the text stays as it is.
	got = imported("rsigma", "r.yml", "title: |\n    # rsigma-disable-next-line duplicate_tags\n    text\n")
	if len(got.Outputs) != 0 || !mentions(got, "within a text") {
		t.Errorf("%s %v", shown(got), got.Diagnostics)
	}
	// Everything silenced for the whole file is an entry of the configuration.
	got = imported("rsigma", "r.yml", "# rsigma-disable\ntitle: x\n")
	if len(got.Outputs) != 1 || !strings.Contains(string(got.Outputs[0].Content), "attack/*") || got.Ignores != 1 {
		t.Errorf("%s", shown(got))
	}
	checkOutputs(t, got)
}

// How often a rule fires is taken over if a test can say it, and nothing of it is dropped.
func TestCounts(t *testing.T) {
	for text, want := range map[string]string{
		"exactly: 2":                    "count: 2",
		"at_least: 1, at_most: 007":     "count: {min: 1, max: 7}",
		"at_least: 0x1":                 "at_least is no decimal number of at least 0",
		"exactly: -1":                   "exactly is no decimal number of at least 0",
		"at_least: 1, at_most: '2'":     "at_most is no decimal number of at least 0",
		"exactly: 1, at_least: 1":       "the expectation has exactly and a bound besides",
		"at_most: 99999999999999999999": "at_most is no decimal number of at least 0",
	} {
		got := imported("rsigma", "e.yml", "expectations: [{rule: a, corpus: b, "+text+"}]\n")
		told := strings.HasPrefix(want, "count")
		if !mentions(got, want) || told != (got.Diagnostics.Count(rules.Error) == 0) || told != (got.Tests == 1) {
			t.Errorf("%s: %v\n%s", text, got.Diagnostics, shown(got))
		}
		if told {
			checkOutputs(t, got)
		}
	}
}

// Names of rules that exist are used for tests, and others are waited for.
func TestSubjects(t *testing.T) {
	s := samples[4]
	file := rules.NewFile(s.path, []byte(s.text))
	got := Import(Find(s.format), []*rules.File{file}, Options{Rule: func(name string) bool { return name == "b" }})
	if !strings.Contains(string(got.Outputs[len(got.Outputs)-1].Content), "rule: b\n") {
		t.Errorf("%s", shown(got))
	}
	got = Import(Find(s.format), []*rules.File{file}, Options{Rule: func(string) bool { return false }})
	if !slices.ContainsFunc(got.Diagnostics, func(d rules.Diagnostic) bool { return d.Code == "migrate/unknown-rule" }) || mentions(got, "rule: b") {
		t.Errorf("%v", got.Diagnostics)
	}
	several := func(name string) bool { return name == "b" }
	got = Import(Find(s.format), []*rules.File{file}, Options{Rule: several, Several: several})
	if mentions(got, "rule: b") || !slices.ContainsFunc(got.Diagnostics, func(d rules.Diagnostic) bool { return d.Message == "several rules here are called b" }) {
		t.Errorf("%v\n%s", got.Diagnostics, shown(got))
	}
}

// Two documents never share a file of tests: each is about a rule of its own.
func TestDocumentsKeepApart(t *testing.T) {
	const one = "AnalysisType: rule\nRuleID: %\nTests: [{Name: c, ExpectedResult: true, Log: {a: 1}}]\n"
	text := strings.Replace(one, "%", "a", 1) + "---\n" + strings.Replace(one, "%", "b", 1)
	files := []*rules.File{rules.NewFile("r.yml", []byte(text)), rules.NewFile("r.yaml", []byte(strings.Replace(one, "%", "c", 1)))}
	got := Import(Find("panther"), files, Options{Rule: func(string) bool { return true }})
	var paths []string
	for _, o := range got.Outputs {
		paths = append(paths, o.Path)
	}
	if diff := cmp.Diff([]string{"tests/r.yml", "tests/r_2.yml", "tests/r_3.yml"}, paths); diff != "" {
		t.Error(diff)
	}
	for i, rule := range []string{"a", "b", "c"} {
		if !bytes.Contains(got.Outputs[i].Content, []byte("rule: "+rule+"\n")) {
			t.Errorf("%s", got.Outputs[i].Content)
		}
	}
}

func TestPathsFromTests(t *testing.T) {
	file := &testFile{path: "tests/a/b.yml"}
	for from, want := range map[string]string{"recordings/x.log": "../../recordings/x.log", "tests/x.log": "../x.log", "tests/a/x.log": "x.log", "../c/x.log": "../../../c/x.log", "/abs/x": "/abs/x"} {
		if got := file.beside(from); got != want {
			t.Errorf("%s is %s from the tests, want %s", from, got, want)
		}
	}
}

// FuzzImport checks that no file of others makes the importers panic, that every
// problem has a place and a message, and that socctl can read what is written.
func FuzzImport(f *testing.F) {
	for _, s := range samples {
		f.Add(s.path, s.text)
	}
	f.Add("r.yml", "# rsigma-disable-next-line duplicate_tags\ntags: [a, a]\n")
	f.Add("x.yml", "AnalysisType: rule\nTests: [{Log: {from: 007}, ExpectedResult: false}, {Log: {}, ExpectedResult: true}]")
	f.Fuzz(func(t *testing.T, path, text string) {
		for _, format := range Formats() {
			got := imported(format.Name, path, text)
			for _, d := range got.Diagnostics {
				if !d.Span.Known() || d.Message == "" {
					t.Errorf("%s: no place or no message: %v", format.Name, d)
				}
			}
			checkOutputs(t, got)
		}
	})
}
