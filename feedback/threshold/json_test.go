package threshold

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/feedback"
)

// Lists without members are empty in JSON, and not null: the grouping of a correlation
// that has none, with alerts and without.
func TestNoGroupIsAnEmptyList(t *testing.T) {
	p := compile(t, twoRules+"title: c\ncorrelation: {type: event_count, rules: [a], timespan: 1m, condition: {gte: 2}}\n")
	in := &Input{Program: p, Correlation: p.Correlations[0], Label: func(string) feedback.Label { return feedback.Label{} }}
	for _, hits := range []int{0, 3} {
		for i := range hits {
			in.Hits = append(in.Hits, correlation.Hit{Time: time.Unix(int64(i), 0), Event: evaluator.Map{"k": 1}, Origin: string(rune('a' + i)), Seq: uint64(i)})
		}
		text, err := json.Marshal(Weigh(in))
		if err != nil || strings.Contains(string(text), "null") || !strings.Contains(string(text), `"group_by":[]`) {
			t.Errorf("%d hits: %s %v", hits, text, err)
		}
	}
}
