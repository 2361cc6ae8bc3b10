package field

import (
	"testing"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

func TestAsksForAbsence(t *testing.T) {
	for text, want := range map[string]bool{
		"A: null":         true,
		"A: [null, null]": true,
		"A|exists: false": true,
		"A|exists: no":    false,
		"A|exists: true":  false,
		"A: [null, x]":    false,
		"A: ''":           false,
		"A: false":        false,
		"A: x":            false,
	} {
		docs, _ := rules.Parse("rule.yml", []byte("title: x\nlogsource: {product: windows}\ndetection:\n    selection:\n        "+text+"\n    condition: selection\n"))
		for _, item := range lint.NewSubject(docs[0]).Items() {
			if got := asksForAbsence(item); got != want {
				t.Errorf("%s: %t", text, got)
			}
		}
	}
}
