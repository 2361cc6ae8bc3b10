package diff_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
)

// edit is one change of the logic of a public rule.
type edit struct{ Commit, Path, Before, After string }

// edits returns the newest n edits.
func edits(t testing.TB, n int) []edit {
	t.Helper()
	f, err := os.Open(corpus.Path(t, "sigma/logic-changes.ndjson.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out []edit
	for lines := bufio.NewReader(z); len(out) < n; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var e edit
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// compiled compiles one version of a rule; nil if it is none that compiles.
func compiled(t testing.TB, path, text string) *compiler.Program {
	t.Helper()
	docs, _ := rules.Parse(path, []byte(text))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{Flawed: true})
	if len(p.Rules) != 1 {
		return nil
	}
	return p
}

// version is a rule that can be evaluated.
type version struct {
	rule *compiler.Rule
	ev   *evaluator.Evaluator
}

func versionOf(p *compiler.Program) version {
	return version{p.Rules[0], evaluator.New(p, evaluator.IgnoreLogsource())}
}

// matches decides an event of the logsource that a model says.
func (v version) matches(m solver.Model) bool {
	for _, part := range []struct{ name, value string }{{"category", v.rule.Category}, {"product", v.rule.Product}, {"service", v.rule.Service}} {
		if f := m[diff.LogsourceField+part.name]; part.value != "" && (len(f.Texts) != 1 || !strings.EqualFold(f.Texts[0], part.value)) {
			return false
		}
	}
	return v.ev.MatchRule(v.rule, witness.EventOf(diff.Plain(m)))
}

// TestHistory classifies the newest edits of public rules. Every event that shows a
// difference is replayed on both versions; every claim that there is none has to
// stand the events of all the other edits, and nearly nothing may stay undecided.
func TestHistory(t *testing.T) {
	kinds := map[diff.Kind]int{}
	var took []time.Duration
	var models []solver.Model
	type pair struct {
		before, after version
		change        diff.Change
		path          string
	}
	var pairs []pair
	for _, e := range edits(t, 600) {
		old, new := compiled(t, e.Path, e.Before), compiled(t, e.Path, e.After)
		if old == nil || new == nil {
			kinds["not compiled"]++
			continue
		}
		d := diff.NewComparer(old, new)
		began := time.Now()
		c := d.Pair(old.Rules[0], new.Rules[0])
		took = append(took, time.Since(began))
		if c.Kind == "" {
			c.Kind = "same"
		}
		kinds[c.Kind]++
		if c.Kind == diff.Unknown {
			t.Logf("%s %s: %s", e.Commit[:8], e.Path, c.Reason)
		}
		p := pair{versionOf(old), versionOf(new), c, e.Path}
		pairs = append(pairs, p)
		if m := c.Gained; m != nil {
			models = append(models, m)
			if p.before.matches(m) || !p.after.matches(m) {
				t.Errorf("%s: %v is not gained", e.Path, m)
			}
		}
		if m := c.Lost; m != nil {
			models = append(models, m)
			if !p.before.matches(m) || p.after.matches(m) {
				t.Errorf("%s: %v is not lost", e.Path, m)
			}
		}
		want := map[diff.Kind][2]bool{diff.Wider: {true, false}, diff.Narrower: {false, true}, diff.Both: {true, true}, diff.Disjoint: {true, true}}
		if w, ok := want[c.Kind]; ok && w != [2]bool{c.Gained != nil, c.Lost != nil} {
			t.Errorf("%s: %s with gained %v and lost %v", e.Path, c.Kind, c.Gained, c.Lost)
		}
	}
	for _, p := range pairs {
		for _, m := range models {
			before, after := p.before.matches(m), p.after.matches(m)
			refuted := (p.change.Kind == diff.Equivalent || p.change.Kind == "same") && before != after ||
				p.change.Kind == diff.Wider && before && !after || p.change.Kind == diff.Narrower && after && !before ||
				p.change.Kind == diff.Disjoint && before && after
			if refuted {
				t.Errorf("%s: %s is refuted by %v", p.path, p.change.Kind, m)
			}
		}
	}
	slices.Sort(took)
	t.Logf("%v; median %v, slowest %v", kinds, took[len(took)/2], took[len(took)-1])
	if kinds[diff.Unknown]*20 > len(took) {
		t.Errorf("%d of %d unknown", kinds[diff.Unknown], len(took))
	}
}
