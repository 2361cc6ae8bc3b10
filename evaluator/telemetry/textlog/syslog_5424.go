package textlog

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// read5424 reads what follows the PRI by RFC 5424: VERSION TIMESTAMP HOSTNAME
// APP-NAME PROCID MSGID STRUCTURED-DATA MSG. False means that it is none.
func (h *header) read5424(s string) bool {
	if len(s) < 3 || s[0] < '1' || s[0] > '9' || s[1] != ' ' {
		return false
	}
	time, rest := cutWord(s[2:])
	if time != "-" && (isoStamp(time) != len(time) || time == "") {
		return false
	}
	var fields [4]string
	for i := range fields {
		fields[i], rest = cutField(rest)
	}
	nil5424(&time)
	for i := range fields {
		nil5424(&fields[i])
	}
	h.timestamp, h.host, h.program, h.pid, h.msgid = time, fields[0], fields[1], fields[2], fields[3]
	h.structured, rest = cutStructured(rest)
	h.message = strings.TrimPrefix(rest, "\ufeff")
	return true
}

// cutField reads up to the next blank. One blank, because two would be an
// empty field; senders that write none for it exist.
func cutField(s string) (field, rest string) {
	field, rest, _ = strings.Cut(s, " ")
	return field, rest
}

func nil5424(field *string) {
	if *field == "-" {
		*field = ""
	}
}

// cutStructured reads [id name="value" …] elements as an object of objects.
// What does not follow the grammar is left to the message.
func cutStructured(s string) (evaluator.Value, string) {
	if rest, ok := strings.CutPrefix(s, "-"); ok && (rest == "" || rest[0] == ' ') {
		return evaluator.Value{}, strings.TrimPrefix(rest, " ")
	}
	var elements []evaluator.Member
	rest := s
	for strings.HasPrefix(rest, "[") {
		element, behind, ok := cutElement(rest[1:])
		if !ok {
			return evaluator.Value{}, s
		}
		elements, rest = append(elements, element), behind
	}
	if elements == nil || rest != "" && rest[0] != ' ' {
		return evaluator.Value{}, s
	}
	return evaluator.ObjectValue(elements...), strings.TrimPrefix(rest, " ")
}

// cutElement reads an element behind its opening bracket.
func cutElement(s string) (element evaluator.Member, rest string, ok bool) {
	end := strings.IndexAny(s, " ]")
	if end <= 0 {
		return element, s, false
	}
	element.Name, s = s[:end], s[end:]
	var parameters []evaluator.Member
	for strings.HasPrefix(s, " ") {
		if s = strings.TrimLeft(s, " "); strings.HasPrefix(s, "]") {
			break
		}
		name, value, behind, ok := cutParameter(s)
		if !ok {
			return element, s, false
		}
		parameters, s = append(parameters, text(name, value)), behind
	}
	element.Value = evaluator.ObjectValue(parameters...)
	rest, ok = strings.CutPrefix(s, "]")
	return element, rest, ok
}

// cutParameter reads name="value", in which a backslash protects ", \ and ].
func cutParameter(s string) (name, value, rest string, ok bool) {
	at := strings.Index(s, `="`)
	if at <= 0 || strings.ContainsAny(s[:at], ` ]"`) {
		return "", "", s, false
	}
	name, s = s[:at], s[at+2:]
	escaped := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			if value = s[:i]; escaped {
				value = unescapeParameter(value)
			}
			return name, value, s[i+1:], true
		}
	}
	return "", "", s, false
}

func unescapeParameter(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\' || s[i+1] == ']') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
