package telemetry_test

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// pair is a rule that matches an event of a regression recording.
type pair struct {
	File  string `json:"file"` // the .json twin, relative to the folder sigma
	Event int    `json:"event"`
	Rule  string `json:"rule"`
}

// spaceAtTheEnd is a rule on values that end in a space. The golden pairs were
// made from the JSON twins, which have lost such spaces; EVTX still has them.
const spaceAtTheEnd = "b6e2a2e3-2d30-43b1-a4ea-071e36595690"

// All public rules on all shared regression recordings: exactly the golden
// pairs match, with logsource gating and without, on EVTX and on its JSON twin.
func TestGoldenPairs(t *testing.T) {
	data := goldenData(t)
	prog := publicRules(t, filepath.Join(data, "sigma", "sigma-rules-8eaafff1-attack-v19.tar.zst"))
	for _, c := range []struct {
		name, golden string
		least        int
		options      []evaluator.Option
	}{
		{"gated", "golden-pairs-gated.ndjson", 141, nil},
		{"ungated", "golden-pairs-ungated.ndjson", 371, []evaluator.Option{evaluator.IgnoreLogsource()}},
	} {
		want := goldenPairs(t, filepath.Join(data, "conformance", c.golden))
		if len(want) != c.least {
			t.Errorf("%s: %d golden pairs, want %d", c.name, len(want), c.least)
		}
		for _, ext := range []string{".json", ".evtx"} {
			t.Run(c.name+ext, func(t *testing.T) {
				got := matchingPairs(t, filepath.Join(data, "sigma"), ext, evaluator.New(prog, c.options...))
				if ext == ".evtx" {
					maps.DeleteFunc(got, func(p pair, _ bool) bool { return p.Rule == spaceAtTheEnd && !want[p] })
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("pairs differ (- golden, + socctl):\n%s", diff)
				}
			})
		}
	}
}

func goldenData(t *testing.T) string {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("shared data absent: %v (set SOCCTL_DATA)", err)
	}
	return root
}

func goldenPairs(t *testing.T, path string) map[pair]bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pairs := map[pair]bool{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var p pair
		if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		pairs[p] = true
	}
	return pairs
}

func matchingPairs(t *testing.T, sigma, ext string, ev *evaluator.Evaluator) map[pair]bool {
	t.Helper()
	normaliser := telemetry.NewNormaliser(logsource.Default())
	pairs := map[pair]bool{}
	pattern := filepath.Join(sigma, "regression_data", "**", "*"+ext)
	for record, err := range telemetry.Read(t.Context(), []string{pattern}, telemetry.ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		file, err := filepath.Rel(sigma, filepath.FromSlash(record.Source))
		if err != nil {
			t.Fatal(err)
		}
		twin := strings.TrimSuffix(filepath.ToSlash(file), ext) + ".json"
		for _, m := range ev.Match(normaliser.Event(record)) {
			pairs[pair{twin, record.Index, m.Rule.ID}] = true
		}
	}
	return pairs
}

// publicRules compiles the rules of an archive, all 3,780 of them: every
// placeholder stands for a text that occurs nowhere.
func publicRules(t *testing.T, archive string) *compiler.Program {
	t.Helper()
	set := archivedRules(t, archive)
	values := map[string][]string{}
	prog := &compiler.Program{}
	for range 9 { // a rule may have several placeholders, and reports one at a time
		var diags rules.Diagnostics
		prog, diags = compiler.Compile(set, compiler.Options{Placeholders: values})
		for _, d := range diags {
			if name, ok := strings.CutPrefix(d.Message, "placeholder %"); ok && d.Code == "ref/placeholder-undefined" {
				values[name[:strings.IndexByte(name, '%')]] = []string{"occurs-nowhere"}
			}
		}
	}
	if len(prog.Rules) != 3780 {
		t.Fatalf("%d rules compiled, want 3780", len(prog.Rules))
	}
	return prog
}

func archivedRules(t *testing.T, archive string) *rules.Set {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	set := &rules.Set{}
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".yml") {
			continue
		}
		docs, diags := rules.Parse(h.Name, data)
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	return set
}
