package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// yamlHelps say what to do about the errors of the YAML parser that people make
// most often, by its messages.
var yamlHelps = map[string]string{
	"found unknown escape character":                               escapeHelp,
	"found invalid Unicode character escape code":                  escapeHelp,
	"did not find expected hexdecimal number":                      escapeHelp,
	"did not find expected alphabetic or numeric character":        "a value that begins with * or & needs quotes",
	"mapping values are not allowed in this context":               "a value that contains a colon and a blank needs quotes; else check the indentation, and the colon of the line before",
	"could not find expected ':'":                                  "a colon and a blank stand behind a key: check this line and the one before",
	"found unexpected end of stream":                               "a quote that opens here is never closed",
	"did not find expected ',' or ']'":                             "a bracket that opens here is never closed; a value that begins with [ needs quotes",
	"did not find expected ',' or '}'":                             "a brace that opens here is never closed; a value that begins with { needs quotes",
	"block sequence entries are not allowed in this context":       "a list begins on a line of its own; a value that begins with a dash and a blank needs quotes",
	tabInIndentation:                                               tabHelp,
	"found a tab character where an indentation space is expected": tabHelp,
}

const (
	escapeHelp  = `in double quotes a backslash begins an escape: use single quotes, or write \\`
	tabHelp     = "YAML does not allow tabs for indentation"
	generalHelp = "check the indentation and the quotes of this line and the one before"
)

// yamlHelp returns what to do about an error of the YAML parser in a line.
func (p *parser) yamlHelp(message string, line int) string {
	text := p.file.Line(line)
	if message == "found character that cannot start any token" {
		if strings.ContainsRune(indentation(text), '\t') {
			return tabHelp
		}
		return "a value that begins with @, % or a backtick needs quotes, and tabs do not indent"
	}
	if isConflictMarker(text) {
		return "a merge was left unfinished: keep one side, and remove the lines that git added"
	}
	if odd, r := p.oddlyIndented(line); odd > 0 {
		return fmt.Sprintf("line %d is indented by the character U+%04X, which only looks like a blank", odd, r)
	}
	if help := yamlHelps[message]; help != "" {
		return help
	}
	return generalHelp
}

func isConflictMarker(line string) bool {
	return slices.ContainsFunc([]string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"}, func(m string) bool {
		return line == m || strings.HasPrefix(line, m+" ")
	})
}

// indentation returns the white space that a line begins with.
func indentation(line string) string {
	return line[:len(line)-len(strings.TrimLeftFunc(line, unicode.IsSpace))]
}

// oddlyIndented returns the last line up to one that begins with white space
// which is none to YAML, such as the no-break space of web pages; 0 if there is
// none.
func (p *parser) oddlyIndented(line int) (int, rune) {
	for ; line > 0; line-- {
		for _, r := range indentation(p.file.Line(line)) {
			if r >= utf8.RuneSelf {
				return line, r
			}
		}
	}
	return 0, 0
}

var (
	quotedText = regexp.MustCompile(`'[^']*'|"(?:[^"\\]|\\.)*"?`)
	anEscape   = regexp.MustCompile(`\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)`)
)

// escapeSpan returns the first escape of a line that YAML does not know.
func (p *parser) escapeSpan(line int, fallback Span) Span {
	text := p.file.Line(line)
	for _, q := range quotedText.FindAllStringIndex(text, -1) {
		if text[q[0]] != '"' {
			continue
		}
		for _, e := range anEscape.FindAllStringIndex(text[q[0]:q[1]], -1) {
			if from, to := q[0]+e[0], q[0]+e[1]; !isEscape(text[from:to]) {
				at := p.file.starts[line-1]
				return p.file.span(at+from, at+to)
			}
		}
	}
	return fallback
}

// isEscape reports whether the YAML parser takes an escape.
func isEscape(text string) bool {
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]
	if digits == 0 {
		return strings.Contains("0abt\tnvfre \"'\\N_LP", text[1:])
	}
	n, err := strconv.ParseUint(text[2:], 16, 32)
	return err == nil && len(text) == 2+digits && utf8.ValidRune(rune(n))
}
