package telemetry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

func normaliserWith(t *testing.T, views string) *Normaliser {
	t.Helper()
	table, err := logsource.Parse("own.yml", []byte(views))
	if err != nil {
		t.Fatal(err)
	}
	return NewNormaliser(table)
}

func walked(e evaluator.Event) []string {
	var texts []string
	e.(evaluator.Walker).Walk(func(v evaluator.Value) bool {
		texts = append(texts, v.Text())
		return true
	})
	slices.Sort(texts)
	return texts
}

const twoRecords = `{"audit_id": "1.2:3", "node": "web1", "secret": "s", "process": {"pid": 7, "name": "id"},
	"records": [{"type": "EXECVE", "a0": "id", "exe": {"path": "/bin/id"}}, null, {"type": "PATH", "name": "/etc/shadow"}, "odd"]}`

func TestViewEachKeepsSome(t *testing.T) {
	n := normaliserWith(t, `
views:
  - name: audit
    logsource: {product: linux, service: auditd}
    when: {records: {exists: true}}
    each: records
    keep: [audit_id, node, process]
    fields: {Pid: process.pid, Kind: {from: type, transform: lower}, Hidden: secret, Path: exe.path}
`)
	views := n.Event(recordOf(t, twoRecords)).Views()
	if len(views) != 3 {
		t.Fatalf("%d views, want one per element that is not null", len(views))
	}
	fieldsWanted(t, views[0].Event, map[string]string{
		"type": `"EXECVE"`, "a0": `"id"`, "name": "-", "audit_id": `"1.2:3"`, "node": `"web1"`, "process.pid": "7", "secret": "-",
		"Pid": "7", "Kind": `"execve"`, "Hidden": `"s"`, "Path": `"/bin/id"`, "exe.path": `"/bin/id"`,
		"records.type": `"EXECVE"`, "records.name": "-", "processes": "-",
	})
	fieldsWanted(t, views[1].Event, map[string]string{
		"type": `"PATH"`, "a0": "-", "name": `"/etc/shadow"`, "records": `{"name":"/etc/shadow","type":"PATH"}`, "node": `"web1"`, "Path": "-",
	})
	fieldsWanted(t, views[2].Event, map[string]string{"type": "-", "node": `"web1"`, "records": `"odd"`})
	if got, want := strings.Join(walked(views[1].Event), " "), `/etc/shadow 1.2:3 PATH web1 {"name":"id","pid":7}`; got != want {
		t.Errorf("the view walks %s, want %s", got, want)
	}
	if got := walked(views[2].Event); !slices.Contains(got, "odd") {
		t.Errorf("an element that is no object is not searched: %v", got)
	}
	first := ""
	views[0].Event.(evaluator.Walker).Walk(func(v evaluator.Value) bool { first += v.Text(); return false })
	if first == "" || strings.Contains(first, "EXECVE") && strings.Contains(first, "/bin/id") {
		t.Errorf("Walk went on after false: %q", first)
	}
}

func TestViewEachKeepsAll(t *testing.T) {
	n := normaliserWith(t, `
views:
  - name: workspace
    logsource: {product: gcp}
    when: {activity.events: {exists: true}}
    each: activity.events
    keep: all
    ignore-case: true
`)
	views := n.Event(recordOf(t, `{"actor": {"email": "a@b"}, "name": "outer", "activity": {"id": 5, "events": [{"name": "X", "p": 1}, {"q": 2}]}}`)).Views()
	if len(views) != 2 {
		t.Fatalf("%d views", len(views))
	}
	fieldsWanted(t, views[0].Event, map[string]string{
		"name": `"X"`, "actor.email": `"a@b"`, "activity.events.name": `"X"`, "activity.events.q": "-", "activity.id": "5", "NAME": `"X"`, "Actor.Email": `"a@b"`,
	})
	fieldsWanted(t, views[1].Event, map[string]string{"name": `"outer"`, "activity.events.name": "-", "q": "2", "p": "-", "P": "-"})
	if got, want := strings.Join(walked(views[0].Event), " "), `1 X outer {"email":"a@b"} {"id":5}`; got != want {
		t.Errorf("the view walks %s, want %s", got, want)
	}
}

// A kept field that the element has itself, or that is the list, is the element's.
func TestViewEachKeepsTheList(t *testing.T) {
	n := normaliserWith(t, "views:\n  - {name: a, logsource: {product: a}, when: {r: {exists: true}}, each: r, keep: [r, r.i, n], ignore-case: true}")
	e := n.Event(recordOf(t, `{"r": [{"i": 1, "n": "own"}, {"i": 2}], "n": "event"}`)).Views()[0].Event
	fieldsWanted(t, e, map[string]string{"r.i": "1", "n": `"own"`, "N": `"own"`, "R.I": "-"})
	if got, want := strings.Join(walked(e), " "), "1 own"; got != want {
		t.Errorf("the view walks %s, want %s", got, want)
	}
}

