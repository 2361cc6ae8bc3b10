package telemetry

import (
	"fmt"
	"strings"
	"testing"
)

// An envelope full of what is no record is reported in a few words, not once for
// each: there may be many millions in a line.
func TestEnvelopeOfOthers(t *testing.T) {
	t.Parallel()
	const count = 100_000
	in := `{"Records":[` + strings.Repeat("1,", count) + `{"a":1}]}` + "\n" + `{"b":2}`
	want := `{"a":1} `
	for i := range maxLineProblems {
		want = want[:len(want)-len(`{"a":1} `)] + fmt.Sprintf("1:1: record %d of the envelope is a number, want an object ", i) + `{"a":1} `
	}
	want += fmt.Sprintf(`1:1: %d more records of the envelope are no objects {"b":2}`, count-maxLineProblems)
	if got := transcript(t, ReadOptions{Format: "json", Stdin: strings.NewReader(in)}); got != want {
		t.Errorf("got  %.2000s\nwant %s", got, want)
	}
}

// A raw record does not hold the blank lines behind it.
func TestRawRecordsHoldNoBlankLines(t *testing.T) {
	t.Parallel()
	in := "{\"a\":0}\n" + strings.Repeat("{\"a\":1}\n"+strings.Repeat("\n", 50_000), 10) + "{\"a\":2}\n{\"a\":2}\n"
	records := 0
	for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Raw: true, Stdin: strings.NewReader(in)}) {
		if err != nil {
			t.Fatal(err)
		}
		if records++; len(r.place.context) > len(r.Raw)+2*maxBlank {
			t.Errorf("record %d holds %d bytes", r.Index, len(r.place.context))
		}
	}
	if records != 13 {
		t.Errorf("%d records", records)
	}
}
