package textlog

import (
	"container/list"
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// maxAudits is how many audit events may be incomplete at the same time: the
// records of events that happen on several processors are interleaved.
const maxAudits = 64

// maxAuditRecords bounds the records of one event; the kernel writes one PATH
// for each name that a system call touches, and one EXECVE for some 8 KiB of
// arguments.
const maxAuditRecords = 1024

// auditd reads the log of the Linux audit daemon. The records of one event are
// joined:
//
//	{"audit_id": "1364481363.243:24287", "timestamp": "1364481363.243", "node": …,
//	 "records": [{"type": "SYSCALL", …}, {"type": "EXECVE", …}, …], "process": {…}}
//
// Encoded values are decoded. An event that runs a program has the object
// "process" with the names of the Elastic Common Schema. The records hold all
// that the lines say, so there is no event.original.
type auditd struct {
	open  map[string]*list.Element // of *audit, by node and id
	order *list.List               // that of the oldest first
}

// audit is an event of which records have been read.
type audit struct {
	key, id, timestamp, node string
	records                  []auditRecord
}

// auditRecord is one record.
type auditRecord struct {
	kind    string
	members []evaluator.Member // behind the type
}

func newAuditd(*Options) parser { return &auditd{open: map[string]*list.Element{}, order: list.New()} }

func (p *auditd) claims(line string) bool {
	_, ok := cutAuditHeader(line)
	return ok
}

func (p *auditd) line(line string, emit emitter) error {
	h, ok := cutAuditHeader(line)
	if !ok {
		return errors.New("no audit record: found no type= and no audit(TIME:SERIAL): in front of the fields")
	}
	key := h.node + " " + h.id
	e := p.open[key]
	if h.kind == "EOE" {
		p.complete(e, emit)
		return nil
	}
	record := auditRecord{h.kind, parseAuditFields(h.kind, h.fields)}
	if e == nil {
		a := &audit{key: key, id: h.id, timestamp: h.timestamp, node: h.node}
		if alone(h.kind) {
			a.records = append(a.records, record)
			emit(a.value())
			return nil
		}
		e = p.order.PushBack(a)
		p.open[key] = e
		if p.order.Len() > maxAudits {
			p.complete(p.order.Front(), emit)
		}
	}
	a := e.Value.(*audit)
	a.records = append(a.records, record)
	if h.kind == "PROCTITLE" || len(a.records) >= maxAuditRecords {
		p.complete(e, emit)
	}
	return nil
}

func (p *auditd) complete(e *list.Element, emit emitter) {
	if e == nil {
		return
	}
	a := p.order.Remove(e).(*audit)
	delete(p.open, a.key)
	emit(a.value())
}

func (p *auditd) flush(emit emitter) {
	for p.order.Len() > 0 {
		p.complete(p.order.Front(), emit)
	}
}

// accompanied are the types of records that are followed by others of the same
// event: those that the kernel writes about a system call.
var accompanied = func() map[string]bool {
	kinds := map[string]bool{}
	for kind := range strings.FieldsSeq(`SYSCALL PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD EXECVE IPC_SET_PERM MQ_OPEN
		MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR FD_PAIR OBJ_PID TTY BPRM_FCAPS CAPSET MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP PROCTITLE
		FEATURE_CHANGE REPLACE KERN_MODULE FANOTIFY TIME_INJOFFSET TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT
		AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW LOGIN ANOM_PROMISCUOUS ANOM_LINK
		ANOM_CREAT INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE INTEGRITY_EVM_XATTR
		INTEGRITY_POLICY_RULE`) {
		kinds[kind] = true
	}
	return kinds
}()

// alone reports whether a record of this type is an event of its own, as what
// programs send to the daemon is.
func alone(kind string) bool { return !accompanied[kind] }

func (a *audit) value() evaluator.Value {
	members := []evaluator.Member{text("audit_id", a.id), text("timestamp", a.timestamp)}
	members = appendText(members, "node", a.node)
	records := make([]evaluator.Value, len(a.records))
	for i, r := range a.records {
		records[i] = evaluator.ObjectValue(append([]evaluator.Member{text("type", r.kind)}, r.members...)...)
	}
	members = append(members, evaluator.Member{Name: "records", Value: evaluator.ListValue(records...)})
	if process, ok := AuditProcess(records); ok {
		members = append(members, evaluator.Member{Name: "process", Value: process})
	}
	return evaluator.ObjectValue(members...)
}
