package lint

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Input is what is linted.
type Input struct {
	Set         *rules.Set
	Program     *compiler.Program // of Set; may be nil, and then no check knows what rules mean
	Reading     rules.Diagnostics // of each file by itself
	Diagnostics rules.Diagnostics // of what the documents are together: linking and compiling

	Tests    []*ruletest.Case
	Suite    *ruletest.Suite // that Tests are of, to run them; nil if they belong to other rules than those of Set
	HasTests bool            // tests were looked for, so a rule without any has none
	// TestDiagnostics are the problems of reading tests.
	TestDiagnostics rules.Diagnostics

	Base  *Input // before a change; nil if there is none to compare with
	Facts *attack.Facts
	Table *logsource.Table // nil means the built-in one
	Now   time.Time

	// Gone asks a host whether the page of a URL is gone, and returns how that was
	// told, "" if it is not or cannot be told. It is called for several at a time. If
	// it is nil, as by default, nobody is asked, and checks that would do not run.
	Gone func(ctx context.Context, url string) string

	// Only limits checks of scope rule, and problems of reading and compiling,
	// to the files for which it holds; nil means all of them.
	Only func(path string) bool
	// Complete says that all rules of the project are there, so that an ignore
	// of the configuration that no finding needs is superfluous.
	Complete bool
	Jobs     int // parallel workers; 0 means one for each processor

	// Memory is what earlier runs have learnt; nil means nothing. It saves time and
	// has no influence on what is found.
	Memory *Memory
}

// Result is what the checks found.
type Result struct {
	Findings  []Finding // in the order of files and places, also those that do not count
	Files     int       // read
	Documents int
	Checks    *Catalogue
}

// Count returns how many findings of exactly that severity count.
func (r *Result) Count(s rules.Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Counts() && r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}

// Worst returns the highest severity of the findings that count; false if none
// does.
func (r *Result) Worst() (rules.Severity, bool) {
	for _, s := range []rules.Severity{rules.Error, rules.Warning, rules.Info} {
		if r.Count(s) > 0 {
			return s, true
		}
	}
	return 0, false
}

// Run runs all checks that the configuration does not turn off. The error is
// that of the context, when it ends before the run does; a check that has begun with
// a document goes on to its end, which may take seconds for one that is hard to prove.
func Run(ctx context.Context, in *Input, known *Catalogue, cfg *Config) (*Result, error) {
	d := &driver{in: in, known: known, cfg: cfg, corpus: newCorpus(in)}
	if in.Gone != nil {
		d.corpus.Gone = func(url string) string { return in.Gone(ctx, url) }
	}
	d.directives()
	var findings []*Finding
	findings = append(findings, d.reading()...)
	findings = append(findings, d.documents(ctx)...)
	findings = append(findings, d.others(ctx)...)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	result := &Result{Files: in.Set.Files, Documents: len(d.corpus.Subjects), Checks: known}
	for _, f := range findings {
		if d.settle(f) {
			result.Findings = append(result.Findings, *f)
		}
	}
	result.Findings = append(result.Findings, d.superfluous()...)
	sortFindings(result.Findings)
	fingerprint(result.Findings, cfg.relative)
	return result, nil
}

// newCorpus gathers what checks may ask for.
func newCorpus(in *Input) *Corpus {
	c := &Corpus{Set: in.Set, Tests: in.Tests, HasTests: in.HasTests, Facts: in.Facts, Table: in.Table, Now: in.Now,
		Hashes: map[rules.Document]string{}, Unread: map[string]bool{}, only: in.Only, jobs: in.Jobs, memory: in.Memory}
	if c.memory == nil {
		c.memory = &Memory{}
	}
	if c.Table == nil {
		c.Table = logsource.Default()
	}
	for path := range in.Reading.Unread(in.Set) {
		c.Unread[path] = true
	}
	for _, d := range in.Set.Documents() {
		c.Subjects = append(c.Subjects, NewSubject(d))
	}
	slices.SortStableFunc(c.Subjects, func(a, b *Subject) int {
		return cmp.Or(cmp.Compare(a.Path(), b.Path()), cmp.Compare(a.Header.Span.Start.Line, b.Header.Span.Start.Line))
	})
	c.at = make(map[rules.Span]*Subject, len(c.Subjects))
	for _, s := range c.Subjects {
		c.at[s.Header.Span] = s
	}
	c.Program = in.Program
	if in.Program != nil {
		for _, r := range in.Program.Rules {
			c.compile(r.Source, r.Hash, r)
		}
		for _, r := range in.Program.Correlations {
			c.compile(r.Source, r.Hash, nil)
		}
	}
	c.assign(in.Tests)
	if in.Base != nil {
		c.Base = newCorpus(in.Base)
	}
	return c
}

