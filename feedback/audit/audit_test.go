package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/feedback/audit"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

func compile(t *testing.T, text string) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(text))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, more := compiler.Compile(set, compiler.Options{})
	if err := append(diags, more...).Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, p *compiler.Program) *audit.Report {
	t.Helper()
	r, err := audit.Run(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const netRule = `title: Net
name: net
level: high
tags: [attack.t1087.001, attack.discovery]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\net.exe'
        CommandLine|contains: ' user'
    filter_name:
        ParentImage|endswith: '\TeamViewer.exe'
    filter_path:
        ParentImage: 'C:\Program Files\TeamViewer\TeamViewer.exe'
    filter_dead:
        Image|endswith: '\cmd.exe'
    filter_no_path:
        ParentImage: 'agent.exe'
    filter_again:
        ParentImage|endswith: '\TeamViewer.exe'
        CommandLine|contains: x
    condition: selection and not 1 of filter_*
`

func TestRun(t *testing.T) {
	r := run(t, compile(t, netRule))
	var got []string
	for _, x := range r.Exclusions {
		got = append(got, strings.Join([]string{x.Name, string(x.State), x.Severity, x.Class}, " "))
	}
	want := []string{
		"filter_name proven warning attacker",
		"filter_again covered info attacker",
		"filter_path covered info system",
		"filter_no_path dead warning attacker",
		"filter_dead dead warning attacker",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	first := r.Exclusions[0]
	if first.Bypass != "name the program that starts it `\\teamviewer.exe` and use it from any folder" || !first.Free || first.Anchor != nil || first.Line != 10 {
		t.Errorf("the first is %+v", first)
	}
	if want := `ask for the whole path "C:\Program Files\TeamViewer\TeamViewer.exe" too, as this rule does elsewhere`; first.Stronger != strings.ReplaceAll(want, `"`, "`") {
		t.Errorf("stronger would be %q", first.Stronger)
	}
	if diff := cmp.Diff([]string{"T1087.001"}, first.Techniques); diff != "" {
		t.Error(diff)
	}
	if dead := r.Exclusions[4]; dead.ByTable || !strings.Contains(dead.Why, "it cannot be that Image ends in") {
		t.Errorf("it is dead since %q, by the table: %t", dead.Why, dead.ByTable)
	}
	if dead := r.Exclusions[3]; !dead.ByTable || !strings.Contains(dead.Why, "which is not what ParentImage holds") {
		t.Errorf("it is dead since %q, by the table: %t", dead.Why, dead.ByTable)
	}
}

// A witness hides: the rule is silent on it, and would not be without the exclusion.
func TestWitnessesHide(t *testing.T) {
	for _, x := range run(t, compile(t, netRule)).Exclusions {
		if x.State != audit.Proven {
			continue
		}
		event := *x.Witness
		if fires(t, netRule, event) || !fires(t, strings.Replace(netRule, "condition: selection and not 1 of filter_*", "condition: selection", 1), event) {
			t.Errorf("%s: %v does not hide", x.Name, event)
		}
	}
}

func fires(t *testing.T, text string, event evaluator.Event) bool {
	t.Helper()
	return len(evaluator.New(compile(t, text), evaluator.IgnoreLogsource()).Match(event)) > 0
}

const filterDocuments = `
---
title: Second
name: second
level: low
tags: [attack.t1003]
logsource: {category: process_creation, product: windows}
detection:
    selection: {CommandLine|contains: lsass}
    condition: selection
---
title: Backup
logsource: {category: process_creation, product: windows}
filter:
    rules: [net, second]
    selection: {User: 'CONTOSO\backup'}
    condition: not selection
---
title: Inverted
logsource: {category: process_creation, product: windows}
filter:
    rules: [second]
    selection: {User|contains: admin}
    condition: selection
`

// A filter document is told once, whatever the number of its rules.
func TestFilterDocuments(t *testing.T) {
	r := run(t, compile(t, netRule+filterDocuments))
	if x := r.Exclusions[0]; !x.Inverted || x.Kind != audit.Document || x.Severity != "warning" || x.State != audit.Proven {
		t.Errorf("the first is %+v", x)
	}
	at := slices.IndexFunc(r.Exclusions, func(x audit.Exclusion) bool { return x.Kind == audit.Document && !x.Inverted })
	x := r.Exclusions[at]
	if x.Rules != 2 || x.Score != 1 || x.Rule.Title != "Net" || !slices.Equal(x.Techniques, []string{"T1003", "T1087.001"}) {
		t.Errorf("the filter is %+v", x)
	}
	if r.Summary.Exclusions != 7 || r.Summary.Inverted != 1 || r.Summary.Rules != 2 || r.Summary.Excluding != 2 {
		t.Errorf("%+v", r.Summary)
	}
}

// text returns what a field of a witness holds.
func text(e *evaluator.Value, field string) string {
	v, _ := evaluator.Lookup(*e, field)
	return v.Text()
}

// A filter document is dead if it excludes nothing of any of its rules; if it does of
// some, the others are named.
func TestDeadDocuments(t *testing.T) {
	const filters = `
---
title: Dead
logsource: {category: process_creation, product: windows}
filter:
    rules: [net, second]
    selection: {CommandLine: 'nothing of the kind'}
    condition: not selection
---
title: Covered
logsource: {category: process_creation, product: windows}
filter:
    rules: [net]
    selection: {ParentImage|endswith: '\x\TeamViewer.exe'}
    condition: not selection
---
title: Half
logsource: {category: process_creation, product: windows}
filter:
    rules: [net, second]
    selection: {Image|endswith: '\other.exe'}
    condition: not selection
`
	second := filterDocuments[:strings.Index(filterDocuments, "---\ntitle: Backup")]
	want := map[string]string{"Dead": "dead Net, Second", "Covered": "covered Net", "Half": "proven Net"}
	for _, x := range run(t, compile(t, netRule+strings.TrimSuffix(second, "\n")+filters)).Exclusions {
		if x.Kind != audit.Document {
			continue
		}
		if got := string(x.State) + " " + strings.Join(x.Vain, ", "); got != want[x.Document] {
			t.Errorf("%s: %s, want %s", x.Document, got, want[x.Document])
		}
		delete(want, x.Document)
	}
	if len(want) > 0 {
		t.Errorf("not reported: %v", want)
	}
}

// Exclusions of one branch of a condition are judged on that branch.
func TestBranches(t *testing.T) {
	r := run(t, compile(t, `title: T
level: high
logsource: {category: process_creation, product: windows}
detection:
    a: {Image|endswith: '\a.exe'}
    b: {Image|endswith: '\b.exe'}
    only_a: {CommandLine|contains: quiet}
    only_b: {ParentImage|endswith: '\setup.exe'}
    condition: (a and not only_a) or (b and not only_b)
`))
	if r.Summary.Proven != 2 || !strings.HasSuffix(text(r.Exclusions[0].Witness, "Image"), `.exe`) {
		t.Errorf("%+v", r.Exclusions)
	}
}

func TestTableDecides(t *testing.T) {
	table, err := logsource.Parse("t.yml", []byte("places:\n  - {path: 'd:\\tools\\', score: 2, needs: administrator rights}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := compile(t, `title: T
level: high
logsource: {category: process_creation, product: windows}
detection:
    s: {CommandLine|contains: lsass}
    filter: {Image|startswith: 'D:\Tools\'}
    condition: s and not filter
`)
	if before := run(t, p); before.Exclusions[0].Class != "attacker" {
		t.Errorf("D:\\ is %+v", before.Exclusions[0])
	}
	r, err := audit.Run(context.Background(), p, logsource.Default().With(table))
	if err != nil || r.Exclusions[0].Class != "system" {
		t.Errorf("with the table it is %+v (%v)", r.Exclusions[0], err)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := audit.Run(ctx, compile(t, netRule), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestSchema(t *testing.T) {
	text, err := json.Marshal(run(t, compile(t, netRule+filterDocuments)))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewBytesLoader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range result.Errors() {
		t.Error(problem)
	}
}

// A rule about renamed programs excludes the program under its own name: that is
// what it means, and no mistake.
func TestDefinition(t *testing.T) {
	x := run(t, compile(t, `title: Renamed
level: critical
logsource: {category: process_creation, product: windows}
detection:
    s: {OriginalFileName: whoami.exe}
    filter: {Image|endswith: '\whoami.exe'}
    condition: s and not filter
`)).Exclusions[0]
	if !x.Defines || x.Severity != "info" || x.Class != "attacker" {
		t.Errorf("%+v", x)
	}
}
