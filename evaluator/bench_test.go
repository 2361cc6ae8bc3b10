package evaluator_test

import (
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// BenchmarkCompile compiles every public rule.
func BenchmarkCompile(b *testing.B) {
	set := corpus.Rules(b)
	b.ReportAllocs()
	for b.Loop() {
		prog, _ := compiler.Compile(set, compiler.Options{})
		b.ReportMetric(float64(len(prog.Rules)), "rules")
		b.ReportMetric(float64(len(prog.Predicates)), "predicates")
	}
}

// BenchmarkMatch evaluates all rules for Windows process creations on one
// event that matches none of them.
func BenchmarkMatch(b *testing.B) {
	ev := evaluator.New(corpusProgram(b))
	fields := evaluator.Map{
		"Image": `C:\Program Files\Vendor\Agent\agent.exe`, "OriginalFileName": "agent.exe", "ParentImage": `C:\Windows\System32\services.exe`,
		"CommandLine": `"C:\Program Files\Vendor\Agent\agent.exe" --service --config C:\ProgramData\Vendor\agent.json`,
		"User":        `NT AUTHORITY\SYSTEM`, "IntegrityLevel": "System", "CurrentDirectory": `C:\Windows\system32\`,
		"Hashes": "SHA256=7A5CAC2A1A6D0B4F3C1E9B8D7F6A5B4C3D2E1F0A9B8C7D6E5F4A3B2C1D0E9F8A,IMPHASH=00000000000000000000000000000000",
	}
	event := routed{fields, []evaluator.View{{Name: "v", Event: fields, Logsource: map[string]string{"product": "windows", "category": "process_creation"}}}}
	b.ReportAllocs()
	for b.Loop() {
		if len(ev.Match(event)) > 0 {
			b.Fatal("unexpected match")
		}
	}
}

type routed struct {
	evaluator.Map
	views []evaluator.View
}

func (r routed) Views() []evaluator.View { return r.views }
