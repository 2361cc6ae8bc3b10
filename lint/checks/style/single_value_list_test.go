package style

import (
	"testing"

	"github.com/socctl/socctl/rules"
)

// A value joins its key only where a colon follows the key in its line: behind a
// question mark it would become part of the key.
func TestInline(t *testing.T) {
	for item, want := range map[string]bool{
		"a:\n      - b": true, "'a' : # c\n      - b": false, "a:\n      -\n        b": true, "? a\n    :\n      - b": false, "? a\n    : - b": false,
	} {
		docs, _ := rules.Parse("r.yml", []byte("title: T\nlogsource: {product: x}\ndetection:\n  s:\n    "+item+"\n  condition: s\n"))
		if _, got := inline(docs[0].(*rules.Rule).Detection.Selections[0].Body.Items[0]); got != want {
			t.Errorf("%q: got %t", item, got)
		}
	}
}
