package record

import (
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// recordedOf adds records to a new recording and returns what is read of it again.
func recordedOf(t *testing.T, records ...telemetry.Record) (out []telemetry.Record) {
	t.Helper()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
	if err := Records(dir, nil, func(row Row) error { out = append(out, row.Record); return nil }); err != nil {
		t.Error(err)
	}
	return out
}

// A record of an event log that was left as it stands there is recorded as what it says.
func TestRecordUnrendered(t *testing.T) {
	t.Parallel()
	var given []telemetry.Record
	var want []string
	for r, err := range telemetry.Read(t.Context(), []string{"../../testdata/recordings/windows/sysmon.evtx"}, telemetry.ReadOptions{Unrendered: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if !r.Value.IsNull() {
			t.Fatal("the record was rendered: this tests nothing")
		}
		given, want = append(given, r), append(want, r.Rendered().Value.Text())
	}
	for i, r := range recordedOf(t, given...) {
		if got := r.Value.Text(); got != want[i] {
			t.Errorf("record %d is\n%s, want\n%s", i, got, want[i])
		}
	}
}

// What is no object is recorded as the event that it becomes, and makes no file that
// cannot be read.
func TestRecordOfNoObject(t *testing.T) {
	t.Parallel()
	values := []evaluator.Value{{}, evaluator.StringValue("text"), evaluator.IntValue(7), evaluator.ListValue(evaluator.StringValue("a"))}
	var given []telemetry.Record
	for i, v := range values {
		given = append(given, telemetry.Record{Source: "x", Index: i, Value: v})
	}
	normaliser := telemetry.NewNormaliser(nil)
	got := recordedOf(t, given...)
	if len(got) != len(given) {
		t.Fatalf("%d records, want %d", len(got), len(given))
	}
	for i, r := range got {
		if normaliser.Event(r).Fingerprint() != normaliser.Event(given[i]).Fingerprint() {
			t.Errorf("%s became %s", given[i].Value.Text(), r.Value.Text())
		}
	}
}
