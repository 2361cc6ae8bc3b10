package evaluator_test

import (
	"encoding/json"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// An explanation is JSON without the text of the file that its rule is from, which
// each of its nodes points into.
func TestExplanationJSON(t *testing.T) {
	t.Parallel()
	set, _ := rules.Load(fstest.MapFS{"whoami.yml": {Data: []byte(whoami)}})
	p, _ := compiler.Compile(set, compiler.Options{})
	x := evaluator.New(p).Explain(p.Rules[0], evaluator.Map{"Image": `C:\whoami.exe`})
	got, err := json.Marshal(map[string]any{"why": x})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"why":{"rule_id":"","rule_title":"Whoami as System","rule_hash":"` + p.Rules[0].Hash + `","matched":false,"root":` +
		`{"kind":"selection","label":"selection","matched":false,"line":5,"column":5,"args":[` +
		`{"kind":"item","label":"Image|endswith","matched":true,"line":5,"column":17,"actual":"C:\\whoami.exe","args":[` +
		`{"kind":"value","label":"\\whoami.exe","matched":true,"line":5,"column":33}]},` +
		`{"kind":"item","label":"User|contains","matched":false,"line":5,"column":48,"reason":"field absent","args":[` +
		`{"kind":"value","label":"SYSTEM","matched":false,"line":5,"column":63,"reason":"field absent"}]}]}}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
