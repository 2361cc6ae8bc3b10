package textlog

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// carries reads a message that is of another format, and reports whether it is.
func (p *syslog) carries(h *header, line string, emit emitter) bool {
	message := strings.TrimLeft(h.message, " ")
	if message == "" || h.device.mnemonic != "" {
		return false
	}
	switch rest, cee := strings.CutPrefix(message, "@cee:"); {
	case message[0] == '{' || cee:
		return p.value(p.object, rest, h, line, emit)
	case message[0] == '<':
		return p.value(p.event, message, h, line, emit)
	case p.audits.line(h, message, emit):
		return true
	}
	for i := range p.inner {
		if inner := &p.inner[i]; inner.claims(message) {
			members, err := readInner(inner.parser, message)
			if err == nil {
				emit(h.around(members, line))
			}
			return err == nil
		}
	}
	return false
}

// value takes a message that is one object.
func (p *syslog) value(decode func(string) (evaluator.Value, bool), message string, h *header, line string, emit emitter) bool {
	if decode == nil {
		return false
	}
	v, ok := decode(strings.TrimSpace(message))
	if !ok || v.Kind() != evaluator.Object {
		return false
	}
	emit(h.around(append([]evaluator.Member(nil), v.Members()...), line))
	return true
}

// readInner reads a line of a format whose lines stand alone.
func readInner(p parser, message string) ([]evaluator.Member, error) {
	if p, ok := p.(single); ok {
		return p.read(message)
	}
	var members []evaluator.Member
	err := p.line(message, func(v evaluator.Value) { members = append(members, v.Members()...) })
	return members, err
}

// around puts the header beside the members of what the message carries.
func (h *header) around(members []evaluator.Member, line string) evaluator.Value {
	header := h.appendTo(make([]evaluator.Member, 0, 8))
	members = append(members, evaluator.Member{Name: "syslog", Value: evaluator.ObjectValue(header...)})
	if line != "" {
		members = append(members, text(original, line))
	}
	return evaluator.ObjectValue(members...)
}
