package ruletest_test

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/ruletest"
)

// Numbers of the SigmaHQ tree of 2026-08 with the recordings that are shared.
const (
	sigmaHQTests   = 202
	sigmaHQMissing = 115
)

// sigmaHQ lays out a checkout of the SigmaHQ repository.
func sigmaHQ(t testing.TB) string {
	t.Helper()
	archive, recordings := corpus.Path(t, "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"), corpus.Path(t, "sigma/regression_data")
	dir := t.TempDir()
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
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg && filepath.IsLocal(h.Name) {
			writeFrom(t, filepath.Join(dir, h.Name), tr)
		}
	}
	if err := os.Symlink(recordings, filepath.Join(dir, "regression_data")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFrom(t testing.TB, name string, r io.Reader) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err == nil {
		err = os.WriteFile(name, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSigmaHQ runs every regression test of the SigmaHQ repository as it is.
func TestSigmaHQ(t *testing.T) {
	dir := sigmaHQ(t)
	for _, twin := range []ruletest.Recordings{ruletest.EVTX, ruletest.JSON} {
		t.Run(string(twin), func(t *testing.T) {
			suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}, Recordings: twin})
			if err := diags.Err(); err != nil {
				t.Error(err)
			}
			r := ruletest.Run(context.Background(), suite, ruletest.RunOptions{AllowMissing: true})
			for i := range r.Cases {
				if c := &r.Cases[i]; !c.Clean() {
					t.Errorf("%s %s: %s", c.Status, c.Case.ID, c.Message)
				}
			}
			n := r.Counts()
			if got, want := n[ruletest.Pass], sigmaHQTests-sigmaHQMissing; got != want {
				t.Errorf("%d tests pass, want %d", got, want)
			}
			if got := n[ruletest.MissingRecording]; got != sigmaHQMissing {
				t.Errorf("%d recordings are missing, want %d", got, sigmaHQMissing)
			}
			if !r.Clean() || len(r.Unresolved) > 0 {
				t.Errorf("clean = %t, unresolved = %v", r.Clean(), r.Unresolved)
			}
		})
	}
	t.Run("missing fails", func(t *testing.T) {
		suite, _ := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}})
		if r := ruletest.Run(context.Background(), suite, ruletest.RunOptions{}); r.Clean() || !r.Unreadable() {
			t.Errorf("clean = %t, unreadable = %t", r.Clean(), r.Unreadable())
		}
	})
}

// TestStarterPack runs the tests of the rule pack that socctl init lays down.
func TestStarterPack(t *testing.T) {
	dir := filepath.Join("..", "..", "rules", "starter")
	suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}})
	if err := diags.Err(); err != nil {
		t.Error(err)
	}
	r := ruletest.Run(context.Background(), suite, ruletest.RunOptions{})
	tested := map[string]bool{}
	for i := range r.Cases {
		c := &r.Cases[i]
		tested[c.Case.Rule.Meta().ID.Text] = true
		if c.Status != ruletest.Pass {
			t.Errorf("%s %s: %s", c.Status, c.Case.ID, c.Message)
		}
	}
	if len(tested) < 60 {
		t.Errorf("only %d rules have tests", len(tested))
	}
}

func BenchmarkSigmaHQ(b *testing.B) {
	dir := sigmaHQ(b)
	b.ReportAllocs()
	for b.Loop() {
		suite, _ := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}})
		ruletest.Run(context.Background(), suite, ruletest.RunOptions{AllowMissing: true})
	}
}
