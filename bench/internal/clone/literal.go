package clone

import (
	"regexp/syntax"
	"strings"
)

// literal changes the character in the middle of the longest run of letters and
// digits, if there is a letter anywhere: a number or an address that stands in
// quotes is not what a rule looks for among others.
func literal(text string, n int) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r < 0x80 && isLetter(byte(r)) }) {
		return text
	}
	begin, end := longestRun(text)
	out := []byte(text)
	out[(begin+end)/2] = turned(out[(begin+end)/2], n)
	return string(out)
}

// regex changes the longest literal in an expression.
func regex(text string, n int) string {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return text
	}
	var longest *syntax.Regexp
	var walk func(*syntax.Regexp)
	walk = func(e *syntax.Regexp) {
		if e.Op == syntax.OpLiteral && (longest == nil || len(e.Rune) > len(longest.Rune)) {
			longest = e
		}
		for _, sub := range e.Sub {
			walk(sub)
		}
	}
	walk(tree)
	if longest == nil {
		return text
	}
	longest.Rune = []rune(literal(string(longest.Rune), n))
	return tree.String()
}

// longestRun returns where the longest run of letters and digits stands.
func longestRun(text string) (begin, end int) {
	from := 0
	for i := range len(text) {
		switch {
		case !isLetter(text[i]) && !isDigit(text[i]):
			from = i + 1
		case i+1-from > end-begin:
			begin, end = from, i+1
		}
	}
	return begin, end
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// turned returns the n-th letter or digit behind c, around the end.
func turned(c byte, n int) byte {
	first, size := byte('0'), byte(10)
	if isLetter(c) {
		first, size = c&0x20|'A', 26
	}
	return first + (c-first+byte(n))%size
}
