package rules_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/socctl/socctl/rules"
)

// sigmaHQ returns the public rules as files, or skips.
func sigmaHQ(t testing.TB) fstest.MapFS {
	t.Helper()
	f, err := os.Open(sharedData(t, "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := fstest.MapFS{}
	for archive := tar.NewReader(z); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg || !strings.HasSuffix(header.Name, ".yml") {
			continue
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = &fstest.MapFile{Data: data}
	}
}

func TestLoadSigmaHQ(t *testing.T) {
	set, diags := rules.Load(sigmaHQ(t))
	if set.Files != 3780 || len(set.Rules) != 3780 || len(set.Correlations)+len(set.Filters) != 0 {
		t.Errorf("%d files, %d rules", set.Files, len(set.Rules))
	}
	for _, d := range diags {
		if d.Code != "ref/unreferenceable-selection" {
			t.Error(d)
		}
	}
	if len(diags) != 2 {
		t.Errorf("%d diagnostics, want 2", len(diags))
	}
	hashes := map[string]bool{}
	for _, d := range set.Documents() {
		checkRoundTrip(t, d)
		hashes[rules.ContentHash(d)] = true
	}
	if len(hashes) < 3700 {
		t.Errorf("only %d different hashes", len(hashes))
	}
	if testing.Short() {
		return
	}
	for _, r := range set.Rules {
		checkSpans(t, reflect.ValueOf(r))
		checkItems(t, r)
	}
}

// checkItems compares the text in the source with what was read from it.
func checkItems(t *testing.T, r *rules.Rule) {
	t.Helper()
	for _, s := range r.Detection.Selections {
		visitItems(s.Body, func(i *rules.Item) {
			if i.Field.Text != "" && covered(i.Field.Span) != "«"+i.Field.Text+"»" {
				t.Errorf("%s: field %q stands at %s", i.Field.Span, i.Field.Text, covered(i.Field.Span))
			}
			for _, m := range i.Modifiers {
				if covered(m.Span) != "«"+m.Name+"»" {
					t.Errorf("%s: modifier %q stands at %s", m.Span, m.Name, covered(m.Span))
				}
			}
		})
	}
	for _, c := range r.Detection.Conditions {
		c.Root.Walk(func(e *rules.Expr) {
			if e.Name != "" && covered(e.Span) != "«"+e.Name+"»" {
				t.Errorf("%s: name %q stands at %s", e.Span, e.Name, covered(e.Span))
			}
		})
	}
}

func visitItems(b *rules.Block, visit func(*rules.Item)) {
	for _, i := range b.Items {
		visit(i)
	}
	for _, a := range b.Any {
		visitItems(a, visit)
	}
}

func BenchmarkLoad(b *testing.B) {
	files := sigmaHQ(b)
	b.ReportAllocs()
	for b.Loop() {
		if set, _ := rules.Load(files); len(set.Rules) == 0 {
			b.Fatal("nothing was loaded")
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	set, _ := rules.Load(files)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(set)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-kept")
}

func BenchmarkCanonical(b *testing.B) {
	set, _ := rules.Load(sigmaHQ(b))
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range set.Documents() {
			rules.ContentHash(d)
		}
	}
}

const minimal = "title: t\nlogsource: {product: x}\ndetection: {a: [x], condition: a}\n"

func TestLoadPaths(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	id := "id: 6b2f0e66-4a0f-4f0a-9c66-8f5f3a2b7d1"
	write("b/two.yaml", minimal+id+"1\nname: n\n")
	one := write("a/one.yml", minimal+id+"1\nname: n\n")
	write("a/deep/three.YML", minimal+id+"2\n")
	write("a/.hidden/four.yml", "nonsense")
	write("a/readme.md", "nonsense")
	if err := os.MkdirAll(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	set, diags := rules.LoadPaths(dir, one, filepath.Join(dir, "empty"), filepath.Join(dir, "absent.yml"))
	if set.Files != 3 || len(set.Rules) != 3 {
		t.Errorf("%d files, %d rules", set.Files, len(set.Rules))
	}
	var got []string
	for _, d := range diags {
		got = append(got, strings.ReplaceAll(d.String(), filepath.ToSlash(dir), "DIR"))
	}
	want := []string{
		"DIR/absent.yml: error[load/unreadable]: cannot be read: no such file or directory (check the path and its permissions)",
		"DIR/b/two.yaml:4:5: error[ref/duplicate-id]: id 6b2f0e66-4a0f-4f0a-9c66-8f5f3a2b7d11 is already that of DIR/a/one.yml:4:5 (give every document its own)",
		"DIR/b/two.yaml:5:7: error[ref/duplicate-name]: name n is already that of DIR/a/one.yml:5:7 (give every document its own)",
		"DIR/empty: error[load/empty-folder]: folder contains no .yml or .yaml file (check the path)",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// brokenFS cannot read one of its files and one of its folders.
type brokenFS struct{ fstest.MapFS }

func (f brokenFS) ReadFile(name string) ([]byte, error) {
	if name == "b.yml" {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadFile(name)
}

func (f brokenFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "closed" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

func TestLoadReportsWhatItCannotRead(t *testing.T) {
	file := &fstest.MapFile{Data: []byte(minimal)}
	set, diags := rules.Load(brokenFS{fstest.MapFS{"a.yml": file, "b.yml": file, "closed/c.yml": file}})
	if len(set.Rules) != 1 || len(diags) != 2 || diags[0].Code != rules.CodeUnreadable || diags[1].Span.Path() != "closed" {
		t.Errorf("%d rules, %v", len(set.Rules), diags)
	}
}

// TestLimits gives the parser what would exhaust it.
func TestLimits(t *testing.T) {
	deep := strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000)
	long := strings.Repeat("a", 300_000)
	tests := []struct{ name, source, want string }{
		{"parentheses", "title: t\nlogsource: {product: x}\ndetection:\n  a: [x]\n  condition: " + strings.Repeat("(", 32_000) + "a" + strings.Repeat(")", 32_000) + "\n",
			"r.yml:5:214: error[schema/limit]: condition is nested more than 200 levels deep"},
		{"nots", "title: t\nlogsource: {product: x}\ndetection:\n  a: [x]\n  condition: " + strings.Repeat("not ", 300) + "a\n",
			"r.yml:5:814: error[schema/limit]: condition is nested more than 200 levels deep"},
		{"long condition", "title: t\nlogsource: {product: x}\ndetection:\n  a: [x]\n  condition: " + strings.Repeat("(", 50_000) + "a" + strings.Repeat(")", 50_000) + "\n",
			"r.yml:5:14: error[schema/limit]: condition of 100001 bytes is longer than 65536"},
		{"many words", "title: t\nlogsource: {product: x}\ndetection:\n  a: [x]\n  condition: a" + strings.Repeat(" or a", 6_000) + "\n",
			"r.yml:5:25014: error[schema/limit]: condition has more than 10000 words"},
		{"flow sequence", "title: t\nx: " + deep, "r.yml:2:1: error[schema/yaml-syntax]: exceeded max depth of 10000"},
		{"nesting", "title: t\nx: " + strings.Repeat("[", 65) + strings.Repeat("]", 65), "r.yml:2:67: error[schema/limit]: document is nested more than 64 levels deep"},
		{"block nesting", "title: t\nx:\n" + strings.Repeat("- ", 9_000) + "a\n", "r.yml:3:127: error[schema/limit]: document is nested more than 64 levels deep"},
		{"many nodes in a line", "title: t\nx: [" + strings.Repeat("a,", 210_000) + "]", "r.yml:2:399999: error[schema/limit]: document has more than 200000 nodes after alias expansion"},
		{"long text many times", "title: t\nx: [&a " + long + strings.Repeat(",*a", 1000) + "]", "r.yml:2:8: error[schema/limit]: document has more than 33554432 bytes of text after alias expansion"},
		{"big file", strings.Repeat("# comment\n", 1_700_000), "r.yml:1:1: error[schema/limit]: file has 17000000 bytes, more than 16777216"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, diags := rules.Parse("r.yml", []byte(tt.source)) // what takes for ever ends the whole test
			if len(diags) != 1 || !strings.HasPrefix(diags[0].String(), tt.want) {
				t.Errorf("%d diagnostics\n got %.300s\nwant %s", len(diags), fmt.Sprint(diags), tt.want)
			}
		})
	}
}

func TestNotsDoNotAddUp(t *testing.T) {
	text := strings.Repeat("not a and not not b or ", 500) + "c"
	if _, diags := rules.ParseCondition(rules.NewScalar(text)); len(diags) > 0 {
		t.Error(diags)
	}
}

func TestUnusualLineBreaks(t *testing.T) {
	source := "title: \"a\u2028b\"\rlogsource: {product: 'x\u0085y'}\rdetection:\r    a: [x]\r    condition: nosel\r"
	_, diags := rules.Parse("r.yml", []byte(source))
	if len(diags) != 1 || diags[0].Span.String() != "r.yml:5:16" || covered(diags[0].Span) != "«nosel»" {
		t.Errorf("got %v", diags)
	}
}

// A folder in which nothing is Sigma is spoken of once, others file by file.
func TestLoadFoldersOfOtherFiles(t *testing.T) {
	const rule, test = "title: A\nlogsource: {product: windows}\ndetection: {a: {b: c}, condition: a}\n", "events:\n  - a: b\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"tests beside rules": {
			map[string]string{"rules/a.yml": rule, "tests/x/a.yml": test, "tests/x/b.yml": test, "tests/c.yml": test, ".socctl.yml": "rules: rules\n"},
			[]string{"tests/c.yml:1:1: none of 3 files in tests is Sigma: this one has neither title nor logsource nor detection"},
		},
		"one beside rules": {
			map[string]string{"rules/a.yml": rule, "rules/b.yml": test, "rules/x/c.yml": test},
			[]string{
				"rules/b.yml:1:1: the document is not Sigma: it has neither title nor logsource nor detection",
				"rules/x/c.yml:1:1: the document is not Sigma: it has neither title nor logsource nor detection",
			},
		},
		"nothing else": {
			map[string]string{"x/b.yml": test, "y/c.yml": test},
			[]string{"x/b.yml:1:1: none of 2 files in . is Sigma: this one has neither title nor logsource nor detection"},
		},
		"what cannot be read is no other file": {
			map[string]string{"rules/a.yml": rule, "x/a.yml": test, "x/b.yml": "title: [", "x/y/c.yml": test, "x/y/d.yml": test},
			[]string{
				"x/a.yml:1:1: the document is not Sigma: it has neither title nor logsource nor detection",
				"x/b.yml:1:1: did not find expected node content",
				"x/y/c.yml:1:1: none of 2 files in x/y is Sigma: this one has neither title nor logsource nor detection",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for path, text := range c.files {
				files[path] = &fstest.MapFile{Data: []byte(text)}
			}
			_, diags := rules.Load(files)
			var got []string
			for _, d := range diags {
				got = append(got, fmt.Sprintf("%s: %s", d.Span, d.Message))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLoadCountsWhatItLoses: whatever draws an error and is no document of the set is
// counted, and nothing else is.
func TestLoadCountsWhatItLoses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		lost int
	}{
		"a rule":               {minimal, 0},
		"nothing":              {"# nothing\n", 0},
		"a rule with an error": {minimal + "level: hgih\n", 0},
		"an alias in itself":   {minimal + "x: &a [*a]\n", 0},
		"no YAML":              {"title: [", 1},
		"no UTF-8":             {"title: \xff", 1},
		"no map":               {"- a\n---\nb\n", 2},
		"no Sigma":             {"services: {}\n---\n" + minimal, 1},
		"too deep":             {"x: " + strings.Repeat("[", 65) + strings.Repeat("]", 65) + "\n---\n" + minimal, 1},
		"a syntax error below": {minimal + "---\ntitle: [\n---\n" + minimal, 1},
	} {
		set, _ := rules.Load(fstest.MapFS{"r.yml": {Data: []byte(c.text)}})
		if set.Lost != c.lost {
			t.Errorf("%s: %d documents are lost, want %d", name, set.Lost, c.lost)
		}
	}
}
