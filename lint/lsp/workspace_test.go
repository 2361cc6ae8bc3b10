package lsp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creachadair/jrpc2"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/lsp"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// Columns are those that the client counts, in lines with characters outside of
// the basic plane and whatever ends lines.
func TestColumns(t *testing.T) {
	const name = "rules/whoami.yml"
	for _, end := range []string{"\n", "\r\n"} {
		for encoding, width := range map[string]int{"utf-8": 4, "utf-16": 2, "utf-32": 1} {
			t.Run(fmt.Sprintf("%s %q", encoding, end), func(t *testing.T) {
				c := start(t, smallProject, object{"general": object{"positionEncodings": []string{encoding}}})
				text := strings.ReplaceAll(strings.Replace(whoami, "Image|endswith: '\\whoami.exe'", "'😀😀|contians': 'é'", 1), "\n", end)
				c.openText(name, text)
				found := c.diagnostics(name)
				at := rangeOf(t, found, "value/unknown-modifier")
				want := span{position{15, 8 + 1 + 2*width + 1}, position{15, 8 + 1 + 2*width + 1 + len("contians")}}
				same(t, "place", want, at)
				c.apply(name, c.actions(name, at)[0])
				c.await(name, "the fix", func(p published) bool { return !strings.Contains(fmt.Sprint(codes(p.Diagnostics)), "unknown-modifier") })
				c.change(name, object{"range": span{position{15, 9 + width}, position{15, 9 + 2*width}}, "text": ""})
				c.change(name, part(15, 9+width+1+len("contains"), 9+width+1+len("contains")+1, "|x'"))
				want = span{position{15, 9 + width + 1 + len("contains|")}, position{15, 9 + width + 1 + len("contains|x")}}
				same(t, "place after two edits", want, rangeOf(t, c.diagnostics(name), "value/unknown-modifier"))
			})
		}
	}
}

func rangeOf(t *testing.T, list []diagnostic, code string) span {
	t.Helper()
	for _, d := range list {
		if d.Code == code {
			return d.Range
		}
	}
	t.Fatalf("no %s in %+v", code, list)
	return span{}
}

func TestConfiguration(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	text := strings.Replace(whoami, "title: Whoami Execution", "title: Whoami Execution.", 1)
	c.openText(name, text)
	c.awaitCodes(name, "meta/title-format")
	c.open(".socctl.yml")
	same(t, "sound configuration", 0, len(c.diagnostics(".socctl.yml")))

	// What is typed is checked, and takes effect when it is saved.
	broken := c.read(".socctl.yml") + "        meta/title-format: of\n        meta/title-fromat: off\nrulse: a\n"
	c.change(".socctl.yml", whole(broken))
	found := c.diagnostics(".socctl.yml")
	rangeOf(t, found, "config/wrong-type")
	rangeOf(t, found, "config/check")
	same(t, "fix", "write rules", c.actions(".socctl.yml", rangeOf(t, found, "config/unknown-key"))[0].Title)
	good := c.read(".socctl.yml") + "        meta/title-format: off\n"
	c.change(".socctl.yml", whole(good))
	c.awaitCodes(".socctl.yml")
	c.awaitCodes(name, "meta/title-format")
	writeFile(t, filepath.Join(c.root, ".socctl.yml"), good)
	c.notify("textDocument/didSave", c.document(".socctl.yml"))
	c.awaitCodes(name)

	// Errors of a configuration that is not open are shown all the same.
	c.notify("textDocument/didClose", c.document(".socctl.yml"))
	writeFile(t, filepath.Join(c.root, ".socctl.yml"), "rules: nowhere\n")
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(".socctl.yml"), "type": 2}}})
	c.awaitCodes(".socctl.yml", "load/unreadable")
}

