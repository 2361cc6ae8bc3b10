package logsource

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	got := mustParse(t, `
views:
  - name: edr/process
    logsource: {category: Process_Creation, product: windows}
    also: [{category: process, product: windows}]
    when:
      - {vendor: [Acme, ACME Corp], kind: {startswith: proc}}
      - {acme_id: {exists: true}, replay: {exists: false}, level: {not: debug}}
    native: false
    fields:
      Image: path
      User: [user, {from: [domain, account], transform: join, skip: ['-']}]
      IntegrityLevel: {from: il, transform: enum, table: {'1': Low}}
      Status: {all: [status, {from: path, transform: after, with: /}, {from: [m, s], transform: hashes, with: 'MD5,SHA1'}]}
    json: details
    absent: OriginalFileName
    note: what Acme sends
`)
	want := &Table{Views: []ViewDef{{
		Name:      "edr/process",
		Logsource: Logsource{Category: "process_creation", Product: "windows"},
		Also:      []Logsource{{Category: "process", Product: "windows"}},
		When: []Match{
			{{"vendor", Equals, []string{"Acme", "ACME Corp"}}, {"kind", StartsWith, []string{"proc"}}},
			{{"acme_id", Exists, nil}, {"replay", Missing, nil}, {"level", NotEquals, []string{"debug"}}},
		},
		Fields: []Field{
			{Name: "Image", Sources: []Source{{From: []string{"path"}, Transform: Copy}}},
			{Name: "User", Sources: []Source{
				{From: []string{"user"}, Transform: Copy},
				{From: []string{"domain", "account"}, Transform: Join, Skip: []string{"-"}},
			}},
			{Name: "IntegrityLevel", Sources: []Source{{From: []string{"il"}, Transform: Enum, Table: []Entry{{"1", "Low"}}}}},
			{Name: "Status", All: true, Sources: []Source{
				{From: []string{"status"}, Transform: Copy},
				{From: []string{"path"}, Transform: After, With: "/"},
				{From: []string{"m", "s"}, Transform: Hashes, With: "MD5,SHA1"},
			}},
		},
		JSON:   []string{"details"},
		Absent: []string{"OriginalFileName"},
		Note:   "what Acme sends",
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
	printed := `edr/process
  logsource  category=process_creation product=windows
  logsource  category=process product=windows
  when       vendor is Acme or ACME Corp and kind starts with proc
  when       acme_id exists and replay is missing and level is not debug
  native     hidden
  field      Image <- path
  field      User <- user, else join(domain + account) unless -
  field      IntegrityLevel <- enum(il, 1: Low)
  field      Status <- all of status, after(path, /), hashes(m + s, MD5,SHA1)
  json       details
  absent     OriginalFileName
  note       what Acme sends
`
	if diff := cmp.Diff(printed, got.Views[0].String()); diff != "" {
		t.Errorf("String (-want +got):\n%s", diff)
	}
}

func TestParseEach(t *testing.T) {
	got := mustParse(t, `
views:
  - name: a
    logsource: {product: a}
    when: {records: {exists: true}}
    each: records
    keep: [node, process]
    time: [records.at, at]
  - {name: b, logsource: {product: b}, when: {x: 1}, each: x.events, keep: all, time: at}
  - {name: c, logsource: {product: c}, when: {x: 1}, each: x, keep: [all]}
  - {name: d, logsource: {product: d}, when: {x: 1}, each: x, fields: {Y: y}}
`)
	x := []Match{{{"x", Equals, []string{"1"}}}}
	want := &Table{Views: []ViewDef{
		{Name: "a", Logsource: Logsource{Product: "a"}, When: []Match{{{"records", Exists, nil}}}, Native: true,
			Each: "records", Keep: []string{"node", "process"}, Time: []string{"records.at", "at"}},
		{Name: "b", Logsource: Logsource{Product: "b"}, When: x, Native: true, Each: "x.events", KeepAll: true, Time: []string{"at"}},
		{Name: "c", Logsource: Logsource{Product: "c"}, When: x, Native: true, Each: "x", Keep: []string{"all"}},
		{Name: "d", Logsource: Logsource{Product: "d"}, When: x, Native: true, Each: "x",
			Fields: []Field{{Name: "Y", Sources: []Source{{From: []string{"y"}, Transform: Copy}}}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
	printed := `a
  logsource  product=a
  when       records exists
  each       records, and of the event node, process
  time       records.at, at

b
  logsource  product=b
  when       x is 1
  each       x.events, and all of the event
  time       at

c
  logsource  product=c
  when       x is 1
  each       x, and of the event all

d
  logsource  product=d
  when       x is 1
  each       x
  field      Y <- y
`
	if diff := cmp.Diff(printed, got.String()); diff != "" {
		t.Errorf("String (-want +got):\n%s", diff)
	}
	for _, v := range got.Views {
		if v.Plain() || v.Additive() {
			t.Errorf("view %s of elements is said to show the event", v.Name)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const view = "views:\n  - name: a\n    logsource: {product: a}\n"
	tests := []struct{ name, text, want string }{
		{"unknown key", "view: []", `t.yml:1:1: unknown key "view" (did you mean "views"?)`},
		{"far key", "colour: []", `t.yml:1:1: unknown key "colour" (known: views, taxonomy, unseen, domains, fields, places, dual-use)`},
		{"view key", view + "    when: {x: 1}\n    feilds: {}\n", `t.yml:5:5: unknown key "feilds" (did you mean "fields"?)`},
		{"no list", "views: 1", `t.yml:1:8: a list is needed here`},
		{"no map", "views: [1]", `t.yml:1:9: a map is needed here`},
		{"no name", "views:\n  - {logsource: {product: a}, when: {x: 1}}", `t.yml:2:5: a view needs a name`},
		{"no logsource", "views:\n  - {name: a, when: {x: 1}}", `t.yml:2:5: view "a" needs a logsource`},
		{"empty logsource", "views:\n  - {name: a, logsource: {}, when: {x: 1}}", `t.yml:2:26: a logsource needs a category, a product or a service`},
		{"no condition", view, `t.yml:2:5: view "a" needs a condition (when)`},
		{"only absence", view + "    when: {x: {exists: false}}", `t.yml:4:11: at least one condition must ask for a field to be present`},
		{"unknown operator", view + "    when: {x: {endwith: a}}", `unknown key "endwith" (did you mean "endswith"?)`},
		{"two operators", view + "    when: {x: {endswith: a, contains: b}}", `t.yml:4:15: field "x" needs exactly one of`},
		{"repeated key", view + "    name: b\n    when: {x: 1}", `t.yml:4:5: key "name" is repeated`},
		{"repeated view", "views:\n  - &v {name: a, logsource: {product: a}, when: {x: 1}}\n  - *v", `view "a" is defined twice`},
		{"unknown transform", view + "    when: {x: 1}\n    fields: {A: {from: b, transform: lowerhex}}", `t.yml:5:38: unknown transform "lowerhex" (did you mean "lower-hex"?)`},
		{"two fields", view + "    when: {x: 1}\n    fields: {A: {from: [b, c]}}", `transform copy takes one field`},
		{"no from", view + "    when: {x: 1}\n    fields: {A: {skip: x}}", `a source needs from`},
		{"no source", view + "    when: {x: 1}\n    fields: {A: []}", `t.yml:5:14: field "A" needs a source`},
		{"no argument", view + "    when: {x: 1}\n    fields: {A: {from: b, transform: hash}}", `transform hash needs with`},
		{"no table", view + "    when: {x: 1}\n    fields: {A: {from: b, transform: enum}}", `enum needs one`},
		{"hashes without names", view + "    when: {x: 1}\n    fields: {A: {from: [b, c], transform: hashes, with: MD5}}", `transform hashes needs with: one name for each field`},
		{"no place", view + "    when: {x: 1}\n    fields: {A: {from: b, transform: item, with: '0'}}", `transform item needs with: a place in the list, counted from 1`},
		{"enum with", view + "    when: {x: 1}\n    fields: {A: {from: b, transform: enum, with: x, table: {a: b}}}", `transform enum takes no with but only`},
		{"all of none", view + "    when: {x: 1}\n    fields: {A: {all: []}}", `t.yml:5:14: field "A" needs a source`},
		{"null", view + "    when: {x: ~}", `t.yml:4:15: a text is needed here`},
		{"no bool", view + "    when: {x: 1}\n    native: maybe", `t.yml:5:13: true or false is needed here`},
		{"keep without each", view + "    when: {x: 1}\n    keep: all", `view "a" keeps fields beside elements, and has no each`},
		{"empty each", view + "    when: {x: 1}\n    each: ''", `t.yml:5:11: each needs the path of a list`},
		{"each of a list", view + "    when: {x: 1}\n    each: [a, b]", `t.yml:5:11: a text is needed here`},
		{"no time", view + "    when: {x: 1}\n    time: {a: b}", `t.yml:5:11: a list is needed here`},
		{"domain without words", "domains:\n  - {name: a}", `t.yml:2:5: a domain needs a name, and is: a phrase that says what it is`},
		{"domain that is no pattern", "domains:\n  - {name: a, is: b, patterns: ['(']}", `domain "a": error parsing regexp`},
		{"example outside", "domains:\n  - {name: a, is: a letter, patterns: ['^[a-z]$'], examples: [ab]}", `the example "ab" is not a letter (domain "a")`},
		{"unknown kind", "domains:\n  - {name: a, is: b, kind: paths}", `t.yml:2:28: unknown kind "paths" (did you mean "path"?)`},
		{"unknown trust", "fields:\n  - {logsource: {product: p}, names: [a], trust: nobody}", `unknown trust "nobody" (known: attacker, spoofable, system)`},
		{"field without names", "fields:\n  - {logsource: {product: p}}", `t.yml:2:5: an entry of fields needs names and a logsource`},
		{"place without end", "places:\n  - {path: /tmp, score: 0, needs: nothing}", `t.yml:2:5: a place needs a path that ends in a separator`},
		{"score", "places:\n  - {path: /tmp/, score: 4, needs: nothing}", `t.yml:2:26: a score is a number from 0 to 3`},
		{"no YAML", "views: [", `t.yml: yaml: line 1`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := Parse("t.yml", []byte(test.text))
			if err == nil {
				t.Fatalf("no error, but %v", table)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q lacks %q", err, test.want)
			}
		})
	}
}

func TestParseReportsAll(t *testing.T) {
	_, err := Parse("t.yml", []byte("vews: []\ntaxonmy: []\n"))
	if err == nil || strings.Count(err.Error(), "did you mean") != 2 {
		t.Errorf("error %v does not report both mistakes", err)
	}
}

func TestParseEmpty(t *testing.T) {
	table, err := Parse("t.yml", []byte("# nothing yet\n"))
	if err != nil || len(table.Views) != 0 {
		t.Errorf("Parse of an empty document = %v, %v", table, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("views:\n  - &a {name: a, logsource: {product: a}, when: {x: 1}, fields: {A: *a}}\n")
	f.Add("views: [{when: [{x: {exists: true}}]}]")
	f.Add("views: [{name: a, logsource: {product: a}, when: {x: 1}, each: y, keep: all, time: [t]}]")
	f.Add("taxonomy: [{logsource: {product: a}, fields: [b, b], open: true}]")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Parse("fuzz.yml", []byte(text))
		if (table == nil) == (err == nil) {
			t.Fatalf("table %v with error %v", table, err)
		}
		if table != nil {
			_ = table.String()
		}
	})
}
