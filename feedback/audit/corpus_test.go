package audit_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/feedback/audit"
)

// TestPublicRules audits the public rules: every exclusion is decided, most by an
// event that hides in it.
func TestPublicRules(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	r := run(t, p)
	want := audit.Summary{Rules: 3755, Excluding: 802, Exclusions: 1933, Attacker: 1068, Spoofable: 621, System: 222, Open: 559,
		Proven: 1897, Dead: 22, Covered: 14}
	if diff := cmp.Diff(want, r.Summary); diff != "" {
		t.Error(diff)
	}
	stronger := 0
	for _, x := range r.Exclusions {
		if x.Stronger != "" {
			stronger++
		}
		if x.State == audit.Proven && x.Witness == nil || x.State != audit.Proven && x.Why == "" {
			t.Errorf("%s %s is %s without a witness or reason", x.Path, x.Name, x.State)
		}
	}
	if stronger < 100 {
		t.Errorf("only %d exclusions have a stronger alternative", stronger)
	}
	t.Logf("%d exclusions have a stronger alternative", stronger)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewBytesLoader(text))
	if err != nil || !result.Valid() {
		t.Errorf("the result does not keep to its schema: %v %v", err, result)
	}
}
