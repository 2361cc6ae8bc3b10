package feedback_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

func fp(digit string) string { return "sha256:" + strings.Repeat(digit, 64) }

// full is a record with every member.
var full = `{"schema":"socctl.verdict/v1","time":"2026-05-04T10:11:12Z","alert":{"rule_id":"8ac0","rule_hash":"` + fp("1") + `","event_fp":["` + fp("2") + `","` + fp("3") +
	`"],"alert_uid":"v","incident":"i","context_fp":"c","event_time":"2026-05-04T10:00:00.5+02:00","entities":{"host":"H1","user":"CORP\\x"}},"verdict":"benign_expected",` +
	`"confidence":0.9,"scope":"alert","investigator":{"kind":"agent","id":"triage-7","version":"m-1","session":"s"},"reviewed_by":[{"kind":"human","id":"alice","time":"2026-05-04T11:00:00Z"}],` +
	`"reason":{"code":"LOB","text":"<b>\u202e"},"evidence":[{"type":"event","fp":"` + fp("2") + `"},{"type":"url","ref":"case/1"}],"supersedes":"` + fp("4") + `","expires":"2026-08-01T00:00:00Z","sig":"x","ext":{"a":[1,{"b":null}]}}`

// A mark at the beginning, which some editors write, costs no verdict; marks of a merge
// are named as such.
func TestDecodeOfEditedFiles(t *testing.T) {
	text := "\ufeff" + full + "\r\n<<<<<<< HEAD\n" + full + "\n=======\n"
	verdicts, torn, diags := feedback.Decode(rules.NewFile("v.ndjson", []byte(text)))
	if len(verdicts) != 2 || torn != 0 || verdicts[0].Span.String() != "v.ndjson:1:1" {
		t.Errorf("%d verdicts, torn %d: %v", len(verdicts), torn, diags)
	}
	if len(diags) != 2 || diags[0].Span.Start.Line != 2 || !strings.HasPrefix(diags[0].Help, "a merge left it") || !strings.HasPrefix(diags[1].Help, "a merge left it") {
		t.Errorf("%v", diags)
	}
}

