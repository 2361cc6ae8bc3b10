package ruletest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// archive is a text with files in it: "-- name --" starts each, and what stands
// before the first is a comment.
type archive struct {
	comment string
	files   []archiveFile
}

type archiveFile struct{ name, data string }

func parseArchive(text string) *archive {
	a := &archive{}
	into := &a.comment
	for line := range strings.Lines(text) {
		name, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- ")
		if name, closed := strings.CutSuffix(name, " --"); ok && closed {
			a.files = append(a.files, archiveFile{name: name})
			into = &a.files[len(a.files)-1].data
			continue
		}
		*into += line
	}
	return a
}

// String returns the text of the archive.
func (a *archive) String() string {
	var b strings.Builder
	b.WriteString(a.comment)
	for _, f := range a.files {
		fmt.Fprintf(&b, "-- %s --\n%s", f.name, f.data)
	}
	return b.String()
}

// take removes a file and returns its content.
func (a *archive) take(name string) string {
	for i, f := range a.files {
		if f.name == name {
			a.files = append(a.files[:i], a.files[i+1:]...)
			return f.data
		}
	}
	return ""
}

// unpack writes the files to a temporary folder.
func (a *archive) unpack(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.files {
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(f.data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