// What is wrong between files follows the texts of the editor, then the disk.
func TestOverlays(t *testing.T) {
	const name, other = "rules/whoami.yml", "rules/repeated.yml"
	c := start(t, smallProject, nil)
	c.open(other)
	c.awaitCodes(other, "test/missing")
	c.open(name)
	c.change(name, whole(strings.Replace(whoami, "name: whoami\n", "", 1)))
	c.awaitCodes(other, "test/missing", "ref/unknown-rule")
	c.notify("textDocument/didClose", c.document(name))
	c.awaitCodes(other, "test/missing")
	if err := os.Remove(filepath.Join(c.root, name)); err != nil {
		t.Fatal(err)
	}
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(name), "type": 3}}})
	c.awaitCodes(other, "test/missing", "ref/unknown-rule")

	// A rule that is not open shows what keeps it from being used.
	writeFile(t, filepath.Join(c.root, name), strings.Replace(whoami, "endswith", "endwith", 1))
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(name), "type": 1}}})
	c.awaitCodes(name, "value/unknown-modifier")
	writeFile(t, filepath.Join(c.root, name), whoami)
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(name), "type": 2}}})
	c.awaitCodes(name)
	c.awaitCodes(other, "test/missing")

	// So does one that has never been saved.
	c.openText("rules/new.yml", strings.Replace(whoami, "title: Whoami Execution", "title: Another Execution", 1))
	c.awaitCodes("rules/new.yml", "test/missing")
	c.awaitCodes(name, "ref/duplicate-id", "ref/duplicate-name")
}

// A configuration that names no rules is about those of its folder, wherever
// they lie.
func TestConfigurationWithoutRules(t *testing.T) {
	c := start(t, "-- .socctl.yml --\nlint: {checks: {test/*: off}}\n-- a/whoami.yml --\n"+whoami+"-- b/repeated.yml --\n"+repeated, nil)
	c.open("b/repeated.yml")
	c.diagnostics("b/repeated.yml")
	c.awaitCodes("b/repeated.yml")
	same(t, "definition", []string{"a/whoami.yml:1"}, c.places("textDocument/definition", "b/repeated.yml", repeated, "whoami\n    group"))
}

func TestFilesOutsideAnyProject(t *testing.T) {
	c := start(t, "-- a/whoami.yml --\n"+whoami+"-- compose.yml --\nservices: {a: {image: b}}\n", nil)
	c.openText("a/whoami.yml", strings.Replace(whoami, "endswith", "endwith", 1))
	same(t, "rule", []string{"value/unknown-modifier"}, codes(c.diagnostics("a/whoami.yml")))
	c.open("compose.yml")
	same(t, "something else", 0, len(c.diagnostics("compose.yml")))
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": "untitled:1", "version": 1, "text": whoami}})
	c.change("a/whoami.yml", whole(whoami))
	c.awaitCodes("a/whoami.yml")
	c.lenses("a/whoami.yml")
}

// While YAML is broken, which it is with every other keystroke, there is one
// diagnostic, and what was known stays of use.
func TestBrokenYAML(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	c.open(name)
	c.diagnostics(name)
	c.change(name, whole(strings.Replace(whoami, "'\\whoami.exe'", "'\\whoami.exe", 1)))
	same(t, "findings", []string{"schema/yaml-syntax"}, codes(c.diagnostics(name)))
	c.change(name, whole(strings.Repeat("a", rules.MaxFileSize+1)))
	same(t, "findings", []string{"schema/limit"}, codes(c.diagnostics(name)))
	c.change(name, whole(whoami))
	c.awaitCodes(name)
}

