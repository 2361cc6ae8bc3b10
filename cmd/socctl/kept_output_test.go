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
	folder := t.TempDir()
	t.Cleanup(func() {
		held := heldSchemas(t)
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

// heldSchema is a schema, closed, and how many documents were held against it.
type heldSchema struct {
	*gojsonschema.Schema
	documents int
}

type heldBy map[string]*heldSchema // by what documents name: socctl.lint/v1

func heldSchemas(t *testing.T) heldBy {
	out := heldBy{}
	for _, s := range schemas {
		var tree struct {
			Properties struct{ Schema struct{ Const string } }
		}
		if err := json.Unmarshal(s.text(), &tree); err != nil {
			t.Fatal(err)
		}
		if name := tree.Properties.Schema.Const; name != "" {
			out[name] = &heldSchema{Schema: closedSchema(t, s.text())}
		}
	}
	return out
}

func (held heldBy) hold(t *testing.T, command string, text []byte) {
	var document struct{ Schema string }
	if json.Unmarshal(text, &document) != nil || held[document.Schema] == nil {
		return
	}
	schema := held[document.Schema]
	schema.documents++
	result, err := schema.Validate(gojsonschema.NewBytesLoader(text))
	if err != nil || !result.Valid() {
		t.Errorf("socctl %s: %v %v\n%s", command, err, result.Errors(), text)
	}
}
