package matcher_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
)

// tenfold returns the literals that the public rules look for in a field, and
// nine more of each, in which one letter is another.
func tenfold(t testing.TB, field string, times int) []compiler.Predicate {
	predicates := public(t)
	lists := map[compiler.Anchor][]string{}
	for _, a := range byField(predicates)[field] {
		p := &predicates[a]
		anchor, literals, ok := p.Pattern.Simple()
		if p.Op != compiler.OpText || !ok || p.Pattern.Cased() || len(literals) != 1 {
			continue
		}
		for k := range times {
			changed := []byte(literals[0])
			if k > 0 && utf8.RuneCount(changed) == len(changed) && len(changed) > 0 {
				changed[(k*7+int(a))%len(changed)] = "QJXZKWVYG"[k-1]
			}
			var escaped []byte
			for _, c := range changed {
				if c == '\\' || c == '*' || c == '?' {
					escaped = append(escaped, '\\')
				}
				escaped = append(escaped, c)
			}
			lists[anchor] = append(lists[anchor], string(escaped))
		}
	}
	var items []string
	for anchor, modifier := range []string{compiler.Whole: "", compiler.Anywhere: "|contains", compiler.AtStart: "|startswith", compiler.AtEnd: "|endswith"} {
		for list := lists[compiler.Anchor(anchor)]; len(list) > 0; list = list[min(1000, len(list)):] {
			text, _ := json.Marshal(list[:min(1000, len(list))])
			items = append(items, fmt.Sprintf("f%s: %s", modifier, text))
		}
	}
	return compile(t, items...)
}

// BenchmarkTenfold compares the literals of a field with ten times as many.
func BenchmarkTenfold(b *testing.B) {
	values := samples(b, 1)
	for _, field := range benchmarkFields[:7] {
		some := values[field][:min(len(values[field]), 2000)]
		for _, times := range []int{1, 10} {
			predicates := tenfold(b, field, times)
			m := matcher.New(predicates, byField(predicates)["f"], satisfies)
			b.Run(fmt.Sprintf("%s/%d", field, times), func(b *testing.B) {
				var s matcher.Scratch
				var hits []int32
				for b.Loop() {
					for _, v := range some {
						hits = m.Match(hits[:0], v.kind, v.text, &s)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(1, len(some))), "ns/value")
				b.ReportMetric(float64(m.Size()), "B-tables")
				b.ReportMetric(float64(len(predicates)), "predicates")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
