package rules_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

// What people get wrong in YAML is one error, at the place or at least in the
// line, that says what to do.
func TestYAMLMistakes(t *testing.T) {
	for _, c := range []struct{ line, place, help string }{
		{`a: "C:\Users\x"`, `2:7 \U`, "use single quotes"},
		{`a: "\cmd.exe"`, `2:5 \c`, "use single quotes"},
		{`a: ['\x', "\\x", "\/"] # "\q"`, `2:19 \/`, "use single quotes"},
		{`a: "\ud800"`, `2:5 \ud800`, "use single quotes"},
		{`"\q": "\\"`, `2:2 \q`, "use single quotes"},
		{"a: \"x\n  \\q\"", "2:1 a: \"x", "use single quotes"}, // the parser tells the line of the quote
		{`a: *\cmd.exe`, `2:1 a: *\cmd.exe`, "begins with * or & needs quotes"},
		{"a: *cmd", "2:4 *cmd", "quote a value that begins with *"},
		{"*cmd: a", "2:1 *cmd", "quote a value that begins with *"},
		{"a: @x", "2:1 a: @x", "begins with @, % or a backtick needs quotes"},
		{"a: %x%", "2:1 a: %x%", "begins with @, % or a backtick needs quotes"},
		{"a: %x%\t", "2:1 a: %x%\t", "begins with @, % or a backtick needs quotes"},
		{"\ta: x", "2:2 a: x", "does not allow tabs"},
		{"a: b: c", "2:1 a: b: c", "a colon and a blank needs quotes"},
		{"level high", "2:1 level high", "a colon and a blank stand behind a key"},
		{"a: b\nlevel high", "3:1 level high", "a colon and a blank stand behind a key"},
		{"a: b\nlevel:high", "3:1 level:high", "a colon and a blank stand behind a key"},
		{"a: 'x", "2:1 a: 'x", "never closed"},
		{"a: [x", "2:1 a: [x", "never closed"},
		{"a: {x", "2:1 a: {x", "never closed"},
		{"a: - x", "2:1 a: - x", "begins with a dash and a blank needs quotes"},
		{"a: x\n<<<<<<< HEAD\nb: y\n=======\nb: z\n>>>>>>> c", "3:1 <<<<<<< HEAD", "merge was left unfinished"},
		{"a:\n  b: 1\n\u00a0 c:\n   - d\n  e: 1", "6:3 e: 1", "line 4 is indented by the character U+00A0"},
		{"a:\n  - b\n c: d", "4:2 c: d", "check the indentation and the quotes"},
	} {
		_, diags := rules.Parse("r.yml", []byte("title: T\n"+c.line+"\nz: 1\n"))
		if len(diags) != 1 {
			t.Errorf("%q: %v", c.line, diags)
			continue
		}
		d := diags[0]
		place := strings.TrimPrefix(d.Span.String(), "r.yml:") + " " + d.Span.Text()
		if d.Code != "schema/yaml-syntax" || place != c.place || !strings.Contains(d.Help, c.help) {
			t.Errorf("%q: %s (%s), want %s (%s)", c.line, place, d, c.place, c.help)
		}
	}
}

// Sigma is YAML 1.2, and a file may say so.
func TestYAMLVersion(t *testing.T) {
	for head, problems := range map[string]int{
		"%YAML 1.2\n---\n": 0, "# c\r\n\r\n%YAML\t1.2 # c\r\n---\r\n": 0, "\ufeff%YAML 1.2\n--- # c\n": 0, "%YAML 1.1\n---\n": 0,
		"%TAG ! !a\n%YAML 1.2\n---\n": 0, "%YAML 1.3\n---\n": 1, "%YAML 2.0\n---\n": 1,
	} {
		source := []byte(head + "title: '%YAML 1.2'\n")
		was := string(source)
		nodes, diags := rules.ParseNodes("r.yml", source)
		if len(diags) != problems || problems == 0 && nodes[0].Get("title").Scalar.Text != "%YAML 1.2" || string(source) != was {
			t.Errorf("%q: %v", head, diags)
		}
	}
}
