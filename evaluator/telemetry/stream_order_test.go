package telemetry_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

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

// Records whose members come in any order match what their events match, and few
// of them need an event.
func TestStreamInAnyOrder(t *testing.T) {
	t.Parallel()
	p := publicProgram(t)
	dice := rand.New(rand.NewPCG(3, 7))
	n := telemetry.NewNormaliser(nil)
	streamEvaluator := evaluator.New(p)
	stream, plain := telemetry.NewStream(n, streamEvaluator), evaluator.New(p)
	records, matched := 0, 0
	ndjsonFiles(t, corpusLimit/4, func(name string, data []byte) {
		for line := range bytes.Lines(data) {
			line, ok := reordered(dice, bytes.TrimSpace(line))
			if !ok {
				continue
			}
			got, views, err := stream.Match(telemetry.Record{Source: name, Index: records, Raw: line})
			if err != nil {
				continue
			}
			streamed := describe(got, streamEvaluator.Suppressed(), views)
			event, err := stream.Event()
			if err != nil {
				t.Fatal(err)
			}
			want := plain.Match(event)
			if expect := describe(want, plain.Suppressed(), len(event.Views())); streamed != expect {
				t.Fatalf("%s record %d:\n got %s\nwant %s\n%.2000s", name, records, streamed, expect, line)
			}
			records++
			if len(want) > 0 {
				matched++
			}
		}
	})
	s := stream.Statistics()
	t.Logf("%d records, %d match, %+v", records, matched, s)
	if records < 1000 || matched < 100 {
		t.Errorf("%d records, of which %d match", records, matched)
	}
	if int(s.Slow) > records/2 {
		t.Errorf("events were made of %d of %d records", s.Slow, records)
	}
}

// Where the order of members makes a difference, it makes the same difference for
// a stream.
func TestStreamWhereOrderCounts(t *testing.T) {
	t.Parallel()
	p := streamProgram(t)
	dice := rand.New(rand.NewPCG(3, 8))
	streamEvaluator := evaluator.New(p)
	stream, plain := telemetry.NewStream(telemetry.NewNormaliser(nil), streamEvaluator), evaluator.New(p)
	for _, record := range []string{
		`{"Channel":"Security","EventID":4688,"EventId":1,"EventCode":13,"Computer":"lab"}`,
		`{"Channel":"Security","LogName":"System","EventID":4688,"SourceName":"x"}`,
		`{"Channel":"Security","EventID":4688,"Extra":{"inner":"v","x":"w"},"Extra.inner":"z","Image":"y"}`,
	} {
		results := map[string]bool{}
		for range 200 {
			line, _ := reordered(dice, []byte(record))
			got, views, err := stream.Match(telemetry.Record{Source: "x", Raw: line})
			if err != nil {
				t.Fatal(err)
			}
			streamed := describe(got, streamEvaluator.Suppressed(), views)
			event, err := stream.Event()
			if err != nil {
				t.Fatal(err)
			}
			if expect := describe(plain.Match(event), plain.Suppressed(), len(event.Views())); streamed != expect {
				t.Fatalf("%s:\n got %s\nwant %s", line, streamed, expect)
			}
			results[streamed] = true
		}
		t.Logf("%s: %d results", record, len(results))
	}
}

// What decides what a record is may be read in another order where members come in
// another one.
func TestStreamWhereOrdersDecide(t *testing.T) {
	t.Parallel()
	p := streamProgram(t)
	dice := rand.New(rand.NewPCG(3, 9))
	streamEvaluator := evaluator.New(p)
	stream, plain := telemetry.NewStream(telemetry.NewNormaliser(nil), streamEvaluator), evaluator.New(p)
	names := []string{"linux", "windows", "security"}
	for range 3000 {
		pick := func() string { return names[dice.IntN(len(names))] }
		record := []byte(`{"logsource":{"product":"` + pick() + `","service":"` + pick() + `","category":"` + pick() + `"},"EventID":4688,"x":"mimikatz","a":1,"b":2}`)
		line, _ := reordered(dice, record)
		got, views, err := stream.Match(telemetry.Record{Source: "x", Raw: line})
		if err != nil {
			t.Fatal(err)
		}
		streamed := describe(got, streamEvaluator.Suppressed(), views)
		event, err := stream.Event()
		if err != nil {
			t.Fatal(err)
		}
		if expect := describe(plain.Match(event), plain.Suppressed(), len(event.Views())); streamed != expect {
			t.Fatalf("%s:\n got %s\nwant %s", line, streamed, expect)
		}
	}
	if s := stream.Statistics(); s.Slow > 1000 {
		t.Errorf("events were made of %d of 3000 records", s.Slow)
	}
}
