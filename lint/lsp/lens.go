package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/creachadair/jrpc2"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// runTestsCommand runs the tests of a document. Its arguments are the URI and
// the line, counted from 0, on which the document begins.
const runTestsCommand = "socctl.runTests"

// failure is a test that failed.
type failure struct {
	rule string // path of the file of its rule
	diagnostic
}

// codeLenses offers, above the title of every rule, to run its tests.
func (s *server) codeLenses(_ context.Context, p documentParams) ([]codeLens, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	out := []codeLens{}
	_, in := s.knowledge(d.path)
	for _, doc := range d.current() {
		subject := lint.NewSubject(doc)
		if subject.Filter != nil || in == nil || !in.HasTests || s.treeHolds(d) == nil {
			continue
		}
		lens := codeLens{Range: s.enc.span(subject.Place()), Command: command{Title: "no tests"}}
		if n := len(testsOf(in.Tests, d.path, doc)); n > 0 {
			lens.Command = command{fmt.Sprintf("run %s", counted(n, "test")), runTestsCommand, []any{d.uri, firstLine(doc.Meta()) - 1}}
		}
		out = append(out, lens)
	}
	return out, nil
}

// treeHolds returns the project that a document is a rule of, nil without one.
func (s *server) treeHolds(d *document) *tree {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.treeOf(d.path); t != nil && t.holds(d.path) {
		return t
	}
	return nil
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// testsOf returns the tests of one document of a file. Documents of one file are
// told apart by id or, without one, by title.
func testsOf(cases []*ruletest.Case, name string, doc rules.Document) []*ruletest.Case {
	var out []*ruletest.Case
	h := doc.Meta()
	for _, c := range cases {
		if r := c.Rule.Meta(); r.Span.Path() == name && (r.ID.Text == h.ID.Text && r.ID.Text != "" || r.Title.Text == h.Title.Text || r.Span.Start == h.Span.Start) {
			out = append(out, c)
		}
	}
	return out
}

// testSummary is the result of the command.
type testSummary struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

// execute carries a command out.
func (s *server) execute(ctx context.Context, p executeParams) (any, error) {
	if p.Command != runTestsCommand {
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "there is no command %q: there is %s", p.Command, runTestsCommand)
	}
	var uri string
	line := 0
	if len(p.Arguments) == 0 || json.Unmarshal(p.Arguments[0], &uri) != nil || len(p.Arguments) > 1 && json.Unmarshal(p.Arguments[1], &line) != nil {
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "%s takes the URI of a rule, and the line on which it begins", runTestsCommand)
	}
	d, err := s.document(uri)
	if err != nil {
		return nil, err
	}
	doc := around(d.current(), line+1)
	if doc == nil {
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "%s holds no rule", uri)
	}
	return s.runTests(ctx, d, doc)
}

// runTests runs the tests of a document on the texts of the editor.
func (s *server) runTests(ctx context.Context, d *document, doc rules.Document) (*testSummary, error) {
	if !isFile(d.path) {
		s.show(messageWarning, "%s is no file yet: tests are found by its place", doc.Meta().Label())
		return &testSummary{}, nil
	}
	s.settled(ctx.Done())
	setup, in := s.knowledge(d.path)
	if in == nil {
		in = setup.alone(d)
	}
	s.mu.Lock()
	over := overlay(maps.Clone(s.docs))
	s.mu.Unlock()
	suite, problems := ruletest.Load(ruletest.LoadOptions{Paths: []string{d.path}, RuleDirs: setup.options.RuleDirs, TestDirs: setup.options.TestDirs,
		Files: over, Known: in.Set})
	tests := testsOf(suite.Cases, d.path, doc)
	if len(tests) == 0 {
		s.noTests(doc, problems)
		return &testSummary{}, nil
	}
	names := make([]string, len(tests))
	for i, t := range tests {
		names[i] = regexp.QuoteMeta(t.ID)
	}
	o := setup.options
	run := ruletest.Run(ctx, suite, ruletest.RunOptions{Filter: regexp.MustCompile("^(?:" + strings.Join(names, "|") + ")$"), Placeholders: o.Placeholders, Now: o.Now,
		Pipeline: o.Pipeline, Taxonomies: o.Taxonomies, Normaliser: setup.normaliser, AllowMissing: setup.cfg.Test.AllowMissingRecordings})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.report(d, doc, run), nil
}

