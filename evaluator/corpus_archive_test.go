package evaluator_test

import (
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
)

// corpusProgram compiles every rule of the archive but those that need values
// for placeholders.
func corpusProgram(t testing.TB) *compiler.Program {
	t.Helper()
	prog, diags := compiler.Compile(corpus.Rules(t), compiler.Options{})
	for _, d := range diags {
		if d.Severity == rules.Error && d.Code != "ref/placeholder-undefined" {
			t.Error(d)
		}
	}
	return prog
}
