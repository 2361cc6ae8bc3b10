package lint

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Names of the checks that the driver carries out on ignores.
const (
	IgnoreUnused       = "ignore/unused"
	IgnoreNoReason     = "ignore/no-reason"
	IgnoreExpired      = "ignore/expired"
	IgnoreUnknownCheck = "ignore/unknown-check"
	IgnoreUnmatched    = "ignore/unmatched-path"
)

// superfluous returns what is wrong with the ignores themselves.
func (d *driver) superfluous() []Finding {
	var out []Finding
	report := func(name string, at rules.Span, doc rules.Document, message, help string) *Finding {
		check := d.known.Find(name)
		if check == nil {
			return &Finding{}
		}
		f := Finding{Diagnostic: rules.Diagnostic{Code: name, Severity: check.Severity, Span: at, Message: message, Help: help}, Document: doc}
		path := d.cfg.relative(at.Path())
		if level := d.cfg.of(check, doc).level; level != nil && level.Off {
			return &Finding{}
		} else if level != nil {
			f.Severity = level.Severity
		}
		d.ignoreByConfig(&f, path)
		out = append(out, f)
		return &out[len(out)-1]
	}
	for _, s := range d.corpus.Subjects {
		file := s.Header.Span.File
		directives := d.inline[file]
		delete(d.inline, file) // once per file
		if !d.wanted(s.Path()) {
			continue
		}
		for _, c := range directives {
			d.judge(c, s.Document, directives, report)
		}
	}
	if d.in.Complete {
		d.judgeConfig(report)
	}
	return out
}

type reporter func(name string, at rules.Span, doc rules.Document, message, help string) *Finding

func (d *driver) judge(c *directive, doc rules.Document, all []*directive, report reporter) {
	known := d.known.Match(c.check)
	switch {
	case c.check == "":
		report(IgnoreUnknownCheck, c.span, doc, "the comment names no check", "write # socctl:ignore group/name -- reason")
	case len(known) == 0:
		f := report(IgnoreUnknownCheck, c.span, doc, "there is no check "+c.check, "socctl checks lists them all")
		if strings.ContainsAny(c.check, " \t:") {
			f.Help = "write # socctl:ignore group/name -- reason, with until=YYYY-MM-DD before the dashes if need be"
		}
		if near := d.known.Nearest(c.check); near != "" {
			f.Help = "did you mean " + near + "?"
			f.Replace(c.span, near, "write "+near)
		}
	case len(known) == 1 && known[0].Fixed:
		report(IgnoreUnknownCheck, c.span, doc, c.check+" cannot be ignored", "a rule with it is not evaluated; correct the rule")
	case c.broken != "":
		report(IgnoreExpired, c.whole, doc, c.broken, "the comment has no effect")
	case c.reason == "":
		report(IgnoreNoReason, c.whole, doc, "ignoring "+c.check+" without a reason has no effect", "write -- and why the finding is wrong here")
	case d.expired(c.until):
		report(IgnoreExpired, c.whole, doc, "ignoring "+c.check+" ended on "+c.until.Format("2006-01-02"), "correct the rule, or give the ignore another day")
	case !c.used && d.ran(known):
		f := report(IgnoreUnused, c.whole, doc, "there is no finding of "+c.check+" to ignore", "remove the comment")
		if alone(c, all) {
			f.FixBy("remove the comment", Edit{Span: commentWithBlanks(c.whole)})
		}
	}
}

// ran reports whether any of the checks could have found something here.
func (d *driver) ran(checks []*Check) bool {
	return slices.ContainsFunc(checks, func(check *Check) bool {
		return (check.Run == nil || d.mayRun(check)) && (check.Scope != BaseScope || d.corpus.Base != nil)
	})
}

// alone reports whether a directive is the only one of its comment.
func alone(c *directive, all []*directive) bool {
	return !slices.ContainsFunc(all, func(o *directive) bool { return o != c && o.whole == c.whole })
}

// commentWithBlanks extends a comment by the blanks before it, and by the line
// break if it has its line for itself.
func commentWithBlanks(s rules.Span) rules.Span {
	src := s.File.Source
	from, to := s.Offsets()
	for from > 0 && (src[from-1] == ' ' || src[from-1] == '\t') {
		from--
	}
	if from == 0 || src[from-1] == '\n' {
		if to < len(src) && src[to] == '\r' {
			to++
		}
		if to < len(src) && src[to] == '\n' {
			to++
		}
	}
	return s.File.Span(from, to)
}

// judgeConfig looks at the ignores of the configuration.
func (d *driver) judgeConfig(report reporter) {
	for n := range d.cfg.Ignores {
		i := &d.cfg.Ignores[n]
		names := strings.Join(i.Checks, ", ")
		switch {
		case d.expired(i.Until):
			report(IgnoreExpired, i.Span, nil, "ignoring "+names+" ended on "+i.Until.Format("2006-01-02"), "correct the rule, or give the ignore another day")
		case !d.used[i] && d.in.Only == nil:
			report(IgnoreUnused, i.Span, nil, "there is no finding of "+names+" to ignore in "+i.Rule, "remove the entry")
		}
	}
	for _, p := range d.cfg.Paths {
		if !d.matchesAny(p.Glob) {
			report(IgnoreUnmatched, p.Span, nil, "no rule file matches "+p.Glob, "correct the pattern, which begins at the folder of the configuration, or remove it")
		}
	}
}

// matchesAny reports whether a file of rules, or one that could not be read as
// such, matches a pattern.
func (d *driver) matchesAny(glob string) bool {
	return slices.ContainsFunc(d.corpus.Subjects, func(s *Subject) bool { return matchesPath(glob, d.cfg.relative(s.Path())) }) ||
		slices.ContainsFunc(d.in.Reading, func(diag rules.Diagnostic) bool { return matchesPath(glob, d.cfg.relative(diag.Span.Path())) })
}
