package telemetry

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/corpus"
)

func readEvents(t testing.TB, n *Normaliser, sources ...string) []*Event {
	t.Helper()
	var events []*Event
	for r, err := range Read(context.Background(), sources, ReadOptions{}) {
		if err != nil {
			t.Errorf("read: %v", err)
			continue
		}
		events = append(events, n.Event(r))
	}
	return events
}

// TestFingerprintTwins shows that an EVTX record and its JSON twin have the
// same fingerprint and views, for all regression recordings.
func TestFingerprintTwins(t *testing.T) {
	root := filepath.Join(corpus.Path(t, ""), "sigma", "regression_data")
	n := NewNormaliser(nil)
	files, twins := 0, 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" {
			return err
		}
		twin := strings.TrimSuffix(path, ".evtx") + ".json"
		if _, err := os.Stat(twin); err != nil {
			return nil
		}
		files++
		binary, text := readEvents(t, n, path), readEvents(t, n, twin)
		if len(binary) != len(text) {
			t.Errorf("%s: %d records, twin has %d", path, len(binary), len(text))
			return nil
		}
		for i := range binary {
			twins++
			compareTwins(t, path, binary[i], text[i])
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d twins of recordings found: %v", files, err)
	}
	t.Logf("%d recordings, %d pairs of events", files, twins)
}

func compareTwins(t *testing.T, path string, a, b *Event) {
	t.Helper()
	if a.Fingerprint() != b.Fingerprint() {
		t.Errorf("%s[%d]: fingerprints differ:\n%s", path, a.Record().Index, fieldDifference(a, b))
	}
	if left, right := viewNames(a), viewNames(b); left != right {
		t.Errorf("%s[%d]: views %s, twin has %s", path, a.Record().Index, left, right)
	}
	ta, _, oka := a.Time()
	tb, _, okb := b.Time()
	if !oka || !okb || ta.UnixMilli() != tb.UnixMilli() {
		t.Errorf("%s[%d]: times %v and %v", path, a.Record().Index, ta, tb)
	}
}

func fieldDifference(a, b *Event) string {
	seen := map[string]int{}
	for event, n := range map[*Event]int{a: 1, b: -1} {
		c := &canonicalForm{}
		c.take(event)
		for _, f := range c.fields {
			seen[f.name+"="+string(c.value(f))] += n
		}
	}
	var text strings.Builder
	for f, n := range seen {
		if n != 0 {
			text.WriteString(map[bool]string{true: "- ", false: "+ "}[n > 0] + f + "\n")
		}
	}
	return text.String()
}

func viewNames(e *Event) string {
	var names []string
	for _, v := range e.Views() {
		names = append(names, v.Name)
	}
	return strings.Join(names, " ")
}
