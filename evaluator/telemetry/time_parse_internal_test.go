package telemetry

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// Every layout is tried that could read a text.
func TestParseISOTriesWhatCanBe(t *testing.T) {
	t.Parallel()
	slow := func(text string, zone *time.Location) (time.Time, bool) {
		if len(text) < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[10] != 'T' && text[10] != ' ' {
			return time.Time{}, false
		}
		if text[10] == ' ' {
			text = text[:10] + "T" + text[11:]
		}
		if rest, ok := strings.CutSuffix(text, " UTC"); ok {
			text, zone = rest, time.UTC
		}
		for _, layout := range append(zonedLayouts[:], plainLayouts[:]...) {
			if t, err := time.ParseInLocation(layout, text, zone); err == nil {
				return t.UTC(), true
			}
		}
		return time.Time{}, false
	}
	r := rand.New(rand.NewPCG(5, 6))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	zone := time.FixedZone("", 3600)
	read := 0
	for range 200_000 {
		text := pick("2024-05-06", "2024-13-06", "2024-05-6x") + pick("T", " ", "t") + pick("07:08:09", "07:08", "25:08:09", "07:08:0") +
			pick("", ".1", ".123456789", ",5", ".", "Z", "x") + pick("", "", "Z", "+02:00", "-0700", " -0700", " UTC", "UTC", "+2", "-", "z", " +02:00")
		got, ok := parseISO(text, zone)
		want, wantOK := slow(text, zone)
		if ok != wantOK || !got.Equal(want) {
			t.Fatalf("%q: %v, %v, want %v, %v", text, got, ok, want, wantOK)
		}
		if ok {
			read++
		}
	}
	if read < 1000 {
		t.Errorf("only %d are times", read)
	}
}
