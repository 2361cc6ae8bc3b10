package textlog

import (
	"errors"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

var facilities = [...]string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}

var severities = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// syslog reads lines with a syslog header. A message of another format is read
// as that: its members stand at the top and those of the header in the object
// "syslog".
type syslog struct {
	object func(string) (evaluator.Value, bool)
	event  func(string) (evaluator.Value, bool)
	inner  []namedParser // formats that syslog may carry, of lines that stand alone
	audits audits
}

func newSyslog(o *Options) parser { return &syslog{object: o.Object, event: o.Event} }

// carried are the formats that are looked for in a message, besides JSON
// objects and Windows events as XML.
var carried = [...]string{"cef", "leef", "access", "paloalto", "keyvalue"}

// carry hands over the other formats; they must not be named by newSyslog
// itself, which their list names.
func (p *syslog) carry(o *Options, all []Format) {
	for _, f := range all {
		for _, name := range carried {
			if f.Name == name {
				p.inner = append(p.inner, namedParser{name, f.new(o)})
			}
		}
		if f.Name == "auditd" {
			p.audits = audits{make: func() parser { return f.new(o) }}
		}
	}
}

func (p *syslog) claims(line string) bool {
	if _, framed := cutFrame(line); framed != "" {
		line = framed
	}
	_, ok := readHeader(line)
	return ok
}

// line reads a message, or several that are framed by octet counting (RFC
// 6587, 3.4.1): 83 <34>1 … without line breaks between them.
func (p *syslog) line(line string, emit emitter) error {
	rest, message := cutFrame(line)
	if message == "" {
		return p.message(line, emit)
	}
	for message != "" {
		if err := p.message(message, emit); err != nil {
			return err
		}
		line = rest
		rest, message = cutFrame(line)
	}
	if strings.TrimSpace(line) != "" {
		return errors.New("no further message behind one that is framed by its length; the length may be wrong")
	}
	return nil
}

// cutFrame returns the message that s frames, and what is behind it. A frame
// whose message has a line break in it ends with the line.
func cutFrame(s string) (rest, message string) {
	n := digits(s[:min(len(s), 9)])
	if n == 0 || n > 8 || n+3 > len(s) || s[n] != ' ' || s[n+1] != '<' {
		return s, ""
	}
	size, err := strconv.Atoi(s[:n])
	if _, _, ok := cutPriority(s[n+1:]); !ok || err != nil || size < 3 {
		return s, ""
	}
	s = s[n+1:]
	size = min(size, len(s))
	return s[size:], strings.TrimRight(s[:size], "\r\n")
}

func (p *syslog) message(line string, emit emitter) error {
	h, ok := readHeader(line)
	if !ok {
		return errors.New("line has no syslog header: no <PRI>, and no time in front of a host and a program")
	}
	if p.carries(&h, line, emit) {
		return nil
	}
	members := make([]evaluator.Member, 0, 12)
	members = h.appendTo(members)
	members = append(members, text("message", h.message))
	emit(evaluator.ObjectValue(append(members, text(original, line))...))
	return nil
}

// appendTo adds the members of the header.
func (h *header) appendTo(members []evaluator.Member) []evaluator.Member {
	members = appendText(members, "timestamp", h.timestamp)
	members = appendText(members, "host", h.host)
	members = appendText(members, "program", h.program)
	members = appendText(members, "pid", h.pid)
	members = appendText(members, "msgid", h.msgid)
	if !h.structured.IsNull() {
		members = append(members, evaluator.Member{Name: "structured_data", Value: h.structured})
	}
	if h.device.mnemonic == "" {
		return h.appendPriority(members)
	}
	members = h.device.appendTo(members)
	if outer := h.appendPriority(nil); outer != nil {
		members = append(members, evaluator.Member{Name: "syslog", Value: evaluator.ObjectValue(outer...)})
	}
	return members
}

func (h *header) appendPriority(members []evaluator.Member) []evaluator.Member {
	if h.priority < 0 {
		return members
	}
	return append(members, text("facility", facilities[h.priority>>3]), text("severity", severities[h.priority&7]))
}

func (p *syslog) flush(emit emitter) { p.audits.flush(emit) }
