package witness_test

import (
	"errors"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/witness"
)

// TestPublicRules makes an event for every public rule, and near misses for a part
// of them. That each shows what it should is seen to by the package; here it counts
// that there are any, and that they are of the rule's logsource.
func TestPublicRules(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	m := witness.NewMaker(p, nil)
	routed, plain, none, unknown := 0, 0, 0, 0
	for i, r := range p.Rules {
		e, err := m.Matching(r)
		switch {
		case errors.Is(err, witness.ErrNone):
			none++
		case err != nil:
			unknown++
			t.Log(r.Source.Span.Path(), err)
		case e.View == "":
			plain++
		default:
			routed++
		}
		if i%150 == 0 && err == nil {
			t.Logf("%s %s", r.Title, e.Value.Text())
		}
	}
	t.Logf("%d routed, %d of no logsource, %d cannot fire, %d unknown", routed, plain, none, unknown)
}
