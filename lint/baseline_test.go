package lint_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/lint"
)

// A file that is no baseline is told with its line and what to do.
func TestReadBaseline(t *testing.T) {
	const entry = `{"fingerprint":"a"}` + "\n"
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"\xef\xbb\xbf" + entry + "\r\n" + entry, ""},
		{`{"fingerprint":"` + strings.Repeat("a", 3<<20) + `"}`, ""},
		{entry + "<<<<<<< HEAD\n", "line 2 is a mark of a merge conflict"},
		{"[]\n", "line 1 is no entry of a baseline"},
		{`{"version":2}`, "line 1 is no entry of a baseline"},
		{"\x00\xff", "line 1 is no entry of a baseline"},
	} {
		_, err := lint.ReadBaseline([]byte(c.text))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v, want %s", c.text, err, c.want)
		}
	}
}
