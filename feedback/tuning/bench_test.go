package tuning

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/socctl/socctl/rules/logsource"
)

// BenchmarkTune tunes a rule with 100,000 alerts that differ in their command lines:
// everything, from events to clauses. It reports the part that is tuning, and on Linux
// the peak of the process.
func BenchmarkTune(b *testing.B) {
	policy, tuning := Default(), time.Duration(0)
	var events []*Event
	for n := range 100_000 {
		parent, host := fmt.Sprintf(`C:\Program Files\Vendor%d\agent%d.exe`, n%7, n%40), fmt.Sprintf("H%d", n%300)
		if n%50 == 0 {
			parent = fmt.Sprintf(`C:\Users\u%d\AppData\Local\Temp\x%d.exe`, n%9, n)
		}
		events = append(events, &Event{Fingerprint: fmt.Sprintf("%08d", n), Source: fmt.Sprintf("S%d", n%30), Host: host, Day: 20000 + n%60,
			Values: map[string]string{"Image": vssadmin, "CommandLine": fmt.Sprintf("vssadmin delete shadows /shadow=%d /job:backup-%d", n, n%1000),
				"ParentImage": parent, "User": fmt.Sprintf(`CORP\u%d`, n%500), "IntegrityLevel": "High", "CurrentDirectory": fmt.Sprintf(`C:\Jobs\%d\`, n%200)}})
	}
	for b.Loop() {
		build := NewBuilder(logsource.Default(), processes, nil)
		for _, e := range events {
			build.Add(e)
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
		began := time.Now()
		in.Trials = Trials(&policy, c, known, in.Removable, in.Protected, "r", nil)
		if len(Tune(policy, in)) == 0 {
			b.Fatal("nothing found")
		}
		tuning += time.Since(began)
	}
	b.ReportMetric(tuning.Seconds()/float64(b.N), "tuning-s/op")
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if m := peak.FindSubmatch(status); m != nil {
			kB, _ := strconv.Atoi(string(m[1]))
			b.ReportMetric(float64(kB)/1000, "peak-MB")
		}
	}
}

var peak = regexp.MustCompile(`VmHWM:\s*([0-9]+) kB`)
