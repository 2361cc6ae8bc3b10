package telemetry

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/corpus"
)

const sysmonXML = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/>` +
	`<EventID Qualifiers='0'>1</EventID><Level>4</Level><TimeCreated SystemTime='2026-03-02T10:00:00.1234567Z'/><Correlation/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS042.corp.example</Computer></System>` +
	`<EventData><Data Name='Image'>C:\a &amp; b\cmd.exe</Data><Data Name='CommandLine'><![CDATA[cmd /c "x" > y]]></Data><Data Name='Empty'></Data></EventData></Event>`

const sysmonFlat = `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"}},"EventID":{"#attributes":{"Qualifiers":"0"},"#text":1},"Level":4,` +
	`"TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T10:00:00.1234567Z"}},"Correlation":null,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS042.corp.example"},` +
	`"EventData":{"Image":"C:\\a & b\\cmd.exe","CommandLine":"cmd /c \"x\" > y","Empty":""}}}`

func TestXMLStreams(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"one", sysmonXML, sysmonFlat},
		{"lines", sysmonXML + "\n" + sysmonXML + "\r\n", sysmonFlat + " " + sysmonFlat},
		{"export", "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>\n" + sysmonXML + "<!-- x -->\n" + sysmonXML + "</Events>", sysmonFlat + " " + sysmonFlat},
		{"unnamed data", "<Event><System/><EventData><Data>a</Data><Data/><Binary>0A</Binary></EventData></Event>", `{"Event":{"System":null,"EventData":{"Data":["a",""],"Binary":"0A"}}}`},
		{"user data", "<Event><UserData><X xmlns='u'><A>1</A><A>2</A></X></UserData></Event>", `{"Event":{"UserData":{"X":{"A":["1","2"]}}}}`},
		{"damaged", "<Event><System></Event>\n" + sysmonXML, "1:1: XML syntax error on line 1: element <System> closed by </Event> " + sysmonFlat},
		{"unclosed", "<Event>\n<System/>\n" + sysmonXML, "1:1: the event ends without </Event> " + sysmonFlat},
		{"cut", sysmonXML + "\n<Event><Sys", sysmonFlat + " 2:1: input ends inside an event: </Event> is missing"},
		{"other elements", "<Events>" + sysmonXML + "<x>1</x>", sysmonFlat + ` 1:` + fmt.Sprint(9+len(sysmonXML)) + `: found "<x>1</x>" between events; only Windows events can be read`},
		{"no events", "<html><body/></html>", `1:1: found "<html><body/></html>" between events; only Windows events can be read`},
		{"document type", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + sysmonXML, `1:1: found "<!DOCTYPE x [<!ENTITY a 'b'>]>" between events; only Windows events can be read ` + sysmonFlat},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for name, in := range map[string]io.Reader{"whole": strings.NewReader(test.in), "bytes": iotest.OneByteReader(strings.NewReader(test.in))} {
				if got := transcript(t, ReadOptions{Stdin: in, Format: "xml"}); got != test.want {
					t.Errorf("%s: %s", name, cmp.Diff(test.want, got))
				}
			}
		})
	}
}

// TestXMLTwin: an event that was exported as XML is the event of its EVTX.
func TestXMLTwin(t *testing.T) {
	t.Parallel()
	path := filepath.Join(corpus.Path(t, "windows-xml"), "certutil_exe_certificate_extraction.xml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skip(err)
	}
	records, problems := readAll(t, ReadOptions{}, path)
	if want := strings.Count(string(text), "</Event>"); len(records) != want || want != 40 {
		t.Fatalf("%d of %d events", len(records), want)
	}
	if len(problems) != 4 { // between them stand events in another form, of several lines each
		t.Errorf("problems %v, want 4", problems)
	}
	n := NewNormaliser(nil)
	for _, r := range records {
		e := n.Event(r)
		if _, ok := e.Field("CommandLine"); !ok && len(e.Views()) == 0 {
			t.Errorf("record %d has neither a command line nor a view", r.Index)
		}
	}
}

func FuzzXML(f *testing.F) {
	f.Add("<Events>" + sysmonXML + "<x/><Event>")
	f.Add("<Event><Event><Event a='&#x1;'>&lt;</Event>")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for _, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: strings.NewReader(text), Format: "xml", MaxRecord: 1 << 12}) {
			if n++; n > len(text)+2 {
				t.Fatal("more results than bytes")
			}
			_ = err
		}
	})
}
