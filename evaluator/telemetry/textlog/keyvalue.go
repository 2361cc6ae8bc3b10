package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Lines of key=value pairs between blanks, with values in double quotes where
// they hold blanks: FortiGate and other firewalls, logfmt.

func newKeyValue(*Options) parser { return single{claimsKeyValue, readKeyValue} }

// claimsKeyValue wants two pairs, and nothing but pairs.
func claimsKeyValue(line string) bool {
	if len(line) < 7 || !isLetter(line[0]) && line[0] != '_' && line[0] != '@' || strings.IndexByte(line[:min(len(line), 64)], '=') < 0 {
		return false
	}
	var p pairs
	n := 0
	for rest := line; rest != ""; n++ {
		name, _, behind := p.cut(rest)
		if name == "" {
			return false
		}
		rest = behind
	}
	return n >= 2
}

// readKeyValue keeps in message what is no pair.
func readKeyValue(line string) ([]evaluator.Member, error) {
	members := make([]evaluator.Member, 0, 4+strings.Count(line, "="))
	var p pairs
	var words strings.Builder
	for rest := strings.TrimLeft(line, " \t"); rest != ""; {
		name, value, behind := p.cut(rest)
		if name != "" {
			members, rest = append(members, text(name, value)), behind
			continue
		}
		word, behind := cutWord(rest)
		if words.Len() > 0 {
			words.WriteByte(' ')
		}
		words.WriteString(word)
		rest = behind
	}
	if len(members) == 0 {
		return nil, errors.New("line has no key=value pair")
	}
	if words.Len() > 0 {
		members = append(members, text("message", words.String()))
	}
	return members, nil
}

// pairs reads the pairs of one line.
type pairs struct {
	unclosed bool // a quote was found open up to the end of the line: so are all behind it
}

// cut reads the pair that s starts with, and the blanks behind it. The name is
// empty if s starts with none.
func (p *pairs) cut(s string) (name, value, rest string) {
	i := 0
	for i < len(s) && (isKeyByte(s[i]) || s[i] == '@' || s[i] == '/' || s[i] == ':') {
		i++
	}
	if i == 0 || i == len(s) || s[i] != '=' {
		return "", "", s
	}
	name, s = s[:i], s[i+1:]
	if strings.HasPrefix(s, `"`) && !p.unclosed {
		value, behind, ok := cutQuoted(s, unescapeQuoted)
		if ok {
			return name, value, strings.TrimLeft(behind, " \t")
		}
		p.unclosed = true
	}
	value, rest = cutWord(s)
	return name, value, rest
}

// cutQuoted reads a string in double quotes with backslash escapes. It must
// end the line or be followed by a blank, a comma or a semicolon.
func cutQuoted(s string, unescape func(string) string) (value, rest string, ok bool) {
	escaped := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			rest = s[i+1:]
			if rest != "" && rest[0] != ' ' && rest[0] != '\t' && rest[0] != ',' && rest[0] != ';' {
				continue
			}
			if value = s[1:i]; escaped {
				value = unescape(value)
			}
			return value, strings.TrimLeft(rest, ",;"), true
		}
	}
	return "", s, false
}

// unescapeQuoted resolves \" and \\ only: other backslashes are mostly those
// of Windows paths that the device did not escape.
func unescapeQuoted(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