// assign gives every document its tests. Tests are read with rules of their own,
// so these are found by path and line; a path may be written in several ways.
func (c *Corpus) assign(tests []*ruletest.Case) {
	type place struct {
		path string
		line int
	}
	if len(tests) == 0 {
		return
	}
	here, _ := os.Getwd() // without it, paths are compared as they are written
	full := func(name string) string {
		if !filepath.IsAbs(name) {
			name = filepath.Join(here, name)
		}
		return name
	}
	at := make(map[place]*Subject, len(c.Subjects))
	alone := make(map[string]*Subject, len(c.Subjects)) // nil for files of several documents
	for _, s := range c.Subjects {
		name := full(s.Path())
		at[place{name, s.Header.Span.Start.Line}] = s
		if _, another := alone[name]; another {
			alone[name] = nil
		} else {
			alone[name] = s
		}
	}
	for _, t := range tests {
		span := t.Rule.Meta().Span
		name := full(span.Path())
		if s := alone[name]; s != nil {
			s.Tests = append(s.Tests, t)
		} else if s := at[place{name, span.Start.Line}]; s != nil {
			s.Tests = append(s.Tests, t)
		}
	}
}

// compile remembers what a document means. Pipelines change copies of documents,
// so these are found by their place.
func (c *Corpus) compile(source rules.Document, hash string, r *compiler.Rule) {
	if s := c.at[source.Meta().Span]; s != nil {
		c.Hashes[s.Document] = hash
		s.Compiled = r
	}
}

// driver is one run.
type driver struct {
	in     *Input
	known  *Catalogue
	cfg    *Config
	corpus *Corpus
	inline map[*rules.File][]*directive
	used   map[*Ignore]bool
}

func (d *driver) wanted(path string) bool { return d.in.Only == nil || d.in.Only(path) }

// reading turns the problems of reading and compiling into findings.
func (d *driver) reading() []*Finding {
	byFile := map[*rules.File][]*Subject{}
	for _, s := range d.corpus.Subjects {
		byFile[s.Header.Span.File] = append(byFile[s.Header.Span.File], s)
	}
	var out []*Finding
	for _, diag := range slices.Concat(d.in.Reading, d.in.Diagnostics, d.testProblems()) {
		check := d.known.Find(diag.Code)
		unreadable := diag.Code == rules.CodeUnreadable
		if (check == nil || check.Scope == RuleScope) && !unreadable && !d.wanted(diag.Span.Path()) {
			continue
		}
		f := &Finding{Diagnostic: diag, Lasting: unreadable}
		for _, s := range byFile[diag.Span.File] {
			if !diag.Span.Start.Before(s.Header.Span.Start) {
				f.Document = s.Document
			}
		}
		if check != nil && check.Repair != nil {
			check.Repair(f)
		}
		out = append(out, f)
	}
	return out
}

// testProblems are those of tests alone; reading them has met those of rules too.
// A file in which something else is wrong is one of tests if it is not among
// all the rules of a project.
func (d *driver) testProblems() rules.Diagnostics {
	ofRules := map[string]bool{}
	for _, s := range d.corpus.Subjects {
		ofRules[s.Path()] = true
	}
	for _, diag := range d.in.Reading {
		ofRules[diag.Span.Path()] = true
	}
	var out rules.Diagnostics
	for _, diag := range d.in.TestDiagnostics {
		if strings.HasPrefix(diag.Code, "test/") || d.in.Complete && diag.Severity == rules.Error && !ofRules[diag.Span.Path()] {
			out = append(out, diag)
		}
	}
	return out
}

// documents runs the checks of scope rule on every document.
func (d *driver) documents(ctx context.Context) []*Finding {
	checks := d.ofScope(RuleScope)
	found := make([][]*Finding, len(d.corpus.Subjects))
	d.parallel(len(found), func(i int) {
		s := d.corpus.Subjects[i]
		if ctx.Err() != nil || !d.wanted(s.Path()) {
			return
		}
		for _, check := range checks {
			if ctx.Err() == nil && d.runsOn(check, s.Document) {
				found[i] = append(found[i], d.run(check, s)...)
			}
		}
	})
	return slices.Concat(found...)
}

// others runs the checks that see everything.
func (d *driver) others(ctx context.Context) []*Finding {
	checks := d.ofScope(CorpusScope)
	if d.corpus.Base != nil {
		checks = append(checks, d.ofScope(BaseScope)...)
	}
	found := make([][]*Finding, len(checks))
	d.parallel(len(checks), func(i int) {
		if ctx.Err() == nil {
			found[i] = d.run(checks[i], nil)
		}
	})
	return slices.Concat(found...)
}

