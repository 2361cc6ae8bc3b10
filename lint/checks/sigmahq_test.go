package checks_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

var update = flag.Bool("update", false, "write the table of findings anew")

// publicRules are the public rules with all that checks may ask for but tests.
func publicRules(t testing.TB) *lint.Input {
	t.Helper()
	facts, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	docs := corpus.Rules(t).Documents()
	return project.Build(docs, readAgain(docs), project.Options{Facts: facts, Now: today})
}

// readAgain returns what reading has to say of the files of documents.
func readAgain(docs []rules.Document) (diags rules.Diagnostics) {
	seen := map[*rules.File]bool{}
	for _, d := range docs {
		if file := d.Meta().Span.File; !seen[file] {
			seen[file] = true
			_, of := rules.Parse(file.Path, file.Source)
			diags = append(diags, of...)
		}
	}
	return diags
}

// linted is what all checks find on the public rules, which several tests look at.
var linted struct {
	once   sync.Once
	result *lint.Result
	err    error
}

func lintPublicRules(t testing.TB) *lint.Result {
	t.Helper()
	in := publicRules(t) // skips the test without them
	linted.once.Do(func() {
		settings := lint.DefaultConfig()
		for _, check := range catalogue.Checks() {
			if check.Off {
				settings.Checks = append(settings.Checks, lint.Setting{Pattern: check.Name, Level: &lint.Level{Severity: check.Severity}})
			}
		}
		linted.result, linted.err = lint.Run(context.Background(), in, catalogue, settings)
	})
	if linted.err != nil {
		t.Fatal(linted.err)
	}
	return linted.result
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

// differences are the names of others whose findings on the public rules are
// more or fewer than those of our checks for them, with the reason.
var differences = map[string]struct {
	ours int
	why  string
}{
	"sigmahq sigmahq_logsource_unknown":              {0, "the table of logsources knows all logsources of the public rules, also those that nothing provides"},
	"sigmahq sigmahq_invalid_hash_kv":                {0, "the one value asks that a kind of hash is there at all: IMPHASH= and nothing behind it"},
	"sigmahq sigmahq_redundant_field":                {0, "two rules narrow EventType; the condition excludes events that the category has"},
	"sigmahq sigmahq_category_windows_provider_name": {0, "two rules narrow the provider; the condition excludes events that the category has"},
	"sigmahq sigmahq_invalid_fieldname":              {43, "SigmaHQ lists further fields that some backends have; ours are those of the events"},
	"sigmahq sigmahq_github_link":                    {41, "pages of repositories are looked at, not only those of rules"},
	"sigmahq sigmahq_filename_convention":            {5, "a name may end in an underscore there, or have two endings"},
	"sigmahq sigmahq_correlation_filename_prefix":    {3, "one check for rules and correlations; these are rules"},
	"sigmahq sigmahq_link_in_description":            {6, "links are found anywhere in the text"},
}

// What pySigma 2.0.1 with the validators of SigmaHQ reports on the public rules
// is what our checks for the same names do, or there is a reason why not.
func TestCountsOfOthers(t *testing.T) {
	counts := map[string]int{}
	for _, f := range lintPublicRules(t).Findings {
		counts[f.Code]++
	}
	ours, measured := checksByName(), 0
	for _, name := range namesOfOthers(t) {
		theirs, err := strconv.Atoi(name.count)
		if err != nil {
			continue
		}
		measured++
		key := name.tool + " " + name.name
		found := 0
		for _, check := range ours[key] {
			found += counts[check]
		}
		want, why := theirs, ""
		if d, different := differences[key]; different {
			want, why = d.ours, d.why
		}
		if found != want {
			t.Errorf("%s: %d findings of %v, expected %d; others have %d %s", key, found, ours[key], want, theirs, why)
		}
		if (want == theirs) != (why == "") {
			t.Errorf("%s: a difference needs a reason, and only a difference has one", key)
		}
	}
	if measured != 68 {
		t.Errorf("%d names have a count", measured)
	}
}

// With the configuration of SigmaHQ nothing is found on its rules, and nothing
// ignored in vain; without what it accepts, exactly what others count.
func TestProfileOfSigmaHQ(t *testing.T) {
	cfg, diags := config.Load(filepath.Join("testdata", "sigmahq.socctl.yml"))
	settings, more := lint.NewConfig(cfg.Lint, ".", catalogue)
	if diags = append(diags, more...); len(diags) > 0 {
		t.Fatal(diags)
	}
	// An ignore that nothing needs is a finding.
	settings.Checks = append(settings.Checks, lint.Setting{Pattern: "ignore/unused", Level: &lint.Level{Severity: rules.Warning}})
	accepted := settings.Ignores
	for _, c := range []struct {
		ignores []lint.Ignore
		want    map[string]int
	}{
		{accepted, map[string]int{}},
		{nil, map[string]int{"value/escaped-wildcard": 66, "value/number-as-string": 8, "logsource/specific-not-generic": 4}},
	} {
		settings.Ignores = c.ignores
		in := publicRules(t)
		in.Complete = true
		result, err := lint.Run(context.Background(), in, catalogue, settings)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, f := range result.Findings {
			// Placeholders get their values from a configuration.
			if f.Counts() && f.Code != "ref/placeholder-undefined" {
				got[f.Code]++
			}
		}
		if diff := gocmp.Diff(c.want, got); diff != "" {
			t.Errorf("with %d ignores: findings (- expected, + found)\n%s", len(c.ignores), diff)
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
		func(s string) string {
			return indents.ReplaceAllStringFunc(s, func(i string) string { return i[len(i)/2:] })
		},
		func(s string) string { return simpleQuotes.ReplaceAllString(s, `$1"$2"`) },
	} {
		var docs []rules.Document
		for i, d := range corpus.Rules(t).Documents() {
			// What a rule with open placeholders means is not known, so most fixes
			// are refused there.
			if span := d.Meta().Span; i%oneIn == 0 && !strings.Contains(string(span.File.Source), "|expand:") {
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

var (
	indents      = regexp.MustCompile(`(?m)^ +`)
	simpleQuotes = regexp.MustCompile(`(?m)((?:: |- ))'([\w. ]*)'$`)
)

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