// Typing ends runs that have become pointless; the newest version is told.
func TestTyping(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	c.open(name)
	for i := range 200 {
		c.change(name, part(0, 7, 7+min(i, 1), fmt.Sprint(i%10)))
	}
	c.diagnostics(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := c.published[c.uri(name)].Version; got != 201 {
		t.Errorf("diagnostics are of version %d", got)
	}
}

func TestOrderOfASession(t *testing.T) {
	c := start(t, smallProject, nil)
	for method, code := range map[string]jrpc2.Code{"initialize": -32600, "textDocument/declaration": -32601, "no/such": -32601} {
		if e := c.fails(method, object{}); e.Code != code {
			t.Errorf("%s: %v, want code %d", method, e, code)
		}
	}
	if e := c.fails("textDocument/hover", []any{"wrong"}); e.Code != -32602 {
		t.Error(e)
	}
	if e := c.fails("textDocument/hover", c.here("rules/none.yml", whoami, "title")); !strings.Contains(e.Message, "is not open") {
		t.Error(e)
	}
	c.notify("no/such/notification", object{})
	c.notify("$/cancelRequest", object{"id": 99})
	c.call("shutdown", nil, nil)
	if e := c.fails("textDocument/hover", c.document("rules/whoami.yml")); e.Code != -32600 {
		t.Error(e)
	}
	c.notify("exit", nil)
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
}

// What is no message is read over, and the session goes on.
func TestMalformedMessages(t *testing.T) {
	in, fromClient := io.Pipe()
	toClient, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- lsp.Serve(context.Background(), in, out, lsp.Options{Checks: builtIn})
	}()
	answers := bufio.NewReader(toClient)
	send := func(text string) {
		if _, err := io.WriteString(fromClient, text); err != nil {
			t.Error(err)
		}
	}
	frame := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	receive := func() (m struct {
		ID    any
		Error *struct{ Code int }
	}) {
		size := 0
		for {
			line, err := answers.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if line == "\r\n" {
				break
			}
			if _, err := fmt.Sscanf(line, "Content-Length: %d", &size); err != nil {
				t.Fatal(err)
			}
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(answers, body); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	var got []string
	for _, text := range []string{
		"rubbish\r\n\r\nContent-Length: no\r\n\r\n" + strings.Repeat("x", 9000) + "\r\n\r\n" + frame("{"),
		frame(`{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{}}`),
		frame(`{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`),
	} {
		go send(text)
		m := receive()
		code := 0
		if m.Error != nil {
			code = m.Error.Code
		}
		got = append(got, fmt.Sprint(m.ID, " ", code))
	}
	same(t, "answers", []string{"<nil> -32700", "1 -32002", "2 0"}, got)
	go send(frame(`{"jsonrpc":"2.0","method":"exit"}`))
	select {
	case err := <-ended:
		if !errors.Is(err, lsp.ErrNoShutdown) {
			t.Errorf("exit without shutdown ends with %v", err)
		}
	case <-time.After(patience):
		t.Error("exit did not end the session")
	}
}

func builtIn(context.Context, *config.Config) (*lint.Catalogue, rules.Diagnostics) {
	return lint.NewCatalogue(checks.All()), nil
}

// What a configuration asks for and is not there is told at its place, and the
// rest of the configuration holds.
func TestUnusableConfiguration(t *testing.T) {
	const text = "rules: rules\nattack: {version: '3.0'}\npipelines: [no-such]\ntelemetry: {logsource: views.yml}\nlint: {baseline: known.ndjson, checks: {meta/*: off}}\n"
	c := start(t, "-- .socctl.yml --\n"+text+"-- rules/whoami.yml --\n"+whoami, nil)
	c.open("rules/whoami.yml")
	c.diagnostics("rules/whoami.yml")
	found := c.await(".socctl.yml", "problems", func(p published) bool { return len(p.Diagnostics) > 0 }).Diagnostics
	lines := map[int]string{}
	for _, d := range found {
		lines[d.Range.Start.Line] = d.Code
	}
	same(t, "lines", map[int]string{1: "config/unusable", 2: "config/unusable", 3: "config/unusable", 4: "config/unusable"}, lines)
	c.change("rules/whoami.yml", whole(strings.Replace(whoami, "title: Whoami Execution", "title: whoami execution.", 1)))
	if got := codes(c.diagnostics("rules/whoami.yml")); strings.Contains(fmt.Sprint(got), "meta/") {
		t.Errorf("checks that are off found %v", got)
	}
}

// Findings of the baseline are not shown, wherever the server runs.
func TestBaseline(t *testing.T) {
	c := start(t, smallProject, nil)
	text := strings.Replace(whoami, "title: Whoami Execution", "title: Whoami Execution.", 1)
	writeFile(t, filepath.Join(c.root, ".socctl.yml"), "rules: rules\ntests: tests\nlint: {baseline: known.ndjson}\n")
	in := project.Load(project.Options{Paths: []string{writtenRule(t, text)}})
	settings := lint.DefaultConfig()
	known, err := lint.Run(context.Background(), in, lint.NewCatalogue(checks.All()), settings)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := lint.WriteBaseline(&b, known.Findings); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(c.root, "known.ndjson"), b.String())
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(".socctl.yml"), "type": 2}}})
	c.openText("rules/whoami.yml", text)
	c.awaitCodes("rules/whoami.yml")
	c.change("rules/whoami.yml", whole(strings.Replace(text, "level: low", "level: lowest", 1)))
	c.awaitCodes("rules/whoami.yml", "schema/invalid-enum")
}

// writtenRule lays a rule down in a folder of its own.
func writtenRule(t *testing.T, text string) string {
	name := filepath.Join(t.TempDir(), "whoami.yml")
	writeFile(t, name, text)
	return name
}
