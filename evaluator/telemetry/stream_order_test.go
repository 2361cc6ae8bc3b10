package telemetry_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// reordered writes a record with the members of all its objects in another
// order; texts stay as they are written. False if it is no JSON.
func reordered(dice *rand.Rand, record []byte) ([]byte, bool) {
	d := json.NewDecoder(bytes.NewReader(record))
	start, err := d.Token()
	if err != nil {
		return nil, false
	}
	open, isNested := start.(json.Delim)
	if !isNested {
		return record, true
	}
	var parts []string
	for d.More() {
		name := ""
		if open == '{' {
			from := d.InputOffset()
			if _, err := d.Token(); err != nil {
				return nil, false
			}
			name = string(bytes.TrimLeft(record[from:d.InputOffset()], ", \t\r\n")) + ":"
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		inner, ok := reordered(dice, value)
		if !ok {
			return nil, false
		}
		parts = append(parts, name+string(inner))
	}
	if open == '{' {
		dice.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	return []byte(string(open) + strings.Join(parts, ",") + string(open+2)), true
}

// sameAsEvent matches lines as a stream does and as their events do.
type sameAsEvent struct {
	*telemetry.Stream
	streamed, plain *evaluator.Evaluator
	normaliser      *telemetry.Normaliser
}

func newSameAsEvent(p *compiler.Program) *sameAsEvent {
	e, n := evaluator.New(p), telemetry.NewNormaliser(nil)
	return &sameAsEvent{telemetry.NewStream(n, e), e, evaluator.New(p), n}
}

// check fails the test where the two differ. It returns what a line matches, and how
// many rules these are; false for one that is not simply one record.
func (s *sameAsEvent) check(t *testing.T, source string, line []byte) (result string, matched int, ok bool) {
	t.Helper()
	got, views, err := s.Match(telemetry.Record{Source: source, Raw: line})
	if err != nil {
		return "", 0, false
	}
	result = describe(got, s.streamed.Suppressed(), views)
	event, err := s.Event()
	if err != nil {
		t.Fatal(err)
	}
	checkTime(t, s.normaliser, event)
	want := s.plain.Match(event)
	if expect := describe(want, s.plain.Suppressed(), len(event.Views())); result != expect {
		t.Fatalf("%s:\n got %s\nwant %s\n%.2000s", source, result, expect, line)
	}
	return result, len(want), true
}

// Records whose members come in any order match what their events match, and few
// of them need an event.
func TestStreamInAnyOrder(t *testing.T) {
	t.Parallel()
	s := newSameAsEvent(publicProgram(t))
	dice := rand.New(rand.NewPCG(3, 7))
	records, matched := 0, 0
	ndjsonFiles(t, corpusLimit/4, func(name string, data []byte) {
		for line := range bytes.Lines(data) {
			line, ok := reordered(dice, bytes.TrimSpace(line))
			if !ok {
				continue
			}
			_, n, ok := s.check(t, name, line)
			if ok {
				records++
			}
			if n > 0 {
				matched++
			}
		}
	})
	st := s.Statistics()
	t.Logf("%d records, %d match, %+v", records, matched, st)
	if records < 1000 || matched < 100 {
		t.Errorf("%d records, of which %d match", records, matched)
	}
	if int(st.Slow) > records/2 {
		t.Errorf("events were made of %d of %d records", st.Slow, records)
	}
}

// Where the order of members makes a difference, it makes the same difference for
// a stream.
func TestStreamWhereOrderCounts(t *testing.T) {
	t.Parallel()
	s := newSameAsEvent(streamProgram(t))
	dice := rand.New(rand.NewPCG(3, 8))
	most := 0
	for _, record := range []string{
		`{"Channel":"Security","EventID":4688,"EventId":1,"EventCode":13,"Computer":"lab"}`,
		`{"Channel":"Security","LogName":"System","EventID":4688,"SourceName":"x"}`,
		`{"Channel":"Security","EventID":4688,"Extra":{"inner":"v","x":"w"},"Extra.inner":"z","Image":"y"}`,
	} {
		results := map[string]bool{}
		for range 200 {
			line, _ := reordered(dice, []byte(record))
			result, _, ok := s.check(t, "x", line)
			if !ok {
				t.Fatalf("%s is not one record", line)
			}
			results[result] = true
		}
		most = max(most, len(results))
	}
	if most < 2 {
		t.Error("the order makes no difference for any of the records")
	}
}

// What decides what a record is may be read in another order where members come in
// another one.
func TestStreamWhereOrdersDecide(t *testing.T) {
	t.Parallel()
	s := newSameAsEvent(streamProgram(t))
	dice := rand.New(rand.NewPCG(3, 9))
	names := []string{"linux", "windows", "security"}
	for range 3000 {
		pick := func() string { return names[dice.IntN(len(names))] }
		record := []byte(`{"logsource":{"product":"` + pick() + `","service":"` + pick() + `","category":"` + pick() + `"},"EventID":4688,"x":"mimikatz","a":1,"b":2}`)
		line, _ := reordered(dice, record)
		if _, _, ok := s.check(t, "x", line); !ok {
			t.Fatalf("%s is not one record", line)
		}
	}
	if st := s.Statistics(); st.Slow > 1000 {
		t.Errorf("events were made of %d of 3000 records", st.Slow)
	}
}
