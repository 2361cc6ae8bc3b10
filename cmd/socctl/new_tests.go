package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// newTestOptions are the flags of new test.
type newTestOptions struct {
	pipelines     []string
	force, stdout bool
}

func (c *cli) newTestCommand() *cobra.Command {
	var o newTestOptions
	cmd := &cobra.Command{
		Use:   "test RULE...",
		Short: "Write the tests that rules lack",
		Long: `Write the tests that rules lack: an event that the rule matches, and for each
filter, selection, item and value events on which that part alone decides.

A RULE is a file or a folder. The tests go to the file that mirrors the rule's:
tests/<path of the rule>.yml. A file that exists keeps all it has; what it lacks
is added behind its tests, derived from one of its named events. With --force it
is replaced. The events are made up, and every test is run before anything is
written. A part that can never decide, which is proven, gets no test.`,
		Example: `  socctl new test rules/office.yml
  socctl new test rules --stdout`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a rule, by its file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.newTest(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	pipelineFlag(flags, &o.pipelines)
	flags.BoolVar(&o.force, "force", false, "replace files of tests that exist")
	flags.BoolVar(&o.stdout, "stdout", false, "print the files instead of writing them")
	return cmd
}

// testWriter writes tests of the rules of one suite.
type testWriter struct {
	cli    *cli
	o      *newTestOptions
	load   ruletest.LoadOptions
	suite  *ruletest.Suite
	run    ruletest.RunOptions
	result *ruletest.Result
	table  *logsource.Table
}

func (c *cli) newTest(ctx context.Context, o *newTestOptions, paths []string) error {
	cfg, err := c.config(firstPath(paths))
	if err != nil {
		return err
	}
	w := &testWriter{cli: c, o: o}
	if w.table, err = c.views(cfg); err != nil {
		return err
	}
	pipelines, err := c.pipelines(cfg, o.pipelines)
	if err != nil {
		return err
	}
	if w.load, err = c.testSources(&testOptions{recordings: string(ruletest.EVTX)}, cfg, paths); err != nil {
		return err
	}
	var diags rules.Diagnostics
	w.suite, diags = ruletest.Load(w.load)
	diags = slices.DeleteFunc(diags, func(d rules.Diagnostic) bool { return w.toBeMade(d) })
	w.run = ruletest.RunOptions{AllowMissing: true, Keep: true, Untested: true, Placeholders: cfg.PlaceholderValues(), Now: c.now,
		Pipeline: pipelines.all, Taxonomies: pipelines.taxonomies, Normaliser: telemetry.NewNormaliser(w.table)}
	w.result = ruletest.Run(ctx, w.suite, w.run)
	c.showProblems(append(diags, w.result.Diagnostics...))
	code := (&loadedRules{diags: append(diags, w.result.Diagnostics...)}).exitCode()
	asked := 0
	for _, s := range adequacy.Subjects(w.result) {
		if !slices.ContainsFunc(paths, func(p string) bool { return len(distinctPaths([]string{p, s.Rule.Source.Span.Path()})) == 1 }) {
			continue
		}
		asked++
		if err := w.write(ctx, s); err != nil {
			code = max(code, w.refused(s, err))
		}
	}
	others := w.others(paths)
	if asked == 0 && code == exitClean {
		if others == 0 {
			fmt.Fprintf(c.stderr, "socctl: no rule in %s\n", report.Clean(strings.Join(paths, ", ")))
		}
		code = exitUsage
	}
	return exitWith(code)
}

// toBeMade reports whether a problem is that of a configured folder of tests that is not there:
// the first test makes it.
func (w *testWriter) toBeMade(d rules.Diagnostic) bool {
	return d.Code == rules.CodeUnreadable && slices.ContainsFunc(w.load.TestDirs, func(dir string) bool {
		_, err := os.Stat(dir)
		return errors.Is(err, fs.ErrNotExist) && pathKey(dir) == d.Span.Path()
	})
}

// refused says why there are no tests of a rule, and returns the exit code of that.
// The other rules get theirs.
func (w *testWriter) refused(s adequacy.Subject, err error) int {
	path := report.Clean(s.Rule.Source.Span.Path())
	var exit *exitError
	switch {
	case errors.Is(err, witness.ErrNone):
		_, why, known := strings.Cut(err.Error(), witness.ErrNone.Error()+": ")
		if !known {
			why = "socctl lint shows why"
		}
		fmt.Fprintf(w.cli.stderr, "%s: no event can match the rule %s, which is proven: %s\n", path, report.Clean(s.Rule.Title), report.Clean(why))
	case errors.Is(err, witness.ErrUnknown):
		fmt.Fprintf(w.cli.stderr, "%s: %s: write its tests by hand\n", path, report.Clean(err.Error()))
	case errors.As(err, &exit):
		fmt.Fprintf(w.cli.stderr, "socctl: %s\n", report.Clean(err.Error()))
		return exit.code
	default:
		fmt.Fprintf(w.cli.stderr, "%s: %s\n", path, report.Clean(err.Error()))
		return exitUnreadable
	}
	return exitFindings
}

// others names the documents for which no tests are made, and returns how many there
// are.
func (w *testWriter) others(paths []string) (n int) {
	docs, _, _ := rules.ReadPaths(paths...)
	for _, d := range docs {
		why := ""
		switch d.(type) {
		case *rules.Correlation:
			why = "no tests are made for correlations: write a sequence of events"
		case *rules.Filter:
			why = "a filter is tested with the rules that it applies to: name one of those"
		default:
			continue
		}
		n++
		w.say("%s: %s", d.Meta().Span.Path(), why)
	}
	return n
}

// write writes the tests that one rule lacks.
func (w *testWriter) write(ctx context.Context, s adequacy.Subject) error {
	rule := w.suite.Written(s.Rule.Source)
	if w.documentsIn(rule.Span.Path()) > 1 {
		return usageError("%s holds several rules, and a file of tests is about one: write each rule to a file of its own", rule.Span.Path())
	}
	path := ruletest.SidecarPath(w.load, filepath.FromSlash(rule.Span.Path()))
	target := &testTarget{path: path}
	before, err := os.ReadFile(path)
	switch {
	case err == nil && w.o.force:
		s.Tests = slices.DeleteFunc(slices.Clone(s.Tests), func(t *ruletest.CaseResult) bool { return filepath.Clean(t.Case.Path) == filepath.Clean(path) })
	case err == nil:
		if err := target.read(before, w, s); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return &exitError{exitUnreadable, fmt.Errorf("%s cannot be read", path)}
	}
	if target.base.IsNull() {
		target.base = s.Matching()
	}
	p, err := adequacy.Propose(w.result.Program, s, target.base, target.taken, w.table)
	if err != nil {
		return err
	}
	for i := range p.Tests {
		if rule.Detection.Selection(p.Tests[i].Because) == nil {
			p.Tests[i].Because = "" // a pipeline added it: tests name what stands in the rule
		}
	}
	for _, open := range p.Open {
		fmt.Fprintf(w.cli.stderr, "%s: no test for %s\n", report.Clean(path), report.Clean(open))
	}
	if len(p.Tests) == 0 {
		w.say("%s: nothing to add", path)
		return nil
	}
	text := target.text(p)
	if err := w.try(ctx, s, path, text, p.Tests); err != nil {
		return err
	}
	if w.o.stdout {
		_, err := fmt.Fprintf(w.cli.stdout, "%s", text)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return &exitError{exitUnreadable, err}
	}
	if err := replaceFile(path, text); err != nil {
		return &exitError{exitUnreadable, err}
	}
	was, now := p.Before, p.After.Counts()
	w.say("%s: %s written, all of which pass; decisive parts %d → %d of %d", path, report.Count(len(p.Tests), "test"), was.Decisive, now.Decisive, now.Parts)
	return nil
}

// documentsIn counts the rules and correlations of a file.
func (w *testWriter) documentsIn(path string) int {
	n := 0
	for _, r := range w.result.Program.Rules {
		if r.Source.Span.Path() == path {
			n++
		}
	}
	for _, c := range w.result.Program.Correlations {
		if c.Source.Span.Path() == path {
			n++
		}
	}
	return n
}

func (w *testWriter) say(format string, path string, args ...any) {
	if !w.cli.quiet {
		fmt.Fprintf(w.cli.stderr, format+"\n", append([]any{report.Clean(filepath.ToSlash(path))}, args...)...)
	}
}

// try runs the tests as they would stand in the file.
func (w *testWriter) try(ctx context.Context, s adequacy.Subject, path string, text []byte, tests []adequacy.Proposal) error {
	var names []string
	for _, t := range tests {
		names = append(names, t.Name)
	}
	suite, diags := w.suite.With(w.suite.Written(s.Rule.Source), path, text, names)
	if err := diags.Err(); err != nil || len(suite.Cases) != len(tests) {
		return &exitError{exitUnreadable, fmt.Errorf("%s cannot be extended, so nothing was written: %w", path, cmpError(err))}
	}
	r := ruletest.Run(ctx, suite, w.run)
	for i := range r.Cases {
		if c := &r.Cases[i]; c.Status != ruletest.Pass {
			return &exitError{exitUnreadable, fmt.Errorf("%s: the test %q does not pass, so nothing was written: %s", path, c.Case.Name, c.Message)}
		}
	}
	return nil
}

func cmpError(err error) error {
	if err == nil {
		return errors.New("its tests would not be found again")
	}
	return err
}

// testTarget is the file that tests are written to.
type testTarget struct {
	path   string
	source []byte // nil for a new file
	line   int    // behind which tests are added, from 1
	indent int    // of the dashes
	from   string // the named event that tests are derived from; "" for none
	base   evaluator.Value
	taken  []string
}

// read finds out where tests can be added to a file, and what they can be derived from.
func (t *testTarget) read(source []byte, w *testWriter, s adequacy.Subject) error {
	nodes, diags := rules.ParseNodes(filepath.ToSlash(t.path), source)
	refuse := func(why string) error {
		return usageError("%s exists, and tests cannot be added: %s; --force replaces it", t.path, why)
	}
	if diags.Count(rules.Error) > 0 || len(nodes) != 1 {
		return refuse("it is no file of tests without errors")
	}
	list := nodes[0].Get("tests")
	if list == nil || len(list.Items) == 0 {
		return refuse("it has no list of tests")
	}
	lines := strings.SplitAfter(string(source), "\n")
	for _, item := range list.Items {
		line := lines[item.Span.Start.Line-1]
		if !strings.HasPrefix(strings.TrimLeft(line, " "), "- ") {
			return refuse("its tests are not written one below the other")
		}
		t.indent = len(line) - len(strings.TrimLeft(line, " "))
		if name := item.Get("name"); name != nil {
			t.taken = append(t.taken, name.Scalar.Text)
		}
	}
	t.source, t.line = source, list.Items[len(list.Items)-1].Span.End.Line
	for _, f := range ruletest.Fixtures(nodes[0]) {
		if adequacy.Matches(w.result.Program, s.Rule, f.Value, w.table) {
			t.from, t.base = f.Name, f.Value
			break
		}
	}
	return nil
}

// text returns the content of the file with the tests.
func (t *testTarget) text(p *adequacy.Proposed) []byte {
	if t.source == nil {
		return []byte(p.File())
	}
	var b bytes.Buffer
	lines := strings.SplitAfter(string(t.source), "\n")
	at := min(t.line, len(lines))
	b.WriteString(strings.Join(lines[:at], ""))
	if b.Len() > 0 && !bytes.HasSuffix(b.Bytes(), []byte("\n")) {
		b.WriteByte('\n')
	}
	for line := range strings.Lines(p.Items(t.from, p.Base)) {
		b.WriteString(strings.Repeat(" ", t.indent) + strings.TrimPrefix(line, "    "))
	}
	b.WriteString(strings.Join(lines[at:], ""))
	return b.Bytes()
}
