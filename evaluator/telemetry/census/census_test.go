package census

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

const testRules = `
title: Whoami
id: 5f0d7d3c-3aab-43fa-952f-8f7b2d966ee5
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: '\whoami.exe', OriginalFileName: whoami.exe}
    condition: selection
---
title: Key made
id: 5f0d7d3c-3aab-43fa-952f-8f7b2d966ee6
logsource: {product: aws, service: cloudtrail}
detection:
    selection: {eventName: CreateAccessKey, requestParameters.userName: x}
    condition: selection
---
title: Anything
id: 5f0d7d3c-3aab-43fa-952f-8f7b2d966ee7
logsource: {product: okta, service: okta}
detection:
    selection: {eventType: x}
    condition: selection
`

var normaliser = telemetry.NewNormaliser(nil)

func program(t *testing.T) *compiler.Program {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(testRules))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, more := compiler.Compile(set, compiler.Options{})
	if len(diags)+len(more) > 0 || len(p.Rules) != 3 {
		t.Fatalf("%v %v", diags, more)
	}
	return p
}

func add(t *testing.T, c *Census, from int, lines ...string) {
	t.Helper()
	in := strings.NewReader(strings.Join(lines, "\n"))
	for r, err := range telemetry.Read(t.Context(), []string{"-"}, telemetry.ReadOptions{Stdin: in, Format: "json"}) {
		if err != nil {
			t.Fatal(err)
		}
		r.Index += from
		e := normaliser.Event(r)
		c.Add(e, e.Views())
	}
}

const (
	sysmon = `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\x.exe","UtcTime":"2026-01-02 03:04:05.678"}`
	trail  = `{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","eventTime":"2026-01-02T03:04:05Z","requestParameters":{"userName":"x","tags":[{"key":"a"},{"key":"b"}]}}`
	loner  = `{"strange":1,"program":"it"}`
)

func TestCensus(t *testing.T) {
	c := New(program(t))
	add(t, c, 0, sysmon, trail, loner, sysmon, loner)
	r := c.Report()
	if r.Events != 5 || r.Unviewed != 2 || r.Undated != 2 || r.Unnamed != 0 {
		t.Errorf("%d events, %d unviewed, %d undated, %d unnamed", r.Events, r.Unviewed, r.Undated, r.Unnamed)
	}
	wantGroups := []GroupReport{{Format: "json", Origin: "program=it", Fields: "strange program", Events: 2, Source: "-", Record: 2}}
	if diff := cmp.Diff(wantGroups, r.Groups); diff != "" {
		t.Error(diff)
	}
	wantRules := []RuleReport{
		{ID: "5f0d7d3c-3aab-43fa-952f-8f7b2d966ee5", Title: "Whoami", Events: 2, Missing: []string{"OriginalFileName"}},
		{ID: "5f0d7d3c-3aab-43fa-952f-8f7b2d966ee6", Title: "Key made", Events: 1},
		{ID: "5f0d7d3c-3aab-43fa-952f-8f7b2d966ee7", Title: "Anything"},
	}
	if diff := cmp.Diff(wantRules, r.Rules); diff != "" {
		t.Error(diff)
	}
	for _, v := range r.Views {
		if v.View != "aws/cloudtrail" {
			continue
		}
		if v.Events != 1 || v.Rules != 1 || v.Times[0].Name != "eventTime" || len(v.Missing) > 0 {
			t.Errorf("%+v", v)
		}
		if text := fmt.Sprint(v.Fields); !strings.Contains(text, "{requestParameters.tags.key 1}") {
			t.Errorf("a field in a list is not counted once: %v", text)
		}
		return
	}
	t.Errorf("no view aws/cloudtrail: %+v", r.Views)
}

// TestMergeIsAddition counts events by several censuses and by one.
func TestMergeIsAddition(t *testing.T) {
	p := program(t)
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []string{sysmon, trail, loner, `{"a":{"b":[1,{"c":2}]},"timestamp":"2026-01-02T03:04:05Z"}`,
		strings.Replace(sysmon, `"Image"`, `"OriginalFileName":"x","Image"`, 1)}
	for range 50 {
		whole, parts := New(p), [3]*Census{New(p), New(p), New(p)}
		for i := range 20 {
			line := kinds[random.IntN(len(kinds))]
			add(t, whole, i, line)
			add(t, parts[random.IntN(3)], i, line)
		}
		parts[0].Merge(parts[1])
		parts[0].Merge(parts[2])
		if diff := cmp.Diff(whole.Report(), parts[0].Report()); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestBounds shows that what an event names cannot grow a census without end.
func TestBounds(t *testing.T) {
	c := New(nil)
	for i := range 700 {
		add(t, c, i, fmt.Sprintf(`{"strange%d":1}`, i))
	}
	r := c.Report()
	if len(r.Groups) != maxGroups || r.Unnamed != 200 || r.Unviewed != 700 {
		t.Errorf("%d groups, %d unnamed, %d unviewed", len(r.Groups), r.Unnamed, r.Unviewed)
	}
	for i := range 6 {
		var b strings.Builder
		for j := range 1000 {
			fmt.Fprintf(&b, `,"f%d_%d":1`, i, j)
		}
		add(t, c, i, strings.TrimSuffix(trail, "}")+b.String()+"}")
	}
	v := c.Report().Views[0]
	if len(v.Fields) != maxFields || v.More < 1000 {
		t.Errorf("%d fields, %d more", len(v.Fields), v.More)
	}
}
