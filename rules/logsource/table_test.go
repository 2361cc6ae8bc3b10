package logsource

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func TestDefaultPrint(t *testing.T) {
	golden := filepath.Join("testdata", "table.golden")
	got := Default().String()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the table has changed; if that is meant, run go test ./rules/logsource -update\n%s", diff)
	}
}

func TestDefaultIsSound(t *testing.T) {
	table := Default()
	for _, v := range table.Views {
		for _, absent := range v.Absent {
			if slices.ContainsFunc(v.Fields, func(f Field) bool { return f.Name == absent }) {
				t.Errorf("view %s maps %s and calls it absent", v.Name, absent)
			}
		}
	}
	for _, u := range table.Unseen {
		if u.Reason == "" {
			t.Errorf("%s has no view and no reason for it", u.Logsource)
		}
		for _, v := range table.For(u.Logsource) {
			t.Errorf("%s is said to have no view but has %s", u.Logsource, v.Name)
		}
	}
}

func TestWith(t *testing.T) {
	base := mustParse(t, `
views:
  - {name: a, logsource: {product: a}, when: {x: 1}}
  - {name: b, logsource: {product: b}, when: {x: 2}}
unseen:
  - {logsource: {product: d}, reason: none yet}
`)
	override := mustParse(t, `
views:
  - {name: c, logsource: {product: c}, when: {x: 3}}
  - {name: a, logsource: {product: a, service: s}, when: {x: 4}, each: y, keep: [z], time: t}
`)
	got := base.With(override)
	want := mustParse(t, `
views:
  - {name: a, logsource: {product: a, service: s}, when: {x: 4}, each: y, keep: [z], time: t}
  - {name: b, logsource: {product: b}, when: {x: 2}}
  - {name: c, logsource: {product: c}, when: {x: 3}}
unseen:
  - {logsource: {product: d}, reason: none yet}
`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("With (-want +got):\n%s", diff)
	}
	if base.View("a").Logsource.Service != "" {
		t.Error("With changed its receiver")
	}
	if base.With(nil) != base {
		t.Error("With(nil) is another table")
	}
}

// A view for a logsource that had none ends its being unseen, whoever comes first.
func TestWithUnseen(t *testing.T) {
	unseen := mustParse(t, "unseen:\n  - {logsource: {product: c, service: s}, reason: none yet}\n  - {logsource: {product: d}, reason: none yet}\n")
	view := mustParse(t, "views:\n  - {name: c, logsource: {product: c, service: s}, when: {x: 1}}\n")
	for _, table := range []*Table{unseen.With(view), view.With(unseen)} {
		if len(table.Unseen) != 1 || table.Unseen[0].Logsource.Product != "d" {
			t.Errorf("unseen are %v", table.Unseen)
		}
	}
	if len(unseen.Unseen) != 2 {
		t.Error("With changed its receiver")
	}
}

func TestFor(t *testing.T) {
	var names []string
	for _, v := range Default().For(Logsource{Category: "process_creation", Product: "windows"}) {
		names = append(names, v.Name)
	}
	want := []string{"windows/sysmon/process_creation", "windows/security/process_creation", "windows/ecs/process_creation", "windows/ocsf/process_creation"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("For (-want +got):\n%s", diff)
	}
	if got := Default().View("no such view"); got != nil {
		t.Errorf("View of an unknown name = %v", got)
	}
}

func TestCovers(t *testing.T) {
	table := Default()
	tests := []struct {
		v, w string
		want bool
	}{
		{"windows/sysmon/process_creation", "windows/sysmon", true},
		{"windows/sysmon/process_creation", "windows", true},
		{"windows/sysmon", "windows/sysmon/process_creation", false},
		{"windows/security", "windows", true},
		{"windows/security/process_creation", "windows/security", false},
		{"windows/security/process_creation", "windows", false}, // it hides ProcessId
		{"windows/windefend/antivirus", "windows/windefend", true},
		{"windows/wmi/wmi_event", "windows/wmi", false},
	}
	for _, test := range tests {
		if got := table.View(test.v).Covers(table.View(test.w)); got != test.want {
			t.Errorf("%s covers %s = %v", test.v, test.w, got)
		}
	}
}

// A view that says where its time is stands beside one that covers its fields
// only.
func TestCoversTime(t *testing.T) {
	table := mustParse(t, `
views:
  - {name: wide, logsource: {product: a}, when: {x: 1}}
  - {name: timed, logsource: {product: a}, when: {x: 1}, time: t}
  - {name: same, logsource: {product: a}, when: {x: 1}, time: t}
  - {name: each, logsource: {product: a}, when: {x: 1}, each: y, keep: all}
`)
	for _, test := range []struct {
		v, w string
		want bool
	}{
		{"wide", "timed", false}, {"timed", "wide", true}, {"timed", "same", true}, {"each", "wide", false}, {"wide", "each", false},
	} {
		if got := table.View(test.v).Covers(table.View(test.w)); got != test.want {
			t.Errorf("%s covers %s = %v", test.v, test.w, got)
		}
	}
}

func TestSatisfies(t *testing.T) {
	event := Logsource{Category: "process_creation", Product: "windows", Service: "sysmon"}
	tests := []struct {
		rule Logsource
		want bool
	}{
		{Logsource{}, true},
		{Logsource{Product: "windows"}, true},
		{Logsource{Product: "Windows", Category: "Process_Creation"}, true},
		{Logsource{Category: "process_creation", Service: "security"}, false},
		{Logsource{Product: "linux", Category: "process_creation"}, false},
	}
	for _, test := range tests {
		if got := event.Satisfies(test.rule); got != test.want {
			t.Errorf("%v satisfies %v = %v", event, test.rule, got)
		}
	}
	if got := event.String(); got != "category=process_creation product=windows service=sysmon" {
		t.Errorf("String = %s", got)
	}
	if diff := cmp.Diff(map[string]string{"product": "linux"}, Logsource{Product: "linux"}.Map()); diff != "" {
		t.Error(diff)
	}
}

func TestFieldNames(t *testing.T) {
	table := Default()
	names, closed := table.FieldNames(Logsource{Category: "process_creation", Product: "windows"})
	if !closed {
		t.Error("process_creation is not closed")
	}
	for _, name := range []string{"Image", "EventID", "Provider_Name", "Imphash"} {
		if !slices.Contains(names, name) {
			t.Errorf("process_creation lacks %s", name)
		}
	}
	if slices.Contains(names, "ScriptBlockText") {
		t.Error("process_creation has ScriptBlockText")
	}
	if _, closed := table.FieldNames(Logsource{Product: "windows", Service: "security"}); closed {
		t.Error("service security is closed")
	}
	if names, closed := table.FieldNames(Logsource{Product: "unheard-of"}); closed || len(names) > 0 {
		t.Errorf("an unknown product has fields %v, closed %v", names, closed)
	}
}

func mustParse(t *testing.T, text string) *Table {
	t.Helper()
	table, err := Parse("test.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}
