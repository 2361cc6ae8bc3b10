package textlog

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/evaluator"
)

// maxAuditHosts bounds the hosts whose audit events are joined at the same time.
const maxAuditHosts = 1024

// audits joins the records of the Linux audit daemon that arrive as syslog
// messages, for each host by itself: the serial numbers of two hosts may be
// the same.
type audits struct {
	make  func() parser
	hosts map[string]*hostAudits
}

type hostAudits struct {
	parser
	header header // of the message that was read last
}

// line reads a message, and reports whether it is an audit record.
func (a *audits) line(h *header, message string, emit emitter) bool {
	if a.make == nil {
		return false
	}
	if _, ok := cutAuditHeader(message); !ok {
		return false
	}
	host := a.host(h.host, emit)
	host.header = *h
	return host.line(message, host.around(emit)) == nil
}

func (a *audits) host(name string, emit emitter) *hostAudits {
	if host := a.hosts[name]; host != nil {
		return host
	}
	if a.hosts == nil || len(a.hosts) >= maxAuditHosts {
		a.flush(emit)
		a.hosts = map[string]*hostAudits{}
	}
	host := &hostAudits{parser: a.make()}
	a.hosts[name] = host
	return host
}

func (h *hostAudits) around(emit emitter) emitter {
	return func(v evaluator.Value) { emit(h.header.around(append([]evaluator.Member(nil), v.Members()...), "")) }
}

func (a *audits) flush(emit emitter) {
	for _, name := range slices.Sorted(maps.Keys(a.hosts)) {
		host := a.hosts[name]
		host.flush(host.around(emit))
	}
}
