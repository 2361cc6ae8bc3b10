package layout_test

import (
	"bytes"
	"testing"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

// The public rules keep everything, and nearly all are in the layout as they
// are: one that would change them all is no good layout.
func TestPublicRules(t *testing.T) {
	seen := map[*rules.File]bool{}
	same := 0
	for _, d := range corpus.Rules(t).Documents() {
		file := d.Meta().Span.File
		if seen[file] {
			continue
		}
		seen[file] = true
		got, err := layout.Format(file.Path, file.Source)
		if err != nil {
			t.Error(err)
			continue
		}
		if bytes.Equal(got, file.Source) {
			same++
		} else {
			check(t, file.Source, got)
		}
	}
	if same < len(seen)*97/100 { // 64 by their order, indentation or blanks, and 20 by double quotes, where 43,800 values have single ones
		t.Errorf("only %d of %d files are in the layout", same, len(seen))
	}
	t.Logf("%d of %d files are in the layout", same, len(seen))
}
