package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	goversion "go/version"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"
)

// The tests in this file look at how socctl gets to people: releases, the action,
// workflows, templates, hooks. None of them runs here, so all that can be known
// without running them is checked: that what they name exists, that what others
// write is pinned, and that no text of a pull request becomes part of a script.

const root = "../.."

// deliveries are the files of YAML that machines of others execute.
func deliveries(t *testing.T) []string {
	t.Helper()
	files := []string{"action.yml", ".goreleaser.yaml", ".pre-commit-hooks.yaml", "rules/starter/workflow.yml"}
	err := filepath.WalkDir(filepath.Join(root, ".github"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (filepath.Ext(name) == ".yml" || filepath.Ext(name) == ".yaml") {
			rel, _ := filepath.Rel(root, name)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil || len(files) < 9 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}

func tree(t *testing.T, file string) *yaml.Node {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return &n
}

// visit calls f for every pair of a map, at any depth.
func visit(n *yaml.Node, f func(key string, value *yaml.Node)) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			f(c.Value, n.Content[i+1])
			continue
		}
		visit(c, f)
	}
}

func member(n *yaml.Node, keys ...string) *yaml.Node {
	if n.Kind == yaml.DocumentNode {
		n = n.Content[0]
	}
	for _, key := range keys {
		var next *yaml.Node
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				next = n.Content[i+1]
			}
		}
		if n = next; n == nil {
			return nil
		}
	}
	return n
}

// A tag can be moved to other code, a commit cannot.
func TestActionsArePinned(t *testing.T) {
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	count := 0
	for _, file := range deliveries(t) {
		visit(tree(t, file), func(key string, value *yaml.Node) {
			if key != "uses" {
				return
			}
			at := fmt.Sprintf("%s:%d", file, value.Line)
			switch local := strings.HasPrefix(value.Value, "./"); {
			case local && !exists(value.Value) && !exists(filepath.Join(value.Value, "action.yml")):
				t.Errorf("%s: there is no %s", at, value.Value)
			case local:
			case !pinned.MatchString(value.Value):
				t.Errorf("%s: %s is not pinned to a commit", at, value.Value)
			case !regexp.MustCompile(`^# v\d`).MatchString(value.LineComment):
				t.Errorf("%s: say in a comment which version %s is", at, value.Value)
			}
			count++
		})
	}
	if count < 12 {
		t.Errorf("only %d actions were found", count)
	}
	pages, _ := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`uses: (\S+)`).FindAllStringSubmatch(string(text), -1) {
			if !pinned.MatchString(m[1]) && !regexp.MustCompile(`^socctl/socctl[\w./-]*@COMMIT$`).MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned to a commit", page, m[1])
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(path)))
	return err == nil
}

// Every workflow states its permissions, what runs on a pull request may not write,
// and expressions reach scripts through the environment only.
func TestWorkflowsAreCareful(t *testing.T) {
	for _, file := range deliveries(t) {
		n := tree(t, file)
		visit(n, func(key string, value *yaml.Node) {
			if (key == "run" || key == "script") && strings.Contains(value.Value, "${{") {
				t.Errorf("%s:%d: an expression within a script; hand it over in env", file, value.Line)
			}
		})
		if member(n, "jobs") == nil {
			continue
		}
		permissions := member(n, "permissions")
		if permissions == nil {
			t.Errorf("%s: no permissions are stated, so the default of the repository holds", file)
			continue
		}
		on := member(n, "on")
		foreign := on.Value == "pull_request" || member(on, "pull_request") != nil
		if member(on, "pull_request_target") != nil {
			t.Errorf("%s: pull_request_target runs foreign code with our token", file)
		}
		for i := 0; i+1 < len(permissions.Content); i += 2 {
			if level := permissions.Content[i+1].Value; foreign && level == "write" {
				t.Errorf("%s: a workflow on pull requests may write %s", file, permissions.Content[i].Value)
			}
		}
		for i := 1; i < len(member(n, "jobs").Content); i += 2 {
			job := member(n, "jobs").Content[i]
			if member(job, "uses") == nil && member(job, "timeout-minutes") == nil && file != "rules/starter/workflow.yml" {
				t.Errorf("%s:%d: a job without timeout-minutes", file, job.Line)
			}
		}
		text, _ := yaml.Marshal(n)
		if foreign && strings.Contains(string(text), "secrets.") {
			t.Errorf("%s: a workflow on pull requests names a secret", file)
		}
	}
}

// invocation is what a line has behind the name of the program.
var invocation = regexp.MustCompile(`(?m)(?:^|[\s/(;&|])socctl"? ((?:[a-z]+ ?)+)([^\n;|&]*)`)

// Every command and flag that a script names exists.
func TestCommandsOfScriptsExist(t *testing.T) {
	count := 0
	for _, file := range deliveries(t) {
		visit(tree(t, file), func(key string, value *yaml.Node) {
			if !slices.Contains([]string{"run", "script", "before_script", "entry"}, key) {
				return
			}
			lines := []string{value.Value}
			for _, item := range value.Content {
				lines = append(lines, item.Value)
			}
			for _, m := range invocation.FindAllStringSubmatch(strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", " "), -1) {
				count++
				checkInvocation(t, fmt.Sprintf("%s:%d", file, value.Line), strings.Fields(m[1]), strings.Fields(m[2]))
			}
		})
	}
	if count < 8 {
		t.Errorf("only %d invocations were found", count)
	}
}

