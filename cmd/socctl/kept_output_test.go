package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// keeping is socctl as scripts run it: what it prints as JSON, and what it writes so to
// files, it also keeps in the folder that the environment variable KEPT names.
func keeping() {
	folder := os.Getenv("KEPT")
	if command := strings.Join(os.Args, " "); folder == "" || !strings.Contains(command, "json") {
		main()
	}
	var printed bytes.Buffer
	code := run(os.Args[1:], os.Stdin, io.MultiWriter(os.Stdout, &printed), os.Stderr)
	keep(folder, printed.Bytes())
	for _, arg := range os.Args[1:] {
		if _, path, toFile := strings.Cut(arg, "json="); toFile {
			if text, err := os.ReadFile(path); err == nil {
				keep(folder, text)
			}
		}
	}
	os.Exit(code)
}

// keep writes a text, below a line that tells what printed it.
func keep(folder string, text []byte) {
	f, err := os.CreateTemp(folder, "*")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.Write(append([]byte(strings.Join(os.Args[1:], " ")+"\n"), text...)); err != nil {
		panic(err)
	}
}

// keptIsHeld returns a folder for KEPT. When the test is over, every document in it that
// names its schema is held against it: no key is missing, and there is none of which the
// schema does not tell.
func keptIsHeld(t *testing.T) string {
	folder, held := t.TempDir(), heldSchemas(t)
	t.Cleanup(func() {
		paths, _ := filepath.Glob(filepath.Join(folder, "*"))
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
				continue
			}
			command, document, _ := strings.Cut(string(text), "\n")
			held.hold(t, command, []byte(document))
		}
	})
	return folder
}

// heldBy are schemas by what documents name: socctl.lint/v1. Those of lines, and of
// documents that name none, go by their own names; that of backtest adds keys to what it refers to, so it is not closed.
type heldBy map[string]*gojsonschema.Schema

func heldSchemas(t *testing.T) heldBy {
	out := heldBy{}
	for _, s := range schemas {
		var tree map[string]any
		if err := json.Unmarshal(s.text(), &tree); err != nil {
			t.Fatal(err)
		}
		switch s.name {
		case "backtest-line":
			out[s.name] = compiledSchema(t, tree)
		case "eval-explain", "eval-line", "eval-stats", "witness":
			out[s.name] = closedSchema(t, s.text())
		}
		properties, _ := tree["properties"].(map[string]any)
		if schema, _ := properties["schema"].(map[string]any); schema != nil {
			out[schema["const"].(string)] = closedSchema(t, s.text())
		}
	}
	return out
}

func (held heldBy) hold(t *testing.T, command string, text []byte) {
	var document struct{ Schema string }
	switch err := json.Unmarshal(text, &document); {
	case err == nil && held[document.Schema] != nil:
		held.holdAgainst(t, command, document.Schema, text)
	case json.Valid(text) && nameless(command) != "":
		held.holdAgainst(t, command, nameless(command), text)
	default:
		held.holdLines(t, command, text)
	}
}

// nameless is the schema of a command whose document names none; "" for others.
func nameless(command string) string {
	switch {
	case strings.HasPrefix(command, "witness ") && !strings.Contains(command, "ndjson"):
		return "witness"
	case strings.HasPrefix(command, "eval ") && strings.Contains(command, "--stats"):
		return "eval-stats"
	}
	return ""
}

func (held heldBy) holdAgainst(t *testing.T, command, schema string, text []byte) {
	result, err := held[schema].Validate(gojsonschema.NewBytesLoader(text))
	if err != nil || !result.Valid() {
		t.Errorf("socctl %s: %v %v\n%s", command, err, result.Errors(), text)
	}
}

// holdLines holds each line of a text against its schema, if it has one.
func (held heldBy) holdLines(t *testing.T, command string, text []byte) {
	name := linesOf(command, text)
	if name == "" {
		return
	}
	for line := range bytes.Lines(text) {
		held.holdAgainst(t, command, name, line)
	}
}

// linesOf is the schema of the lines that a command prints; "" if there is none.
func linesOf(command string, text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var first struct{ Type, Schema string }
	if json.Unmarshal(line, &first) != nil {
		return ""
	}
	switch {
	case first.Type == "run" && first.Schema == "socctl.backtest/v1":
		return "backtest-line"
	case strings.HasPrefix(command, "eval ") && strings.Contains(command, "--explain"):
		return "eval-explain"
	case strings.HasPrefix(command, "eval ") && !strings.Contains(command, "--members") && !strings.Contains(command, "--stats"):
		return "eval-line"
	}
	return ""
}

// The schema of a line of eval tells of every member but the tags, which whole lines
// leave out.
func TestEvalLineTellsOfEveryMember(t *testing.T) {
	text := report.Schema("eval-line")
	for i, m := range lineMemberNames {
		if told := bytes.Contains(text, []byte(`"`+m.name+`": {"description"`)); told == (lineMember(i) == memberTags) {
			t.Errorf("%s: told of: %t", m.name, told)
		}
	}
}
