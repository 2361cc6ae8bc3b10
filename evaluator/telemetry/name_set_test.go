package telemetry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// The names that an event is known not to have are none of those that it has, whatever the
// record looks like.
func TestNameSet(t *testing.T) {
	t.Parallel()
	names := map[string]bool{"": true, "x": true, "a.b": true, "Event": true, "a": true, "b.c": true, "message": true, "data.win.x": true}
	for _, v := range logsource.Default().Views {
		for i := range v.Fields {
			names[v.Fields[i].Name] = true
		}
		for _, m := range v.When {
			for _, c := range m {
				names[c.Field] = true
			}
		}
	}
	records := []string{
		`{}`, `{"":1}`, `{"a":{"b":{"c":1}},"a.b":2}`, `{"a.b":{"c":[1,{"d":2}]},"b":[{"c":1},{"c":2}]}`,
		`{"Event":{"System":{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider":{"#attributes":{"Name":"x"}}},"EventData":{"Image":"a.exe","Hashes":"MD5=1,SHA256=2"}}}`,
		`{"winlog":{"channel":"Security","event_id":4688,"event_data":{"NewProcessName":"a"}},"process":{"executable":"b"}}`,
		`{"Channel":"Security","EventID":4688,"NewProcessName":"a","product":"windows","category":"process_creation"}`,
		`{"eventSource":"iam.amazonaws.com","userIdentity":{"type":"Root"}}`, `{"type":"SYSCALL","exe":"/bin/sh","SYSCALL":{"uid":"0"}}`,
	}
	asked, told := 0, 0
	for _, text := range records {
		d := jsonDecoder{}
		v, ok := d.whole(text)
		if !ok {
			t.Fatal(text)
		}
		e := NewNormaliser(nil).Event(Record{Value: v})
		own := map[string]bool{}
		for _, members := range [][]evaluator.Member{e.front, e.fields, e.back, v.Members()} {
			for _, m := range members {
				own[m.Name], own[m.Name+"x"], own[strings.ToLower(m.Name)] = true, true, true
			}
		}
		for _, all := range []map[string]bool{names, own} {
			for name := range all {
				got, ok := e.Field(name)
				want, wanted := e.find(name)
				if ok != wanted || ok && !cmp.Equal(got.Text(), want.Text()) {
					t.Fatalf("%s: %q is %v %v, want %v %v", text, name, got, ok, want, wanted)
				}
				asked++
				if e.known.lacks(name) {
					told++
				}
			}
		}
	}
	if told < asked/2 {
		t.Errorf("of %d names only %d are told", asked, told)
	}
}