func (d *driver) run(check *Check, s *Subject) []*Finding {
	p := &Pass{Subject: s, Corpus: d.corpus, Check: check, options: d.cfg.of(check, nil).options}
	check.Run(p)
	return p.findings
}

// ofScope returns the checks of a scope that may run on some document.
func (d *driver) ofScope(s Scope) []*Check {
	var out []*Check
	for _, check := range d.known.Checks() {
		if check.Scope == s && check.Run != nil && d.mayRun(check) {
			out = append(out, check)
		}
	}
	return out
}

// mayRun reports whether the configuration leaves a check on anywhere.
func (d *driver) mayRun(check *Check) bool {
	if check.Online && d.in.Gone == nil {
		return false
	}
	on := !check.Off
	for i := range d.cfg.Checks {
		s := &d.cfg.Checks[i]
		if s.Level == nil || !s.names(check) {
			continue
		}
		switch {
		case !s.Level.Off:
			on = true
		case s.Statuses == nil && s.Levels == nil:
			on = false
		}
	}
	for _, path := range d.cfg.Paths {
		for i := range path.Checks {
			on = on || path.Checks[i].names(check) && path.Checks[i].Level != nil && !path.Checks[i].Level.Off
		}
	}
	return on
}

// runsOn reports whether a check is on for a document.
func (d *driver) runsOn(check *Check, doc rules.Document) bool {
	level := d.cfg.of(check, doc).level
	if level != nil && !level.Off || level == nil && !check.Off {
		return true
	}
	path := d.cfg.relative(doc.Meta().Span.Path())
	for _, p := range d.cfg.Paths {
		if !matchesPath(p.Glob, path) {
			continue
		}
		for i := range p.Checks {
			if p.Checks[i].names(check) && p.Checks[i].Level != nil && !p.Checks[i].Level.Off {
				return true
			}
		}
	}
	return false
}

// parallel calls do for 0 to n-1 on all workers.
func (d *driver) parallel(n int, do func(int)) { d.corpus.Parallel(n, do) }

// settle gives a finding its severity and what suppresses it; false means that
// the configuration turns the check off there.
func (d *driver) settle(f *Finding) bool {
	check := d.known.Find(f.Code)
	if check == nil || check.Fixed && f.Severity == rules.Error {
		return true
	}
	f.Code = check.Name
	level := d.cfg.of(check, f.Document).level
	on := level == nil && !check.Off || level != nil && !level.Off
	if level != nil && !level.Off {
		f.Severity = level.Severity
	}
	path := d.cfg.relative(f.Span.Path())
	for i := range d.cfg.Paths {
		p := &d.cfg.Paths[i]
		if !matchesPath(p.Glob, path) {
			continue
		}
		var here setting
		here.apply(p.Checks, check, f.Document)
		switch {
		case here.level == nil:
		case here.level.Off && on:
			f.Suppression = &Suppression{Kind: ByConfig, Reason: "off for " + p.Glob, Span: p.Span}
		case !here.level.Off:
			f.Severity, f.Suppression, on = here.level.Severity, nil, true
		}
	}
	if !on {
		return false
	}
	d.ignoreByConfig(f, path)
	d.ignoreByComment(f)
	return true
}

func (d *driver) ignoreByConfig(f *Finding, path string) {
	for n := range d.cfg.Ignores {
		i := &d.cfg.Ignores[n]
		if !i.covers(f, path) || d.expired(i.Until) {
			continue
		}
		if d.used == nil {
			d.used = map[*Ignore]bool{}
		}
		d.used[i] = true
		f.Suppression = &Suppression{Kind: ByConfig, Reason: i.Reason, Span: i.Span}
	}
}

func (i *Ignore) covers(f *Finding, path string) bool {
	if !slices.ContainsFunc(i.Checks, func(name string) bool { return matchesCheck(name, f.Code) }) {
		return false
	}
	if f.Document != nil {
		h := f.Document.Meta()
		if strings.EqualFold(h.ID.Text, i.Rule) && i.Rule != "" || h.Name.Text == i.Rule && i.Rule != "" {
			return true
		}
	}
	return matchesPath(i.Rule, path)
}

// matchesCheck reports whether a name or group/* stands for a check.
func matchesCheck(pattern, name string) bool {
	if group, all := strings.CutSuffix(pattern, "/*"); all {
		return strings.HasPrefix(name, group+"/")
	}
	return pattern == name
}

// expired reports whether a last day has passed.
func (d *driver) expired(until time.Time) bool {
	return !until.IsZero() && !d.in.Now.Before(until.AddDate(0, 0, 1))
}
