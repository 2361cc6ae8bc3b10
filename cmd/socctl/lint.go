package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// lintOptions are the flags of lint.
type lintOptions struct {
	base, baseline, writeBaseline string
	enable, disable               []string
	formats, pipelines            []string
	failLevel, level              string
	stdinName                     string
	fix, diff, verbose, noTime    bool
	workers                       int
}

func (c *cli) lintCommand() *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Check rules for mistakes",
		Long: `Check rules for mistakes.

A path is a rule or a folder of rules; - is standard input. Without any, the rules
of the configuration are checked, else the folders rules and rules-…, else the
current folder. socctl checks lists what is looked for, socctl explain CHECK says
why. With --base only what a change brought about counts.`,
		Example: `  socctl lint
  socctl lint rules/windows --fix
  socctl lint --base origin/main -f github -f sarif=lint.sarif`,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return o.check(cmd.Flags().Changed) },
		RunE:    func(cmd *cobra.Command, args []string) error { return c.lint(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.base, "base", "", "report only what is new since `REF`: a branch, tag or commit")
	flags.BoolVar(&o.fix, "fix", false, "apply the fixes that there are")
	flags.BoolVar(&o.diff, "diff", false, "show what --fix would change, and change nothing")
	flags.StringArrayVar(&o.enable, "enable", nil, "turn on a `CHECK`, or group/*; may be repeated")
	flags.StringArrayVar(&o.disable, "disable", nil, "turn off a `CHECK`, or group/*; may be repeated")
	flags.StringVar(&o.failLevel, "fail-level", "", "least `severity` that makes the exit code 1: error, warning, info or never (default: error, or fail-level of the configuration)")
	flags.StringVar(&o.level, "level", "warning", "least `severity` that is reported: error, warning or info")
	flags.StringVar(&o.baseline, "baseline", "", "leave out the findings that `file` lists (default: baseline of the configuration)")
	flags.StringVar(&o.writeBaseline, "write-baseline", "", "write the findings to `file` and report none")
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.LintFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show findings that are ignored, and why")
	flags.StringVar(&o.stdinName, "stdin-name", "stdin.yml", "`path` that standard input stands for")
	flags.BoolVar(&o.noTime, "no-time", false, "leave out durations, so that output can be compared")
	jobsFlag(flags, &o.workers, "parallel workers")
	pipelineFlag(flags, &o.pipelines)
	c.completeChecks(cmd, "enable", "disable")
	return cmd
}

func (c *cli) lint(ctx context.Context, o *lintOptions, paths []string) error {
	start := time.Now()
	if o.base != "" {
		collectLess() // reading all rules is most of the work then, and keeps what it makes
	}
	l, err := c.linter(ctx, o, paths)
	if err != nil {
		return err
	}
	in, result, err := l.run(ctx)
	if err != nil {
		return err
	}
	run := &report.LintRun{Result: result, Verbose: o.verbose, NoTime: o.noTime, Quiet: c.quiet, FailLevel: l.settings.FailLevel,
		Compared: o.base != "", Version: version()}
	if o.fix || o.diff {
		if run.Fixed, err = c.fixAll(ctx, l, o, result); err != nil || o.diff {
			return err
		}
		if in, result, err = l.run(ctx); err != nil {
			return err
		}
		run.Result = result
	}
	if o.writeBaseline != "" {
		if err := c.writeBaseline(o.writeBaseline, result); err != nil {
			return err
		}
		for i := range result.Findings {
			if f := &result.Findings[i]; f.Lasting {
				fmt.Fprintf(c.stderr, "not part of it: %s\n", report.Clean(f.Diagnostic.String()))
			}
		}
		return exitWith(readingCode(in))
	}
	if run.Gone, err = c.applyBaseline(l, o, result); err != nil {
		return err
	}
	c.placeFindings(result)
	worst, any := result.Worst()
	run.Hidden = hide(result, severityNamed(o.level))
	run.Elapsed = time.Since(start)
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Lint(w, s, format, run)
	}); err != nil {
		return err
	}
	code := exitClean
	if any && o.failLevel != "never" && worst >= l.settings.FailLevel {
		code = exitFindings
	}
	return exitWith(max(code, emptyCode(in), readingCode(in)))
}

// emptyCode is the exit code of what holds no rule at all: as with every command, that
// is wrong usage. What was empty before too is nothing that a change has done.
func emptyCode(in *lint.Input) int {
	empty := func(d rules.Diagnostic) bool { return d.Code == rules.CodeEmptyFolder }
	if in.Base == nil && len(in.Set.Documents()) == 0 && slices.ContainsFunc(in.Reading, empty) {
		return exitUsage
	}
	return exitClean
}

// readingCode is the exit code that files ask for which could not be read.
func readingCode(in *lint.Input) int {
	unreadable := func(d rules.Diagnostic) bool { return d.Code == rules.CodeUnreadable }
	if slices.ContainsFunc(in.Reading, unreadable) || in.Complete && slices.ContainsFunc(in.TestDiagnostics, unreadable) {
		return exitUnreadable
	}
	return exitClean
}

// check rejects unknown words, and flags that contradict each other; given tells
// which flags there are.
func (o *lintOptions) check(given func(flag string) bool) error {
	if err := checkFormats("lint", o.formats, report.LintFormats, report.LintTexts); err != nil {
		return err
	}
	if given("base") && o.base == "" {
		return usageError("--base is empty: name a branch, a tag or a commit, or leave it out")
	}
	for _, flag := range []string{"base", "diff", "format"} {
		if o.writeBaseline != "" && given(flag) {
			return usageError("--write-baseline writes all findings and reports none: leave out --%s", flag)
		}
	}
	if !slices.Contains([]string{"", "error", "warning", "info", "never"}, o.failLevel) {
		return usageError("--fail-level takes error, warning, info or never, not %q", o.failLevel)
	}
	if !slices.Contains([]string{"error", "warning", "info"}, o.level) {
		return usageError("--level takes error, warning or info, not %q", o.level)
	}
	return nil
}

