package lsp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/socctl/socctl/lint/lsp"
)

// client is an editor that talks to a real server over pipes, framed by another
// implementation than the server's.
type client struct {
	t       testing.TB
	root    string
	rpc     *jrpc2.Client
	ended   chan error
	version map[string]int

	mu        sync.Mutex
	changed   *sync.Cond
	published map[string]published
	messages  []string
	asked     []string // methods that the server has called
	progress  []string
}

type published struct {
	Version     int
	Diagnostics []diagnostic
}

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type location struct {
	URI   string
	Range span
}

type diagnostic struct {
	Range    span
	Severity int
	Code     string
	About    struct{ Href string } `json:"codeDescription"`
	Source   string
	Message  string
	Tags     []int
	Related  []struct {
		Location location
		Message  string
	} `json:"relatedInformation"`
}

type object = map[string]any

// start lays files down in a new folder, given as txtar, and opens it.
func start(t testing.TB, files string, capabilities object) *client {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(files)).Files {
		writeFile(t, filepath.Join(root, f.Name), string(f.Data))
	}
	return connect(t, root, capabilities, lsp.Options{Debounce: 5 * time.Millisecond, Settle: 5 * time.Millisecond, Patience: patience})
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func connect(t testing.TB, root string, capabilities object, o lsp.Options) *client {
	t.Helper()
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	c := &client{t: t, root: root, ended: make(chan error, 1), version: map[string]int{}, published: map[string]published{}}
	c.changed = sync.NewCond(&c.mu)
	o.Checks = builtIn
	o.Version = "test"
	go func() { c.ended <- lsp.Serve(context.Background(), toServer, fromServer, o) }()
	c.rpc = jrpc2.NewClient(channel.LSP(toClient, fromClient), &jrpc2.ClientOptions{OnNotify: c.notified, OnCallback: c.called})
	t.Cleanup(func() {
		fromClient.Close()
		fromServer.Close()
		c.rpc.Close()
	})
	if capabilities == nil {
		capabilities = object{}
	}
	c.call("initialize", object{"rootUri": uri(root), "capabilities": capabilities,
		"workspaceFolders": []object{{"uri": uri(root), "name": "project"}}}, nil)
	c.notify("initialized", object{})
	return c
}

func uri(name string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(name)}).String()
}

func (c *client) uri(name string) string { return uri(filepath.Join(c.root, name)) }

func (c *client) notified(r *jrpc2.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.changed.Broadcast()
	switch r.Method() {
	case "textDocument/publishDiagnostics":
		var p struct {
			URI string
			published
		}
		if err := r.UnmarshalParams(&p); err != nil {
			c.t.Error(err)
		}
		c.published[p.URI] = p.published
	case "window/showMessage":
		var p struct{ Message string }
		if err := r.UnmarshalParams(&p); err != nil {
			c.t.Error(err)
		}
		c.messages = append(c.messages, p.Message)
	case "$/progress":
		c.progress = append(c.progress, r.ParamString())
	}
}

func (c *client) called(_ context.Context, r *jrpc2.Request) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.changed.Broadcast()
	c.asked = append(c.asked, r.Method())
	return nil, nil
}

func (c *client) call(method string, params, result any) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if result == nil {
		result = new(json.RawMessage)
	}
	if err := c.rpc.CallResult(ctx, method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// fails calls a method that must be refused, and returns the error.
func (c *client) fails(method string, params any) *jrpc2.Error {
	c.t.Helper()
	_, err := c.rpc.Call(context.Background(), method, params)
	if err == nil {
		c.t.Fatalf("%s was not refused", method)
	}
	e, ok := err.(*jrpc2.Error)
	if !ok {
		c.t.Fatalf("%s: %v", method, err)
	}
	return e
}

func (c *client) notify(method string, params any) {
	c.t.Helper()
	if err := c.rpc.Notify(context.Background(), method, params); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.root, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// open opens a file as it is on disk.
func (c *client) open(name string) { c.openText(name, c.read(name)) }

func (c *client) openText(name, text string) {
	c.t.Helper()
	c.version[name]++
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": c.uri(name), "languageId": "yaml", "version": c.version[name], "text": text}})
}

// change replaces the whole text, or what changes say.
func (c *client) change(name string, changes ...object) {
	c.t.Helper()
	c.version[name]++
	c.notify("textDocument/didChange", object{"textDocument": object{"uri": c.uri(name), "version": c.version[name]}, "contentChanges": changes})
}

func whole(text string) object { return object{"text": text} }

func part(line, from, to int, text string) object {
	return object{"range": object{"start": object{"line": line, "character": from}, "end": object{"line": line, "character": to}}, "text": text}
}

// patience is after how long a test that waits is taken to wait for ever. No test passes
// or fails by how long anything takes.
const patience = 5 * time.Minute

// await waits until what was published of a file satisfies a condition.
func (c *client) await(name, what string, ok func(published) bool) published {
	c.t.Helper()
	late := time.AfterFunc(patience+time.Second, c.changed.Broadcast)
	defer late.Stop()
	deadline := time.Now().Add(patience)
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		p, known := c.published[c.uri(name)]
		if known && ok(p) {
			return p
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s: waited for %s, have %+v", name, what, p)
		}
		c.changed.Wait()
	}
}

// diagnostics waits for those of the newest version of a file.
func (c *client) diagnostics(name string) []diagnostic {
	c.t.Helper()
	want := c.version[name]
	return c.await(name, fmt.Sprintf("version %d", want), func(p published) bool { return p.Version == want }).Diagnostics
}

// awaitCodes waits until a file has exactly these findings.
func (c *client) awaitCodes(name string, want ...string) {
	c.t.Helper()
	c.await(name, fmt.Sprint(want), func(p published) bool { return fmt.Sprint(codes(p.Diagnostics)) == fmt.Sprint(want) })
}

func codes(list []diagnostic) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code)
	}
	return out
}