// Every package and script of this repository that a workflow runs is there.
func TestPathsOfScriptsExist(t *testing.T) {
	ours := regexp.MustCompile(`(?:^|\s)(\./(?:cmd|bench)[\w./-]*|\.ci/[\w.-]+)`)
	count := 0
	for _, file := range deliveries(t) {
		visit(tree(t, file), func(key string, value *yaml.Node) {
			if key != "run" {
				return
			}
			for _, m := range ours.FindAllStringSubmatch(value.Value, -1) {
				if count++; !exists(m[1]) {
					t.Errorf("%s:%d: there is no %s", file, value.Line, m[1])
				}
			}
		})
	}
	if count < 4 {
		t.Errorf("only %d paths were found", count)
	}
}

func checkInvocation(t *testing.T, at string, words, rest []string) {
	t.Helper()
	c := &cli{}
	cmd, _, err := c.command().Find(words)
	if err != nil || !cmd.HasParent() {
		t.Errorf("%s: there is no command %v", at, words)
		return
	}
	for _, word := range rest {
		name, _, _ := strings.Cut(word, "=")
		if long, is := strings.CutPrefix(name, "--"); is && long != "" && lookup(cmd.Flags(), cmd.InheritedFlags(), long) == nil {
			t.Errorf("%s: %s has no flag %s", at, cmd.CommandPath(), name)
		}
	}
}

func lookup(own, inherited *pflag.FlagSet, name string) *pflag.Flag {
	if f := own.Lookup(name); f != nil {
		return f
	}
	return inherited.Lookup(name)
}

// What the release packs exists, for the platforms that are promised, and what the
// linker is to set is there to be set.
func TestReleaseNamesWhatExists(t *testing.T) {
	n := tree(t, ".goreleaser.yaml")
	builds := member(n, "builds").Content[0]
	if main := member(builds, "main").Value; !exists(main + "/main.go") {
		t.Errorf("there is no program in %s", main)
	}
	for key, want := range map[string]string{"goos": "linux darwin windows", "goarch": "amd64 arm64"} {
		var got []string
		for _, v := range member(builds, key).Content {
			got = append(got, v.Value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is %v, want %s", key, got, want)
		}
	}
	visit(n, func(key string, value *yaml.Node) {
		switch {
		case (key == "src" || key == "dockerfile") && !exists(value.Value):
			t.Errorf("line %d: there is no file %s", value.Line, value.Value)
		case key == "extra_files":
			for _, v := range value.Content {
				if !exists(v.Value) {
					t.Errorf("line %d: there is no file %s", v.Line, v.Value)
				}
			}
		}
	})
	declared := stringVariables(t)
	flags := ""
	for _, v := range member(builds, "ldflags").Content {
		flags += v.Value + " "
	}
	set := regexp.MustCompile(`-X main\.(\w+)=`).FindAllStringSubmatch(flags, -1)
	if len(set) != 3 {
		t.Errorf("the linker sets %d variables, want version, commit and date", len(set))
	}
	for _, m := range set {
		if !slices.Contains(declared, m[1]) {
			t.Errorf("the linker is to set %s, which is no variable of this program", m[1])
		}
	}
}

// All jobs of a release use the same Go, one that go.mod allows.
func TestReleaseUsesOneGo(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	least := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(string(mod))[1]
	var used []string
	visit(tree(t, ".github/workflows/release.yml"), func(key string, value *yaml.Node) {
		if key == "go-version" {
			used = append(used, value.Value)
		}
	})
	if len(used) != 3 || len(slices.Compact(used)) != 1 || goversion.Compare("go"+used[0], "go"+least) < 0 {
		t.Errorf("the jobs use Go %v, go.mod wants %s", used, least)
	}
}

// stringVariables lists the variables of this package that are declared as strings
// without a value, which is what the linker can set.
func stringVariables(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			v, is := n.(*ast.ValueSpec)
			if !is || len(v.Values) > 0 {
				return !is
			}
			if kind, named := v.Type.(*ast.Ident); named && kind.Name == "string" {
				for _, name := range v.Names {
					names = append(names, name.Name)
				}
			}
			return false
		})
	}
	return names
}

// The image has what its recipe copies, and does not run as root.
func TestImage(t *testing.T) {
	n := member(tree(t, ".goreleaser.yaml"), "dockers_v2").Content[0]
	recipe, err := os.ReadFile(filepath.Join(root, member(n, "dockerfile").Value))
	if err != nil {
		t.Fatal(err)
	}
	given := []string{"$TARGETPLATFORM/" + member(member(tree(t, ".goreleaser.yaml"), "builds").Content[0], "binary").Value}
	for _, v := range member(n, "extra_files").Content {
		given = append(given, v.Value)
	}
	user := ""
	for line := range strings.Lines(string(recipe)) {
		words := strings.Fields(line)
		switch {
		case len(words) < 2:
		case words[0] == "COPY":
			for _, source := range words[1 : len(words)-1] {
				if !slices.Contains(given, source) {
					t.Errorf("the recipe copies %s, and is given %v", source, given)
				}
			}
		case words[0] == "USER":
			user = words[1]
		}
	}
	if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("the image runs as %q; name a user by numbers that is not root", user)
	}
}
