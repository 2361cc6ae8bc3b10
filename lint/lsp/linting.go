package lsp

import (
	"context"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// lintTree lints the open files of a project, and what of other files is so
// broken that it cannot be used, unless nothing has changed.
func (s *server) lintTree(ctx context.Context, t *tree, docs map[string]*document) error {
	s.mu.Lock()
	in, with := t.input(), t.suite
	s.mu.Unlock()
	configured := s.configPath(t.root)
	mine := map[string]*document{}
	for name, d := range docs {
		if t.over[name] != nil || t.tests(name) || name == configured {
			mine[name] = d
		}
	}
	if !t.stale && with == t.with && maps.Equal(mine, t.seen) {
		return nil
	}
	bad := broken(in)
	in.Only = func(name string) bool { return mine[name] != nil || bad[name] }
	r, err := lint.Run(ctx, in, t.setup.known, t.setup.settings)
	if err != nil {
		return err
	}
	if t.setup.baseline != nil {
		t.setup.baseline.Apply(r.Findings)
	}
	found := map[string]*result{configured: {}}
	for name, d := range mine {
		found[name] = &result{doc: d}
	}
	t.collect(r.Findings, found, configured)
	t.unreadTests(in, found)
	s.checkConfig(t, found, configured)
	t.last, t.seen, t.with, t.stale = found, mine, with, false
	return nil
}

// collect sorts findings by file: of open files all that count, of others only
// errors. What concerns no place in a file is told at the configuration.
func (t *tree) collect(findings []lint.Finding, found map[string]*result, configured string) {
	for _, f := range findings {
		name := f.Span.Path()
		open := found[name] != nil && found[name].doc != nil
		switch {
		case !f.Counts() || !open && f.Severity != rules.Error:
			continue
		case !open && !f.Span.Known():
			f.Message = strings.TrimPrefix(name, t.root+"/") + ": " + f.Message
			f.Span = t.configuredAt()
			name = configured
		case found[name] == nil:
			found[name] = &result{}
		}
		found[name].findings = append(found[name].findings, f)
	}
}

// configuredAt is the place of the configuration that names the rules.
func (t *tree) configuredAt() rules.Span {
	if paths := t.setup.cfg.Rules; len(paths) > 0 {
		return paths[0].Span
	}
	return rules.Span{}
}

// unreadTests adds what is wrong with open test files and is not the business of
// a check, such as YAML that cannot be read.
func (t *tree) unreadTests(in *lint.Input, found map[string]*result) {
	for _, diag := range in.TestDiagnostics {
		r := found[diag.Span.Path()]
		if r == nil || r.doc == nil || t.over[r.doc.path] != nil || strings.HasPrefix(diag.Code, "test/") {
			continue
		}
		r.findings = append(r.findings, lint.Finding{Diagnostic: diag})
	}
}

// checkConfig adds what is wrong with the configuration: as it is in the editor
// if it is open, which takes effect when it is saved.
func (s *server) checkConfig(t *tree, found map[string]*result, configured string) {
	problems := t.setup.problems
	if d := found[configured].doc; d != nil {
		problems = s.readSetup(t.root, d.file.Source).problems
	}
	addProblems(problems, found, configured)
}

// addProblems adds diagnostics to their files, and those of none to the one
// named.
func addProblems(problems rules.Diagnostics, found map[string]*result, otherwise string) {
	for _, d := range problems {
		name := filepath.ToSlash(d.Span.Path())
		if !isFile(name) {
			name = otherwise
		}
		if found[name] == nil {
			found[name] = &result{}
		}
		found[name].findings = append(found[name].findings, lint.Finding{Diagnostic: d})
	}
}

// lintLone lints a document for itself, if it is one of Sigma.
func (s *server) lintLone(ctx context.Context, d *document) (*result, error) {
	s.mu.Lock()
	before := s.results[d.path]
	s.mu.Unlock()
	r := &result{doc: d}
	switch {
	case before != nil && before.doc == d:
		return before, nil
	case path.Base(d.path) == config.Name:
		addProblems(s.readSetup(path.Dir(d.path), d.file.Source).problems, map[string]*result{d.path: r}, d.path)
		return r, nil
	case !d.looksLikeSigma():
		return r, nil
	}
	setup, _ := s.knowledge(d.path)
	run, err := lint.Run(ctx, setup.alone(d), setup.known, setup.settings)
	if err != nil {
		return nil, err
	}
	for _, f := range run.Findings {
		if f.Counts() {
			r.findings = append(r.findings, f)
		}
	}
	return r, nil
}

// alone returns the input of one document without a project.
func (s *setup) alone(d *document) *lint.Input {
	p := d.parse()
	docs := make([]rules.Document, len(p.docs))
	for i, doc := range p.docs {
		docs[i] = rules.Copy(doc)
	}
	in := project.Build(docs, p.diags, s.options)
	in.Set.Files = 1
	in.Now = time.Now().UTC()
	return in
}