// here returns parameters for the place of a mark in a text: the first character
// of what follows before, and the text as the client has it.
func (c *client) here(name, text, mark string) object {
	c.t.Helper()
	before, _, ok := strings.Cut(text, mark)
	if !ok {
		c.t.Fatalf("no %q in %s", mark, text)
	}
	line := strings.Count(before, "\n")
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	return object{"textDocument": object{"uri": c.uri(name)}, "position": object{"line": line, "character": column}}
}

func (c *client) document(name string) object {
	return object{"textDocument": object{"uri": c.uri(name)}}
}

// end shuts the server down as the protocol says.
func (c *client) end() {
	c.t.Helper()
	c.call("shutdown", nil, nil)
	c.notify("exit", nil)
	select {
	case err := <-c.ended:
		if err != nil {
			c.t.Errorf("the server ended with %v", err)
		}
	case <-time.After(patience):
		c.t.Error("the server did not end")
	}
}

type edit struct {
	Range   span
	NewText string
}

// action is a code action on one document.
type action struct {
	Title, Kind string
	Edits       []edit
}

// actions asks for what can be done about a range of the newest version.
func (c *client) actions(name string, at span, only ...string) []action {
	c.t.Helper()
	var answer []struct {
		Title, Kind string
		Edit        struct {
			DocumentChanges []struct {
				TextDocument struct {
					URI     string
					Version int
				}
				Edits []edit
			}
		}
	}
	c.call("textDocument/codeAction", object{"textDocument": object{"uri": c.uri(name)}, "range": at, "context": object{"diagnostics": []any{}, "only": only}}, &answer)
	var out []action
	for _, a := range answer {
		changes := a.Edit.DocumentChanges
		if len(changes) != 1 || changes[0].TextDocument.URI != c.uri(name) || changes[0].TextDocument.Version != c.version[name] {
			c.t.Errorf("%s edits %+v, want version %d", a.Title, changes, c.version[name])
			continue
		}
		out = append(out, action{a.Title, a.Kind, changes[0].Edits})
	}
	return out
}

// apply makes the edits of an action, as changes of the document.
func (c *client) apply(name string, a action) {
	c.t.Helper()
	var changes []object
	for _, e := range slices.Backward(a.Edits) {
		changes = append(changes, object{"range": e.Range, "text": e.NewText})
	}
	c.change(name, changes...)
}

func (c *client) hover(name, text, mark string) string {
	c.t.Helper()
	var answer struct{ Contents struct{ Value string } }
	c.call("textDocument/hover", c.here(name, text, mark), &answer)
	return answer.Contents.Value
}

// places asks for locations, and returns them as path:line.
func (c *client) places(method, name, text, mark string) []string {
	c.t.Helper()
	var answer []location
	params := c.here(name, text, mark)
	params["context"] = object{"includeDeclaration": true}
	c.call(method, params, &answer)
	var out []string
	for _, l := range answer {
		out = append(out, fmt.Sprintf("%s:%d", strings.TrimPrefix(l.URI, c.uri("")+"/"), l.Range.Start.Line+1))
	}
	return out
}

// completion asks for what may stand at the mark ^ of a text, which becomes that
// of the document without it, and returns what an editor would show.
func (c *client) completion(name, marked string) []string {
	c.t.Helper()
	c.change(name, whole(strings.Replace(marked, "^", "", 1)))
	var answer struct {
		Items []struct{ Label string }
	}
	c.call("textDocument/completion", c.here(name, marked, "^"), &answer)
	var out []string
	for _, i := range answer.Items {
		out = append(out, i.Label)
	}
	return out
}

type lens struct {
	Title, Command string
	Arguments      []any
}

type summary struct{ Passed, Failed int }

// lenses waits until a document has lenses of these titles: tests are read in
// the background.
func (c *client) lenses(name string, titles ...string) []lens {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		var answer []struct{ Command lens }
		c.call("textDocument/codeLens", c.document(name), &answer)
		var out []lens
		var got []string
		for _, l := range answer {
			out, got = append(out, l.Command), append(got, l.Command.Title)
		}
		if slices.Equal(got, titles) {
			return out
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("lenses are %q, want %q", got, titles)
		}
	}
}

// awaitMessage waits until the server has shown a message.
func (c *client) awaitMessage(text string) {
	c.t.Helper()
	late := time.AfterFunc(patience+time.Second, c.changed.Broadcast)
	defer late.Stop()
	deadline := time.Now().Add(patience)
	c.mu.Lock()
	defer c.mu.Unlock()
	for !slices.Contains(c.messages, text) {
		if time.Now().After(deadline) {
			c.t.Fatalf("waited for %q, have %q", text, c.messages)
		}
		c.changed.Wait()
	}
}

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
