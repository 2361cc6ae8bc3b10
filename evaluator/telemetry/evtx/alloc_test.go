package evtx_test

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/telemetry/evtx"
	"github.com/socctl/socctl/rules"
)

// Once records of a kind are known, more of them that match nothing cost no allocation
// from the bytes of the log on.
func TestEvaluatingALogAllocatesNothing(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // collecting garbage empties pools
	set, diags := rules.Load(fstest.MapFS{"r.yml": {Data: []byte("title: R\nlogsource: {product: windows}\ndetection:\n  s: {a|contains: mimikatz, c: 7}\n  k: [sekurlsa]\n  condition: s or k\n")}})
	p, problems := compiler.Compile(set, compiler.Options{})
	if err := append(diags, problems...).Err(); err != nil {
		t.Fatal(err)
	}
	logOf := func(records int) []byte {
		b := evtx.NewLog("Security")
		for i := range records {
			b.Add(evtx.NewField("a", evtx.String, evtx.Wide(fmt.Sprint("value ", i))), evtx.NewField("b", evtx.Hex64, le(uint64(i), 8)), evtx.NewField("c", evtx.Uint32, le(uint64(i%7), 4)))
		}
		return b.File()
	}
	stream := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(p))
	read := func(data []byte) (events int) {
		for r, err := range telemetry.Read(t.Context(), []string{"-"}, telemetry.ReadOptions{Unrendered: true, Stdin: bytes.NewReader(data)}) {
			if err != nil {
				t.Fatal(err)
			}
			if matches, _, err := stream.Match(r); err != nil || len(matches) > 0 {
				t.Fatal(matches, err)
			}
			events++
			r.Release()
		}
		return events
	}
	few, many := logOf(5), logOf(40)
	if n := read(many); n != 40 {
		t.Fatalf("%d events", n)
	}
	read(few)
	a, b := testing.AllocsPerRun(50, func() { read(few) }), testing.AllocsPerRun(50, func() { read(many) })
	// One for each record would be 35 more; the race detector has pools forget at random.
	if b > a+25 {
		t.Errorf("%.0f allocations for 5 records, %.0f for 40", a, b)
	}
}
