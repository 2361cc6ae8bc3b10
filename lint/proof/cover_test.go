package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
)

// two runs work on two goroutines.
func two(n int, do func(int)) {
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := w; i < n; i += 2 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// listed writes covers by the titles of rules.
func listed(covers []Cover) string {
	var out []string
	for _, c := range covers {
		s := c.Narrow.Title + "<" + c.Wide.Title
		if c.Same {
			s += "="
		}
		if !c.Sure {
			s += "?"
		} else if c.Same && !c.SurelySame {
			s += "~"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestCovers(t *testing.T) {
	p := program(t,
		" a: {F|endswith: x.exe, G: y}\n condition: a",                            // r0
		" a: {F|endswith: .exe}\n condition: a",                                   // r1
		" s: {F|endswith: [.exe, a.exe]}\n condition: s",                          // r2 is r1 in other words
		" a: {F|endswith: .exe}\n b: {F|endswith: .dll}\n condition: a and not b", // r3 is r1 for single values
		" a: {H: z}\n condition: a",                                               // r4
		" a: {F|endswith: .exe}\n condition: a")                                   // r5 has the hash of r1
	want := "r0<r1 r0<r2 r0<r3? r1<r2= r1<r3=? r2<r1= r2<r3=? r3<r1=~ r3<r2=~"
	if diff := cmp.Diff(want, listed(Covers(p, nil, &Models{}, two))); diff != "" {
		t.Errorf("all (- want, + got):\n%s", diff)
	}
	first := func(r *compiler.Rule) bool { return r == p.Rules[0] }
	if diff := cmp.Diff("r0<r1 r0<r2 r0<r3?", listed(Covers(p, first, &Models{}, two))); diff != "" {
		t.Errorf("r0 only (- want, + got):\n%s", diff)
	}
	third := func(r *compiler.Rule) bool { return r == p.Rules[3] }
	if diff := cmp.Diff("r0<r3? r1<r3=? r2<r3=? r3<r1=~ r3<r2=~", listed(Covers(p, third, &Models{}, two))); diff != "" {
		t.Errorf("r3 only (- want, + got):\n%s", diff)
	}
}

// A rule of a narrower logsource can be covered by one of a wider one, not the
// other way round.
func TestCoversLogsource(t *testing.T) {
	set := &rules.Set{}
	for i, source := range []string{"{category: process_creation, product: windows}", "{category: process_creation}", "{category: process_creation, product: linux}"} {
		docs, _ := rules.Parse("r.yml", []byte(fmt.Sprintf("title: r%d\nlogsource: %s\ndetection: {a: {F: x}, condition: a}\n", i, source)))
		set.Add(docs[0])
	}
	p, _ := compiler.Compile(set, compiler.Options{})
	if got := listed(Covers(p, nil, &Models{}, two)); got != "r0<r1 r2<r1" {
		t.Errorf("got %q", got)
	}
}

// Covers of the public rules, asked for one by one, are those that are found
// together; and no random event refutes one.
func TestCoversOfPublicRules(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	all := Covers(p, nil, &Models{}, two)
	t.Logf("%d covers", len(all))
	if len(all) < 150 {
		t.Fatalf("only %d covers", len(all))
	}
	models := &Models{}
	for i := 0; i < len(all); i += 20 {
		narrow := all[i].Narrow
		found := Covers(p, func(r *compiler.Rule) bool { return r == narrow }, models, two)
		for _, c := range all {
			if (c.Narrow == narrow || c.Wide == narrow) && !slices.ContainsFunc(found, func(f Cover) bool { return f.Narrow == c.Narrow && f.Wide == c.Wide && f.Sure == c.Sure }) {
				t.Errorf("%s < %s is not found if only %s is asked for", c.Narrow.Title, c.Wide.Title, narrow.Title)
			}
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range all {
		from := material(p, c.Narrow)
		fields := sortedNames(from)
		for range 200 {
			lists := c.Sure && rng.IntN(3) == 0
			m := random(rng, from, fields, lists)
			if e := newEvent(p, m); e.holds(c.Narrow.Expr) && !e.holds(c.Wide.Expr) {
				t.Fatalf("%s < %s is refuted by %s", c.Narrow.Title, c.Wide.Title, Describe(m))
			}
		}
	}
}

// Thousands of rules that are alike (30,000 with the tag long) do not lead to as
// many squared comparisons: exact clones, clones with a value of their own, and clones that
// exclude one value of their own, which all hold on each other's models.
func TestManyClones(t *testing.T) {
	for _, c := range []struct{ name, detection string }{
		{"exact", " a: {F|endswith: .exe, G: y}\n condition: a"},
		{"a value more", " a: {F|endswith: .exe, G: y%d}\n condition: a"},
		{"an exclusion more", " a: {F|endswith: .exe, G: [a, b, c, d]}\n b: {H: z%d}\n condition: a and not b"},
	} {
		detections := make([]string, clones)
		for i := range detections {
			detections[i] = c.detection
			if strings.Contains(c.detection, "%d") {
				detections[i] = fmt.Sprintf(c.detection, i)
			}
		}
		p := program(t, detections...)
		began := time.Now()
		covers := Covers(p, nil, &Models{}, two)
		alike := Similar(p, 60, nil, two)
		t.Logf("%s: %d covers and %d alike in %v", c.name, len(covers), len(alike), time.Since(began))
		if len(alike) > clones {
			t.Errorf("%s: %d likenesses of %d rules", c.name, len(alike), clones)
		}
		if len(covers) != 0 {
			t.Errorf("%s: %d covers, want none", c.name, len(covers))
		}
	}
}
