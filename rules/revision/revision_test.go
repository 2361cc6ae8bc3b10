package revision_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/rules/revision"
)

// repository makes a repository in the working directory, with two commits and
// changes that are not committed.
func repository(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(dir, "none"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	git(t, "init", "-q", "-b", "main")
	write(t, "rules/a.yml", "a1")
	write(t, "rules/b.yml", "b1")
	write(t, "rules/sub/ü c.yml", "c1")
	write(t, "other/d.yml", "d1")
	git(t, "add", ".")
	git(t, "commit", "-qm", "one")
	git(t, "branch", "start")
	git(t, "checkout", "-qb", "work")
	write(t, "rules/a.yml", "a2")
	git(t, "commit", "-qam", "two")
	git(t, "checkout", "-q", "main")
	write(t, "rules/b.yml", "b of main")
	git(t, "commit", "-qam", "main moved on")
	git(t, "checkout", "-q", "work")
	write(t, "rules/e.yml", "e, not committed")
	if err := os.Remove("rules/sub/ü c.yml"); err != nil {
		t.Fatal(err)
	}
}

func git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// state describes a tree as: name content, and ! for what has changed.
func state(t *testing.T, tree *revision.Tree, paths ...string) []string {
	t.Helper()
	if err := tree.Load(context.Background(), paths...); err != nil {
		t.Fatal(err)
	}
	names := tree.Names(func(string) bool { return true })
	slices.Sort(names)
	files, err := tree.Read(context.Background(), names)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range names {
		if !slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(n, p+"/") }) {
			continue
		}
		line := n + " " + string(files[n])
		if tree.Changed(n) {
			line += " !"
		}
		out = append(out, line)
	}
	return out
}

// A revision is compared from where the work forked off, whatever has happened
// there since.
func TestTree(t *testing.T) {
	repository(t)
	tree, err := revision.Open(context.Background(), ".", "main")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"rules/a.yml a1 !", "rules/b.yml b1", "rules/sub/ü c.yml c1 !"}, state(t, tree, "rules")); diff != "" {
		t.Error(diff)
	}
	if !tree.Changed("rules/e.yml") || tree.Has("rules/e.yml") {
		t.Error("a new file counts as there before")
	}
	t.Chdir("rules")
	if tree, err = revision.Open(context.Background(), ".", "start"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"../other/d.yml d1", "sub/ü c.yml c1 !"}, state(t, tree, "sub", "../other")); diff != "" {
		t.Error(diff)
	}
}

// How git is configured does not matter, and the files of a submodule are as old
// as its commit.
func TestTreeConfigured(t *testing.T) {
	repository(t)
	git(t, "config", "diff.relative", "true")
	git(t, "init", "-q", "-b", "main", "lib")
	write(t, "lib/rules/x.yml", "x")
	git(t, "-C", "lib", "add", ".")
	git(t, "-C", "lib", "commit", "-qm", "one")
	git(t, "-c", "advice.addEmbeddedRepo=false", "add", "lib")
	git(t, "commit", "-qm", "with a submodule")
	t.Chdir("rules")
	tree, err := revision.Open(context.Background(), ".", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "a.yml", "a3")
	if err := tree.Load(context.Background(), ".", "../lib/rules"); err != nil {
		t.Fatal(err)
	}
	if !tree.Changed("a.yml") || tree.Changed("../lib/rules/x.yml") {
		t.Error("a.yml has changed, and the submodule has not")
	}
	write(t, "../lib/rules/x.yml", "x2")
	if err := tree.Load(context.Background(), "."); err != nil {
		t.Fatal(err)
	}
	if !tree.Changed("../lib/rules/x.yml") {
		t.Error("the submodule has changed")
	}
}

func TestOpenFails(t *testing.T) {
	repository(t)
	for _, c := range []struct{ ref, want string }{
		{"mian", "there is no revision mian: git branch -a lists"},
		{"--output=x", "is no revision"},
		{strings.Repeat("0", 40), "the commit before the first one of a branch; name the branch that it leaves"},
		{strings.Repeat("ab", 20), "it was not fetched: git fetch origin abab"},
	} {
		if _, err := revision.Open(context.Background(), ".", c.ref); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.ref, err, c.want)
		}
	}
	here, _ := os.Getwd()
	git(t, "clone", "-q", "--depth", "1", "--branch", "work", "file://"+here, "shallow")
	t.Chdir("shallow")
	for _, ref := range []string{"origin/main", "HEAD~1"} {
		if _, err := revision.Open(context.Background(), ".", ref); err == nil || !strings.Contains(err.Error(), "shallow") {
			t.Errorf("%s: %v, want a word on the shallow clone", ref, err)
		}
	}
	t.Chdir(t.TempDir())
	if _, err := revision.Open(context.Background(), ".", "main"); err == nil || !strings.Contains(err.Error(), "not in a git repository") {
		t.Errorf("outside: %v", err)
	}
}

// The files of a commit are those that a checkout of it would have, seen from
// the root of the repository and from below.
func TestFiles(t *testing.T) {
	for _, from := range []string{".", "rules"} {
		t.Run(from, func(t *testing.T) { testFiles(t, from) })
	}
}

func testFiles(t *testing.T, from string) {
	repository(t)
	root, _ := os.Getwd()
	t.Chdir(from)
	tree, err := revision.Open(context.Background(), ".", "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	files, err := tree.Files(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	checkout := filepath.Join(t.TempDir(), "checkout")
	git(t, "worktree", "add", "-q", checkout, tree.Commit)
	up, _ := filepath.Rel(filepath.Join(root, from), root)
	for name, twin := range map[string]string{".": from, up: ".", filepath.Join(up, "rules"): "rules", root: "."} {
		var walk func(name, twin string)
		walk = func(name, twin string) {
			var want, got []string
			entries, _ := os.ReadDir(twin)
			for _, e := range entries {
				if e.Name() != ".git" {
					want = append(want, e.Name())
				}
			}
			found, err := files.ReadDir(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range found {
				got = append(got, e.Name())
				below, beside := filepath.Join(name, e.Name()), filepath.Join(twin, e.Name())
				if info, err := files.Stat(below); err != nil || info.IsDir() != e.IsDir() || info.Name() != e.Name() {
					t.Errorf("%s: %v %v", below, info, err)
				}
				if e.IsDir() {
					walk(below, beside)
					continue
				}
				text, err := files.ReadFile(below)
				theirs, _ := os.ReadFile(beside)
				if err != nil || string(text) != string(theirs) {
					t.Errorf("%s holds %q, want %q: %v", below, text, theirs, err)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (- checkout, + files):\n%s", name, diff)
			}
		}
		walk(name, filepath.Join(checkout, twin))
	}
	for _, name := range []string{filepath.Join(up, "rules/e.yml"), "nothing", filepath.Join(up, "../outside"), "/"} {
		if _, err := files.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is there: %v", name, err)
		}
	}
}
