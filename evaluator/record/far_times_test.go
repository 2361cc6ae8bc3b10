package record

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Events of times that are beyond nanoseconds, as the beginning of the time of Windows
// is, are of their days, whether a file is read or only its index, and whatever became of
// the file.
func TestFarTimes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	times := []string{"1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "1601-01-02T03:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00", "2026-01-01T00:00:00Z", "never"}
	want := map[int]*Span{}
	for i, at := range times {
		v, _ := telemetry.DecodeJSON(`{"Channel":"Security","EventID":4688,"TimeCreated":"` + at + `","NewProcessName":"C:\\a.exe"}`)
		if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
		parsed, err := time.Parse(time.RFC3339, at)
		if err != nil || parsed.UTC().Year() > 9999 {
			continue
		}
		day := int(parsed.Unix()/86400) - 1
		if parsed.Unix() >= 0 || parsed.Unix()%86400 == 0 {
			day++
		}
		if want[day] == nil {
			want[day] = &Span{First: parsed}
		}
		want[day].Events, want[day].Last = want[day].Events+1, parsed
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	programs := map[string]*compiler.Program{
		"read":   compiled(t, "title: a\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image|endswith: a.exe}, condition: s}"),
		"silent": compiled(t, "title: b\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image: other}, condition: s}"),
		"idle":   compiled(t, "title: c\nlogsource: {product: linux}\ndetection: {s: {Image: other}, condition: s}"),
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"recorded", func() error { return nil }},
		{"redacted", func() error {
			_, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"other"}})
			return err
		}},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		for name, p := range programs {
			got := newGround()
			if err := Replay(context.Background(), dir, p, ReplayOptions{Exposure: true}, func(r *Replayed) error {
				for _, h := range r.Hits {
					if h.Time.IsZero() != (h.Index == 4 || h.Index == 6) {
						t.Errorf("%s, %s: the hit %d is of %v", step.name, name, h.Index, h.Time)
					}
				}
				got.add(r.Grounds[Logsource{}])
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if got.Undated != 2 { // that of the year 10000, and that of no time
				t.Errorf("%s, %s: %d events have no time", step.name, name, got.Undated)
			}
			if diff := cmp.Diff(want, got.Days); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", step.name, name, diff)
			}
		}
	}
}
