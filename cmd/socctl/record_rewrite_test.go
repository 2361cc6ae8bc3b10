package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/socctl/socctl/evaluator/record"
)

// Whoever rewrites a recording is told what became of it, and what to do.
func TestRewriteErrors(t *testing.T) {
	t.Parallel()
	full := &fs.PathError{Op: "write", Path: "history/x", Err: syscall.ENOSPC}
	for want, err := range map[string]error{
		"cannot compact history: write history/x: no space left on device; nothing in the recording was changed; new files are written before old ones are removed, so make as much room as the recording takes, and run it again": full,
		"; run it again: it goes on where it was, and removes what is replaced": fmt.Errorf("%w: %w", record.ErrHalfDone, fs.ErrPermission),
	} {
		if got := rewriteError("compact", "history", err).Error(); !strings.HasSuffix(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// A folder that cannot be written to says so.
func TestRewriteOfReadOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "history")
	events := filepath.Join(t.TempDir(), "log.ndjson")
	writeFile(t, events, streamEvent)
	var out, problems bytes.Buffer
	if code := run([]string{"record", "add", "-q", dir, events}, strings.NewReader(""), &out, &problems); code != exitClean {
		t.Fatal(problems.String())
	}
	lock := filepath.Join(dir, ".lock")
	if err := os.Remove(lock); err != nil {
		t.Skip("nothing is locked here:", err)
	}
	if err := os.Mkdir(lock, 0o755); err != nil { // which even root cannot write to
		t.Fatal(err)
	}
	for _, args := range [][]string{{"compact"}, {"redact", "--drop", "Image"}} {
		problems.Reset()
		code := run(append([]string{"record", args[0], dir}, args[1:]...), strings.NewReader(""), &out, &problems)
		want := fmt.Sprintf("cannot %s %s: %s cannot be written to: open %s: is a directory; let it be written to, or work on a copy; nothing in the recording was changed\n", args[0], dir, dir, lock)
		if code != exitUnreadable || !strings.HasSuffix(problems.String(), want) {
			t.Errorf("%d: %s\nwant %s", code, problems.String(), want)
		}
	}
}
