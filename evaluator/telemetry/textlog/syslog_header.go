package textlog

import (
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// header is what syslog says about a message. Texts are empty if it says nothing.
//
// It is read by hand, not by a grammar: RFC 3164 describes what was found in
// the wild, and the wild has tags with any character, no hosts, no PRI, five
// kinds of times and control characters in the text. A parser of the RFC
// refuses such lines or ends the text early; this one loses nothing.
type header struct {
	priority   int // -1 without PRI
	timestamp  string
	host       string
	program    string
	pid        string
	msgid      string
	structured evaluator.Value
	device     device
	message    string
}

// readHeader reads the header of a line. False means that the line is no syslog.
func readHeader(line string) (header, bool) {
	h := header{priority: -1}
	rest := line
	if n, behind, ok := cutPriority(line); ok {
		h.priority, rest = n, behind
		if h.read5424(rest) {
			return h, true
		}
	}
	if h.readDevice(rest) {
		return h, true
	}
	return h, h.read3164(rest)
}

// cutPriority reads <PRI>: the facility times eight plus the severity.
func cutPriority(line string) (n int, rest string, ok bool) {
	if len(line) < 3 || line[0] != '<' {
		return 0, line, false
	}
	d := digits(line[1:min(5, len(line))])
	if d == 0 || d > 3 || 1+d >= len(line) || line[1+d] != '>' {
		return 0, line, false
	}
	n, _ = strconv.Atoi(line[1 : 1+d])
	return n, line[d+2:], n < 24*8
}

// read3164 reads TIMESTAMP HOST TAG: MESSAGE, of which any part may be missing
// if there was a PRI. Without one, the time must be there, and a time that other
// logs start with too must be followed by a host and a tag.
func (h *header) read3164(s string) bool {
	s = strings.TrimLeft(s, " ")
	n := stamp(s)
	if n == 0 && h.priority < 0 || n > 0 && n < len(s) && s[n] != ' ' && s[n] != ':' {
		return false
	}
	h.timestamp = s[:n]
	rest := strings.TrimLeft(s[n:], ": ")
	if n > 0 {
		rest = h.cutHost(rest)
	}
	tagged := h.cutTag(rest)
	if h.priority >= 0 || n == 0 || !isDigit(s[0]) {
		return true
	}
	return tagged && h.host != "" && strings.IndexByte(h.timestamp, 'T') > 0 && !isLevel(h.host)
}

// cutHost reads the host, unless the next word is a tag already.
func (h *header) cutHost(s string) (rest string) {
	word, rest := cutWord(s)
	if word == "" || isTag(word) || rest == "" {
		return s
	}
	h.host = word
	return strings.TrimLeft(rest, " ")
}

// isTag reports whether a word is a tag or the start of a message.
func isTag(word string) bool {
	last := word[len(word)-1]
	return last == ':' && strings.Count(word, ":") == 1 || last == ']' && strings.IndexByte(word, '[') > 0 ||
		strings.HasPrefix(word, "CEF:") || strings.HasPrefix(word, "LEEF:") || word[0] == '{' || strings.IndexByte(word, '=') > 0
}

// cutTag reads "program[pid]: " and leaves the rest as message; false means
// that s starts with no tag.
func (h *header) cutTag(s string) bool {
	h.message = s
	if strings.HasPrefix(s, "CEF:") || strings.HasPrefix(s, "LEEF:") || strings.HasPrefix(s, "@cee:") {
		return false
	}
	const longest = 128
	n := 0
	for n < len(s) && n < longest && isTagByte(s[n]) {
		n++
	}
	if n == 0 || n == len(s) || n == longest {
		return false
	}
	program, pid := s[:n], ""
	if s[n] == '[' {
		end := strings.IndexByte(s[n:min(len(s), n+32)], ']')
		if end < 0 {
			return false
		}
		pid = s[n+1 : n+end]
		n += end + 1
	}
	switch {
	case n < len(s) && s[n] == ':' && (pid != "" || n+1 == len(s) || s[n+1] == ' ' || isLetter(s[n+1]) || s[n+1] == '{' || s[n+1] == '<'):
		n++
	case pid != "" && (n == len(s) || s[n] == ' '):
	default:
		return false
	}
	h.program, h.pid, h.message = program, pid, strings.TrimLeft(s[n:], " ")
	return true
}

func isTagByte(c byte) bool {
	return c > ' ' && c != ':' && c != '[' && c != '=' && c != '"' && c != '{' && c != ','
}

// isLevel knows the words that stand where syslog has the host in the logs of
// applications.
func isLevel(word string) bool {
	switch strings.ToUpper(strings.Trim(word, "[]")) {
	case "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "CRITICAL", "CRIT", "FATAL", "SEVERE", "PANIC":
		return true
	}
	return false
}
