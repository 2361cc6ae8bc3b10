package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Error logs of Apache:
//
//	[Wed Oct 11 14:32:52.123456 2000] [module:level] [pid 1:tid 2] [client 1.2.3.4:80] MESSAGE
//
// and of nginx:
//
//	2023/10/11 14:32:52 [error] 12#34: *56 MESSAGE, client: 1.2.3.4, server: NAME, request: "…"

func newApacheError(*Options) parser { return single{claimsApacheError, readApacheError} }

// claimsApacheError wants a day of the week and a month in brackets.
func claimsApacheError(line string) bool {
	return len(line) > 12 && line[0] == '[' && isLetter(line[1]) && isLetter(line[3]) && line[4] == ' ' && isMonth(line[5:8]) &&
		line[8] == ' ' && strings.IndexByte(line[:min(len(line), 48)], ']') > 0
}

func readApacheError(line string) ([]evaluator.Member, error) {
	time, rest, ok := cutBrackets(line)
	if !ok {
		return nil, errors.New("no error log of Apache: found no [TIME]")
	}
	members := []evaluator.Member{text("timestamp", time), text(dataset, "apache.error")}
	for {
		part, behind, ok := cutBrackets(rest)
		if !ok {
			break
		}
		name, value, named := strings.Cut(part, " ")
		switch {
		case named && (name == "pid" || name == "client" || name == "remote"):
			members = appendPid(members, name, value)
		case !named && isErrorLevel(part):
			module, level, ok := strings.Cut(part, ":")
			if !ok {
				module, level = "", part
			}
			members = appendText(appendText(members, "module", module), "level", level)
		default:
			return append(members, text("message", rest)), nil
		}
		rest = behind
	}
	return append(members, text("message", rest)), nil
}

// appendPid adds a named part; a pid may have its thread behind it: 712:tid 140.
func appendPid(members []evaluator.Member, name, value string) []evaluator.Member {
	if pid, tid, ok := strings.Cut(value, ":tid "); ok && name == "pid" {
		return append(members, text("pid", pid), text("tid", tid))
	}
	return appendText(members, name, value)
}

// isErrorLevel reports whether text is "level" or "module:level".
func isErrorLevel(s string) bool {
	level := s[strings.LastIndexByte(s, ':')+1:]
	switch strings.TrimRight(level, "12345678") {
	case "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug", "trace":
		return true
	}
	return false
}

// cutBrackets reads "[TEXT] ".
func cutBrackets(s string) (inner, rest string, ok bool) {
	if !strings.HasPrefix(s, "[") {
		return "", s, false
	}
	inner, rest, ok = strings.Cut(s[1:], "]")
	return inner, strings.TrimLeft(rest, " "), ok
}

func newNginxError(*Options) parser { return single{claimsNginxError, readNginxError} }

const nginxTime = "2023/10/11 14:32:52"

func claimsNginxError(line string) bool {
	return len(line) > len(nginxTime)+2 && isDigit(line[0]) && line[4] == '/' && line[7] == '/' && line[10] == ' ' && line[13] == ':' &&
		line[16] == ':' && line[len(nginxTime):len(nginxTime)+2] == " ["
}

func readNginxError(line string) ([]evaluator.Member, error) {
	if !claimsNginxError(line) {
		return nil, errors.New("no error log of nginx: found no time and [level]")
	}
	level, rest, ok := cutBrackets(line[len(nginxTime)+1:])
	if !ok {
		return nil, errors.New("no error log of nginx: the level has no closing bracket; the line is truncated")
	}
	members := []evaluator.Member{text("timestamp", line[:len(nginxTime)]), text(dataset, "nginx.error"), text("level", level)}
	if process, behind, ok := strings.Cut(rest, ": "); ok && strings.Trim(process, "0123456789#") == "" {
		members, rest = append(members, text("pid", process)), behind
	}
	if connection, behind := cutWord(rest); strings.HasPrefix(connection, "*") {
		members, rest = append(members, text("connection", connection[1:])), behind
	}
	members = append(members, text("message", rest))
	return appendContext(members, rest), nil
}

// appendContext reads the pairs at the end of a message of nginx.
func appendContext(members []evaluator.Member, message string) []evaluator.Member {
	i := strings.Index(message, ", client: ")
	if i < 0 {
		return members
	}
	for part := range strings.SplitSeq(message[i+2:], ", ") {
		name, value, ok := strings.Cut(part, ": ")
		if ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == "" {
			members = appendText(members, name, strings.Trim(value, `"`))
		}
	}
	return members
}
