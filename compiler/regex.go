package compiler

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Regex is a compiled regular expression of a rule, in RE2 syntax and with the
// meaning that $ has in PCRE: it also matches before a final newline (D27).
// Matching takes time linear in the text.
type Regex struct {
	source string // canonical form, which is what equal expressions share
	re     *regexp.Regexp
}

// Find reports whether the expression matches anywhere in text.
func (r *Regex) Find(text string) bool { return r.re.MatchString(text) }

// String returns the expression with its flags inside.
func (r *Regex) String() string { return r.source }

// regexError says what is wrong with an expression and which part of it.
type regexError struct {
	part    string // verbatim part of the expression; "" if unknown
	message string
	help    string
}

func (e *regexError) Error() string { return e.message }

// compileRegex compiles an expression with the flags i, m and s.
func compileRegex(expr string, ignoreCase, multiline, dotAll bool) (*Regex, error) {
	flags := syntax.Perl
	if ignoreCase {
		flags |= syntax.FoldCase
	}
	if multiline {
		flags &^= syntax.OneLine
	}
	if dotAll {
		flags |= syntax.DotNL
	}
	tree, err := syntax.Parse(expr, flags)
	if err != nil {
		return nil, explainRegex(expr, err)
	}
	widenDollar(tree)
	source := tree.String()
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, explainRegex(expr, err)
	}
	return &Regex{source, re}, nil
}

// widenDollar turns every $ that is the end of the text into \n?\z.
func widenDollar(re *syntax.Regexp) {
	for _, sub := range re.Sub {
		widenDollar(sub)
	}
	if re.Op != syntax.OpEndText || re.Flags&syntax.WasDollar == 0 {
		return
	}
	newline := &syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune{'\n'}}
	*re = syntax.Regexp{Op: syntax.OpConcat, Sub: []*syntax.Regexp{
		{Op: syntax.OpQuest, Sub: []*syntax.Regexp{newline}},
		{Op: syntax.OpEndText},
	}}
}

// unsupported are constructs of other engines that need backtracking.
var unsupported = []struct{ begin, name string }{
	{"(?<=", "lookbehind"}, {"(?<!", "lookbehind"}, {"(?=", "lookahead"}, {"(?!", "lookahead"},
	{"(?>", "atomic group"}, {"(?(", "conditional group"}, {"(?R", "recursion"}, {"(?|", "branch reset"}, {"(?#", "comment"},
}

func explainRegex(expr string, err error) error {
	var s *syntax.Error
	if !errors.As(err, &s) {
		return &regexError{message: "invalid regular expression: " + err.Error()}
	}
	out := &regexError{part: s.Expr, message: "invalid regular expression: " + s.Code.String() + ": " + s.Expr}
	name := ""
	switch {
	case s.Code == syntax.ErrInvalidPerlOp || s.Code == syntax.ErrInvalidNamedCapture || s.Code == syntax.ErrMissingRepeatArgument:
		for _, u := range unsupported {
			if i := strings.Index(expr, u.begin); i >= 0 && name == "" {
				name, out.part = u.name+" "+u.begin, u.begin
			}
		}
	case s.Code == syntax.ErrInvalidEscape && len(s.Expr) == 2 && s.Expr[1] >= '1' && s.Expr[1] <= '9':
		name = "backreference " + s.Expr
	case s.Code == syntax.ErrInvalidRepeatOp && strings.HasSuffix(s.Expr, "+"):
		name = "possessive quantifier " + s.Expr
	}
	if name != "" {
		out.message = "regular expression uses a " + name + ", which is not supported"
		out.help = "Sigma allows only what every engine can run; rewrite it, for instance as a second selection with not"
	}
	return out
}

// FindAnyCase is like Find but ignores letter case. It compiles the expression
// anew and serves explanations only.
func (r *Regex) FindAnyCase(text string) bool {
	re, err := regexp.Compile("(?i:" + r.source + ")")
	return err == nil && re.MatchString(text)
}
