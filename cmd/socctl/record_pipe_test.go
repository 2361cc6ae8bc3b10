package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/record"
)

// A shell hands what a command prints over as the path of a pipe, which can be read only
// once: `socctl record add history <(zcat day.gz)`.
func TestRecordPipe(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	path := filepath.Join("/dev/fd", strconv.Itoa(int(in.Fd())))
	if _, err := os.Stat(path); err != nil {
		t.Skip("this system has no paths of open files")
	}
	if _, err := out.WriteString("{\"a\": 1}\n{\"a\": 2}\n"); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "history")
	var problems bytes.Buffer
	if code := run([]string{"record", "add", folder, path}, strings.NewReader(""), &bytes.Buffer{}, &problems); code != exitClean {
		t.Fatalf("ends with %d: %s", code, &problems)
	}
	m, err := record.ReadManifest(folder)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows() != 2 || len(m.Inputs) != 0 {
		t.Errorf("%d events of %v are recorded, want 2 of something that is not known again", m.Rows(), m.Inputs)
	}
}

// A log to which something was added holds what was recorded already.
func TestRecordGrownFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, folder := filepath.Join(dir, "log.ndjson"), filepath.Join(dir, "rec")
	add := func(text string, flags ...string) (code int, problems string) {
		writeFile(t, log, text)
		var out bytes.Buffer
		code = run(append([]string{"record", "add", folder, log}, flags...), strings.NewReader(""), io.Discard, &out)
		return code, out.String()
	}
	if code, problems := add("{\"a\":1}\n"); code != 0 {
		t.Fatal(code, problems)
	}
	if code, problems := add("{\"a\":1}\n{\"a\":2}\n"); code != exitUnreadable || !strings.Contains(problems, "has grown since it was recorded, and is left out: the events of its first 8 bytes would count twice; record what is new (tail -c +9)") {
		t.Error(code, problems)
	}
	if code, problems := add("{\"a\":3}\n{\"a\":4}\n"); code != 0 || !strings.Contains(problems, "2 events recorded") {
		t.Error("something else in it:", code, problems)
	}
	if code, problems := add("{\"a\":1}\n{\"a\":2}\n", "--again"); code != 0 || !strings.Contains(problems, "2 events recorded") {
		t.Error("--again:", code, problems)
	}
}
