package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// LintFormats are the formats that Lint knows.
var LintFormats = []string{"pretty", "compact", "json", "sarif", "junit", "github", "rdjson", "checkstyle"}

// LintTexts are those of them that can follow each other; the others are one
// document for a program.
var LintTexts = []string{"pretty", "compact", "github"}

// LintRun is a result of lint with what is to be said about it.
type LintRun struct {
	Result    *lint.Result
	Elapsed   time.Duration
	Version   string         // of socctl
	FailLevel rules.Severity // findings of at least this level make the run fail
	Verbose   bool           // show findings that do not count
	NoTime    bool
	Quiet     bool // no summary
	Compared  bool // with a base: findings that count are new
	Hidden    int  // findings below the level that is reported
	Fixed     int  // findings that were corrected before
	Gone      int  // entries of the baseline that no longer occur
}

// Lint writes a result in one of LintFormats.
func Lint(w io.Writer, s Style, format string, r *LintRun) error {
	switch format {
	case "pretty":
		return lintPretty(w, s, r)
	case "compact":
		return lintCompact(w, s, r)
	case "json":
		return lintJSON(w, r)
	case "sarif":
		return lintSARIF(w, r)
	case "junit":
		return lintJUnit(w, r)
	case "github":
		return lintGitHub(w, r)
	case "rdjson":
		return lintRDJSON(w, r)
	case "checkstyle":
		return lintCheckstyle(w, r)
	}
	return fmt.Errorf("unknown format %q", format)
}

// counting yields the findings that count.
func (r *LintRun) counting(yield func(*lint.Finding) bool) {
	for i := range r.Result.Findings {
		if f := &r.Result.Findings[i]; f.Counts() && !yield(f) {
			return
		}
	}
}

func (r *LintRun) suppressed() int {
	n := len(r.Result.Findings)
	for range r.counting {
		n--
	}
	return n
}

func (r *LintRun) fixable() int {
	n := 0
	for f := range r.counting {
		if f.Fix != nil {
			n++
		}
	}
	return n
}

// summary is the last line: 3757 documents checked in 1.1s: 5 errors, 128
// warnings (41 fixable with --fix), 12 ignored.
func (r *LintRun) summary(s Style) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s checked", Count(r.Result.Documents, "document"))
	if !r.NoTime {
		fmt.Fprintf(&b, " in %s", r.Elapsed.Round(time.Millisecond))
	}
	b.WriteString(": ")
	var parts []string
	for _, level := range []rules.Severity{rules.Error, rules.Warning, rules.Info} {
		if n := r.Result.Count(level); n > 0 {
			word := level.String()
			if level == rules.Info {
				word = "note"
			}
			parts = append(parts, s.Paint(levelColour(level), Count(n, word)))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, s.Paint(Green, "nothing found"))
	}
	if n := r.fixable(); n > 0 {
		parts[len(parts)-1] += fmt.Sprintf(" (%d fixable with --fix)", n)
	}
	for _, p := range []struct {
		n    int
		text string
	}{{r.Fixed, "fixed"}, {r.suppressed(), "ignored"}, {r.Gone, "of the baseline gone"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	b.WriteString(strings.Join(parts, ", "))
	if r.Hidden > 0 {
		fmt.Fprintf(&b, "; %d less severe (--level info shows all)", r.Hidden)
	}
	return b.String()
}

func levelColour(s rules.Severity) string {
	switch s {
	case rules.Error:
		return Red
	case rules.Warning:
		return Yellow
	}
	return Cyan
}

// lintPretty writes every finding with excerpts of the source.
func lintPretty(out io.Writer, s Style, r *LintRun) error {
	w := bufio.NewWriter(out)
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		if !f.Counts() && !r.Verbose {
			continue
		}
		colour := levelColour(f.Severity)
		head := f.Severity.String() + "[" + f.Code + "]"
		if !f.Counts() {
			colour, head = Dim, "ignored "+head
		}
		fmt.Fprintf(w, "%s: %s\n", s.Paint(colour, head), s.Paint(Bold, Clean(f.Message)))
		excerpts(w, s, f, colour)
		if f.Help != "" {
			fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= help:"), Clean(f.Help))
		}
		if f.Fix != nil && f.Counts() {
			fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= fix:"), Clean(f.Fix.Message))
		}
		if !f.Counts() {
			fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= ignored:"), Clean(suppressionText(f.Suppression)))
		}
		fmt.Fprintln(w)
	}
	if !r.Quiet {
		fmt.Fprintln(w, r.summary(s))
	}
	return w.Flush()
}

func suppressionText(s *lint.Suppression) string {
	text := map[lint.SuppressionKind]string{lint.ByComment: "by a comment", lint.ByConfig: "by the configuration",
		lint.ByBaseline: "listed in the baseline", lint.ByBase: "there before the change"}[s.Kind]
	if s.Span.Known() {
		text += " (" + s.Span.String() + ")"
	}
	if s.Reason != "" {
		text += ": " + s.Reason
	}
	return text
}

// lintCompact writes one line for each finding.
func lintCompact(out io.Writer, s Style, r *LintRun) error {
	w := bufio.NewWriter(out)
	for f := range r.counting {
		fmt.Fprintf(w, "%s: %s: %s [%s]\n", Clean(f.Span.String()), s.Paint(levelColour(f.Severity), f.Severity.String()), Clean(f.Message), f.Code)
	}
	if !r.Quiet {
		fmt.Fprintln(w, r.summary(s))
	}
	return w.Flush()
}

// lintGitHub writes workflow commands, which GitHub shows beside the lines.
func lintGitHub(out io.Writer, r *LintRun) error {
	w := bufio.NewWriter(out)
	for f := range r.counting {
		level := f.Severity.String()
		if f.Severity == rules.Info {
			level = "notice"
		}
		annotation(w, level, f.Span, f.Code, helped(f.Message, f.Help))
	}
	if !r.Quiet {
		fmt.Fprintln(w, r.summary(Style{}))
	}
	return w.Flush()
}
