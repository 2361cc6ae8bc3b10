package checks_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "write the table of findings anew")

// publicRules are the public rules with all that checks may ask for but tests.
func publicRules(t testing.TB) *lint.Input {
	t.Helper()
	facts, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	return project.Build(corpus.Rules(t).Documents(), nil, project.Options{Facts: facts, Now: today})
}

func lintPublicRules(t testing.TB) *lint.Result {
	t.Helper()
	settings := lint.DefaultConfig()
	for _, check := range catalogue.Checks() {
		if check.Off {
			settings.Checks = append(settings.Checks, lint.Setting{Pattern: check.Name, Level: &lint.Level{Severity: check.Severity}})
		}
	}
	result, err := lint.Run(context.Background(), publicRules(t), catalogue, settings)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// The table holds, for every check with findings on the public rules, how many
// there are and in how many files. Checks that are off by default are on.
func TestPublicRules(t *testing.T) {
	type row struct {
		findings int
		files    map[string]bool
	}
	rows := map[string]*row{}
	for _, f := range lintPublicRules(t).Findings {
		r := rows[f.Code]
		if r == nil {
			r = &row{files: map[string]bool{}}
			rows[f.Code] = r
		}
		r.findings++
		r.files[f.Span.Path()] = true
	}
	var b strings.Builder
	fmt.Fprint(&b, "check\tseverity\tfindings\tfiles\n")
	for _, check := range slices.SortedFunc(slices.Values(catalogue.Checks()), func(a, b *lint.Check) int { return cmp.Compare(a.Name, b.Name) }) {
		if r := rows[check.Name]; r != nil {
			fmt.Fprintf(&b, "%s\t%s\t%d\t%d\n", check.Name, check.Severity, r.findings, len(r.files))
		}
	}
	golden := filepath.Join("testdata", "sigmahq.tsv")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("findings on the public rules changed (- table, + found):\n%s", diff)
	}
}

// Counts of others on the same rules, as pySigma 2.0.1 with the validators of
// SigmaHQ reports them, and the reason where ours differ.
func TestCountsOfOthers(t *testing.T) {
	result := lintPublicRules(t)
	counts := map[string]int{}
	for _, f := range result.Findings {
		counts[f.Code]++
	}
	for _, c := range []struct {
		check        string
		theirs, ours int
		why          string
	}{
		{"value/number-as-string", 8, 8, ""},
		{"value/escaped-wildcard", 66, 66, ""},
		{"logsource/specific-not-generic", 4, 4, ""},
		{"ref/unused-selection", 0, 0, ""},
		{"style/double-wildcard", 0, 0, ""},
		{"style/wildcard-instead-of-modifier", 0, 0, ""},
		{"value/control-character", 0, 0, ""},
		{"meta/id-missing", 0, 0, ""},
		{"ref/duplicate-id", 0, 0, ""},
		{"meta/title-duplicate", 0, 0, ""},
		{"meta/filename-duplicate", 0, 0, ""},
		{"meta/references-duplicate", 0, 0, ""},
		{"meta/tag-duplicate", 0, 0, ""},
		{"meta/tag-format", 0, 0, ""},
		{"meta/tag-namespace", 0, 0, ""},
		{"logic/all-of-them", 0, 0, ""},
		{"logic/duplicate-value", 0, 0, ""},
		{"field/has-space", 0, 0, ""},
		{"field/case", 0, 0, ""},
		{"value/all-on-single-value", 0, 0, ""},
		{"logsource/unknown", 11, 0, "the table of logsources knows all logsources of the public rules, also those that nothing provides"},
		{"value/hash-format", 1, 0, "the one value asks that a kind of hash is there at all: IMPHASH= and nothing behind it"},
		{"logic/redundant-field", 4, 0, "two rules narrow EventType, and two the provider; both conditions exclude events that the category has"},
		{"field/unknown", 0, 46, "SigmaHQ lists further fields that some backends have; ours are those of the events"},
		{"meta/reference-permalink", 0, 41, "pages of repositories are looked at, not only those of rules"},
		{"meta/description-url", 0, 6, "links are found anywhere in the text"},
	} {
		if counts[c.check] != c.ours {
			t.Errorf("%s: %d findings, expected %d (others %d) %s", c.check, counts[c.check], c.ours, c.theirs, c.why)
		}
		if (c.theirs == c.ours) != (c.why == "") {
			t.Errorf("%s: a difference needs a reason, and only a difference has one", c.check)
		}
	}
}

