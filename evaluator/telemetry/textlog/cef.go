package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// CEF: seven header fields between bars, then key=value pairs in which only
// the next key ends a value.
// https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf

func newCEF(*Options) parser { return single{claimsCEF, readCEF} }

func claimsCEF(line string) bool {
	version, ok := strings.CutPrefix(line, "CEF:")
	version = strings.TrimLeft(version, " ")
	n := digits(version)
	return ok && n > 0 && n < len(version) && (version[n] == '|' || version[n] == '.')
}

var cefHeader = [...]string{"cefVersion", "deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity"}

func readCEF(line string) ([]evaluator.Member, error) {
	rest, ok := strings.CutPrefix(line, "CEF:")
	if !ok {
		return nil, errors.New(`line does not start with "CEF:"`)
	}
	members := make([]evaluator.Member, 0, 8+strings.Count(rest, "="))
	for i, name := range cefHeader {
		end := unescapedBar(rest)
		if end < 0 && i < len(cefHeader)-1 {
			return nil, errors.New("CEF header ends before its seventh field; the line is truncated")
		}
		if end < 0 {
			end = len(rest)
		}
		members = append(members, text(name, unescapeCEF(strings.TrimSpace(rest[:end]))))
		rest = rest[min(end+1, len(rest)):]
	}
	return withLabels(appendExtension(members, rest)), nil
}

func unescapedBar(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '|':
			return i
		}
	}
	return -1
}

// appendExtension reads the pairs. An equals sign that no key stands before
// belongs to the value, as it often does in URLs, although the standard wants
// it escaped. Text before the first key is kept as message.
func appendExtension(members []evaluator.Member, s string) []evaluator.Member {
	at, name := 0, ""
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '=':
			key := lastKey(s[at:i])
			if key == "" {
				continue
			}
			members = appendPair(members, name, s[at:i-len(key)])
			at, name = i+1, key
		}
	}
	return appendPair(members, name, s[min(at, len(s)):])
}

func appendPair(members []evaluator.Member, name, value string) []evaluator.Member {
	value = strings.TrimRight(value, " ")
	switch {
	case name != "":
		return append(members, text(name, unescapeCEF(value)))
	case strings.TrimSpace(value) != "":
		return append(members, text("message", unescapeCEF(strings.TrimSpace(value))))
	}
	return members
}

// lastKey returns the key that s ends with: letters, digits and a few signs,
// with a blank or nothing in front.
func lastKey(s string) string {
	i := len(s)
	for i > 0 && isKeyByte(s[i-1]) {
		i--
	}
	if i == len(s) || i > 0 && s[i-1] != ' ' && s[i-1] != '\t' {
		return ""
	}
	return s[i:]
}

func isKeyByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']'
}

func unescapeCEF(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case '\\', '|', '=':
				i++
				c = s[i]
			case 'n':
				i++
				c = '\n'
			case 'r':
				i++
				c = '\r'
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// maxLabelled is the number of pairs beyond which labels are not resolved.
const maxLabelled = 1000

// withLabels makes the value of cs1 available under the name that cs1Label
// gives it, unless the record has that name already.
func withLabels(members []evaluator.Member) []evaluator.Member {
	if len(members) > maxLabelled {
		return members
	}
	all := evaluator.ObjectValue(members...)
	for _, m := range all.Members() {
		base, ok := strings.CutSuffix(m.Name, "Label")
		if !ok || m.Value.Text() == "" {
			continue
		}
		value, ok := all.Member(base)
		if _, taken := all.Member(m.Value.Text()); ok && !taken {
			members = append(members, evaluator.Member{Name: m.Value.Text(), Value: value})
		}
	}
	return members
}
