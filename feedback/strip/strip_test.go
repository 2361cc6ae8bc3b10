package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

const ruleTexts = `title: Shadow copies deleted
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\vssadmin.exe'}
    filter_backup: {ParentImage: 'C:\Program Files\Agent\Suite\agent.exe'}
    condition: selection and not filter_backup
---
title: Users listed
id: 0b1e5e5d-0d0f-4f1e-9d3b-6f0c53a6e0a2
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\net.exe'}
    condition: selection
---
title: The same exclusion in another rule
id: 5f1c1a8e-7c3b-4f64-9f0e-2d2f3d9f6a11
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: ['\vssadmin.exe', '\net.exe']}
    filter: {ParentImage: 'C:\Program Files\Agent\Suite\agent.exe'}
    condition: selection and not filter
`

// recorded writes recordings in which an agent removes shadow copies, and eve does.
func recorded(t *testing.T, shuffle int64) (dir string) {
	t.Helper()
	dir = t.TempDir()
	random := rand.New(rand.NewPCG(1, uint64(shuffle)))
	for file := range 12 {
		var lines []string
		for n := range 12 {
			program, parent := "vssadmin", `C:\\Program Files\\Agent\\Suite\\agent.exe`
			switch {
			case n%4 == 3:
				program, parent = "net", `C:\\Windows\\explorer.exe`
			case n == 4:
				parent = fmt.Sprintf(`C:\\Users\\eve\\%d.exe`, file%3)
			}
			lines = append(lines, fmt.Sprintf(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"H%d","User":"CORP\\u%d","UtcTime":"2026-05-%02d 01:%02d:03.000","Image":"C:\\Windows\\System32\\%s.exe","ParentImage":"%s"}`, n%4, n%3, 1+file, n, program, parent))
		}
		if shuffle != 0 {
			random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("r%02d.ndjson", file)), []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func collected(t *testing.T, shuffle int64) *collector {
	t.Helper()
	docs, diags := rules.Parse("r.yml", []byte(ruleTexts))
	set, _ := rules.Assemble(docs)
	p, more := compiler.Compile(set, compiler.Options{})
	if len(p.Rules) != 3 {
		t.Fatal(diags, more)
	}
	c := newCollector(p)
	dir := recorded(t, shuffle)
	if err := c.replay(dir, []string{dir}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSubjects: what the exclusions hide is removable, what is told all the same is
// protected, and rules that exclude the same value tell nothing.
func TestSubjects(t *testing.T) {
	c := collected(t, 0)
	var first *subject
	for _, s := range c.subjects() {
		if s.rule.Title == "Shadow copies deleted" {
			first = s
		}
	}
	if first == nil || first.sources != 12 || first.removable.Count() != 12*8 || first.protected.Count() != 12 {
		t.Fatalf("%+v", first)
	}
	if n := first.pool.Count(); n != 12*3 { // net.exe, of the rule without an exclusion
		t.Errorf("the pool has %d events", n)
	}
	if diff := cmp.Diff([]string{"Image"}, first.input.Constrained); diff != "" {
		t.Errorf("the tuner sees more than what the rule wants: %s", diff)
	}
	for _, w := range first.input.Wanted {
		if strings.Contains(w, "agent") {
			t.Errorf("the tuner is told of the exclusion: %s", w)
		}
	}
}

func TestWithoutExclusions(t *testing.T) {
	leaf := func(n int) *compiler.Expr { return &compiler.Expr{Op: compiler.Leaf, Atom: n} }
	node := func(op compiler.ExprOp, args ...*compiler.Expr) *compiler.Expr {
		return &compiler.Expr{Op: op, Args: args}
	}
	count := func(e *compiler.Expr) (n int) {
		if e != nil {
			e.Each(func(*compiler.Expr) { n++ })
		}
		return n
	}
	for name, tt := range map[string]struct {
		e    *compiler.Expr
		want int // leaves that stay
	}{
		"an exclusion":                   {node(compiler.And, leaf(0), node(compiler.Not, leaf(1))), 1},
		"in an alternative":              {node(compiler.Or, leaf(0), node(compiler.And, leaf(1), node(compiler.Not, leaf(2)))), 2},
		"an alternative of an exclusion": {node(compiler.Or, leaf(0), node(compiler.Not, leaf(1))), 0},
		"nothing else":                   {node(compiler.Not, leaf(0)), 0},
		"none":                           {node(compiler.And, leaf(0), leaf(1)), 2},
	} {
		if got := count(withoutExclusions(tt.e)); got != tt.want {
			t.Errorf("%s: %d comparisons are left, want %d", name, got, tt.want)
		}
	}
}

// TestRunIsTheSame: no order of the events, and no number of workers, changes a result.
func TestRunIsTheSame(t *testing.T) {
	print := func(shuffle int64, workers int) string {
		var out bytes.Buffer
		subjects := collected(t, shuffle).subjects()
		for _, p := range []tuning.Policy{tuning.Prototype(), tuning.Default()} {
			e := experiment{policy: p, seeds: seeds}
			found := e.run(subjects, workers)
			for i := range found {
				found[i].took = 0
			}
			out.WriteString(line(p.Name, summarise(found)))
			list(&out, p.Name, found)
		}
		return out.String()
	}
	want := print(0, 1)
	if !strings.Contains(want, "agent.exe") {
		t.Fatalf("nothing is proposed:\n%s", want)
	}
	for shuffle := int64(1); shuffle < 4; shuffle++ {
		if diff := cmp.Diff(want, print(shuffle, int(1+shuffle))); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestPartsAreOfRecordings: no recording is in two parts, and every event is in one.
func TestPartsAreOfRecordings(t *testing.T) {
	s := collected(t, 0).subjects()[0]
	for seed := range 2 {
		of := map[string]int{}
		total := 0
		for i, rows := range s.parts(seed) {
			total += rows.Count()
			rows.Each(func(row int) {
				source := s.corpus.Source(row)
				if at, known := of[source]; known && at != i {
					t.Errorf("%s is in two parts", source)
				}
				of[source] = i
			})
		}
		if total != s.corpus.Len() {
			t.Errorf("%d of %d events are in a part", total, s.corpus.Len())
		}
	}
}

// TestSpoiling: flips change the share that they say, poison calls one recording's
// attacks harmless, and what is withheld can still be lost.
func TestSpoiling(t *testing.T) {
	s := collected(t, 0).subjects()[0]
	parts := s.parts(0)
	truth := s.truth(parts)
	labelled := truth.removable.Count() + truth.protected.Count()
	for _, share := range []float64{0, 0.2, 1} {
		told := s.truth(parts)
		flips(share)(s, 0, told)
		if told.removable.And(told.protected).Count() != 0 || told.removable.Count()+told.protected.Count() != labelled {
			t.Fatalf("flips of %v lose labels", share)
		}
		changed := told.protected.And(truth.removable).Count() + told.removable.And(truth.protected).Count()
		if got := float64(changed) / float64(labelled); got < share-0.12 || got > share+0.12 {
			t.Errorf("%.2f of the labels are flipped, want %.2f", got, share)
		}
	}
	told := s.truth(parts)
	poison(s, 0, told)
	if n := told.poisoned.Count(); n == 0 || told.removable.And(told.poisoned).Count() != n || told.protected.And(told.poisoned).Count() != 0 {
		t.Errorf("%d events are poisoned", n)
	}
	told = s.truth(parts)
	scarce(1)(s, 0, told)
	if told.protected.Count() != 1 || told.untold.Count() != truth.protected.Count()-1 {
		t.Errorf("%d are told, %d are not, of %d", told.protected.Count(), told.untold.Count(), truth.protected.Count())
	}
}

func TestChanceIsFair(t *testing.T) {
	sum := 0.0
	for n := range 10_000 {
		x := chance(fmt.Sprint(n))
		if x < 0 || x > 1 {
			t.Fatal(x)
		}
		sum += x
	}
	if mean := sum / 10_000; mean < 0.48 || mean > 0.52 {
		t.Errorf("the mean is %v", mean)
	}
}

func TestSummarise(t *testing.T) {
	a, b := &subject{}, &subject{}
	s := summarise([]outcome{
		{subject: a, removable: 10, removed: 10, protected: 4, lost: 1, vetted: 2},
		{subject: a, seed: 1, removable: 30, removed: 0},
		{subject: b, removable: 10, removed: 5, protected: 6, vetted: 1, vettedLost: 1},
	})
	got := []any{s.rules, s.splits, s.removed, s.removable, s.lost, s.protected, s.lossy, s.losable, s.vetted, s.vettedLost, s.vettedRules, fmt.Sprintf("%.2f %.2f %.3f", s.pooled(), s.mean, s.meanLost)}
	if diff := cmp.Diff([]any{2, 3, 15, 50, 1, 10, 1, 2, 3, 1, 2, "0.30 0.50 0.125"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestWorlds: in simulated worlds, certificates are wrong no oftener than they say.
func TestWorlds(t *testing.T) {
	var out bytes.Buffer
	worlds(&out, 2000)
	lines := strings.Split(out.String(), "\n")
	share := func(begins, contains string) (share float64) {
		for _, line := range lines {
			if cells := strings.Split(line, "|"); len(cells) == 5 && strings.HasPrefix(cells[1], begins) && strings.Contains(cells[1], contains) {
				if _, err := fmt.Sscanf(cells[3], "%f %%", &share); err != nil {
					t.Fatal(err)
				}
				return share
			}
		}
		t.Fatalf("no row %q, %q in\n%s", begins, contains, out.String())
		return 0
	}
	for _, worlds := range []string{"tier", "worst worlds", "generalised"} {
		if got := share(" any tier", worlds); got > 100*tuning.Delta || got == 0 && worlds != "generalised" {
			t.Errorf("%s: wrong in %.2f %% of worlds", worlds, got)
		}
	}
	if got := share(" had that been lent", "generalised"); got < 200*tuning.Delta {
		t.Errorf("without a test of what clauses are generalised to %.2f %% of worlds are wrong: the simulation shows nothing", got)
	}
}
