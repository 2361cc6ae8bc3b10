package record

import (
	"errors"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// A writer ends once: a deferred Abort leaves what was committed, and a Commit behind an
// Abort does not list files that are gone.
func TestWriterEndsOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		end   func(*Writer) error
		again func(*Writer) error
		rows  int
		want  error
	}{
		{"abort behind commit", (*Writer).Commit, (*Writer).Abort, 1, nil},
		{"abort behind abort", (*Writer).Abort, (*Writer).Abort, 0, nil},
		{"commit behind abort", (*Writer).Abort, (*Writer).Commit, 0, ErrEnded},
		{"commit behind commit", (*Writer).Commit, (*Writer).Commit, 1, ErrEnded},
		{"add behind commit", (*Writer).Commit, addOne, 1, ErrEnded},
	} {
		dir := t.TempDir()
		w, err := Create(dir, Options{Memory: 1}) // files are written before the end
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(addOne(w), test.end(w)); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if err := test.again(w); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
		m, err := ReadManifest(dir)
		if test.rows == 0 && errors.Is(err, ErrNoRecording) {
			continue
		}
		if err != nil || m.Rows() != test.rows {
			t.Errorf("%s: %v, %v", test.name, m, err)
		}
		if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
			t.Errorf("%s: %v, %v", test.name, problems, err)
		}
	}
}

func addOne(w *Writer) error {
	return w.Add(telemetry.Record{Value: evaluator.ObjectValue(evaluator.Member{Name: "a", Value: evaluator.StringValue("b")})})
}

// Who finds a recording being written can tell, and wait.
func TestLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if w, err = Create(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
}
