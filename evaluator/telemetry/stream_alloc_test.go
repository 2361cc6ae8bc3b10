package telemetry_test

import (
	"fmt"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Once records of a kind are known, one that matches nothing costs no allocation,
// whatever its texts are.
func TestStreamAllocatesNothing(t *testing.T) {
	stream := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(streamProgram(t)))
	var records [][]byte
	for i := range 2000 {
		records = append(records, fmt.Appendf(nil, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"pc%d","Image":"C:\\Users\\u%d\\n.exe","ParentImage":"C:\\p%d.exe","ProcessId":%d,"Message":"Process\r\ncreated %d"}`,
			i%7, i, i%90, 1000+i, i))
	}
	match := func(raw []byte) {
		matches, _, err := stream.Match(telemetry.Record{Source: "x.ndjson", Raw: raw})
		if err != nil || len(matches) > 0 {
			t.Fatal(matches, err)
		}
	}
	for _, r := range records[:1000] {
		match(r)
	}
	n := 1000
	if allocs := testing.AllocsPerRun(900, func() {
		match(records[n])
		n++
	}); allocs > 0 {
		t.Errorf("%.1f allocations for a record", allocs)
	}
}

// Nor does what tells the event of such a record from others.
func TestStreamIdentityAllocatesNothing(t *testing.T) {
	stream := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(streamProgram(t)))
	var records [][]byte
	for i := range 2000 {
		records = append(records, fmt.Appendf(nil, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"pc%d","Image":"C:\\Users\\u%d\\n.exe","ProcessGuid":"{5770385F-C22A-43E0-BF4C-06F5%08d}","ProcessId":%d,"UtcTime":"2026-03-11 05:16:%02d.%03d"}`,
			i%7, i, i, 1000+i, i%60, i%1000))
	}
	identify := func(raw []byte) {
		if _, _, err := stream.Match(telemetry.Record{Source: "x.ndjson", Raw: raw}); err != nil {
			t.Fatal(err)
		}
		if id, err := stream.TransientIdentity(); err != nil || !id.Timed {
			t.Fatal(id, err)
		}
	}
	for _, r := range records[:1000] {
		identify(r)
	}
	n := 1000
	if allocs := testing.AllocsPerRun(900, func() {
		identify(records[n])
		n++
	}); allocs > 0 {
		t.Errorf("%.1f allocations for a record", allocs)
	}
}