func TestViewEachWithoutElements(t *testing.T) {
	n := normaliserWith(t, "views:\n  - {name: a, logsource: {product: a}, when: {x: {exists: true}}, each: r.s}")
	for record, want := range map[string]int{
		`{"x": 1}`: 1, `{"x": 1, "r": {"s": []}}`: 1, `{"x": 1, "r": {"s": [null]}}`: 1, `{"x": 1, "r": {"s": {"a": 1}}}`: 1,
		`{"x": 1, "r": [{"s": {"a": 1}}, {"s": [{"a": 2}, {"a": 3}]}]}`: 3, `{"x": 1, "r": {"s": "text"}}`: 1,
	} {
		if got := len(n.Event(recordOf(t, record)).Views()); got != want {
			t.Errorf("%s has %d views, want %d", record, got, want)
		}
	}
	n = normaliserWith(t, "views:\n  - {name: a, logsource: {product: a}, when: {x: {exists: true}}, each: r, keep: x}")
	for _, record := range []string{`{"x": 1, "y": 2}`, `{"x": 1, "y": 2, "r": null}`} {
		seen := n.Event(recordOf(t, record)).Views()[0].Event
		fieldsWanted(t, seen, map[string]string{"x": "1", "y": "-", "r": "-", "r.a": "-"})
		if got := walked(seen); len(got) != 1 {
			t.Errorf("%s walks %v", record, got)
		}
	}
}

// TestViewEachBound shows that a list beyond the bound costs a bounded number
// of views and that its last element still counts.
func TestViewEachBound(t *testing.T) {
	n := normaliserWith(t, "views:\n  - {name: a, logsource: {product: a}, when: {r: {exists: true}}, each: r}")
	var items []evaluator.Value
	for i := range maxElements + 5 {
		items = append(items, evaluator.ObjectValue(evaluator.Member{Name: "i", Value: evaluator.IntValue(int64(i))}))
	}
	e := n.Event(Record{Value: evaluator.ObjectValue(evaluator.Member{Name: "r", Value: evaluator.ListValue(items...)})})
	views := e.Views()
	if len(views) != maxElements {
		t.Fatalf("%d views, want %d", len(views), maxElements)
	}
	fieldsWanted(t, views[maxElements-2].Event, map[string]string{"i": fmt.Sprint(maxElements - 2)})
	rest, _ := views[maxElements-1].Event.Field("i")
	if items := rest.Items(); len(items) != 6 || items[5].Text() != fmt.Sprint(maxElements+4) {
		t.Errorf("the last view shows %v", rest)
	}
}

// TestViewEachMatch shows that a rule matches an event once if one element
// satisfies it alone, and not if only several elements do together.
func TestViewEachMatch(t *testing.T) {
	n := normaliserWith(t, "views:\n  - {name: a, logsource: {product: a}, when: {records: {exists: true}}, each: records, keep: node}")
	program := programOf(t, `
title: One record
logsource: {product: a}
detection: {s: {type: PATH, name: x, node: web1}, condition: s}
---
title: Keyword
logsource: {product: a}
detection: {k: [needle], condition: k}
---
title: Not across
logsource: {product: a}
detection: {s: {type: EXECVE}, f: {name: x}, condition: s and not f}
`)
	for record, want := range map[string]string{
		`{"node": "web1", "records": [{"type": "EXECVE", "name": "x"}, {"type": "PATH", "name": "y"}]}`:                    "",
		`{"node": "web1", "records": [{"type": "EXECVE", "name": "y"}, {"type": "PATH", "name": "x"}]}`:                    "One record, Not across",
		`{"node": "web1", "records": [{"type": "PATH", "name": "x"}, {"type": "PATH", "name": "x"}, {"z": ["a needle"]}]}`: "One record, Keyword",
		`{"node": "a needle", "records": [{"type": "PATH"}]}`:                                                              "Keyword",
		`{"other": "a needle", "records": [{"type": "PATH"}]}`:                                                             "",
	} {
		var titles []string
		for _, m := range evaluator.New(program).Match(n.Event(recordOf(t, record))) {
			titles = append(titles, m.Rule.Title)
		}
		if got := strings.Join(titles, ", "); got != want {
			t.Errorf("%s: matches %q, want %q", record, got, want)
		}
	}
}

func programOf(t *testing.T, text string) *compiler.Program {
	t.Helper()
	set, diags := rules.Load(fstest.MapFS{"rules.yml": {Data: []byte(text)}})
	program, compiled := compiler.Compile(set, compiler.Options{})
	if diags.Count(rules.Error)+compiled.Count(rules.Error) > 0 {
		t.Fatal(diags, compiled)
	}
	return program
}
