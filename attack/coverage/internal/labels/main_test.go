package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/corpus"
)

// The manifest that is checked in is the one that this command writes.
func TestManifestIsUpToDate(t *testing.T) {
	data := corpus.Path(t, "")
	got, err := manifest(data, "../../../../testdata/telemetry/curated.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../../../testdata/telemetry/shared.yml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run go run ./attack/coverage/internal/labels (-file +made):\n%s", diff)
	}
}
