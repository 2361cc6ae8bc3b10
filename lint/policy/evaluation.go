package policy

import (
	"errors"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// evaluation runs one check.
type evaluation struct {
	policy *policy
	source *source
	query  rego.PreparedEvalQuery
	form   string   // what to say of a result that is no set
	failed sync.Map // *lint.Corpus of the runs in which it is not tried again
	said   sync.Map // complaint, each made once in a run
}

// complaint is something that is wrong with the check, in one run.
type complaint struct {
	run     *lint.Corpus
	message string
}

// run is the function of the check's record.
func (e *evaluation) run(p *lint.Pass) {
	if _, failed := e.failed.Load(p.Corpus); failed {
		return
	}
	findings, err := e.evaluate(e.policy.inputs.of(p))
	if err != nil {
		if _, before := e.failed.LoadOrStore(p.Corpus, true); !before {
			at, reason := e.source.reason(err)
			e.complain(p, at, "the check was not carried out: "+reason, "correct the check; its other findings are missing too")
		}
		return
	}
	for _, f := range findings {
		e.report(p, f)
	}
}

// complain reports what is wrong with the check itself, once in a run.
func (e *evaluation) complain(p *lint.Pass, at rules.Span, message, help string) {
	if _, before := e.said.LoadOrStore(complaint{p.Corpus, message}, true); before {
		return
	}
	f := p.Report(at, message, help)
	f.Severity, f.Document, f.Lasting = rules.Error, nil, true
}

// evaluate runs the check on one input, within the limits of policies.
func (e *evaluation) evaluate(input ast.Value) ([]any, error) {
	results, err := e.policy.eval(&e.query, input)
	if err != nil {
		return nil, err
	}
	if len(results) == 0 {
		return nil, nil
	}
	found, isSet := results[0].Bindings["x"].([]any)
	if !isSet {
		return nil, errors.New(e.form)
	}
	return found, nil
}

func oneLine(text string) string {
	out := []rune(text)
	for i, r := range out {
		if r == '\n' || r == '\r' {
			out[i] = ' '
		}
	}
	return string(out)
}
