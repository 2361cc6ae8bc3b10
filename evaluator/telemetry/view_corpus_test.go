package telemetry

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"gopkg.in/yaml.v3"

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
	root := dataRoot(t)
	rules := ruleLogsources(t, root)
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

// ruleLogsources returns the logsource of every rule of the SigmaHQ tree by id.
func ruleLogsources(t *testing.T, root string) map[string]logsource.Logsource {
	t.Helper()
	archives, _ := filepath.Glob(filepath.Join(root, "sigma", "sigma-rules-*-attack-v19.tar.zst"))
	if len(archives) == 0 {
		t.Skip("no archive of SigmaHQ rules")
	}
	f, err := os.Open(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	found := map[string]logsource.Logsource{}
	archive := tar.NewReader(z)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(header.Name, ".yml") {
			continue
		}
		var rule struct {
			ID        string
			Logsource struct{ Category, Product, Service string }
		}
		if err := yaml.NewDecoder(archive).Decode(&rule); err != nil {
			t.Fatalf("%s: %v", header.Name, err)
		}
		found[rule.ID] = logsource.Logsource(rule.Logsource)
	}
}