// noTests says that there is nothing to run, and why if that is known.
func (s *server) noTests(doc rules.Document, problems rules.Diagnostics) {
	for _, p := range problems {
		if p.Severity == rules.Error {
			s.show(messageError, "%s: no test could be read: %s: %s", doc.Meta().Label(), s.shown(p.Span.Path()), p.Message)
			return
		}
	}
	s.show(messageWarning, "%s has no tests", doc.Meta().Label())
}

// report shows what came of tests: the failures at the tests, and the sum.
func (s *server) report(d *document, doc rules.Document, run *ruletest.Result) *testSummary {
	sum := &testSummary{}
	failed := map[string][]failure{}
	for i := range run.Cases {
		r := &run.Cases[i]
		if r.Clean() {
			sum.Passed++
			continue
		}
		sum.Failed++
		f := failure{d.path, s.failureOf(r)}
		name := r.Case.Path
		failed[name] = append(failed[name], f)
	}
	s.mu.Lock()
	touched := s.dropFailures(d.path)
	for name, list := range failed {
		s.failed[name] = append(s.failed[name], list...)
		touched[name] = true
	}
	docs := maps.Clone(s.docs)
	s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(touched)) {
		s.tell(name, docs[name])
	}
	if sum.Failed > 0 {
		s.show(messageError, "%s: %d of %s failed", doc.Meta().Label(), sum.Failed, counted(sum.Passed+sum.Failed, "test"))
	} else {
		s.show(messageInfo, "%s: %s passed", doc.Meta().Label(), counted(sum.Passed, "test"))
	}
	return sum
}

func (s *server) failureOf(r *ruletest.CaseResult) diagnostic {
	at := r.Span
	if !at.Known() || at.Path() != r.Case.Path {
		at = r.Case.Span
	}
	d := diagnostic{Range: s.enc.span(at), Severity: severityError, Code: "test/" + string(r.Status), Source: "socctl", Message: r.Case.Name + ": " + r.Message}
	if r.Help != "" {
		d.Message += "\n" + r.Help
	}
	if r.RuleSpan.Known() {
		d.Related = []relatedLocation{{s.location(r.RuleSpan), "the rule says"}}
	}
	return d
}

// forgetFailures drops the failures of tests that a change of a file may have
// put right. The caller holds the lock.
func (s *server) forgetFailures(name string) {
	s.dropFailures(name)
	delete(s.failed, name)
}

// dropFailures drops the failures of the rules of a file, and returns where they
// were. The caller holds the lock.
func (s *server) dropFailures(rule string) map[string]bool {
	touched := map[string]bool{}
	for name, list := range s.failed {
		kept := slices.DeleteFunc(slices.Clone(list), func(f failure) bool { return f.rule == rule })
		if len(kept) < len(list) {
			touched[name] = true
		}
		if s.failed[name] = kept; len(kept) == 0 {
			delete(s.failed, name)
		}
	}
	return touched
}

// refreshLenses has the client ask for lenses again, if it can.
func (s *server) refreshLenses() {
	s.mu.Lock()
	able := s.client.Workspace.CodeLens.RefreshSupport
	s.mu.Unlock()
	if !able {
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.options.Patience)
	defer cancel()
	if _, err := s.rpc.Callback(ctx, "workspace/codeLens/refresh", nil); err != nil {
		s.log.Printf("workspace/codeLens/refresh: %v", err)
	}
}
