package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The tests in this file keep the house in order: who may import whom, what is
// documented, how large a file may grow. CONTRIBUTING.md tells the reasons.

const (
	module   = "github.com/socctl/socctl/"
	repoRoot = "../.."

	maxFileLines = 500
)

// A floor of the house. Packages import those of lower floors and those of
// their own room, which is the top-level folder, on the same floor.
type floor int

const (
	facts floor = iota
	compiling
	evaluating
	recordings // what stands on the evaluator: telemetry, tests, replay
	judging
	commands
)

// floorOf returns the floor of a package, by its path in the module.
func floorOf(pkg string) (floor, bool) {
	room, below, _ := strings.Cut(pkg, "/")
	switch {
	case pkg == "attack/coverage" || strings.HasPrefix(pkg, "attack/coverage/") || room == "feedback" || room == "lint":
		return judging, true
	case room == "rules" || room == "attack":
		return facts, true
	case room == "compiler":
		return compiling, true
	case pkg == "evaluator" || pkg == "evaluator/matcher" || pkg == "evaluator/shape" || pkg == "evaluator/simd":
		return evaluating, true
	case room == "evaluator" && below != "":
		return recordings, true
	case room == "cmd" || room == "bench":
		return commands, true
	}
	return 0, false
}

// mayImport reports whether the package from may import the package to.
func mayImport(from, to string) bool {
	f, _ := floorOf(from)
	t, known := floorOf(to)
	room := func(pkg string) string { return strings.SplitN(pkg, "/", 2)[0] }
	return known && (t < f || t == f && room(from) == room(to))
}

// heavy are dependencies that the users of the library must not inherit from
// the ground floors.
var heavy = regexp.MustCompile(`(?i)open-policy-agent|parquet|spf13|velocidex|klauspost|go-air/gini|apache/beam`)

// proving are the packages of the ground floors that prove things, and need a SAT
// library for it, which is small.
var proving = map[string]bool{"compiler/solver": true, "compiler/diff": true}

type listedPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = repoRoot
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listedPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p listedPackage
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestImportsPointDownwards(t *testing.T) {
	for _, p := range listPackages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		height, known := floorOf(from)
		if !known {
			t.Errorf("package %s stands on no floor: give it one in floorOf", from)
			continue
		}
		for _, i := range p.Imports {
			if to, ours := strings.CutPrefix(i, module); ours && !mayImport(from, to) {
				t.Errorf("%s must not import %s", from, to)
			}
			if strings.HasPrefix(i, "github.com/open-policy-agent/") && from != "lint/policy" {
				t.Errorf("%s must not import %s: only lint/policy knows Rego", from, i)
			}
			if strings.HasPrefix(i, "github.com/spf13/") && height != commands {
				t.Errorf("%s must not import %s: only commands know flags", from, i)
			}
		}
		for _, d := range p.Deps {
			if height <= evaluating && heavy.MatchString(d) && !(proving[from] && strings.Contains(d, "go-air/gini")) {
				t.Errorf("%s must not depend on %s, not even indirectly", from, d)
			}
		}
	}
}

func TestFloors(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"rules", "rules/logsource", true},
		{"rules", "attack", false},
		{"rules", "compiler", false},
		{"compiler", "rules", true},
		{"compiler/pipeline", "compiler", true},
		{"compiler", "evaluator", false},
		{"evaluator", "compiler", true},
		{"evaluator", "evaluator/matcher", true},
		{"evaluator/matcher", "compiler", true},
		{"evaluator/matcher", "evaluator/telemetry", false},
		{"evaluator", "evaluator/telemetry", false},
		{"evaluator/ruletest", "evaluator/telemetry", true},
		{"attack", "attack/coverage", false},
		{"attack/coverage", "attack", true},
		{"attack/coverage", "evaluator/ruletest", true},
		{"feedback", "lint", false},
		{"lint/policy", "lint", true},
		{"evaluator/ruletest", "feedback", false},
		{"cmd/socctl", "lint", true},
		{"cmd/socctl", "util", false},
		{"bench/internal/worker", "evaluator/telemetry", true},
		{"cmd/socctl", "bench/internal/lanes", false},
	} {
		if got := mayImport(c.from, c.to); got != c.want {
			t.Errorf("%s imports %s: allowed is %t, want %t", c.from, c.to, got, c.want)
		}
	}
}

// sourceFile is a Go file of the module, or a Markdown file without syntax.
type sourceFile struct {
	path   string // below the root, with slashes
	text   []byte
	syntax *ast.File
}

func (f sourceFile) test() bool { return strings.HasSuffix(f.path, "_test.go") }

var (
	fileSet = token.NewFileSet()

	// sourceFiles reads all Go and Markdown files but those of test data.
	sourceFiles = sync.OnceValues(func() (files []sourceFile, err error) {
		err = filepath.WalkDir(repoRoot, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && name != repoRoot && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
				return fs.SkipDir
			}
			ext := filepath.Ext(name)
			if d.IsDir() || ext != ".go" && ext != ".md" {
				return nil
			}
			f := sourceFile{path: strings.TrimPrefix(filepath.ToSlash(name), repoRoot+"/")}
			if f.text, err = os.ReadFile(name); err == nil && ext == ".go" {
				f.syntax, err = parser.ParseFile(fileSet, f.path, f.text, parser.ParseComments|parser.SkipObjectResolution)
			}
			files = append(files, f)
			return err
		})
		return files, err
	})
)

