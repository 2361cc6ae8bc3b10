package rules_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/socctl/socctl/rules"
)

// knownDeviations are conditions on which the reference parser is wrong or
// stricter than the specification; the decisions are D15, D33 and D34.
var knownDeviations = map[string]string{
	"notfoo":     "an identifier that begins like a keyword is an identifier",
	"nota and b": "an identifier that begins like a keyword is an identifier",
	"1 of sel-*": "names with dashes can be matched by patterns",
	"them":       "reserved",
	"of":         "reserved",
}

func TestConditionsOfTheReference(t *testing.T) {
	f, err := os.Open(sharedData(t, "conformance/conditions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); n++ {
		var c struct{ C, P string }
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if knownDeviations[c.C] != "" {
			continue
		}
		got := "ERR"
		if parsed, _ := rules.ParseCondition(rules.NewScalar(c.C)); parsed.Root != nil {
			got = parsed.Root.String()
		}
		if got != c.P {
			t.Errorf("condition %q\n got %s\nwant %s", c.C, got, c.P)
		}
	}
	if n < 4000 {
		t.Errorf("only %d conditions were read", n)
	}
}
