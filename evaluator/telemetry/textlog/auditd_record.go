package textlog

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/evaluator"
)

// auditHeader is what stands in front of the fields of a record.
type auditHeader struct {
	node, kind    string
	timestamp, id string
	fields        string
}

// cutAuditHeader reads
//
//	node=NAME type=NAME msg=audit(TIME:SERIAL): FIELDS
//
// with or without a node, and the form of the kernel's own log,
// "audit: type=NUMBER audit(TIME:SERIAL): FIELDS".
func cutAuditHeader(line string) (h auditHeader, ok bool) {
	line = strings.TrimPrefix(strings.TrimLeft(line, " "), "audit: ")
	if rest, named := strings.CutPrefix(line, "node="); named {
		h.node, line = cutWord(rest)
	}
	rest, ok := strings.CutPrefix(line, "type=")
	if !ok {
		return h, false
	}
	h.kind, rest = cutWord(rest)
	rest, ok = strings.CutPrefix(strings.TrimPrefix(rest, "msg="), "audit(")
	if !ok {
		return h, false
	}
	h.id, h.fields, ok = strings.Cut(rest, "):")
	if !ok || len(h.id) > 64 || strings.ContainsAny(h.id, " \t") {
		return h, false
	}
	h.fields = strings.TrimLeft(h.fields, " ")
	h.timestamp, _, ok = strings.Cut(h.id, ":")
	if name := auditTypes[h.kind]; name != "" {
		h.kind = name
	}
	return h, ok && h.kind != ""
}

// parseAuditFields reads key=value pairs. A value is bare, or in double quotes,
// or in single quotes with pairs of its own in it. Behind a group separator
// stands what the daemon has resolved, under upper-case names.
func parseAuditFields(kind, fields string) []evaluator.Member {
	var members []evaluator.Member
	arguments := map[string]*strings.Builder{}
	for _, f := range auditPairs(fields, nil) {
		name, value := f.name, f.value
		if !f.quoted && isEncoded(kind, name) {
			value = decodeAuditHex(value, kind == "PROCTITLE" || name == "cmd")
		}
		if open := strings.IndexByte(name, '['); kind == "EXECVE" && open > 0 {
			if arguments[name[:open]] == nil {
				arguments[name[:open]] = &strings.Builder{}
				members = append(members, text(name[:open], ""))
			}
			arguments[name[:open]].WriteString(value)
			continue
		}
		if !f.quoted && (value == "(null)" || value == "?") {
			continue // the kernel and the daemon say so of what is not there
		}
		members = append(members, evaluator.Member{Name: name, Value: auditValue(name, value)})
	}
	for i, m := range members {
		if parts := arguments[m.Name]; parts != nil {
			members[i] = text(m.Name, parts.String())
		}
	}
	if kind == "SYSCALL" {
		members = nameSyscall(members)
	}
	return members
}

// auditValue splits the keys of a rule, which a control character separates.
func auditValue(name, value string) evaluator.Value {
	if name != "key" || !strings.Contains(value, "\x01") {
		return evaluator.StringValue(value)
	}
	var keys []evaluator.Value
	for key := range strings.SplitSeq(value, "\x01") {
		keys = append(keys, evaluator.StringValue(key))
	}
	return evaluator.ListValue(keys...)
}

type auditPair struct {
	name, value string
	quoted      bool
}

func auditPairs(s string, pairs []auditPair) []auditPair {
	for {
		s = strings.TrimLeft(s, " ,\x1d\t\r\n")
		equal := strings.IndexByte(s, '=')
		if equal < 0 {
			return pairs
		}
		if blank := strings.LastIndexAny(s[:equal], " \x1d"); blank >= 0 { // words without a value
			s = s[blank+1:]
			continue
		}
		name := s[:equal]
		value, rest, quote := cutAuditValue(s[equal+1:])
		s = rest
		if quote == '\'' && strings.Contains(value, "=") {
			pairs = auditPairs(value, pairs)
			continue
		}
		pairs = append(pairs, auditPair{name, value, quote != 0})
	}
}

// cutAuditValue returns a value, what stands behind it, and its quotes.
func cutAuditValue(s string) (value, rest string, quote byte) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		end := strings.IndexByte(s[1:], s[0])
		if s[0] == '\'' { // it may have apostrophes in it, and ends the record or its part
			end = strings.LastIndexByte(strings.SplitN(s[1:], "\x1d", 2)[0], '\'')
		}
		if end >= 0 {
			return s[1 : 1+end], s[2+end:], s[0]
		}
	}
	end := strings.IndexAny(s, " \x1d")
	if end < 0 {
		return s, "", 0
	}
	return s[:end], s[end:], 0
}

// isEncoded reports whether the field of a record is text that is written in
// hexadecimal if it has characters that could break the line.
func isEncoded(kind, name string) bool {
	switch kind {
	case "EXECVE":
		return name != "argc" && name[0] == 'a' && !strings.HasSuffix(name, "_len")
	case "PROCTITLE":
		return name == "proctitle"
	case "TTY", "USER_TTY":
		return name == "data"
	}
	switch name { // as auparse of the daemon has them
	case "name", "exe", "comm", "cwd", "cmd", "key", "acct", "path", "file", "dir", "ocomm", "vm", "watch", "device", "cgroup",
		"grp", "new_group", "sw", "root_dir", "invalid_context", "old-disk", "new-disk", "old-chardev", "new-chardev",
		"old-fs", "new-fs", "old-net", "new-net", "old-rng", "new-rng",
		"apparmor", "operation", "profile", "info", "requested_mask", "denied_mask":
		return true
	}
	return false
}

// decodeAuditHex decodes upper-case hexadecimal; anything else stays. NULs
// separate arguments.
func decodeAuditHex(s string, arguments bool) string {
	if len(s) < 2 || len(s)%2 != 0 || strings.Trim(s, "0123456789ABCDEF") != "" {
		return s
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return s
	}
	out := strings.TrimRight(string(b), "\x00")
	if arguments || strings.Contains(out, "\x00") {
		out = strings.ReplaceAll(out, "\x00", " ")
	}
	if !utf8.ValidString(out) {
		out = strings.ToValidUTF8(out, "\ufffd")
	}
	return out
}
