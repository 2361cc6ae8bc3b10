package telemetry

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

type goldenPair struct {
	File  string `json:"file"`
	Event int    `json:"event"`
	Rule  string `json:"rule"`
}

// TestViewsGate shows that the views let through exactly those matches of
// SigmaHQ rules on the regression recordings that belong to the rule's
// logsource: of the pairs that match without regard to logsource, the golden
// gated ones.
func TestViewsGate(t *testing.T) {
	root := corpus.Path(t, "")
	rules := ruleLogsources(t)
	gated := map[goldenPair]bool{}
	for _, pair := range goldenPairs(t, root, "golden-pairs-gated.ndjson") {
		gated[pair] = true
	}
	n := NewNormaliser(nil)
	events := map[string][]*Event{}
	passed := 0
	for _, pair := range goldenPairs(t, root, "golden-pairs-ungated.ndjson") {
		if events[pair.File] == nil {
			events[pair.File] = readEvents(t, n, filepath.Join(root, "sigma", filepath.FromSlash(pair.File)))
		}
		rule, ok := rules[pair.Rule]
		if !ok || pair.Event >= len(events[pair.File]) {
			t.Errorf("%v: rule or event missing", pair)
			continue
		}
		got := satisfied(events[pair.File][pair.Event], rule)
		if got != gated[pair] {
			t.Errorf("%s[%d]: rule %s (%s) satisfied = %v, want %v", pair.File, pair.Event, pair.Rule, rule, got, !got)
		}
		if got {
			passed++
		}
	}
	if passed == 0 || passed != len(gated) {
		t.Errorf("%d pairs let through, want %d", passed, len(gated))
	}
}

func satisfied(e *Event, rule logsource.Logsource) bool {
	for _, v := range e.Views() {
		l := logsource.Logsource{Category: v.Logsource["category"], Product: v.Logsource["product"], Service: v.Logsource["service"]}
		if l.Satisfies(rule) {
			return true
		}
	}
	return false
}

func goldenPairs(t *testing.T, root, name string) []goldenPair {
	t.Helper()
	f, err := os.Open(filepath.Join(root, "conformance", name))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var pairs []goldenPair
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var pair goldenPair
		if err := json.Unmarshal(lines.Bytes(), &pair); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// ruleLogsources returns the logsource of every public rule by id.
func ruleLogsources(t *testing.T) map[string]logsource.Logsource {
	t.Helper()
	found := map[string]logsource.Logsource{}
	for _, d := range corpus.Rules(t).Documents() {
		if r, ok := d.(*rules.Rule); ok {
			l := r.Logsource
			found[r.ID.Text] = logsource.Logsource{Category: l.Category.Text, Product: l.Product.Text, Service: l.Service.Text}
		}
	}
	return found
}
