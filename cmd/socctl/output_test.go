package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// full is a file on a disk that has room for some bytes.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	n := min(f.room, len(p))
	f.room -= n
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "/dev/stdout", Err: errFull}
	}
	return n, nil
}

// What cannot be printed is never told to have gone well, whatever command prints it.
func TestFullDiskIsNoSuccess(t *testing.T) {
	rules, recordings := "../../rules/starter/rules", "../../rules/starter/recordings"
	for _, args := range [][]string{
		{"backtest", "-r", rules, recordings},
		{"backtest", "-f", "markdown", "-r", rules, recordings},
		{"eval", "-r", rules, recordings},
		{"eval", "--stats", "-r", rules, recordings},
		{"checks"},
		{"logsource", "show"},
		{"version"},
		{"witness", "-r", rules, "Root User Activity"},
	} {
		for _, room := range []int{0, 20} {
			var problems bytes.Buffer
			if code := run(args, strings.NewReader(""), &full{room}, &problems); code != exitUnreadable {
				t.Errorf("%v ends with %d, want %d", args, code, exitUnreadable)
			}
			if n := strings.Count(problems.String(), errFull.Error()); n != 1 {
				t.Errorf("%v tells %d times that there is no space:\n%s", args, n, &problems)
			}
		}
	}
}
