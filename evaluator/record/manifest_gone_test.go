package record

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// Files whose manifest somebody has lost are not taken for what a killed process has left,
// which the next one that writes removes.
func TestManifestGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	add := func() (*Writer, error) {
		w, err := Create(dir, Options{})
		if err != nil {
			return nil, err
		}
		v, _ := telemetry.DecodeJSON(`{"a":"b"}`)
		return w, w.Add(telemetry.Record{Source: "x", Value: v})
	}
	left, err := add()
	if err != nil {
		t.Fatal(err)
	}
	if err := left.flushAll(); err != nil { // and then it is killed
		t.Fatal(err)
	}
	left.unlock()
	w, err := add()
	if err != nil {
		t.Fatalf("what a killed process has left: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(w.manifest.Files[0].Path))
	if err := os.Remove(filepath.Join(dir, ManifestName)); err != nil {
		t.Fatal(err)
	}
	if _, err := add(); err == nil || !strings.Contains(err.Error(), "manifest.json is gone; restore it, or name a new folder") {
		t.Errorf("without a manifest: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
