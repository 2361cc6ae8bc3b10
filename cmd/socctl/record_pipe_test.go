package main

import (
	"bytes"
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
