package importer_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/importer"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "write the golden files")

// rule knows a rule by its title, and by its id wherever that stands.
func rule(name string) (string, bool) {
	const id = "8ac03a65-6c84-4116-acad-dc1558ff7a77"
	switch {
	case strings.Contains(name, id), name == "Whoami":
		return id, true
	case name == "5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1":
		return name, true
	}
	return "", false
}

// Exports of all products, and the verdicts that they make.
func TestExports(t *testing.T) {
	for _, m := range importer.Mappings() {
		t.Run(m.Name, func(t *testing.T) {
			path, err := filepath.Glob("testdata/" + m.Name + ".*")
			if err != nil || len(path) == 0 {
				t.Fatalf("no export: %v", err)
			}
			data, err := os.ReadFile(path[0])
			if err != nil {
				t.Fatal(err)
			}
			got := importer.Read(rules.NewFile(path[0], data), importer.Options{Mapping: m, Rule: rule})
			text := fmt.Sprintf("%d records, %d without a verdict\n", got.Records, got.Pending)
			for _, v := range got.Verdicts {
				line, err := v.AppendJSON(nil)
				if err != nil {
					t.Fatal(err)
				}
				text += fmt.Sprintf("%s %s\n", v.Span, line)
			}
			for _, d := range got.Diagnostics {
				text += d.String() + "\n"
			}
			golden := "testdata/golden/" + m.Name + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The export of one product is not taken for one of another in which all verdicts are
// still to come, and it is told which it looks like.
func TestExportsOfOthers(t *testing.T) {
	alike := map[string]string{"rsigma": "datadog", "thehive": "defender"} // words and places of the one are known to the other
	for _, of := range importer.Mappings() {
		path := "testdata/" + of.Name + ".json"
		data, err := os.ReadFile(path)
		if err != nil {
			continue // a table has the columns that it names
		}
		for _, m := range importer.Mappings() {
			got := importer.Read(rules.NewFile(path, data), importer.Options{Mapping: m})
			if m.Name == of.Name || m.Name == alike[of.Name] || m.Name == "csv" {
				continue
			}
			if got.Diagnostics.Count(rules.Error) != 1 || got.Diagnostics[0].Code != "verdict/other-product" || !strings.Contains(got.Diagnostics[0].Help, of.Name) {
				t.Errorf("%s as %s: %v", of.Name, m.Name, got.Diagnostics)
			}
		}
	}
	const waiting = `{"title": "A rule", "number": 1}`
	if got := importer.Read(rules.NewFile("open.json", []byte(waiting)), importer.Options{Mapping: importer.Find("thehive")}); got.Pending != 1 || len(got.Diagnostics) != 0 {
		t.Error(got)
	}
}

// The vocabulary of every product, as its documentation and research have it; ?
// stands for a value that must be refused.
func TestVocabulary(t *testing.T) {
	table, err := os.ReadFile("testdata/table.tsv")
	if err != nil {
		t.Fatal(err)
	}
	products := map[string]bool{}
	for line := range strings.Lines(string(table)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		m := importer.Find(columns[0])
		values, want := columns[1:len(columns)-1], columns[len(columns)-1]
		products[m.Name] = true
		got := importer.Read(document(t, m, values), importer.Options{Mapping: m})
		switch {
		case want == "?":
			if len(got.Verdicts) > 0 || len(got.Diagnostics) != 1 || got.Diagnostics[0].Code != "verdict/unknown-value" || got.Diagnostics[0].Span.Start.Line == 0 {
				t.Errorf("%s: %v makes %v, %v", m.Name, values, got.Verdicts, got.Diagnostics)
			}
		case len(got.Verdicts) != 1 || string(got.Verdicts[0].Verdict) != want:
			t.Errorf("%s: %v makes %v, want %s: %v", m.Name, values, got.Verdicts, want, got.Diagnostics)
		}
	}
	if len(products) != len(importer.Mappings()) {
		t.Errorf("only %d products are in the table", len(products))
	}
}

// document makes a record of a product with the given values of its key.
func document(t *testing.T, m *importer.Mapping, values []string) *rules.File {
	t.Helper()
	fields := map[string]string{m.Fields["rule_id"][0]: "r", m.Fields["alert_uid"][0]: "a", m.Fields["time"][0]: "2026-05-04T10:11:12Z", m.Fields["investigator"][0]: "alice"}
	for i, v := range values {
		if v != "" {
			fields[m.Key[i][0]] = v
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if m.Name == "csv" {
		var names, cells []string
		for name, cell := range fields {
			names, cells = append(names, name), append(cells, cell)
		}
		text = []byte(strings.Join(names, ",") + "\n" + strings.Join(cells, ",") + "\n")
	}
	return rules.NewFile("export", text)
}

// No product's word for closing makes a verdict that supports an exclusion.
func TestClosingIsNoVerdict(t *testing.T) {
	for _, m := range importer.Mappings() {
		for _, r := range m.Rows {
			specific := false
			for _, w := range r.When {
				specific = specific || w != importer.Any && w != ""
			}
			if !specific && r.Is.Class() == feedback.Supporting {
				t.Errorf("%s: %v supports", m.Name, r.When)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	const good = `{"rule_id":"r","verdict":"false_positive","fingerprint":"f","timestamp":"2026-05-04T10:11:12Z","analyst":"alice"}`
	m := importer.Find("rsigma")
	for _, c := range []struct{ old, new, want string }{
		{`"r"`, `"other"`, `e:1:12: error[verdict/unknown-rule]: no rule has the id, name or title "other" (name the rules with -r, or leave records of other rules out)`},
		{`"2026-05-04T10:11:12Z"`, `"soon"`, `e:1:73: error[verdict/wrong-time]: "soon" is no time (write it as 2026-05-04T10:11:12Z)`},
		{`,"timestamp":"2026-05-04T10:11:12Z"`, ``, `e:1:1: error[verdict/missing-field]: the record does not say when it was judged (the mapping looks for timestamp)`},
		{`,"analyst":"alice"`, ``, `e:1:1: error[verdict/missing-field]: the record does not say who judged it (name who did with --by)`},
		{`"rule_id":"r",`, ``, `e:1:1: error[verdict/missing-field]: the record names no rule (the mapping looks for rule_id)`},
		{`"fingerprint":"f",`, ``, `e:1:1: error[verdict/not-storable]: it makes no verdict: an alert has neither event_fp nor alert_uid`},
		{`}`, `,"scope":"world"}`, `e:1:122: error[verdict/unknown-value]: "world" is no scope that the mapping rsigma knows`},
		{`}`, `,"verdict":"true_positive"}`, `e:1:114: error[verdict/not-json]: the member "verdict" is there twice (what stands before it was read; export JSON, one document or one a line)`},
		{`}`, ``, `e:1:113: error[verdict/not-json]: a comma or } is expected, found the end of the line (what stands before it was read; export JSON, one document or one a line)`},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		got := importer.Read(rules.NewFile("e", []byte(text)), importer.Options{Mapping: m, Rule: func(name string) (string, bool) { return name, name == "r" }})
		if len(got.Verdicts) != 0 || len(got.Diagnostics) != 1 || got.Diagnostics[0].String() != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.new, got.Diagnostics, c.want)
		}
	}
}

// Tables as spreadsheets save them are read whatever separates columns and lines, and
// what is no text or no time is never taken for one.
func TestTables(t *testing.T) {
	const row = "alert_uid,rule,verdict,time,investigator\nT-1,r,Expected,2026-05-05,alice\n"
	m := importer.Find("csv")
	for _, c := range []struct{ name, old, new, want string }{
		{"as it is", "", "", ""},
		{"semicolons", ",", ";", ""},
		{"tabs", ",", "\t", ""},
		{"line ends of Windows", "\n", "\r\n", ""},
		{"line ends of old Macs", "\n", "\r", ""},
		{"empty columns at the end", "\n", ",,\n", ""},
		{"a column twice", ",time", ",rule,time", "e:1:24: error[verdict/not-csv]: the column rule is there twice (what stands before it was read; every line has as many fields as the first, quotes are doubled)"},
		{"Latin-1", "T-1", "T-\xe9", "e:2:3: error[verdict/not-csv]: the file is no UTF-8 here (export it as UTF-8)"},
		{"UTF-16", "alert", "\xff\xfea\x00l\x00", "e:1:1: error[verdict/not-csv]: the file is no UTF-8 here (export it as UTF-8)"},
		{"a date without dashes", "2026-05-05", "20260505", `e:2:16: error[verdict/wrong-time]: "20260505" is no time (write it as 2026-05-04T10:11:12Z)`},
		{"a year", "2026-05-05", "2026", `e:2:16: error[verdict/wrong-time]: "2026" is no time (write it as 2026-05-04T10:11:12Z)`},
		{"seconds since 1970", "2026-05-05", "1777939200", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := importer.Read(rules.NewFile("e", []byte(strings.ReplaceAll(row, c.old, c.new))), importer.Options{Mapping: m})
			switch {
			case c.want != "":
				if len(got.Verdicts) != 0 || len(got.Diagnostics) != 1 || got.Diagnostics[0].String() != c.want {
					t.Errorf("\ngot  %v\nwant %s", got.Diagnostics, c.want)
				}
			case len(got.Verdicts) != 1 || len(got.Diagnostics) != 0 || got.Verdicts[0].Alert.AlertUID != "T-1" || got.Verdicts[0].Time.Format("2006-01-02") != "2026-05-05":
				t.Errorf("%+v", got)
			}
		})
	}
}

// The names of columns may have any character in quotes.
func TestTableOfQuotedNames(t *testing.T) {
	const text = "\"id, \"\"short\"\"\";alert_uid;rule;verdict;time;investigator\nx;T-1;r;Expected;2026-05-05;alice\n"
	got := importer.Read(rules.NewFile("e", []byte(text)), importer.Options{Mapping: importer.Find("csv")})
	if len(got.Verdicts) != 1 || len(got.Diagnostics) != 0 {
		t.Errorf("%+v", got)
	}
}

// A line with too few or too many fields is left out and told, those behind it are read;
// where line ends are those of old Macs as well.
func TestTablesWithBadLines(t *testing.T) {
	const text = "alert_uid,rule,verdict,time,investigator\nT-1,r,Expected,2026-05-05\nT-2,r,Expected,2026-05-05,alice\nT-3,r,Closed,2026-05-05,alice\nT-4,r,Expected,2026-05-05,alice,x\nT-5,r,Expected,2026-05-05,alice\n"
	want := []string{
		"e:2:1: error[verdict/not-csv]: the line has 4 fields, that of the names has 5 (it is left out)",
		`e:4:7: error[verdict/unknown-value]: "Closed" is no verdict that the mapping csv knows`,
		"e:5:1: error[verdict/not-csv]: the line has 6 fields, that of the names has 5 (it is left out)",
	}
	for _, end := range []string{"\n", "\r\n", "\r"} {
		got := importer.Read(rules.NewFile("e", []byte(strings.ReplaceAll(text, "\n", end))), importer.Options{Mapping: importer.Find("csv")})
		var told []string
		for _, d := range got.Diagnostics {
			if d.Code == "verdict/unknown-value" {
				d.Help = ""
			}
			told = append(told, d.String())
		}
		if diff := cmp.Diff(want, told); len(got.Verdicts) != 2 || got.Records != 3 || diff != "" {
			t.Errorf("%q: %d verdicts of %d records\n%s", end, len(got.Verdicts), got.Records, diff)
		}
	}
}

// Who ruled may be written as socctl writes it everywhere: the word of an agent is never
// taken for that of a person.
func TestInvestigators(t *testing.T) {
	for _, c := range []struct{ columns, cells, want string }{
		{"investigator", "alice", "human:alice"},
		{"investigator", "human:alice", "human:alice"},
		{"investigator", "agent:triage@m-1", "agent:triage@m-1"},
		{"investigator", "Agent:triage", "agent:triage"},
		{"investigator,kind", "agent:triage@m-1,agent", "agent:triage@m-1"},
		{"investigator,kind,version", "agent:triage,agent,m-1", "agent:triage@m-1"},
		{"investigator,kind,version", "triage,agent,m-1", "agent:triage@m-1"},
		{"investigator", "CORP:alice", "human:CORP:alice"},
		{"investigator,kind", "agent:triage,human", ""},
		{"investigator,kind,version", "agent:triage@m-1,agent,m-2", ""},
		{"investigator", "agent:", ""},
	} {
		text := "alert_uid,rule,verdict,time," + c.columns + "\nT-1,r,Expected,2026-05-05," + c.cells + "\n"
		got := importer.Read(rules.NewFile("e", []byte(text)), importer.Options{Mapping: importer.Find("csv")})
		switch {
		case c.want == "":
			if len(got.Verdicts) != 0 || len(got.Diagnostics) != 1 || got.Diagnostics[0].Code != "verdict/unknown-value" {
				t.Errorf("%s: %v, %v", c.cells, got.Verdicts, got.Diagnostics)
			}
		case len(got.Verdicts) != 1 || got.Verdicts[0].Investigator.String() != c.want:
			t.Errorf("%s: %v, %v", c.cells, got.Verdicts, got.Diagnostics)
		}
	}
}

// Times as exports have them, and numbers that count something else.
func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-05T10:00:00+02:00":    "2026-05-05T08:00:00Z",
		"2026-05-05T10:00:00.25+0200":  "2026-05-05T08:00:00.25Z",
		"2026-05-05 10:00:00 +0200":    "2026-05-05T08:00:00Z",
		"2026-05-05 10:00:00.5 +02:00": "2026-05-05T08:00:00.5Z",
		"2026-05-05 10:00:00 UTC":      "2026-05-05T10:00:00Z",
		"2026-05-05T10:00Z":            "2026-05-05T10:00:00Z",
		"2026-05-05 10:00:00":          "2026-05-05T10:00:00Z",
		"1777939200":                   "2026-05-05T00:00:00Z",
		"1777939200.123":               "2026-05-05T00:00:00.123Z",
		"1777939200.123456":            "2026-05-05T00:00:00.123456Z",
		"1777939200.000001":            "2026-05-05T00:00:00.000001Z",
		"1777939200123":                "2026-05-05T00:00:00.123Z",
		"1777939200123.5":              "2026-05-05T00:00:00.1235Z",
		"1.777939200E9":                "2026-05-05T00:00:00Z",
		"1777939200123456":             "2026-05-05T00:00:00.123456Z",
		"1777939200123456789":          "2026-05-05T00:00:00.123456789Z",
		"134224056000000000":           "", // FILETIME, since 1601
		"639135360000000000":           "", // ticks of .NET, since the year 1
		"5/4/2026 10:11":               "",
		"2026-05-05 10:00:00 CEST":     "",
		"NaN":                          "",
		"Inf":                          "",
		"0x1p31":                       "",
		"1_777_939_200":                "",
		"2026-02-30":                   "",
	} {
		row := "alert_uid,rule,verdict,time,investigator\nT-1,r,Expected," + text + ",alice\n"
		got := importer.Read(rules.NewFile("e", []byte(row)), importer.Options{Mapping: importer.Find("csv")})
		switch {
		case want == "":
			if len(got.Verdicts) != 0 || len(got.Diagnostics) != 1 || got.Diagnostics[0].Code != "verdict/wrong-time" {
				t.Errorf("%s: %v, %v", text, got.Verdicts, got.Diagnostics)
			}
		case len(got.Verdicts) != 1 || got.Verdicts[0].Time.Format(time.RFC3339Nano) != want:
			t.Errorf("%s: %v, %v, want %s", text, got.Verdicts, got.Diagnostics, want)
		}
	}
}

// Exports of the same product differ: tables whose columns are named beside the rows,
// objects and lists written as texts, fields that are objects or lists of their own.
func TestShapes(t *testing.T) {
	const id, other = "8ac03a65-6c84-4116-acad-dc1558ff7a77", "5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1"
	const sentinel = "11aa false_logic alice@corp.example " + other + " " + id
	const thehive = "~1 false_logic alice " + id
	owner, ids := `{"objectId":"x","email":"alice@corp.example","userPrincipalName":"alice@corp.example"}`, `["`+other+`","`+id+`"]`
	quoted := func(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
	for _, c := range []struct{ name, product, text, want string }{
		{"an answer of Log Analytics", "sentinel", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"IncidentName","type":"string"},{"name":"Title","type":"string"},{"name":"Classification","type":"string"},
			{"name":"ClassificationReason","type":"string"},{"name":"Owner","type":"dynamic"},{"name":"RelatedAnalyticRuleIds","type":"dynamic"},{"name":"LastModifiedTime","type":"datetime"},{"name":"ModifiedBy","type":"string"}],
			"rows":[["11aa","Whoami","FalsePositive","IncorrectAlertLogic",` + fmt.Sprintf("%q,%q", owner, ids) + `,"2026-05-04T10:11:12Z","Incident updated from the portal"]]}]}`, sentinel},
		{"objects of az", "sentinel", `[{"TableName":"PrimaryResult","IncidentName":"11aa","Classification":"FalsePositive","ClassificationReason":"IncorrectAlertLogic","Owner":` + fmt.Sprintf("%q", owner) +
			`,"RelatedAnalyticRuleIds":` + fmt.Sprintf("%q", ids) + `,"LastModifiedTime":"2026-05-04T10:11:12Z","ModifiedBy":"Incident updated from the portal"}]`, sentinel},
		{"a table", "sentinel", "IncidentName,Classification,ClassificationReason,Owner,RelatedAnalyticRuleIds,LastModifiedTime,ModifiedBy\n11aa,FalsePositive,IncorrectAlertLogic," + quoted(owner) + "," + quoted(ids) +
			",2026-05-04T10:11:12Z,Incident updated from the portal\n", sentinel},
		{"custom fields of TheHive 4", "thehive", `{"_id":"~1","title":"A case","status":"Resolved","resolutionStatus":"FalsePositive","endDate":1777889472000,"owner":"alice","customFields":{"socctl-rule-id":{"order":0,"string":"` + id + `"}}}`, thehive},
		{"custom fields of TheHive 5", "thehive", `{"_id":"~1","title":"A case","status":"FalsePositive","endDate":1777889472000,"assignee":"alice","customFields":[{"name":"cvss","value":3},{"_id":"~9","name":"socctl-rule-id","type":"string","value":"` + id + `"}]}`, thehive},
	} {
		got := importer.Read(rules.NewFile("e", []byte(c.text)), importer.Options{Mapping: importer.Find(c.product), Rule: rule})
		text := ""
		for i, v := range got.Verdicts {
			if i == 0 {
				text = fmt.Sprintf("%s %s %s", v.Alert.AlertUID, v.Verdict, v.Investigator.ID)
			}
			text += " " + v.Alert.RuleID
		}
		if text != c.want || len(got.Diagnostics) > 0 || got.Records != 1 {
			t.Errorf("%s: %q, %v", c.name, text, got.Diagnostics)
		}
	}
}

// The host of a notable event of Splunk is the search head that wrote it, and not where
// anything happened.
func TestSearchHeadsAreNoHosts(t *testing.T) {
	for fields, want := range map[string]string{`"host":"sh1"`: "", `"host":"sh1","dest":"PC1"`: "PC1", `"host":"sh1","dest":"","orig_host":"PC2"`: "PC2", `"host":"sh1","dvc":"PC3","orig_host":"PC2"`: "PC3"} {
		text := `{"result":{"event_id":"s1","rule_title":"r","disposition":"disposition:3","review_time":"1777889472","reviewer":"alice",` + fields + `}}`
		got := importer.Read(rules.NewFile("e", []byte(text)), importer.Options{Mapping: importer.Find("splunk")})
		host := ""
		if len(got.Verdicts) == 1 && got.Verdicts[0].Alert.Entities != nil {
			host = got.Verdicts[0].Alert.Entities.Host
		}
		if len(got.Verdicts) != 1 || host != want {
			t.Errorf("%s: %q, %v", fields, host, got.Diagnostics)
		}
	}
}

// What is still open as its product writes it waits for a verdict, like what says nothing.
func TestOpenRecords(t *testing.T) {
	for product, text := range map[string]string{
		"defender": `{"id":"a","status":"new","classification":"unknown","determination":"unknown","title":"Whoami","assignedTo":null,"lastUpdateDateTime":"2026-05-02T14:19:01Z"}`,
		"thehive":  `[{"_id":"~1","title":"Whoami","status":"New"},{"_id":"~2","title":"Whoami","status":"InProgress","impactStatus":"NotApplicable"},{"_id":"~3","title":"Whoami","status":"Open"}]`,
	} {
		got := importer.Read(rules.NewFile("e", []byte(text)), importer.Options{Mapping: importer.Find(product)})
		if got.Pending != got.Records || len(got.Verdicts) > 0 || len(got.Diagnostics) > 0 {
			t.Errorf("%s: %+v", product, got)
		}
	}
}

func TestParseMappingRefuses(t *testing.T) {
	const good = "name: mine\nfields: {rule_id: r, time: t}\nkey: [v]\nverdicts: [[a, malicious]]\n"
	if _, diags := importer.ParseMapping("m.yml", []byte(good)); len(diags) > 0 {
		t.Fatal(diags)
	}
	for _, c := range []struct{ old, new, want string }{
		{"name: mine\n", "", "m.yml:1:1: error[verdict/mapping]: the mapping has no name"},
		{"malicious", "bad", `m.yml:4:16: error[verdict/mapping]: "bad" is no verdict (see the list in docs/verdicts.md)`},
		{"[a, malicious]", "[a, b, malicious]", `m.yml:4:11: error[verdict/mapping]: the row of "a, b" has 2 values, the key has 1 (a row is the values of the key, and the verdict)`},
		{"time: t", "thyme: t", "m.yml:1:1: error[verdict/mapping]: the mapping does not say where time is"},
		{"key:", "kee:", "m.yml:1:1: error[verdict/mapping]: the mapping has no key"},
	} {
		_, diags := importer.ParseMapping("m.yml", []byte(strings.Replace(good, c.old, c.new, 1)))
		if len(diags) == 0 || diags[0].String() != c.want {
			t.Errorf("%s: %v", c.new, diags)
		}
	}
}

func FuzzRead(f *testing.F) {
	names := []string{}
	for _, m := range importer.Mappings() {
		names = append(names, m.Name)
		paths, _ := filepath.Glob("testdata/" + m.Name + ".*")
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(byte(len(names)-1), data)
		}
	}
	all := importer.Mappings()
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		got := importer.Read(rules.NewFile("f", data), importer.Options{Mapping: all[int(which)%len(all)]})
		for _, v := range got.Verdicts {
			if err := v.Check(); err != nil {
				t.Error(err)
			}
		}
	})
}

// An export may be one line of many megabytes, and an object may have very many
// members: the cost follows the size.
func TestLargeExports(t *testing.T) {
	var b strings.Builder
	b.WriteString(`[`)
	for n := range 20_000 {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"rule_id":"r","verdict":"false_positive","fingerprint":"f%d","timestamp":"2026-05-04T10:11:12Z","analyst":"alice","note":"%0500d"}`, n, n)
	}
	b.WriteString(`,{"`)
	for n := range 200_000 {
		fmt.Fprintf(&b, `m%d":0,"`, n)
	}
	b.WriteString(`x":1}]`)
	got := importer.Read(rules.NewFile("e", []byte(b.String())), importer.Options{Mapping: importer.Find("rsigma")})
	if len(got.Verdicts) != 20_000 || got.Pending != 1 || len(got.Diagnostics) > 0 {
		t.Errorf("%d verdicts, %d pending, %v", len(got.Verdicts), got.Pending, got.Diagnostics)
	}
	if last := got.Verdicts[19_999].Span; last.Start.Column < 10_000_000 {
		t.Errorf("the last record is at %s", last)
	}
}

// An incident of several rules has its place told for each of them, which costs no more
// in a long line.
func TestLargeExportsOfSeveralRules(t *testing.T) {
	const incident = `{"name":"i%d","Classification":"TruePositive","LastModifiedTime":"2026-05-04T10:11:12Z","ModifiedBy":"alice","RelatedAnalyticRuleIds":["a","b"],"note":"%0500d"}`
	var all []string
	for n := range 20_000 {
		all = append(all, fmt.Sprintf(incident, n, n))
	}
	began := time.Now()
	got := importer.Read(rules.NewFile("e", []byte("["+strings.Join(all, ",")+"]")), importer.Options{Mapping: importer.Find("sentinel")})
	if len(got.Verdicts) != 40_000 || len(got.Diagnostics) > 0 || got.Verdicts[39_999].Span != got.Verdicts[39_998].Span {
		t.Errorf("%d verdicts, %v", len(got.Verdicts), got.Diagnostics)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}
