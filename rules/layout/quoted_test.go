package layout

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

// TestQuoted: a text that is quoted is read as that text, wherever a scalar stands,
// and holds nothing that cannot be seen.
func TestQuoted(t *testing.T) {
	for _, text := range []string{"", "a", "it's", `C:\x "y"`, "a: b # c", "- x", "a\nb\tc\r", "\x00\x1b[31m", "\u202etxt", "a\u00a0b", "\U000e0001", "ü😀", "%x%", "y", "1", "\u2028", "\x7f\u0085"} {
		q := Quoted(text)
		if strings.ContainsFunc(q, func(r rune) bool { return r < 0x20 || r == 0x7f || r == 0x202e || r == 0xa0 }) {
			t.Errorf("%q: %q", text, q)
		}
		for _, document := range []string{"title: " + q + "\n", "{title: " + q + "}\n"} {
			docs, diags := rules.Parse("q.yml", []byte(document))
			if len(docs) != 1 || docs[0].Meta().Title.Text != text {
				t.Errorf("%q as %q: read %v, %v", text, q, docs, diags)
			}
		}
	}
	if got, want := Quoted("a\xffb"), "\"a\\ufffdb\""; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
