package reference

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pattern is a Sigma string: characters and wildcards.
type pattern []token

// token is one element of a pattern. Char belongs to a char token.
type token struct {
	kind kind
	char rune
}

type kind uint8

const (
	char kind = iota
	run       // *: any characters, newlines too (D12), or none
	one       // ?: exactly one character
	dash      // any of the characters that windash treats alike
)

// parsePattern reads a Sigma string. A backslash takes away the meaning of a
// wildcard or a backslash behind it; before anything else it is a character.
func parsePattern(s string) pattern {
	var p pattern
	chars := characters(s)
	for i := 0; i < len(chars); i++ {
		switch c := chars[i]; {
		case c == '*':
			p = append(p, token{kind: run})
		case c == '?':
			p = append(p, token{kind: one})
		case c == '\\' && i+1 < len(chars) && (chars[i+1] == '*' || chars[i+1] == '?' || chars[i+1] == '\\'):
			i++
			p = append(p, token{char, chars[i]})
		default:
			p = append(p, token{char, c})
		}
	}
	return p
}

// literal returns the pattern that is s itself, without wildcards.
func literal(s string) pattern {
	var p pattern
	for _, c := range characters(s) {
		p = append(p, token{char, c})
	}
	return p
}

// match reports whether the pattern matches the whole of text. It keeps the
// set of places in the text that the tokens so far can have reached.
func (p pattern) match(text string, cased bool) bool {
	chars := characters(text)
	reached := []int{0}
	for _, t := range p {
		if len(reached) == 0 {
			return false
		}
		if t.kind == run {
			reached = from(reached[0], len(chars))
			continue
		}
		var next []int
		for _, at := range reached {
			if at < len(chars) && t.matches(chars[at], cased) {
				next = append(next, at+1)
			}
		}
		reached = next
	}
	return len(reached) > 0 && reached[len(reached)-1] == len(chars)
}

// from returns the places first to last.
func from(first, last int) []int {
	var all []int
	for at := first; at <= last; at++ {
		all = append(all, at)
	}
	return all
}

// matches compares a token other than run with one character.
func (t token) matches(c rune, cased bool) bool {
	switch t.kind {
	case one:
		return true
	case dash:
		return isDash(c)
	}
	return t.char == c || !cased && foldEqual(t.char, c)
}

// foldEqual reports whether a and b are the same under Unicode simple folding (D13).
func foldEqual(a, b rune) bool {
	for c := unicode.SimpleFold(a); c != a; c = unicode.SimpleFold(c) {
		if c == b {
			return true
		}
	}
	return false
}

// invalid is added to a byte that is not part of valid UTF-8, so that it equals
// only itself.
const invalid = unicode.MaxRune + 1

// characters splits a string into code points and invalid bytes.
func characters(s string) []rune {
	out := make([]rune, 0, len(s))
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && size == 1 {
			c = invalid + rune(s[0])
		}
		out = append(out, c)
		s = s[size:]
	}
	return out
}

// plainText returns the string that the pattern is, if it is only one.
func (p pattern) plainText() (string, error) {
	var b []byte
	for _, t := range p {
		switch {
		case t.kind != char:
			return "", errors.New("wildcards cannot be used here")
		case t.char >= invalid:
			b = append(b, byte(t.char-invalid))
		default:
			b = utf8.AppendRune(b, t.char)
		}
	}
	return string(b), nil
}

// expression returns a regular expression for the same texts.
func (p pattern) expression() string {
	var b strings.Builder
	for _, t := range p {
		switch t.kind {
		case run:
			b.WriteString(`(?s:.*)`)
		case one:
			b.WriteString(`(?s:.)`)
		default:
			b.WriteString(regexp.QuoteMeta(string(t.char)))
		}
	}
	return b.String()
}
