package telemetry

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/textlog"
)

// auditTextFields are fields in which collectors of syslog deliver a line of
// the audit daemon: Azure Monitor, the journal, and most others.
var auditTextFields = [...]string{"SyslogMessage", "MESSAGE", "message"}

// auditText reads a line of the audit daemon that a record carries as text, and
// adds what it says to the record. Records of one audit event that come in
// several lines stay apart, as they do where each is a record of its own.
func auditText(members []evaluator.Member) ([]evaluator.Member, bool) {
	for _, name := range auditTextFields {
		v, ok := member(members, name)
		if !ok || v.Kind() != evaluator.String || v.Derive(isAuditLine) == "" {
			continue
		}
		line, command := cutCommandLine(v.Text())
		record, ok := auditRecord(line)
		if !ok {
			continue
		}
		out := slices.Clone(members)
		for _, m := range record.Members() {
			if m.Name != "event.original" {
				out = append(out, m)
			}
		}
		if _, known := record.Member("process"); !known && command != "" {
			out = append(out, evaluator.Member{Name: "process", Value: auomsProcess(record, command)})
		}
		return out, true
	}
	return nil, false
}

// isAuditLine yields a text if that of a message is a line of the audit daemon.
var isAuditLine = evaluator.NewDerivationOf("type=", 80, func(text string) string {
	if strings.Contains(text, "audit(") {
		return "yes"
	}
	return ""
})

// auditRecord decodes one line.
func auditRecord(line string) (found evaluator.Value, ok bool) {
	format, err := textlog.Find("auditd")
	if err != nil {
		return found, false
	}
	d := textlog.NewDecoder(textlog.Options{Format: format}, func(_ string, v evaluator.Value) { found, ok = v, true })
	if d.Line(line) != nil {
		return found, false
	}
	d.Flush()
	return found, ok
}

// cutCommandLine takes the command line out of a line of Azure's agent for
// audit events, which writes it between quotes without escaping those inside.
func cutCommandLine(text string) (rest, command string) {
	const start, end = ` cmdline="`, `" redactors=`
	from, to := strings.Index(text, start), strings.LastIndex(text, end)
	if from < 0 || to < from+len(start) {
		return text, ""
	}
	return text[:from] + text[to+1:], text[from+len(start) : to]
}

// auomsProcess makes of the agent's merged record what textlog.AuditProcess
// makes of separate ones.
func auomsProcess(record evaluator.Value, command string) evaluator.Value {
	merged, _ := evaluator.Lookup(record, "records")
	if items := merged.Items(); len(items) > 0 {
		merged = items[0]
	}
	members := []evaluator.Member{{Name: "command_line", Value: evaluator.StringValue(command)}}
	for _, pair := range [...][2]string{{"executable", "exe"}, {"name", "comm"}, {"working_directory", "cwd"}, {"pid", "pid"}} {
		if v, ok := merged.Member(pair[1]); ok {
			members = append(members, evaluator.Member{Name: pair[0], Value: v})
		}
	}
	if v, ok := merged.Member("ppid"); ok {
		members = append(members, evaluator.Member{Name: "parent", Value: evaluator.ObjectValue(evaluator.Member{Name: "pid", Value: v})})
	}
	if v, ok := merged.Member("user"); ok {
		members = append(members, evaluator.Member{Name: "user", Value: evaluator.ObjectValue(evaluator.Member{Name: "name", Value: v})})
	}
	return evaluator.ObjectValue(members...)
}
