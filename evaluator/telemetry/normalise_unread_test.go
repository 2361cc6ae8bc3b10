package telemetry_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// Records that reading has left as they stood become the events that they are: who
// has no Stream at hand need not know.
func TestEventOfUnreadRecords(t *testing.T) {
	t.Parallel()
	normaliser := telemetry.NewNormaliser(nil)
	for _, source := range []string{"windows/winlogbeat-8.ndjson", "aws/cloudtrail-eventbridge.ndjson", "windows/sysmon.evtx"} {
		sources := []string{"../../testdata/recordings/" + source}
		var want []string
		for r, err := range telemetry.Read(t.Context(), sources, telemetry.ReadOptions{}) {
			if err == nil {
				want = append(want, normaliser.Event(r).Fingerprint())
			}
		}
		for r, err := range telemetry.Read(t.Context(), sources, telemetry.ReadOptions{Raw: true, Unrendered: true}) {
			if err != nil {
				continue
			}
			if e := normaliser.Event(r); len(want) == 0 || e.Fingerprint() != want[0] {
				t.Fatalf("%s: record %d is another event", source, r.Index)
			}
			want = want[1:]
		}
		if len(want) > 0 {
			t.Errorf("%s: %d records are missing", source, len(want))
		}
	}
}

// What is raw and not one record is told apart by a Stream; as an event it is its text.
func TestEventOfNoRecord(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"a":1}{"a":2}`, "[1]", "plain"} {
		e := telemetry.NewNormaliser(nil).Event(telemetry.Record{Raw: []byte(text)})
		if v, ok := e.Field("message"); !ok || strings.TrimSpace(v.Text()) != text {
			t.Errorf("%q: message %q, %t", text, v.Text(), ok)
		}
	}
}
