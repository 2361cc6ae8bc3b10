package matcher_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
)

var benchmarkFields = []string{"CommandLine", "Image", "TargetObject", "Hashes", "ScriptBlockText", "ContextInfo", "ImageLoaded", "EventID", "OriginalFileName", "TargetFilename", "ParentImage", "Details", "DestinationIp", "DestinationHostname", ""}

// BenchmarkMatch decides all public predicates of a field on distinct values of
// public recordings.
func BenchmarkMatch(b *testing.B) {
	predicates, values := public(b), samples(b, 1)
	fields := byField(predicates)
	for _, field := range benchmarkFields {
		some := values[field][:min(len(values[field]), 2000)]
		m := matcher.New(predicates, fields[field], satisfies)
		b.Run(name(field), func(b *testing.B) {
			if len(some) == 0 {
				b.Skip("no values")
			}
			var s matcher.Scratch
			var hits []int32
			found, size := 0, 0
			for _, v := range some {
				hits = m.Match(hits[:0], v.kind, v.text, &s)
				found += len(hits)
				size += len(v.text)
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, v := range some {
					hits = m.Match(hits[:0], v.kind, v.text, &s)
				}
			}
			per := float64(b.N) * float64(len(some))
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/per, "ns/value")
			b.ReportMetric(float64(size)/float64(len(some)), "B/value")
			b.ReportMetric(float64(found)/float64(len(some)), "hits/value")
			b.ReportMetric(float64(m.Size()), "B-tables")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func name(field string) string {
	if field == "" {
		return "keywords"
	}
	return field
}

// BenchmarkNew builds the matchers of all fields.
func BenchmarkNew(b *testing.B) {
	predicates := public(b)
	fields := byField(predicates)
	for b.Loop() {
		size := 0
		for _, atoms := range fields {
			size += matcher.New(predicates, atoms, satisfies).Size()
		}
		b.ReportMetric(float64(size), "B-tables")
	}
}

// BenchmarkOneAtATime is what the tables replace: an operation for each literal.
func BenchmarkOneAtATime(b *testing.B) {
	predicates, values := public(b), samples(b, 1)
	fields := byField(predicates)
	for _, field := range benchmarkFields[:7] {
		some := values[field][:min(len(values[field]), 100)]
		var patterns []*compiler.Pattern
		for _, a := range fields[field] {
			if p := &predicates[a]; p.Op == compiler.OpText {
				patterns = append(patterns, &p.Pattern)
			}
		}
		b.Run(name(field), func(b *testing.B) {
			for b.Loop() {
				for _, v := range some {
					folded := strings.ToUpper(v.text)
					for _, p := range patterns {
						p.Match(v.text, folded)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(1, len(some))), "ns/value")
			b.ReportMetric(0, "ns/op")
		})
	}
}
