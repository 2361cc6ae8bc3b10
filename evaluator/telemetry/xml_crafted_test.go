package telemetry

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// patience is how long crafted input may take that a quadratic algorithm would
// work on for many minutes. It takes a second or two.
const patience = 60 * time.Second

// within fails a test whose work took longer than it may.
func within(t *testing.T, start time.Time) {
	t.Helper()
	if took := time.Since(start); took > patience {
		t.Errorf("took %v", took)
	}
}

// Events that are not closed cost as much as they are long: each is reported, and
// none makes the reader look through all that follow.
func TestXMLManyUnclosedEvents(t *testing.T) {
	t.Parallel()
	const count = 200_000
	start := time.Now()
	records, lost := 0, 0
	in := strings.Repeat("<Event >", count) + sysmonXML
	for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Format: "xml", Stdin: strings.NewReader(in)}) {
		var p *Problem
		switch {
		case err == nil && r.Value.Text() == sysmonFlat:
			records++
		case errors.As(err, &p) && p.Offset == int64(lost*len("<Event >")):
			lost += p.Lost
		default:
			t.Fatal(r.Value.Text(), err)
		}
	}
	if records != 1 || lost != count {
		t.Errorf("%d records and %d lost, want 1 and %d", records, lost, count)
	}
	within(t, start)
}

// A text in very many pieces costs as much as it is long.
func TestXMLTextInPieces(t *testing.T) {
	t.Parallel()
	const count = 300_000
	start := time.Now()
	in := "<Event><EventData><Data Name='x'>" + strings.Repeat("a<!---->", count) + "</Data></EventData></Event>"
	records, problems := readAll(t, ReadOptions{Format: "xml", Stdin: strings.NewReader(in)}, "-")
	if len(records) != 1 || len(problems) > 0 {
		t.Fatalf("%d records, problems %v", len(records), problems)
	}
	if want := `{"Event":{"EventData":{"x":"` + strings.Repeat("a", count) + `"}}}`; records[0].Value.Text() != want {
		t.Errorf("another text than %d letters", count)
	}
	within(t, start)
}

// Nesting beyond the limit is an error of that event alone.
func TestXMLDeepNesting(t *testing.T) {
	t.Parallel()
	deep := "<Event>" + strings.Repeat("<x>", 10_000) + strings.Repeat("</x>", 10_000) + "</Event>\n"
	got := transcript(t, ReadOptions{Format: "xml", Stdin: strings.NewReader(deep + sysmonXML + deep[:20_000] + sysmonXML)})
	want := "1:1: elements are nested deeper than 64 levels " + sysmonFlat + " 2:" // the second one is not even closed
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ": the event ends without </Event> "+sysmonFlat) {
		t.Errorf("got %s", got)
	}
}
