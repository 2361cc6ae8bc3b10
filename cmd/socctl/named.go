package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// keepNames keeps where the configuration names files and folders, so that it is told where
// the name of one that cannot be read stands.
func (c *cli) keepNames(cfg *config.Config) {
	c.named = map[string]rules.Span{}
	for _, name := range append(pathsOf(cfg), namesIn(cfg.Feedback, "attacks", "merge")...) {
		c.named[pathKey(cfg.Resolve(name.Text))] = name.Span
	}
}

func pathKey(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

// diagnose shows problems.
func (c *cli) diagnose(diags rules.Diagnostics) {
	placed := make(rules.Diagnostics, len(diags))
	for i, d := range diags {
		placed[i] = c.placed(d)
	}
	report.Diagnostics(c.stderr, c.err(), placed)
}

// placed moves what is wrong with a whole file or folder to where the configuration names it.
func (c *cli) placed(d rules.Diagnostic) rules.Diagnostic {
	if d.Code != rules.CodeUnreadable || d.Span.Known() {
		return d
	}
	if at, named := c.named[pathKey(d.Span.Path())]; named {
		d.Message, d.Span, d.Help = d.Span.Path()+": "+d.Message, at, cmp.Or(d.Help, correctPath)
	}
	return d
}

// placeFindings is placed for what lint has found.
func (c *cli) placeFindings(result *lint.Result) {
	for i := range result.Findings {
		f := &result.Findings[i]
		f.Diagnostic = c.placed(f.Diagnostic)
	}
}

// unusable shows that a file cannot be used which the configuration names, and returns the
// error that ends the command.
func (c *cli) unusable(name rules.Scalar, message, help string) error {
	c.diagnose(rules.Diagnostics{{Code: "config/unusable", Severity: rules.Error, Span: name.Span, Message: message, Help: help}})
	return &exitError{code: exitUsage}
}

// cannotBeRead is unusable for an error of reading.
func (c *cli) cannotBeRead(name rules.Scalar, err error) error {
	return c.unusable(name, name.Text+" cannot be read: "+withoutPath(err).Error(), correctPath)
}

const correctPath = "correct the path, which starts from the folder of this file, or put there what it names"

// badFacts is unusable for facts of ATT&CK.
func (c *cli) badFacts(err error) error {
	if wrong := (*project.FactsError)(nil); errors.As(err, &wrong) && wrong.Span.Known() {
		return c.unusable(rules.Scalar{Span: wrong.Span}, wrong.Err.Error(), "name facts that socctl attack import wrote, or a version that socctl has")
	}
	return &exitError{exitUsage, err}
}

// withoutPath drops the path from an error that is told where the path stands.
func withoutPath(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}

// tell shows an error that has no place of its own, if there is one.
func (c *cli) tell(err error) {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		if span, named := c.named[pathKey(at.Path)]; named {
			_ = c.cannotBeRead(rules.Scalar{Text: at.Path, Span: span}, at)
			return
		}
	}
	if err != nil {
		fmt.Fprintf(c.stderr, "socctl: %s\n", report.CleanLines(err.Error()))
	}
}

// unreadable shows what cannot be read of a recording.
func (c *cli) unreadable(err error) {
	if p := (*telemetry.Problem)(nil); errors.As(err, &p) && errors.Is(err, fs.ErrNotExist) {
		if at, named := c.named[pathKey(p.Source)]; named {
			c.diagnose(rules.Diagnostics{{Code: rules.CodeUnreadable, Severity: rules.Error, Span: at, Message: p.Source + " cannot be read: " + fs.ErrNotExist.Error(), Help: correctPath}})
			return
		}
	}
	c.complain(err)
}
