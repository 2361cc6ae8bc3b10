package compiler

import (
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// maxExpansions bounds the cross product of several placeholders in one value.
const maxExpansions = 10_000

// patternForm and regexForm turn the value of a placeholder into text of the
// language that it is inserted into.
func patternForm(value string) string { return ParsePattern(value).String() }

func regexForm(value string) string {
	var b strings.Builder
	for _, pt := range ParsePattern(value).parts {
		switch pt.Kind {
		case StarPart:
			b.WriteString("(?s:.*)")
		case QuestionPart:
			b.WriteString("(?s:.)")
		default:
			b.WriteString(regexp.QuoteMeta(pt.Text))
		}
	}
	return b.String()
}

// expanded returns the texts that a value stands for: itself without the
// modifier expand, else one for every combination of the values of its
// placeholders. A placeholder without values rejects the rule (D56).
func (l *lowerer) expanded(c *chain, v *rules.Scalar, form func(string) string) []string {
	if !c.expand {
		return []string{v.Text}
	}
	out := []string{""}
	rest, at := v.Text, 0
	for rest != "" {
		literal, name, n := nextPlaceholder(rest)
		for i := range out {
			out[i] += literal
		}
		if name != "" {
			values, known := l.options.Placeholders[name]
			if !known || len(values) == 0 {
				l.errorf("ref/placeholder-undefined", v.At(at+n-len(name)-2, at+n), "placeholder %"+name+"% has no value",
					"list its values under placeholders: in .socctl.yml")
				return nil
			}
			if out = cross(out, values, form); len(out) > maxExpansions {
				l.errorf("schema/limit", v.Span, "placeholders expand to too many values", "split the value")
				return nil
			}
		}
		rest, at = rest[n:], at+n
	}
	return out
}

// untold leaves out what a pipeline has told of placeholders. It takes no part in
// what is rejected.
func untold(diags rules.Diagnostics, set *rules.Set) rules.Diagnostics {
	return slices.DeleteFunc(diags, func(d rules.Diagnostic) bool {
		return d.Code == "ref/placeholder-undefined" && set.Placeholders[d.Span]
	})
}

func cross(prefixes, values []string, form func(string) string) []string {
	if len(prefixes)*len(values) > maxExpansions {
		return make([]string, maxExpansions+1)
	}
	out := make([]string, 0, len(prefixes)*len(values))
	for _, p := range prefixes {
		for _, v := range values {
			out = append(out, p+form(v))
		}
	}
	return out
}

// nextPlaceholder splits off the text up to and the name of the first
// placeholder; n is how many bytes of s both took. \% is a literal percent sign.
func nextPlaceholder(s string) (literal, name string, n int) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '%':
			i++
			b.WriteByte('%')
		case s[i] == '\\' && i+1 < len(s):
			b.WriteString(s[i : i+2])
			i++
		case s[i] == '%':
			if end := strings.IndexByte(s[i+1:], '%'); end > 0 {
				return b.String(), s[i+1 : i+1+end], i + end + 2
			}
			b.WriteByte('%')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), "", len(s)
}
