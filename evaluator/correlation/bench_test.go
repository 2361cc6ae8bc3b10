package correlation_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
)

// The size of BenchmarkEngine: 1,000 correlations of all types, each over one
// of 100 rules, and a day with a million matches of 100,000 users.
const (
	benchRules        = 100
	benchCorrelations = 1000
	benchMatches      = 1_000_000
	benchUsers        = 100_000
)

func benchProgram(b *testing.B) *compiler.Program {
	var text strings.Builder
	for i := range benchRules {
		fmt.Fprintf(&text, "title: r%d\nname: r%d\nlogsource: {category: test}\ndetection: {s: {k: %d}, condition: s}\n---\n", i, i, i)
	}
	conditions := []string{"event_count: {gte: 3}", "value_count: {gte: 2, field: v}", "value_sum: {gt: 100, field: v}", "value_avg: {gt: 90, field: v}",
		"value_percentile: {gt: 95, field: v, percentile: 90}", "temporal: {gte: 2}", "temporal_ordered: ", "event_count: {lt: 2}"}
	for i := range benchCorrelations {
		kind, condition, _ := strings.Cut(conditions[i%len(conditions)], ": ")
		refs := fmt.Sprintf("r%d", i%benchRules)
		if strings.HasPrefix(kind, "temporal") {
			refs += fmt.Sprintf(", r%d", (i+1)%benchRules)
		}
		fmt.Fprintf(&text, "title: c%d\ncorrelation:\n  type: %s\n  rules: [%s]\n  group-by: [user]\n  timespan: %dm\n", i, kind, refs, 5+i%56)
		if condition != "" {
			fmt.Fprintf(&text, "  condition: %s\n", condition)
		}
		text.WriteString("---\n")
	}
	return compile(b, text.String())
}

type benchEvent struct{ user, value string }

func (e *benchEvent) Field(name string) (evaluator.Value, bool) {
	switch name {
	case "user":
		return evaluator.StringValue(e.user), true
	case "v":
		return evaluator.NumberValue(e.value), true
	}
	return evaluator.Value{}, false
}

// BenchmarkEngine reports the matches per second and the largest heap seen.
func BenchmarkEngine(b *testing.B) {
	p := benchProgram(b)
	users := make([]string, benchUsers)
	for i := range users {
		users[i] = fmt.Sprintf("user%06d", i)
	}
	for b.Loop() {
		random := rand.New(rand.NewPCG(1, 2))
		alerts, peak := 0, uint64(0)
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		e := correlation.New(p, correlation.Options{Lateness: time.Minute}, func(*correlation.Alert) { alerts++ })
		for i := range benchMatches {
			at := epoch.Add(time.Duration(i) * 24 * time.Hour / benchMatches)
			event := &benchEvent{users[random.IntN(random.IntN(benchUsers)+1)], fmt.Sprint(random.IntN(100))}
			e.Add(correlation.Hit{Rule: random.IntN(benchRules), Time: at, Seq: uint64(i), Event: event})
			if i%50_000 == 0 {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			}
		}
		e.Close()
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		b.ReportMetric(float64(alerts), "alerts")
	}
	b.ReportMetric(benchMatches*float64(b.N)/b.Elapsed().Seconds(), "matches/s")
	b.ReportMetric(benchMatches*float64(b.N)*benchCorrelations/benchRules/b.Elapsed().Seconds(), "updates/s")
}