func goFiles(t *testing.T) []sourceFile {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(allFiles(t)), func(f sourceFile) bool { return f.syntax == nil })
}

func allFiles(t *testing.T) []sourceFile {
	t.Helper()
	files, err := sourceFiles()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEveryPackageHasAComment(t *testing.T) {
	comments := map[string]int{}
	for _, f := range goFiles(t) {
		if f.test() {
			continue
		}
		dir := path.Dir(f.path)
		comments[dir] += 0
		if f.syntax.Doc == nil {
			continue
		}
		comments[dir]++
		want := "Package " + f.syntax.Name.Name + " "
		if f.syntax.Name.Name == "main" {
			want = "Command " + path.Base(dir) + " "
		}
		if !strings.HasPrefix(f.syntax.Doc.Text(), want) {
			t.Errorf("%s: the package comment must begin with %q", f.path, want)
		}
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, want one", dir, n)
		}
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test() || strings.Contains(f.path, "internal/") || f.syntax.Name.Name == "main" {
			continue
		}
		for _, d := range f.syntax.Decls {
			for _, missing := range undocumented(d) {
				t.Errorf("%s: %s has no doc comment that begins with its name", fileSet.Position(d.Pos()), missing)
			}
		}
	}
}

// undocumented returns the exported names of a declaration that lack a comment.
func undocumented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && exportedReceiver(d) && !documents(d.Doc, d.Name.Name) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var out []string
		for _, s := range d.Specs {
			out = append(out, undocumentedSpec(d, s)...)
		}
		return out
	}
	return nil
}

// undocumentedSpec accepts the comment of a group for its constants and variables.
func undocumentedSpec(d *ast.GenDecl, s ast.Spec) []string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && !documents(s.Doc, s.Name.Name) && !documents(d.Doc, s.Name.Name) {
			return []string{s.Name.Name}
		}
	case *ast.ValueSpec:
		if d.Doc != nil || s.Doc != nil || s.Comment != nil {
			return nil
		}
		var out []string
		for _, n := range s.Names {
			if n.IsExported() {
				out = append(out, n.Name)
			}
		}
		return out
	}
	return nil
}

func documents(doc *ast.CommentGroup, name string) bool {
	if doc == nil {
		return false
	}
	for _, article := range []string{"", "A ", "An ", "The "} {
		if strings.HasPrefix(doc.Text(), article+name) {
			return true
		}
	}
	return false
}

// exportedReceiver reports whether a function has no receiver or one of an
// exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := true
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		exported = exported && (!ok || id.IsExported())
		return !ok
	})
	return exported
}

func TestFilesAreSmallAndNamed(t *testing.T) {
	vague := regexp.MustCompile(`^(utils?|common|helpers?|misc|base|shared)(_.*)?\.go$`)
	for _, f := range goFiles(t) {
		if vague.MatchString(path.Base(f.path)) && !f.test() {
			t.Errorf("%s: name the file after what is in it", f.path)
		}
		if n := bytes.Count(f.text, []byte("\n")); n > maxFileLines && !f.test() {
			t.Errorf("%s has %d lines, more than %d: split it", f.path, n, maxFileLines)
		}
	}
}

// Every Markdown file that a comment or a document mentions is there, and
// nothing points to the machine it was written on.
func TestMentionsLeadSomewhere(t *testing.T) {
	// A path of a Markdown file, behind no letter, slash or scheme.
	mention := regexp.MustCompile(`(?:^|[\s("'\x60\[])((?:[\w.-]+/)*[\w-]+\.md)\b`)
	machine := regexp.MustCompile(`(?:^|[\s("'\x60=])(/` + `work|/root|/tmp/bash\w*)/`)
	unfinished := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	for _, f := range allFiles(t) {
		for n, line := range strings.Split(string(f.text), "\n") {
			at := fmt.Sprintf("%s:%d", f.path, n+1)
			for _, m := range mention.FindAllStringSubmatch(line, -1) {
				if !f.test() && !inRepository(m[1]) && !inRepository(path.Join(path.Dir(f.path), m[1])) {
					t.Errorf("%s: there is no file %s", at, m[1])
				}
			}
			if m := machine.FindString(line); m != "" {
				t.Errorf("%s: path %s exists on one machine only", at, m)
			}
			if m := unfinished.FindString(line); m != "" {
				t.Errorf("%s: %s marks unfinished work; finish it or open an issue", at, m)
			}
		}
	}
}

// The map in CONTRIBUTING.md has every package, but for those of the checks.
func TestMapHasEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repoRoot, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, drawn, _ := strings.Cut(string(text), "```\n")
	drawn, _, _ = strings.Cut(drawn, "```")
	rooms := strings.Fields(drawn)
	for _, p := range listPackages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		there := func(room string) bool {
			return pkg == room || strings.Contains(room, "/") && strings.HasSuffix(pkg, "/"+room)
		}
		if path.Dir(pkg) != "lint/checks" && !slices.ContainsFunc(rooms, there) && !slices.Contains(rooms, strings.TrimPrefix(pkg, "bench/")) {
			t.Errorf("the map in CONTRIBUTING.md lacks %s", pkg)
		}
	}
}

func inRepository(name string) bool {
	_, err := os.Stat(filepath.Join(repoRoot, filepath.FromSlash(name)))
	return err == nil
}
