package record

import (
	"fmt"
	"testing"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// What is given up leaves what was there before, even if it is the same.
func TestAbortKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	add := func() *Writer {
		w, err := Create(dir, Options{Memory: 1 << 16}) // so that files are written before the end
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5000 {
			v, ok := telemetry.DecodeJSON(fmt.Sprintf(`{"Channel":"Security","EventID":1,"text":"some text %d that takes room"}`, i))
			if !ok {
				t.Fatal(i)
			}
			if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	if err := add().Commit(); err != nil {
		t.Fatal(err)
	}
	w := add()
	if len(w.added) == 0 || !w.there[w.added[0].Path] {
		t.Fatal("no file was written that is as one that was there")
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}
