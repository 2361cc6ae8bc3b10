package record

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a redaction leaves behind is told: under other names, within longer texts, and
// what there was not.
func TestRedactionLeft(t *testing.T) {
	t.Parallel()
	dir, _ := oneFile(t,
		`{"Channel":"Security","EventID":4688,"NewProcessName":"C:\\a.exe","Message":"it is C:\\a.exe","TokenElevationType":"7"}`,
		`{"Channel":"Security","EventID":4688,"NewProcessName":"C:\\b.exe","Message":"something else","list":["x","C:\\b.exe"]}`,
		`{"Channel":"Security","EventID":4688,"NewProcessName":"7","Message":"7 is no news"}`,
	)
	done, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"Image"}, Hash: []string{"TokenElevationType", "Imago"}})
	if err != nil {
		t.Fatal(err)
	}
	want := &Redacted{Before: 1, After: 1, Missing: []string{"Imago"}, Left: []Left{
		{"Image", "Message", 1}, {"Image", "NewProcessName", 2}, {"Image", "list", 1},
	}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	done, err = Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"Message", "list"}, Hash: []string{"NewProcessName"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Redacted{Before: 1, After: 1}, done); diff != "" {
		t.Errorf("when all is named (-want +got):\n%s", diff)
	}
}

// A copy in other letters is told as well: rules find it.
func TestRedactionLeftInOtherCase(t *testing.T) {
	t.Parallel()
	dir, _ := oneFile(t, `{"Channel":"Security","EventID":4688,"CommandLine":"TOPSECRET-up","Message":"says topsecret-UP","User":"ÄRGER","name":"ärger"}`)
	done, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"CommandLine"}, Hash: []string{"User"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Left{{"CommandLine", "Message", 1}, {"User", "name", 1}}, done.Left); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Lines of logs write texts in their own way: what an unescaped text said stands there all the same.
func TestRedactionLeftEscaped(t *testing.T) {
	t.Parallel()
	for name, record := range map[string]string{
		"of JSON":          `{"user":"ACME\\bob","line":"{\"user\":\"ACME\\\\bob\"}"}`,
		"of CEF":           `{"user":"k=v\\w","line":"CEF:0|a|b|c|d|e|1|suser=k\\=v\\\\w"}`,
		"of CSV":           `{"user":"say \"hi\"","line":"1,\"say \"\"hi\"\"\",2"}`,
		"of XML":           `{"user":"a & <b>","line":"<Data>a &amp; &lt;b&gt;</Data>"}`,
		"a line break":     `{"user":"one\ntwo","line":"{\"user\":\"one\\ntwo\"}"}`,
		"a code point":     `{"user":"it's","line":"{\"user\":\"it\\u0027s\"}"}`,
		"a byte of nginx":  `{"user":"a\"b c","line":"\"a\\x22b c\" 200"}`,
		"a surrogate pair": `{"user":"ok 😀","line":"{\"user\":\"ok \\ud83d\\ude00\"}"}`,
	} {
		dir, _ := oneFile(t, record)
		done, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"user"}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Left{{"user", "line", 1}}, done.Left); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Paths of items of lists, as columns are named, mean these items alone.
func TestRedactItems(t *testing.T) {
	t.Parallel()
	dir, _ := oneFile(t, `{"tags":["one","two"],"at":[{"ip":"10.1.1.1"},{"ip":"10.2.2.2"}],"deep":{"at":[[{"ip":"x1"},{"ip":"x2"}]]}}`)
	done, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"at[1].ip", "deep.at[0][1].ip"}, Hash: []string{"tags[1]", "tags[2]"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Redacted{Before: 1, After: 1, Missing: []string{"tags[2]"}}, done); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const want = `{"tags":["one","sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"],"at":[{"ip":"10.1.1.1"},{}],"deep":{"at":[[{"ip":"x1"},{}]]}}`
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = recordsOf(dir, m.Files[0], func(row Row) error {
		if diff := cmp.Diff(want, string(row.Record.Value.AppendJSON(nil))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
