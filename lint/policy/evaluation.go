package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

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
	failed atomic.Bool // after which it is not tried again
}

// run is the function of the check's record.
func (e *evaluation) run(p *lint.Pass) {
	if e.failed.Load() {
		return
	}
	input := e.policy.inputs.of(p)
	findings, err := e.evaluate(input)
	if err != nil {
		if !e.failed.Swap(true) {
			at := rules.Position{Line: 1, Column: 1}
			f := p.Report(rules.Span{File: e.source.file, Start: at, End: at}, "the check was not carried out: "+err.Error(), "correct the check; its other findings are missing too")
			f.Severity, f.Document = rules.Error, nil
		}
		return
	}
	for _, f := range findings {
		e.report(p, f)
	}
}

// evaluate runs the check on one input, within the limits.
func (e *evaluation) evaluate(input ast.Value) ([]any, error) {
	limits := e.policy.limits
	timed, stop := context.WithTimeoutCause(context.Background(), limits.Time, errTime)
	defer stop()
	ctx, cancel := context.WithCancelCause(timed)
	defer cancel(nil)
	id := e.policy.memory.enter(cancel, limits.Memory)
	defer e.policy.memory.leave(id)
	results, err := e.query.Eval(ctx, rego.EvalParsedInput(input))
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTime):
		return nil, fmt.Errorf("%w: more than %s on one document", errTime, limits.Time)
	case errors.Is(cause, errMemory):
		return nil, fmt.Errorf("%w: more than %d MiB", errMemory, limits.Memory>>20)
	case err != nil:
		return nil, err
	}
	if len(results) == 0 {
		return nil, nil
	}
	found, _ := results[0].Bindings["x"].([]any)
	return found, nil
}

// report turns what the check returned into a finding. What has no form that is
// known becomes a finding on the check itself.
func (e *evaluation) report(p *lint.Pass, value any) {
	object, _ := value.(map[string]any)
	message, ok := object["message"].(string)
	if !ok {
		p.Report(rules.Span{File: e.source.file, Start: rules.Position{Line: 1, Column: 1}, End: rules.Position{Line: 1, Column: 1}},
			fmt.Sprintf("the check reports %v, which is no finding", value), `a finding has a message, and "at" with a node`).Severity = rules.Error
		return
	}
	subject := e.subject(p, object)
	at, ok := place(subject, object["at"])
	if !ok {
		at = subject.Place()
	}
	help, _ := object["help"].(string)
	f := p.ReportOn(subject, at, oneLine(message), oneLine(help))
	if related, ok := object["related"].([]any); ok {
		for _, r := range related {
			o, _ := r.(map[string]any)
			if span, ok := place(subject, o["at"]); ok {
				text, _ := o["message"].(string)
				f.Also(span, oneLine(text))
			}
		}
	}
	if fix, ok := object["fix"].(map[string]any); ok {
		offerFix(f, subject, fix)
	}
}

// subject is the document that a finding is about: that of the pass, or in
// checks of scope corpus the one that the finding names by its path and line.
func (e *evaluation) subject(p *lint.Pass, finding map[string]any) *lint.Subject {
	if p.Subject != nil {
		return p.Subject
	}
	name, _ := finding["document"].(string)
	i := slices.IndexFunc(p.Corpus.Subjects, func(s *lint.Subject) bool { return documentName(s) == name })
	return p.Corpus.Subjects[max(i, 0)]
}

func offerFix(f *lint.Finding, s *lint.Subject, fix map[string]any) {
	message, _ := fix["message"].(string)
	list, _ := fix["edits"].([]any)
	var edits []lint.Edit
	for _, v := range list {
		edit, _ := v.(map[string]any)
		span, ok := place(s, edit["at"])
		text, isText := edit["text"].(string)
		if !ok || !isText {
			return
		}
		edits = append(edits, lint.Edit{Span: span, Text: text})
	}
	f.FixBy(oneLine(message), edits...)
}

// place reads a location, or the location of a node.
func place(s *lint.Subject, at any) (rules.Span, bool) {
	if node, ok := at.(map[string]any); ok {
		at = node["location"]
	}
	text, ok := at.(string)
	if !ok || s.Header.Span.File == nil {
		return rules.Span{}, false
	}
	span := rules.Span{File: s.Header.Span.File}
	n, err := fmt.Sscanf(text, "%d:%d:%d:%d", &span.Start.Line, &span.Start.Column, &span.End.Line, &span.End.Column)
	valid := err == nil && n == 4 && span.Start.Line > 0 && span.Start.Column > 0 && span.End.Line <= span.File.Lines() && !span.End.Before(span.Start)
	return span, valid
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
