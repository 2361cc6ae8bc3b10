package reference

import (
	"slices"
	"strings"
	"unicode"
)

// dashes are the characters that windash treats alike: hyphen, slash, en dash,
// em dash and horizontal bar (D23).
const dashes = "-/\u2013\u2014\u2015"

func isDash(c rune) bool { return strings.ContainsRune(dashes, c) }

// windash lets every dash that starts a word match any dash: there is no word
// character before it and one behind it. A dash within a word stays itself.
func windash(p pattern) pattern {
	out := slices.Clone(p)
	for i, t := range p {
		inner := i > 0 && wordToken(p[i-1])
		leads := i+1 < len(p) && wordToken(p[i+1])
		if t.kind == char && isDash(t.char) && !inner && leads {
			out[i] = token{kind: dash}
		}
	}
	return out
}

// wordToken reports whether a token is a letter, a number or an underscore.
func wordToken(t token) bool {
	return t.kind == char && (unicode.IsLetter(t.char) || unicode.IsNumber(t.char) || t.char == '_')
}

// dashVariants returns p with every dash replaced by each of the five characters.
func dashVariants(p pattern) []pattern {
	for i, t := range p {
		if t.kind != dash {
			continue
		}
		var out []pattern
		for _, c := range dashes {
			variant := slices.Clone(p)
			variant[i] = token{char, c}
			out = append(out, dashVariants(variant)...)
		}
		return out
	}
	return []pattern{p}
}