func TestDecodeKeepsEverything(t *testing.T) {
	v, err := feedback.DecodeRecord([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	text, err := v.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if json.Unmarshal([]byte(full), &want) != nil || json.Unmarshal(text, &got) != nil {
		t.Fatal("not JSON")
	}
	want["uid"] = v.UID
	want["alert"].(map[string]any)["event_time"] = "2026-05-04T08:00:00.5Z"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := feedback.DecodeRecord(text)
	if err != nil || again.UID != v.UID {
		t.Errorf("read back: %v, %s and %s", err, again.UID, v.UID)
	}
}

// Changes of a good record, what the decoder says of each, and whether only the
// decoder can know.
var wrong = []struct {
	old, new, at, problem string
	beyondSchema          bool
}{
	{`"verdict":"benign_expected"`, `"verdict":"benign_expekted"`, `"benign_expekted"`, `error[verdict/unknown-value]: "benign_expekted" is not allowed here (did you mean benign_expected?)`, false},
	{`"verdict":"benign_expected"`, `"verdict":"closed"`, `"closed"`, `error[verdict/unknown-value]: "closed" is not allowed here (allowed are malicious, attempted, false_logic, benign_expected, test, false_data, undetermined, duplicate)`, false},
	{`"verdict":"benign_expected"`, `"verdict":"malicious","verdict":"benign_expected"`, `"verdict":"benign`, `error[verdict/not-json]: the member "verdict" is there twice (write one JSON object a line)`, true},
	{`"verdict":"benign_expected"`, `"Verdict":"benign_expected"`, `"Verdict"`, `error[verdict/unknown-key]: a verdict has no member "Verdict" (did you mean verdict?; what is your own stands under ext)`, false},
	{`"verdict":"benign_expected",`, ``, `{"schema"`, `error[verdict/missing-field]: a verdict has no verdict`, false},
	{`"schema":"socctl.verdict/v1",`, ``, `{"time"`, `error[verdict/missing-field]: a verdict has no schema`, false},
	{`socctl.verdict/v1`, `socctl.verdict/v2`, `"socctl.verdict/v2"`, `error[verdict/unknown-value]: "socctl.verdict/v2" is not allowed here (did you mean socctl.verdict/v1?)`, false},
	{`"rule_id":"8ac0",`, ``, `{"rule_hash"`, `error[verdict/missing-field]: an alert has no rule_id`, false},
	{`"rule_id":"8ac0"`, `"rule_id":""`, `"",`, `error[verdict/wrong-type]: a text is expected, found an empty one`, false},
	{`"rule_id":"8ac0"`, `"rule_id":7`, `7,`, `error[verdict/wrong-type]: a text is expected, found a number`, false},
	{`"2026-05-04T10:11:12Z"`, `"yesterday"`, `"yesterday"`, `error[verdict/wrong-time]: "yesterday" is no time (write it as 2026-05-04T10:11:12Z)`, false},
	{`"2026-05-04T10:11:12Z"`, `"2026-02-31T10:11:12Z"`, `"2026-02-31`, `error[verdict/wrong-time]: "2026-02-31T10:11:12Z" is no time (write it as 2026-05-04T10:11:12Z)`, true},
	{`sha256:1`, `sha256:X`, `"sha256:X`, `error[verdict/wrong-hash]: "sha256:X111111111111111111111111111111111111111111111111111111111111111" is no fingerprint (it is sha256: and 64 hexadecimal digits in lower case, as eval prints it)`, false},
	{`0.9`, `1.5`, `1.5`, `error[verdict/unknown-value]: the confidence "1.5" is no number from 0 to 1`, false},
	{`"kind":"agent"`, `"kind":"robot"`, `"robot"`, `error[verdict/unknown-value]: "robot" is not allowed here (allowed are human, agent)`, false},
	{`"ext":{"a":[1,{"b":null}]}`, `"ext":[]`, `[]`, `error[verdict/wrong-type]: ext must be an object, found a list`, false},
	{`"sig":"x"`, `"sig":"x","uid":"` + fp("9") + `"`, `"sha256:9`, `error[verdict/uid-mismatch]: the uid is not that of what the record says: it was changed, or made otherwise (leave the uid out, or record a change of mind as a verdict of its own)`, true},
	{`"ext":{`, `"ext":{{`, `{`, `error[verdict/not-json]: the name of a member is expected, found '{' (write one JSON object a line)`, true},
	{`"CORP\\x"`, `"CORP\x"`, `"CORP`, `error[verdict/not-json]: a text has an escape that JSON does not know (write one JSON object a line)`, true},
}

func TestDecodeRefuses(t *testing.T) {
	for _, w := range wrong {
		text := strings.Replace(full, w.old, w.new, 1)
		if text == full {
			t.Fatalf("%s is not in the record", w.old)
		}
		_, err := feedback.DecodeRecord([]byte(text))
		var d rules.Diagnostic
		if !errors.As(err, &d) {
			t.Errorf("%s: no problem: %v", w.new, err)
			continue
		}
		if at := text[d.Span.Start.Column-1:]; !strings.HasPrefix(at, w.at) {
			t.Errorf("%s: points to %.40s", w.new, at)
		}
		if d.Span = (rules.Span{}); d.String() != ": "+w.problem {
			t.Errorf("%s:\ngot  %v\nwant %s", w.new, d, w.problem)
		}
	}
}

func schemaOf(t *testing.T) *gojsonschema.Schema {
	t.Helper()
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	schema, err := loader.Compile(gojsonschema.NewBytesLoader(feedback.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// The published schema and the decoder agree.
func TestSchemaAgreesWithDecoder(t *testing.T) {
	schema := schemaOf(t)
	valid := func(text string) bool {
		result, err := schema.Validate(gojsonschema.NewStringLoader(text))
		return err == nil && result.Valid()
	}
	least := `{"schema":"socctl.verdict/v1","time":"2026-05-04T10:11:12Z","alert":{"rule_id":"r","alert_uid":"1"},"verdict":"test","investigator":{"kind":"human","id":"a"}}`
	for _, good := range []string{full, least} {
		if !valid(good) {
			t.Errorf("the schema refuses %s", good)
		}
	}
	// Every member of every object may be null or absent for both, or for neither.
	var root map[string]any
	if err := json.Unmarshal([]byte(full), &root); err != nil {
		t.Fatal(err)
	}
	tried := 0
	var visit func(v any)
	compare := func(what string) {
		text, _ := json.Marshal(root)
		_, err := feedback.DecodeRecord(text)
		if tried++; (err == nil) != valid(string(text)) {
			t.Errorf("%s: the decoder says %v, the schema accepts: %t\n%s", what, err, valid(string(text)), text)
		}
	}
	visit = func(v any) {
		if list, ok := v.([]any); ok {
			for _, item := range list {
				visit(item)
			}
		}
		o, ok := v.(map[string]any)
		if !ok {
			return
		}
		for name, was := range o {
			if name == "ext" {
				continue
			}
			for _, other := range []any{nil, "", "text", 7.0, true, []any{}, map[string]any{}, []any{"text"}, map[string]any{"a": 1}} {
				o[name] = other
				compare(name)
			}
			delete(o, name)
			compare("without " + name)
			o[name] = was
			visit(was)
		}
	}
	visit(root)
	if tried < 200 {
		t.Errorf("only %d records were compared", tried)
	}
	for _, w := range wrong {
		if text := strings.Replace(full, w.old, w.new, 1); !w.beyondSchema && valid(text) {
			t.Errorf("the schema accepts %s", w.new)
		}
	}
}

// A last line that is not whole is told apart from one that is wrong, and all
// others are read.
func TestDecodeFile(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		n    int
		torn bool
		want string
	}{
		"whole":                     {full + "\n" + full + "\n", 2, false, ""},
		"without its last line end": {full + "\n" + full, 2, false, ""},
		"half a line":               {full + "\n" + full[:300], 1, true, "f:2:1: warning[verdict/half-written]"},
		"half a line within":        {full[:300] + "\n" + full + "\n", 1, false, "f:1:301: error[verdict/not-json]"},
		"two in a line":             {full + full + "\n", 0, false, "f:1:"},
		"empty":                     {"\n\r\n", 0, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, torn, diags := feedback.Decode(rules.NewFile("f", []byte(c.text)))
			said := ""
			for _, d := range diags {
				said += d.String()
			}
			if len(got) != c.n || torn > 0 != c.torn || !strings.HasPrefix(said, c.want) || (c.want == "") != (said == "") {
				t.Errorf("%d verdicts, torn %d, %s", len(got), torn, said)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("{}\n[1,2\n\"\\u12\xff\n" + full[:200]))
	schema := gojsonschema.NewSchemaLoader()
	schema.AutoDetect, schema.Draft = false, gojsonschema.Draft7
	compiled, err := schema.Compile(gojsonschema.NewBytesLoader(feedback.Schema()))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		verdicts, _, _ := feedback.Decode(rules.NewFile("f", data))
		for _, v := range verdicts {
			if err := v.Check(); err != nil {
				t.Errorf("what was read cannot be stored: %v", err)
			}
			text, _ := v.AppendJSON(nil)
			if result, err := compiled.Validate(gojsonschema.NewBytesLoader(text)); err != nil || !result.Valid() {
				t.Errorf("the schema refuses %s: %v", text, err)
			}
		}
		feedback.Fold(verdicts, feedback.FoldOptions{})
	})
}
