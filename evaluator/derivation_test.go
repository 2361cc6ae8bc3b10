package evaluator

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// A text that is said to begin otherwise, by how it is written in JSON, does so.
func TestDerivationFails(t *testing.T) {
	t.Parallel()
	d := NewDerivationOf("type=", 80, func(string) string { return "yes" })
	r := rand.New(rand.NewPCG(51, 52))
	pieces := []string{"t", "y", "p", "e", "=", "ty", "type=", `\u0074`, `\\`, `\"`, "é", "x"}
	sure := 0
	for range 20_000 {
		written := ""
		for range r.IntN(6) {
			written += pieces[r.IntN(len(pieces))]
		}
		var text string
		if err := json.Unmarshal([]byte(`"`+written+`"`), &text); err != nil {
			t.Fatal(err)
		}
		begins := strings.HasPrefix(text, "type=")
		if (d.of(text) != "") != begins {
			t.Fatalf("%q yields %q", text, d.of(text))
		}
		fails := d.fails([]byte(written))
		if fails && begins || !fails && !begins && !strings.Contains(written, `\`) {
			t.Fatalf("%s: fails is %v", written, fails)
		}
		if fails {
			sure++
		}
	}
	if sure < 1000 {
		t.Errorf("only %d texts were told by how they are written", sure)
	}
}
