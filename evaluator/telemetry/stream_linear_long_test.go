//go:build long

package telemetry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Values of a megabyte that come close to many public rules take a time in
// proportion to their length: four times as long ones may not take twelve times.
// go test -tags long -run AlmostMatch ./evaluator/telemetry
func TestStreamOnAlmostMatches(t *testing.T) {
	p := publicProgram(t)
	for _, field := range []string{"CommandLine", "Image", "ScriptBlockText", "TargetObject", ""} {
		for name, cut := range map[string]func(s string) string{
			"last letter":  func(s string) string { return s[:len(s)-1] },
			"first letter": func(s string) string { return s[1:] },
			"whole":        func(s string) string { return s },
			"doubled":      func(s string) string { return s[:len(s)-1] + s[:len(s)-1] },
		} {
			text := almost(p, field, cut)
			small, large := timeOf(t, p, field, repeated(text, 1<<18)), timeOf(t, p, field, repeated(text, 1<<20))
			t.Logf("%s, %s: %v for 256 KB, %v for 1 MB", field, name, small, large)
			if large > 12*small+10*time.Millisecond {
				t.Errorf("%s, %s: %v for 256 KB, %v for 1 MB", field, name, small, large)
			}
		}
	}
}

// almost joins what is left of all literals that rules look for in a field.
func almost(p *compiler.Program, field string, cut func(string) string) string {
	var b strings.Builder
	for i := range p.Predicates {
		if q := &p.Predicates[i]; q.Field == field && q.Op == compiler.OpText {
			for _, literal := range q.Pattern.Literals() {
				b.WriteString(cut(literal))
			}
		}
	}
	return strings.ToValidUTF8(b.String(), "")
}

func repeated(text string, size int) string { return strings.Repeat(text, size/len(text)+1)[:size] }

// timeOf is the least of three times that it takes to match records with a value
// that is new each time.
func timeOf(t *testing.T, p *compiler.Program, field, text string) time.Duration {
	t.Helper()
	if field == "" {
		field = "AnyName"
	}
	quoted := string(evaluator.StringValue(strings.ToValidUTF8(text, "")).AppendJSON(nil))
	stream := telemetry.NewStream(normaliser(), evaluator.New(p))
	least := time.Hour
	for i := range 5 {
		raw := fmt.Appendf(nil, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"%s":%s%d"}`, field, quoted[:len(quoted)-1], i)
		start := time.Now()
		if _, _, err := stream.Match(telemetry.Record{Raw: raw}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); i > 1 { // the first ones make a plan
			least = min(least, took)
		}
	}
	return least
}
