package project_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

var options = project.Options{Now: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}

// small is a project in which documents refer to each other in every way.
func small() map[string][]byte {
	files := map[string][]byte{}
	for i := range 6 {
		files[fmt.Sprintf("rules/r%d.yml", i)] = fmt.Appendf(nil, `title: Rule %d
name: r%d
id: 00000000-0000-4000-8000-00000000000%d
status: test
level: low
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image|endswith: '\tool%d.exe'
        CommandLine|contains: ['-a', '-b%d']
    condition: selection
`, i, i, i, i, i%3)
	}
	files["rules/c.yml"] = []byte("title: C\nname: c\ncorrelation: {type: temporal, rules: [r0, r1], group-by: [User], timespan: 5m}\n")
	files["rules/d.yml"] = []byte("title: D\nname: d\ncorrelation: {type: temporal, rules: [c, r2], group-by: [User], timespan: 5m}\n")
	files["rules/f.yml"] = []byte("title: F\nlogsource: {product: windows}\nfilter: {rules: [r1, r3], s: {User: x}, condition: not s}\n")
	files["rules/g.yml"] = []byte("title: G\nlogsource: {product: windows}\nfilter: {rules: any, s: {User|contains: y}, condition: not s}\n")
	return files
}

func load(files map[string][]byte) *lint.Input {
	return project.Edit(project.Build(nil, nil, options), files, options)
}

// describe tells everything of an input that must not depend on how it came
// about. Predicates may have other numbers, and witnesses another order.
func describe(in *lint.Input) string {
	var b bytes.Buffer
	fmt.Fprintln(&b, in.Set.Files, "files")
	for _, d := range in.Set.Documents() {
		fmt.Fprintln(&b, d.Meta().Span, d.Meta().Label(), d.Meta().Invalid)
	}
	for _, r := range in.Program.Rules {
		fmt.Fprintln(&b, r.Source.Span, r.Hash, r.Alerts, r.Fields, len(r.Filters))
		var witness []string
		for _, n := range r.Witness {
			witness = append(witness, in.Program.Predicates[n].String())
		}
		slices.Sort(witness)
		fmt.Fprintln(&b, witness)
	}
	for _, c := range in.Program.Correlations {
		fmt.Fprintln(&b, c.Source.Span, c.Hash, c.Alerts)
	}
	reading := append(rules.Diagnostics{}, in.Reading...)
	reading.Sort()
	fmt.Fprintln(&b, reading)
	fmt.Fprintln(&b, in.Diagnostics)
	return b.String()
}

// Whatever is edited, the project is the same as one that is read anew.
func TestEdit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	files := small()
	in := load(files)
	for step := range 400 {
		change := map[string][]byte{}
		for range 1 + r.IntN(2) {
			path := pick(r, small())
			switch text := files[path]; {
			case text == nil:
				change[path] = small()[path]
			case r.IntN(4) == 0:
				change[path] = nil
			case r.IntN(2) == 0:
				change[path] = small()[path]
			default:
				change[path] = spoil(r, text)
			}
		}
		for path, text := range change {
			if text == nil {
				delete(files, path)
			} else {
				files[path] = text
			}
		}
		before := describe(in)
		next := project.Edit(in, change, options)
		if diff := cmp.Diff(before, describe(in)); diff != "" {
			t.Fatalf("step %d: the project that was edited changed:\n%s", step, diff)
		}
		in = next
		if diff := cmp.Diff(describe(load(files)), describe(in)); diff != "" {
			t.Fatalf("step %d: after editing %q (- read anew, + edited):\n%s", step, change, diff)
		}
		if len(in.Program.Predicates) > 200 {
			t.Fatalf("step %d: %d predicates for a few rules", step, len(in.Program.Predicates))
		}
	}
}

func pick(r *rand.Rand, files map[string][]byte) string {
	names := slices.Sorted(maps.Keys(files))
	return names[r.IntN(len(names))]
}

// spoil changes a few letters, which may make a rule mean something else, or
// nothing at all.
func spoil(r *rand.Rand, text []byte) []byte {
	out := bytes.Clone(text)
	for range 1 + r.IntN(3) {
		out[r.IntN(len(out))] = "abr01 :-,[]{}\n"[r.IntN(14)]
	}
	return out
}

// The same over the public rules, with a few files changed at a time.
func TestEditPublicRules(t *testing.T) {
	t.Parallel()
	set := corpus.Rules(t)
	in := project.Build(set.Documents(), nil, options)
	r := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		change := map[string][]byte{}
		for range 20 {
			span := set.Rules[r.IntN(len(set.Rules))].Span
			change[span.Path()] = spoil(r, span.File.Source)
		}
		in = project.Edit(in, change, options)
		if diff := cmp.Diff(describe(project.Build(copies(in.Set), in.Reading, options)), describe(in)); diff != "" {
			t.Fatalf("(- compiled anew, + edited):\n%s", diff)
		}
	}
}

func copies(set *rules.Set) []rules.Document {
	docs := set.Documents()
	for i, d := range docs {
		docs[i] = rules.Copy(d)
	}
	return docs
}

// One file of the public rules is edited again and again.
func BenchmarkEdit(b *testing.B) {
	set := corpus.Rules(b)
	in := project.Build(set.Documents(), nil, options)
	span := set.Rules[0].Span
	texts := [][]byte{span.File.Source, append(bytes.Clone(span.File.Source), "\nreferences:\n    - https://example.com\n"...)}
	n := 0
	for b.Loop() {
		in = project.Edit(in, map[string][]byte{span.Path(): texts[n%2]}, options)
		n++
	}
	if len(in.Program.Rules) < 3000 {
		b.Fatal(len(in.Program.Rules))
	}
}
