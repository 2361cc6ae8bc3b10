package tuning

import (
	"fmt"
	"testing"

	"github.com/socctl/socctl/rules/logsource"
)

// BenchmarkTune tunes a rule with 100,000 alerts that differ in their command lines:
// everything, from events to clauses.
func BenchmarkTune(b *testing.B) {
	policy := Default()
	for b.Loop() {
		build := NewBuilder(logsource.Default(), processes, nil)
		for n := range 100_000 {
			parent, host := fmt.Sprintf(`C:\Program Files\Vendor%d\agent%d.exe`, n%7, n%40), fmt.Sprintf("H%d", n%300)
			if n%50 == 0 {
				parent = fmt.Sprintf(`C:\Users\u%d\AppData\Local\Temp\x%d.exe`, n%9, n)
			}
			build.Add(&Event{Fingerprint: fmt.Sprintf("%08d", n), Source: fmt.Sprintf("S%d", n%30), Host: host, Day: 20000 + n%60,
				Values: map[string]string{"Image": vssadmin, "CommandLine": fmt.Sprintf("vssadmin delete shadows /shadow=%d /job:backup-%d", n, n%1000),
					"ParentImage": parent, "User": fmt.Sprintf(`CORP\u%d`, n%500), "IntegrityLevel": "High", "CurrentDirectory": fmt.Sprintf(`C:\Jobs\%d\`, n%200)}})
		}
		c := build.Corpus()
		in := &Input{Rule: Rule{Constrained: []string{"Image"}}, Corpus: c, Removable: c.NewRows(), Protected: c.NewRows(), Pool: c.NewRows()}
		known := c.NewRows()
		for row := range c.Len() {
			known.Add(row)
			if v, _ := c.Value(row, "ParentImage"); v[3] == 'U' {
				in.Protected.Add(row)
			} else {
				in.Removable.Add(row)
			}
		}
		in.Trials = Trials(&policy, c, known, in.Removable, in.Protected, "r")
		if len(Tune(policy, in)) == 0 {
			b.Fatal("nothing found")
		}
	}
}
