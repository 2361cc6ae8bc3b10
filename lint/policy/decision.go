package policy

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/socctl/socctl/rules"
)

// Decision is a policy in Rego that says yes or no to one document at a time. It sees the
// document and nothing else, within the limits of checks.
type Decision struct {
	policy *policy
	query  rego.PreparedEvalQuery
	name   string
}

// LoadDecision reads the files of a folder, tests left out, and takes the rule of a package
// for the question: data.socctl.tuning.merge, for example, of package socctl.tuning
// and rule merge. With an error among the diagnostics there is none; so it is if no
// file defines the rule: a policy that never says anything is a mistake.
func LoadDecision(ctx context.Context, folder, pkg, rule string, limits Limits) (*Decision, rules.Diagnostics) {
	sources, diags := read([]string{folder}, "name a folder with a policy in .rego files")
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	compiler, problems := compile(sources, false)
	if problems != nil {
		return nil, problems
	}
	name := "data." + pkg + "." + rule
	if len(compiler.GetRulesExact(ast.MustParseRef(name))) == 0 {
		return nil, append(diags, sources[0].problem(1, 1, "no file of "+folder+" defines "+name, "write package "+pkg+" and "+rule+" if { … }"))
	}
	query, err := rego.New(rego.Compiler(compiler), rego.Query("x := "+name), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		return nil, append(diags, sources[0].problem(1, 1, err.Error(), ""))
	}
	return &Decision{policy: &policy{compiler: compiler, limits: limits.orDefault()}, query: query, name: name}, diags
}

// Allows reports whether the policy says true of a document, which must be what
// encoding/json makes of one. Everything else is no: an undefined rule, another value,
// and an error, which says why.
func (d *Decision) Allows(document any) (bool, error) {
	input, err := ast.InterfaceToValue(document)
	if err != nil {
		return false, err
	}
	results, err := d.policy.eval(&d.query, input)
	if err != nil || len(results) == 0 {
		return false, err
	}
	allowed, ok := results[0].Bindings["x"].(bool)
	if !ok {
		return false, fmt.Errorf("%s is %v, neither true nor false", d.name, oneLine(fmt.Sprint(results[0].Bindings["x"])))
	}
	return allowed, nil
}

// eval runs a query on one input, within the limits.
func (p *policy) eval(query *rego.PreparedEvalQuery, input ast.Value) (rego.ResultSet, error) {
	timed, stop := context.WithTimeoutCause(context.Background(), p.limits.Time, errTime)
	defer stop()
	ctx, cancel := context.WithCancelCause(timed)
	defer cancel(nil)
	id := p.memory.enter(cancel, p.limits.Memory)
	defer p.memory.leave(id)
	results, err := query.Eval(ctx, rego.EvalParsedInput(input))
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTime):
		return nil, fmt.Errorf("%w: more than %s on one document", errTime, p.limits.Time)
	case errors.Is(cause, errMemory):
		return nil, fmt.Errorf("%w: more than %d MiB", errMemory, p.limits.Memory>>20)
	}
	return results, err
}
