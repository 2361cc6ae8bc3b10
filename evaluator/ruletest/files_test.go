package ruletest_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/socctl/socctl/evaluator/ruletest"
)

// Whatever way leads out of the folder, nothing is read there; within it all is.
func TestWithin(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	write := func(name string) string {
		at := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		return at
	}
	own := write("repo/a/own.txt")
	write("secret/token.txt")
	link := func(to, name string) string {
		at := filepath.Join(top, name)
		if err := os.Symlink(to, at); err != nil {
			t.Skip("no links here:", err)
		}
		return at
	}
	files, err := ruletest.Within(filepath.Join(top, "repo"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{own, link("a/own.txt", "repo/inner.txt"), filepath.Join(top, "repo", "a", "..", "a", "own.txt"), filepath.Join(link("repo", "alias"), "a", "own.txt")} {
		if _, err := files.ReadFile(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{filepath.Join(top, "secret", "token.txt"), filepath.Join(top, "repo", "..", "secret", "token.txt"), link("../secret/token.txt", "repo/out.txt"),
		filepath.Join(link("../secret", "repo/folder"), "token.txt"), filepath.Join(top, "secret", "absent.txt"), "/etc/passwd"} {
		_, readErr := files.ReadFile(name)
		_, statErr := files.Stat(name)
		if !errors.Is(readErr, ruletest.ErrOutside) || !errors.Is(statErr, ruletest.ErrOutside) {
			t.Errorf("%s: %v, %v", name, readErr, statErr)
		}
	}
	if _, err := files.ReadDir(filepath.Join(top, "repo", "folder")); !errors.Is(err, ruletest.ErrOutside) {
		t.Error(err)
	}
	if _, err := files.ReadFile(filepath.Join(top, "repo", "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
