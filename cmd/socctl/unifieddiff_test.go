package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// A diff is what git apply takes: it tells of a last line without an end, and of a
// file that is empty.
func TestDiffOfEnds(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"neither has an end": {"a\nb", "a\nc", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"},
		"an end is added":    {"a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
		"an end in context":  {"a\nb", "c\nb", "@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n"},
		"all is new":         {"", "a\n", "@@ -0,0 +1,1 @@\n+a\n"},
		"both have one":      {"a\r\n", "b\r\n", "@@ -1,1 +1,1 @@\n-a\r\n+b\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := writeDiff(&out, report.Style{}, "r.yml", []byte(c.before), []byte(c.after)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("--- a/r.yml\n+++ b/r.yml\n"+c.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