func severityNamed(name string) rules.Severity {
	for _, s := range []rules.Severity{rules.Error, rules.Warning} {
		if s.String() == name {
			return s
		}
	}
	return rules.Info
}

// hide removes findings below a severity and returns how many of them count.
func hide(r *lint.Result, least rules.Severity) int {
	hidden := 0
	r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool {
		if f.Severity >= least {
			return false
		}
		if f.Counts() {
			hidden++
		}
		return true
	})
	return hidden
}

func (c *cli) writeBaseline(path string, result *lint.Result) error {
	var b bytes.Buffer
	if err := lint.WriteBaseline(&b, result.Findings); err != nil {
		return &exitError{exitUnreadable, err}
	}
	if err := replaceFile(path, b.Bytes()); err != nil {
		return &exitError{exitUnreadable, err}
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s written to %s\n", report.Count(bytes.Count(b.Bytes(), []byte{'\n'}), "finding"), path)
	}
	return nil
}

// applyBaseline suppresses what the baseline lists and returns how many of its
// entries are gone, which only those know who have looked at all rules.
func (c *cli) applyBaseline(l *linter, o *lintOptions, result *lint.Result) (gone int, err error) {
	path := o.baseline
	if path == "" && l.settings.Baseline.Text != "" {
		path = l.cfg.Resolve(l.settings.Baseline.Text)
	}
	if path == "" {
		return 0, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && o.baseline == "" {
		return 0, c.unusable(l.settings.Baseline, "there is no baseline "+path, "write it with --write-baseline "+path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return 0, usageError("there is no baseline %s: write it with --write-baseline %s", path, path)
	}
	if err != nil {
		return 0, &exitError{exitUnreadable, err}
	}
	b, err := lint.ReadBaseline(data)
	if err != nil {
		return 0, usageError("%s: %v", path, err)
	}
	if gone = b.Apply(result.Findings); !l.complete {
		gone = 0
	}
	return gone, nil
}

// fixAll applies fixes until there are none left, a few rounds at most, because
// one fix may make room for another. It returns how many were applied.
func (c *cli) fixAll(ctx context.Context, l *linter, o *lintOptions, result *lint.Result) (fixed int, err error) {
	const rounds = 5
	fixer := lint.Fixer{Compile: compiler.Options{Placeholders: l.cfg.PlaceholderValues()}}
	for round := 0; ; round++ {
		changed := false
		var refused []*lint.Finding
		for _, f := range fixer.Fix(result.Findings) {
			refused = append(refused, f.Refused...)
			if bytes.Equal(f.Before, f.After) {
				continue
			}
			if o.diff {
				if err := writeDiff(c.stdout, c.out(), f.Path, f.Before, f.After); err != nil {
					return fixed, err
				}
				continue
			}
			if err := writeFixed(f); err != nil {
				return fixed, &exitError{exitUnreadable, err}
			}
			fixed += len(f.Applied)
			changed = true
		}
		if !changed || round == rounds {
			for _, f := range refused {
				fmt.Fprintf(c.stderr, "not fixed, because it cannot be shown that the rule would mean the same: %s\n", report.Clean(f.Diagnostic.String()))
			}
			return fixed, nil
		}
		if _, result, err = l.run(ctx); err != nil {
			return fixed, err
		}
	}
}

// writeFixed replaces a file, unless it is another than the one that was read.
func writeFixed(f lint.FixResult) error {
	path := filepath.FromSlash(f.Path)
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	mark := []byte("\xef\xbb\xbf")
	text, marked := bytes.CutPrefix(now, mark)
	if !bytes.Equal(text, f.Before) {
		return fmt.Errorf("%s changed while it was checked: nothing was written", f.Path)
	}
	after := f.After
	if marked {
		after = slices.Concat(mark, after)
	}
	return replaceFile(path, after)
}

// textOf reads standard input, or nothing if - is not among the paths.
func (c *cli) linesOfStdin(paths []string) (bool, error) {
	if !slices.Contains(paths, "-") {
		return false, nil
	}
	if len(paths) > 1 {
		return false, usageError("- stands alone: standard input is one file")
	}
	return true, nil
}

// rulePaths are the paths to lint: those that were named, else those of the
// configuration, else the folders that rules usually lie in, which were found
// and not named.
func (c *cli) rulePaths(cfg *config.Config, named []string) (paths []string, found bool, err error) {
	if len(named) > 0 {
		return named, false, nil
	}
	paths, err = c.expand(cfg, cfg.Rules)
	if err != nil || len(paths) > 0 {
		return paths, false, err
	}
	for _, pattern := range []string{"rules", "rules-*", "filters", "correlations"} {
		matches, _ := filepath.Glob(pattern)
		for _, m := range matches {
			if info, err := os.Stat(m); err == nil && info.IsDir() {
				paths = append(paths, m)
			}
		}
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	return paths, true, nil
}

// fromHere makes paths relative to the current folder, so that one file has one
// name; those outside of it only if outside says so.
func fromHere(paths []string, outside bool) []string {
	here, err := os.Getwd()
	if err != nil {
		return paths
	}
	out := slices.Clone(paths)
	for i, p := range paths {
		if !filepath.IsAbs(p) {
			p = filepath.Join(here, p)
		}
		rel, err := filepath.Rel(here, p)
		if err == nil && (outside || filepath.IsLocal(rel)) {
			out[i] = rel
		}
	}
	return out
}
