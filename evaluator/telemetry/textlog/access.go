package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Access logs in the common and the combined format, as Apache, nginx and
// others write them, with or without the virtual host in front:
//
//	[VHOST[:PORT]] CLIENT IDENT USER [TIME] "REQUEST" STATUS BYTES ["REFERER" "AGENT" …]
//
// Fields have the names that W3C extended logs and Sigma rules use. The client
// sends what stands in the quotes, so the request need not have three parts.

func newAccess(*Options) parser { return single{claimsAccess, readAccess} }

func claimsAccess(line string) bool {
	_, ok := cutAccess(line)
	return ok
}

// accessLine is a line that is cut at its brackets and quotes.
type accessLine struct {
	front, time, request, rest string
}

// cutAccess finds [TIME] "REQUEST" STATUS. The first bracket that a time
// follows counts: a user name can have brackets in it.
func cutAccess(line string) (a accessLine, ok bool) {
	for from := 0; ; {
		i := strings.IndexByte(line[from:], '[')
		if i < 0 {
			return a, false
		}
		at := from + i
		if n := accessTime(line[at+1:]); n > 0 && strings.HasPrefix(line[at+1+n:], `] "`) {
			a.front, a.time = strings.TrimRight(line[:at], " "), line[at+1:at+1+n]
			a.request, a.rest, ok = cutRequest(line[at+1+n+2:])
			return a, ok && strings.IndexByte(a.front, ' ') > 0
		}
		from = at + 1
	}
}

// accessTime returns the length of "10/Oct/2000:13:55:36 -0700".
func accessTime(s string) int {
	const form = "00/Aaa/0000:00:00:00 +0000"
	if len(s) < len(form) {
		return 0
	}
	for i := range len(form) {
		switch c := form[i]; {
		case c == '0' && isDigit(s[i]), c|0x20 == 'a' && isLetter(s[i]), c == '+' && (s[i] == '+' || s[i] == '-'), c == s[i]:
		default:
			return 0
		}
	}
	return len(form)
}

// cutRequest reads a quoted request that a status follows. Old servers do not
// escape quotes in it, so only a quote in front of a status ends it.
func cutRequest(s string) (request, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if rest = s[i+1:]; startsWithStatus(rest) {
				return s[1:i], rest[1:], true
			}
		}
	}
	return "", "", false
}

func startsWithStatus(s string) bool {
	if strings.HasPrefix(s, " - ") {
		return true
	}
	return len(s) >= 4 && s[0] == ' ' && digits(s[1:]) == 3 && (len(s) == 4 || s[4] == ' ')
}

func readAccess(line string) ([]evaluator.Member, error) {
	a, ok := cutAccess(line)
	if !ok {
		return nil, errors.New(`no access log: found no [TIME] "REQUEST" STATUS`)
	}
	members := make([]evaluator.Member, 0, 16)
	members = appendAccessFront(members, a.front)
	members = appendText(members, "timestamp", a.time)
	members = appendRequest(members, unescapeAccess(a.request))
	status, rest := cutWord(a.rest)
	bytes, rest := cutWord(rest)
	members = appendNumber(members, "sc-status", status)
	members = appendNumber(members, "sc-bytes", bytes)
	for _, name := range [...]string{"cs-referer", "cs-user-agent"} {
		if !strings.HasPrefix(rest, `"`) {
			break
		}
		value, behind, ok := cutQuoted(rest, unescapeAccess)
		if !ok {
			value, behind = rest[1:], ""
		}
		members, rest = appendText(members, name, value), strings.TrimLeft(behind, " ")
	}
	return appendText(members, "more", rest), nil
}

// appendAccessFront reads [VHOST[:PORT]] CLIENT IDENT USER; the user may have
// blanks in its name.
func appendAccessFront(members []evaluator.Member, front string) []evaluator.Member {
	words := strings.SplitN(front, " ", 3)
	if len(words) == 3 {
		if rest := strings.SplitN(words[2], " ", 2); len(rest) == 2 && isAddress(words[1]) && !isAddress(words[0]) {
			members = append(members, text("cs-host", words[0]))
			words = []string{words[1], rest[0], rest[1]}
		}
	}
	for i, name := range [...]string{"c-ip", "ident", "cs-username"} {
		if i < len(words) {
			members = appendText(members, name, words[i])
		}
	}
	return members
}

// pathOf cuts scheme and host off a target that a proxy is asked for.
func pathOf(target string) string {
	_, rest, absolute := strings.Cut(target, "://")
	if !absolute || strings.HasPrefix(target, "/") {
		return target
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// isAddress reports whether a word looks like an IP address.
func isAddress(word string) bool {
	dots, colons := strings.Count(word, "."), strings.Count(word, ":")
	if colons >= 2 {
		return strings.Trim(word, "0123456789abcdefABCDEF:.%") == ""
	}
	return dots == 3 && strings.Trim(word, "0123456789.") == ""
}

// appendRequest reads "METHOD TARGET PROTOCOL". Anything else is kept as c-uri,
// where rules look for what scanners send.
func appendRequest(members []evaluator.Member, request string) []evaluator.Member {
	method, target, ok := strings.Cut(request, " ")
	if !ok || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_") != "" {
		return appendText(members, "c-uri", request)
	}
	members = append(members, text("cs-method", method))
	if i := strings.LastIndexByte(target, ' '); i >= 0 && strings.IndexByte(target[i:], '/') > 0 {
		members = append(members, text("cs-version", target[i+1:]))
		target = target[:i]
	}
	return appendTarget(members, target)
}

// appendTarget adds the target of a request as a whole and its parts.
func appendTarget(members []evaluator.Member, target string) []evaluator.Member {
	members = appendText(members, "c-uri", target)
	stem, query, _ := strings.Cut(target, "?")
	members = appendText(members, "cs-uri-stem", pathOf(stem))
	return appendText(members, "cs-uri-query", query)
}
