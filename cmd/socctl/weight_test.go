package main_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a service inherits when it imports a package: the modules, all of them, also
// indirect ones. A new one is a decision, so it fails here first; the reason for it
// belongs into the commit that adds it.

var (
	// reading rules: YAML, and the grammar of conditions
	sigmaModules = []string{"github.com/alecthomas/participle", "github.com/bradleyjkemp/sigma-go", "gopkg.in/yaml.v3"}
	// the SAT library
	provingModules = []string{"github.com/go-air/gini"}
	// recordings: compression, encodings of text
	readingModules = []string{"github.com/klauspost/compress", "golang.org/x/text"}
	// patterns of paths
	pathModules = []string{"github.com/bmatcuk/doublestar/v4"}
	// Parquet and what it needs
	columnModules = []string{"github.com/andybalholm/brotli", "github.com/google/uuid", "github.com/parquet-go/bitpack", "github.com/parquet-go/jsonlite", "github.com/parquet-go/parquet-go",
		"github.com/pierrec/lz4/v4", "github.com/twpayne/go-geom", "golang.org/x/sys", "google.golang.org/protobuf"}
	// the protocol of editors
	editorModules = []string{"github.com/creachadair/jrpc2", "github.com/creachadair/mds", "golang.org/x/sync"}
	// OPA and what it needs
	policyModules = []string{"github.com/agnivade/levenshtein", "github.com/cespare/xxhash/v2", "github.com/gobwas/glob", "github.com/google/uuid", "github.com/lestrrat-go/blackmagic",
		"github.com/lestrrat-go/dsig", "github.com/lestrrat-go/httpcc", "github.com/lestrrat-go/httprc/v3", "github.com/lestrrat-go/jwx/v3", "github.com/lestrrat-go/option/v2",
		"github.com/open-policy-agent/opa", "github.com/sirupsen/logrus", "github.com/valyala/fastjson", "github.com/vektah/gqlparser/v2", "github.com/xeipuuv/gojsonpointer",
		"github.com/xeipuuv/gojsonreference", "github.com/yashtewari/glob-intersection", "go.yaml.in/yaml/v3", "golang.org/x/crypto", "golang.org/x/sync", "golang.org/x/sys", "google.golang.org/protobuf"}
)

// mayInherit says which modules a package may depend on: the entry of its path, else
// the longest one that ends in a slash and that the path begins with.
var mayInherit = map[string][]string{
	"attack/":                     nil,
	"attack":                      nil,
	"attack/coverage":             sigmaModules,
	"attack/coverage/":            slices.Concat(sigmaModules, readingModules),
	"rules":                       sigmaModules,
	"rules/":                      sigmaModules,
	"rules/revision":              nil,
	"rules/starter":               nil,
	"compiler":                    sigmaModules,
	"compiler/":                   sigmaModules,
	"compiler/solver":             slices.Concat(sigmaModules, provingModules),
	"compiler/diff":               slices.Concat(sigmaModules, provingModules),
	"evaluator":                   sigmaModules,
	"evaluator/shape":             nil,
	"evaluator/simd":              nil,
	"evaluator/matcher":           sigmaModules,
	"evaluator/correlation":       sigmaModules,
	"evaluator/reference":         sigmaModules,
	"evaluator/":                  slices.Concat(sigmaModules, readingModules),
	"evaluator/witness":           slices.Concat(sigmaModules, readingModules, provingModules),
	"evaluator/adequacy":          slices.Concat(sigmaModules, readingModules, provingModules),
	"evaluator/backtest/recorded": slices.Concat(sigmaModules, readingModules, columnModules),
	"evaluator/record":            slices.Concat(sigmaModules, readingModules, columnModules),
	"feedback":                    sigmaModules,
	"feedback/importer":           sigmaModules,
	"feedback/ledger":             sigmaModules,
	"feedback/":                   slices.Concat(sigmaModules, readingModules, provingModules),
	"lint":                        slices.Concat(sigmaModules, readingModules, provingModules, pathModules),
	"lint/":                       slices.Concat(sigmaModules, readingModules, provingModules, pathModules),
	"lint/lsp":                    slices.Concat(sigmaModules, readingModules, provingModules, pathModules, editorModules),
	"lint/policy":                 slices.Concat(sigmaModules, readingModules, provingModules, pathModules, policyModules),
}

func inheritedBy(pkg string) (modules []string, known bool) {
	if modules, known = mayInherit[pkg]; known {
		return modules, true
	}
	best := ""
	for prefix := range mayInherit {
		if strings.HasSuffix(prefix, "/") && strings.HasPrefix(pkg, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return mayInherit[best], best != ""
}

// weighed is a package with all that it depends on.
type weighed struct {
	ImportPath, Name string
	Deps             []string
	Module           *struct{ Path string }
}

func weighAll(t *testing.T) map[string]weighed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Deps,Module", "./...")
	cmd.Dir = repoRoot
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]weighed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p weighed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	return all
}

// Run it with -v for the weight of every package.
func TestWeight(t *testing.T) {
	all := weighAll(t)
	count := 0
	for _, path := range slices.Sorted(maps.Keys(all)) {
		p := all[path]
		pkg, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours || p.Name == "main" || strings.Contains(pkg, "internal/") || strings.HasSuffix(pkg, "/internal") || strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "bench/") {
			continue
		}
		count++
		allowed, known := inheritedBy(pkg)
		if !known {
			t.Errorf("say in mayInherit what %s may depend on", pkg)
			continue
		}
		var modules []string
		packages := 0
		for _, d := range p.Deps {
			m := all[d].Module
			if m == nil || m.Path+"/" == module {
				continue
			}
			packages++
			if !slices.Contains(modules, m.Path) {
				modules = append(modules, m.Path)
			}
		}
		for _, m := range modules {
			if !slices.Contains(allowed, m) {
				t.Errorf("%s now brings %s to whoever imports it: do without, or say why and add it to mayInherit", pkg, m)
			}
		}
		t.Logf("%-28s %3d packages, %2d modules with %3d packages of others", pkg, len(p.Deps), len(modules), packages)
	}
	if count < 60 {
		t.Errorf("only %d packages were weighed", count)
	}
	for path := range mayInherit {
		if _, is := all[module+strings.TrimSuffix(path, "/")]; !is {
			t.Errorf("mayInherit names %s, which is no package", path)
		}
	}
}

// The size of programs that do nothing but import a package, stripped: what the linker
// cannot leave out. Told with -v only, as it takes a while.
func TestWeightOfPrograms(t *testing.T) {
	if testing.Short() || !testing.Verbose() {
		t.Skip("told with -v only")
	}
	dir := t.TempDir()
	for _, pkg := range []string{"", "attack", "rules", "compiler", "compiler/solver", "evaluator", "evaluator/telemetry", "evaluator/ruletest", "evaluator/record", "cmd/socctl"} {
		source := "package main\n\nimport _ \"" + module + pkg + "\"\n\nfunc main() {}\n"
		target := filepath.Join(dir, "main.go")
		switch pkg {
		case "":
			source = "package main\n\nfunc main() {}\n"
		case "cmd/socctl":
			target = "./" + pkg
		}
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(dir, "program"), target)
		cmd.Dir = repoRoot
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", pkg, err, text)
		}
		info, err := os.Stat(filepath.Join(dir, "program"))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-20s %5.1f MB", pkg, float64(info.Size())/1e6)
	}
}
