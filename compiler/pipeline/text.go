package pipeline

import (
	"regexp"
	"slices"
	"strings"
)

// text is a Sigma string in its parts. Neighbouring literals are joined.
type text []part

type partKind uint8

const (
	literal     partKind = iota
	anyRun               // *
	anyOne               // ?
	placeholder          // %text%, under the modifier expand
)

type part struct {
	kind partKind
	text string // of a literal, and the name of a placeholder
}

// parseText reads a Sigma string: * and ? are wildcards, a backslash before a
// wildcard or a backslash escapes it, any other stands for itself.
func parseText(s string) text {
	var t text
	var lit strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`\*?`, s[i+1]) >= 0:
			i++
			lit.WriteByte(s[i])
		case c == '*' || c == '?':
			t.push(part{literal, lit.String()})
			lit.Reset()
			kind := anyRun
			if c == '?' {
				kind = anyOne
			}
			t = append(t, part{kind: kind})
		default:
			lit.WriteByte(c)
		}
	}
	t.push(part{literal, lit.String()})
	return t
}

// push adds a part, which is joined to a literal before it.
func (t *text) push(p part) {
	last := len(*t) - 1
	switch {
	case p.kind == literal && p.text == "":
	case p.kind == literal && last >= 0 && (*t)[last].kind == literal:
		(*t)[last].text += p.text
	default:
		*t = append(*t, p)
	}
}

// literalText returns a text without wildcards.
func literalText(s string) text {
	var t text
	t.push(part{literal, s})
	return t
}

// plain is how pySigma writes a string for comparison and replacement:
// wildcards within literals are escaped, backslashes are not.
func (t text) plain() string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.plain())
	}
	return b.String()
}

var escapeWildcards = strings.NewReplacer("*", `\*`, "?", `\?`)

func (p part) plain() string {
	switch p.kind {
	case anyRun:
		return "*"
	case anyOne:
		return "?"
	case placeholder:
		return "%" + p.text + "%"
	}
	return escapeWildcards.Replace(p.text)
}

// parsePlain reads what plain wrote, after a replacement in it: a backslash is
// literal unless it stands before a wildcard.
func parsePlain(s string) text {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '\\' && (i+1 == len(s) || s[i+1] != '*' && s[i+1] != '?') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return parseText(b.String())
}

// source writes t such that parseText reads the same again. With expand it is
// written for a value under the modifier of that name, where % is special.
func (t text) source(expand bool) string {
	var b strings.Builder
	for i, p := range t {
		if p.kind != literal {
			b.WriteString(p.plain())
			continue
		}
		for j := range len(p.text) {
			switch c := p.text[j]; {
			case c == '*' || c == '?' || c == '%' && expand, c == '\\' && t.escapeBehind(i, j+1, expand):
				b.WriteByte('\\')
			}
			b.WriteByte(p.text[j])
		}
	}
	return b.String()
}

// escapeBehind reports whether what is written for the offset j of part i
// begins with something that a backslash before it would escape.
func (t text) escapeBehind(i, j int, expand bool) bool {
	if j < len(t[i].text) {
		c := t[i].text[j]
		return c == '\\' || c == '*' || c == '?' || c == '%' && expand
	}
	return i+1 < len(t)
}

var placeholderPattern = regexp.MustCompile(`%[^%]+%`)

// withPlaceholders turns %name% in literals into placeholders; \% is a percent
// sign.
func (t text) withPlaceholders() text {
	var out text
	for _, p := range t {
		if p.kind != literal {
			out = append(out, p)
			continue
		}
		at := 0
		for at < len(p.text) {
			m := placeholderPattern.FindStringIndex(p.text[at:])
			if m == nil {
				break
			}
			from, to := at+m[0], at+m[1]
			if from > 0 && p.text[from-1] == '\\' { // not a placeholder: go on behind the sign
				out.push(part{literal, unescapePercent(p.text[at : from+1])})
				at = from + 1
				continue
			}
			out.push(part{literal, unescapePercent(p.text[at:from])})
			out = append(out, part{placeholder, p.text[from+1 : to-1]})
			at = to
		}
		out.push(part{literal, unescapePercent(p.text[at:])})
	}
	return out
}

func unescapePercent(s string) string { return strings.ReplaceAll(s, `\%`, "%") }

func (t text) has(kind partKind) bool {
	return slices.ContainsFunc(t, func(p part) bool { return p.kind == kind })
}

func (t text) wildcards() bool { return t.has(anyRun) || t.has(anyOne) }

// anchored returns t with a * before or behind it unless there is one.
func (t text) anchored(before, behind bool) text {
	out := t
	if before && (len(out) == 0 || out[0].kind != anyRun) {
		out = append(text{{kind: anyRun}}, out...)
	}
	if behind && (len(out) == 0 || out[len(out)-1].kind != anyRun) {
		out = append(out[:len(out):len(out)], part{kind: anyRun})
	}
	return out
}

// equal reports whether two strings are the same, by letter case too.
func (t text) equal(u text) bool { return slices.Equal(t, u) }

// mapLiterals returns t with a function applied to its literals.
func (t text) mapLiterals(f func(string) string) text {
	var out text
	for _, p := range t {
		if p.kind == literal {
			p.text = f(p.text)
		}
		out.push(p)
	}
	return out
}