// Findings do not depend on the number of workers.
func TestFindingsDoNotDependOnWorkers(t *testing.T) {
	in := publicRules(t)
	var first []string
	for _, jobs := range []int{1, 2, 7} {
		in.Jobs = jobs
		result, err := lint.Run(context.Background(), in, catalogue, lint.DefaultConfig())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range result.Findings {
			got = append(got, f.String()+f.Fingerprint)
		}
		if first == nil {
			first = got
		}
		if diff := gocmp.Diff(first, got); diff != "" {
			t.Fatalf("%d workers: %s", jobs, diff)
		}
	}
}

// No fix changes what a public rule matches, and fixes lead to nothing more to
// fix. Every rule is also made worse first, so that there is something to fix.
func TestFixesKeepTheMeaning(t *testing.T) {
	fixed := 0
	for _, spoil := range []func(string) string{
		func(s string) string { return s },
		func(s string) string { return strings.ReplaceAll(s, "\n", "  \n") },
		func(s string) string { return strings.ReplaceAll(s, "|endswith: '", ": '**") },
		func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		func(s string) string { return strings.Replace(s, "    product: windows", "    product: Windows", 1) },
		func(s string) string { return strings.ReplaceAll(s, "attack.t", "attack.T") },
	} {
		var docs []rules.Document
		for i, d := range corpus.Rules(t).Documents() {
			// A sample, because all of them take a minute. What a rule with open
			// placeholders means is not known, so most fixes are refused there.
			if span := d.Meta().Span; i%7 == 0 && !strings.Contains(span.Path(), "placeholder") {
				parsed, _ := rules.Parse(span.Path(), []byte(spoil(string(span.File.Source))))
				docs = append(docs, parsed...)
			}
		}
		fixed += fixRounds(t, docs)
	}
	if fixed < 1000 {
		t.Errorf("only %d fixes were applied", fixed)
	}
}

// fixRounds applies fixes until there are none, comparing what rules mean.
func fixRounds(t *testing.T, docs []rules.Document) (fixed int) {
	t.Helper()
	before := hashes(docs)
	for round := range 4 {
		facts, _ := attack.Load("")
		result, err := lint.Run(context.Background(), project.Build(docs, nil, project.Options{Facts: facts, Now: today}), catalogue, lint.DefaultConfig())
		if err != nil {
			t.Fatal(err)
		}
		changed := map[string]bool{}
		for _, r := range (lint.Fixer{}).Fix(result.Findings) {
			for _, f := range r.Refused {
				t.Errorf("a fix was refused: %s", f)
			}
			if fixed += len(r.Applied); len(r.Applied) == 0 {
				continue
			}
			changed[r.Path] = true
			parsed, _ := rules.Parse(r.Path, r.After)
			docs = append(slices.DeleteFunc(docs, func(d rules.Document) bool { return d.Meta().Span.Path() == r.Path }), parsed...)
		}
		if len(changed) == 0 {
			break
		}
		if round == 3 {
			t.Errorf("%d files still have something to fix after %d rounds", len(changed), round)
		}
	}
	after := hashes(docs)
	for path, hash := range before {
		if after[path] != hash {
			t.Errorf("%s means something else after its fixes", path)
		}
	}
	return fixed
}

// hashes returns what rules mean, by path.
func hashes(docs []rules.Document) map[string]string {
	set, _ := rules.Assemble(docs)
	program, _ := compiler.Compile(set, compiler.Options{})
	out := map[string]string{}
	for _, r := range program.Rules {
		out[r.Source.Span.Path()] += r.Hash
	}
	return out
}

// The whole corpus through all checks; the time of reading and compiling it is
// part of it, as it is for users.
func BenchmarkPublicRules(b *testing.B) {
	corpus.Rules(b)
	for b.Loop() {
		in := publicRules(b)
		if _, err := lint.Run(context.Background(), in, catalogue, lint.DefaultConfig()); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/1e6, "MB")
		b.ReportMetric(float64(len(in.Set.Rules)), "rules")
	}
}
