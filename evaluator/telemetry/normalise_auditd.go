package telemetry

import (
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/textlog"
)

// auditRecords turns an audit event as laurel writes it, an object with a member
// for every type of record,
//
//	{"ID": "1700000000.123:42", "SYSCALL": {…}, "EXECVE": {"argc": 2, "ARGV": […]}, "PATH": [{…}, {…}], …}
//
// into the form that records of audit.log have. False means that the record is
// no such event.
func auditRecords(members []evaluator.Member) ([]evaluator.Member, bool) {
	id := slices.IndexFunc(members, func(m evaluator.Member) bool { return m.Name == "ID" && m.Value.Kind() == evaluator.String })
	if id < 0 {
		return nil, false
	}
	stamp, _, isID := strings.Cut(members[id].Value.Text(), ":")
	if !isID {
		return nil, false
	}
	out := []evaluator.Member{{Name: "audit_id", Value: members[id].Value}, {Name: "timestamp", Value: evaluator.StringValue(stamp)}}
	var records []evaluator.Value
	for _, m := range members {
		switch {
		case m.Name == "ID":
		case m.Name == "NODE":
			out = append(out, evaluator.Member{Name: "node", Value: m.Value})
		case m.Name != strings.ToUpper(m.Name):
			out = append(out, m)
		case m.Value.Kind() == evaluator.List:
			for _, item := range m.Value.Items() {
				records = append(records, auditRecordOf(m.Name, item))
			}
		case m.Value.Kind() == evaluator.Object:
			records = append(records, auditRecordOf(m.Name, m.Value))
		default:
			out = append(out, m)
		}
	}
	if records == nil {
		return nil, false
	}
	out = append(out, evaluator.Member{Name: "records", Value: evaluator.ListValue(records...)})
	if process, ok := textlog.AuditProcess(records); ok {
		out = append(out, evaluator.Member{Name: "process", Value: process})
	}
	return out, true
}

// auditRecordOf gives a record its type, and a list of arguments the names that
// the audit daemon has for them.
func auditRecordOf(kind string, v evaluator.Value) evaluator.Value {
	members := []evaluator.Member{{Name: "type", Value: evaluator.StringValue(kind)}}
	for _, m := range v.Members() {
		if m.Name != "ARGV" {
			members = append(members, m)
			continue
		}
		if kind == "PROCTITLE" {
			members = append(members, evaluator.Member{Name: "proctitle", Value: evaluator.StringValue(joinTexts(m.Value.Items()))})
			continue
		}
		for i, arg := range m.Value.Items() {
			members = append(members, evaluator.Member{Name: argumentName(i), Value: arg})
		}
	}
	return evaluator.ObjectValue(members...)
}

func argumentName(i int) string { return "a" + strconv.Itoa(i) }

func joinTexts(values []evaluator.Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.Text()
	}
	return strings.Join(texts, " ")
}
