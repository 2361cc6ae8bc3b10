package telemetry

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// pieces of texts on which the canonical form depends.
var writtenPieces = []string{
	"a", "Z", " ", `\\`, `\"`, `\n`, `\r`, `\t`, `\u0041`, `\/`, `\u00e9`, "é", "\u00a0", "<", "&", "{", "}", "-", ":", "0", "0x", "1F", "T", ".", ",", "5770385F-C22A-43E0-BF4C-06F5698FFBD9",
	"2026-03-11", "2024-02-29", "2023-02-29", "2026-13-01", "05:16:41", "24:00:00", "T05:16:41", " 05:16:41", ".816327", ".8", ".1234567891", "Z", "+01:00", " UTC", "0000-01-01T00:00:00",
}

// What is made of a string or a number as it is written is what is made of its value.
func TestCanonicalOfWritten(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(31, 32))
	quick := 0
	for range 200_000 {
		raw := ""
		for range r.IntN(5) {
			raw += writtenPieces[r.IntN(len(writtenPieces))]
		}
		if r.IntN(50) == 0 {
			raw += "\xff"
		}
		name := []string{"", "Binary", "TimeCreated_SystemTime", "x"}[r.IntN(4)]
		line := []byte(`{"a":"` + raw + `"}`)
		_, leaves, err := jsonshape.NewScanner(jsonshape.Options{}).Scan(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		l := leaves[0]
		got, ok := appendWrittenText([]byte("x"), name, line[l.Start:l.End], l.Escaped)
		if !ok {
			continue
		}
		quick++
		text := jsonshape.AppendText(nil, line, l)
		if want := appendCanonical([]byte("x"), name, evaluator.StringValue(string(text))); string(got) != string(want) {
			t.Fatalf("%s of %q:\n got %s\nwant %s", name, raw, got, want)
		}
	}
	if quick < 50_000 {
		t.Errorf("only %d texts were taken as they are written", quick)
	}
	for _, raw := range []string{"0", "7", "-1", "4240182", "1.50", "1e5", "20260311051641", "123456789012345678", "1772859600.816"} {
		for _, name := range []string{"x", "TimeCreated_SystemTime", "Binary"} {
			got, ok := appendWrittenNumber(nil, name, []byte(raw))
			if want := appendCanonical(nil, name, evaluator.NumberValue(raw)); ok && string(got) != string(want) {
				t.Errorf("%s of %s: got %s, want %s", name, raw, got, want)
			}
		}
	}
}

// A time that is taken apart is the one that the standard library reads.
func TestWrittenISO(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("x", 5400)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = zone
	}
	r := rand.New(rand.NewPCG(33, 34))
	read := 0
	for range 200_000 {
		text := []byte("2026-03-29T02:16:41.816327Z")[:19+r.IntN(9)]
		for range r.IntN(4) {
			text[r.IntN(len(text))] = "0123456789TZ. -:"[r.IntN(16)]
		}
		w, ok := writtenTime{}, false
		if looksISO(string(text)) {
			w, ok = writtenISO(string(text))
		}
		for _, in := range []*time.Location{time.UTC, zone, berlin} {
			want, wantOK := parseISOSlowly(string(text), in)
			if ok && (!wantOK || !w.in(in).Equal(want)) {
				t.Fatalf("%s: got %v, want %v, %v", text, w.in(in), want, wantOK)
			}
			if got, gotOK := parseISO(string(text), in); gotOK != wantOK || got != want {
				t.Fatalf("%s: got %v %v, want %v %v", text, got, gotOK, want, wantOK)
			}
		}
		if ok {
			read++
		}
	}
	if read < 20_000 {
		t.Errorf("only %d times were read", read)
	}
}

// Every escape that is kept is the one that JSON writes.
func TestSameEscapes(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{`a\\b\"c`: true, `a\nb\tc`: true, `\nb`: false, `b\t`: false, `a\rb`: false, `a\u0041`: false, `a\/b`: false, `\\n`: true} {
		if got := sameEscapes([]byte(raw)); got != want {
			t.Errorf("%s: %v", raw, got)
		}
		var text string
		if err := json.Unmarshal([]byte(`"`+raw+`"`), &text); err != nil {
			t.Error(err)
		}
	}
}
