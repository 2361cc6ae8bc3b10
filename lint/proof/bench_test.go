package proof

import (
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
)

// All public rules: what is wrong with each by itself, which cover others, and
// the latter for a single rule, as after a change.
func BenchmarkPublicRules(b *testing.B) {
	p, _ := compiler.Compile(corpus.Rules(b), compiler.Options{})
	one := func(n int, do func(int)) {
		for i := range n {
			do(i)
		}
	}
	b.Run("analyse", func(b *testing.B) {
		for b.Loop() {
			for _, r := range p.Rules {
				Analyse(p, r)
			}
		}
	})
	b.Run("covers", func(b *testing.B) {
		for b.Loop() {
			Covers(p, nil, &Models{}, one)
		}
	})
	b.Run("similar", func(b *testing.B) {
		for b.Loop() {
			Similar(p, 90, nil, one)
		}
	})
	b.Run("covers of one", func(b *testing.B) {
		changed := p.Rules[len(p.Rules)/2]
		for b.Loop() {
			Covers(p, func(r *compiler.Rule) bool { return r == changed }, &Models{}, one)
		}
	})
}
