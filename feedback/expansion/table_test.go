package expansion

import (
	"context"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// Without a table it is the built-in one, and what was given stays as it is.
func TestExpandWithTheBuiltInTable(t *testing.T) {
	t.Parallel()
	docs, _ := rules.Parse("rule.yml", []byte("title: Tool\nid: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1\nlogsource: {product: windows, category: process_creation}\n"+
		"detection:\n    selection: {Image|endswith: '\\tool.exe', CommandLine|contains: ' -a '}\n    condition: selection\n"))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	v, ok := telemetry.DecodeJSON(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"UtcTime":"2026-05-01 01:02:03.000","Image":"C:\\x\\tool.exe","CommandLine":"tool -b"}`)
	if !ok {
		t.Fatal("no JSON")
	}
	in := &Input{Set: set, Program: p, Replayer: &backtest.Streaming{}, Incident: []*telemetry.Event{telemetry.NewNormaliser(nil).Event(telemetry.Record{Value: v})}}
	if _, err := Expand(context.Background(), in); err != nil {
		t.Error(err)
	}
	if in.Table != nil || in.Budget != 0 {
		t.Error("the input was changed")
	}
}
