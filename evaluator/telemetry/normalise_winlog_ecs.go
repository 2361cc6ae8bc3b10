package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// sysmonFromECS says where the Sysmon module of Winlogbeat and of Elastic Agent
// puts fields of event_data that it takes away from there. The first path that
// the record has counts.
var sysmonFromECS = map[string][]string{
	"Image":               {"process.executable"},
	"CommandLine":         {"process.command_line"},
	"CurrentDirectory":    {"process.working_directory"},
	"ProcessId":           {"process.pid"},
	"ProcessGuid":         {"process.entity_id"},
	"OriginalFileName":    {"process.pe.original_file_name", "file.pe.original_file_name"},
	"Description":         {"process.pe.description", "file.pe.description"},
	"Product":             {"process.pe.product", "file.pe.product"},
	"Company":             {"process.pe.company", "file.pe.company"},
	"FileVersion":         {"process.pe.file_version", "file.pe.file_version"},
	"ParentImage":         {"process.parent.executable"},
	"ParentCommandLine":   {"process.parent.command_line"},
	"ParentProcessId":     {"process.parent.pid"},
	"ParentProcessGuid":   {"process.parent.entity_id"},
	"TargetFilename":      {"file.path"},
	"PipeName":            {"file.name"},
	"ImageLoaded":         {"file.path", "dll.path"},
	"Signature":           {"file.code_signature.subject_name"},
	"SignatureStatus":     {"file.code_signature.status"},
	"Signed":              {"file.code_signature.signed"},
	"Protocol":            {"network.transport"},
	"SourceIp":            {"source.ip"},
	"SourceHostname":      {"source.domain"},
	"SourcePort":          {"source.port"},
	"DestinationIp":       {"destination.ip"},
	"DestinationHostname": {"destination.domain"},
	"DestinationPort":     {"destination.port"},
	"TargetObject":        {"registry.path"},
	"Details":             {"registry.data.strings"},
	"QueryName":           {"dns.question.name"},
	"RuleName":            {"rule.name"},
}

// sysmonSource are the names that events of two processes have for the one that
// acts (8 CreateRemoteThread, 10 ProcessAccess).
var sysmonSource = map[string]string{"SourceImage": "process.executable", "SourceProcessId": "process.pid", "SourceProcessGUID": "process.entity_id", "SourceThreadId": "process.thread.id"}

// restoreSysmon gives an event of Sysmon the fields back that have become ECS
// fields. It costs a lookup for each, so it is for records that have some.
func (e *Event) restoreSysmon() {
	if e.channel != "Microsoft-Windows-Sysmon/Operational" {
		return
	}
	record := e.record.Value
	if _, ok := evaluator.Lookup(record, "process"); !ok {
		if _, ok := evaluator.Lookup(record, "process.executable"); !ok {
			return
		}
	}
	for name, paths := range sysmonFromECS {
		for _, path := range paths {
			if v, ok := evaluator.Lookup(record, path); ok {
				e.setBack(name, v)
				break
			}
		}
	}
	if id, _ := e.Field("EventID"); id.Text() == "8" || id.Text() == "10" {
		for name, path := range sysmonSource {
			if v, ok := evaluator.Lookup(record, path); ok {
				e.setBack(name, v)
			}
		}
	}
	if user, ok := joinedFields(record, `\`, "user.domain", "user.name"); ok {
		e.setBack("User", user)
	}
	if hashes := sysmonHashes(record); hashes != "" {
		e.setBack("Hashes", evaluator.StringValue(hashes))
	}
}

// joinedFields joins the texts of the fields that there are; false without the last.
func joinedFields(record evaluator.Value, between string, paths ...string) (evaluator.Value, bool) {
	var parts []string
	for i, path := range paths {
		v, ok := evaluator.Lookup(record, path)
		if !ok && i == len(paths)-1 {
			return evaluator.Value{}, false
		}
		if ok {
			parts = append(parts, v.Text())
		}
	}
	return evaluator.StringValue(strings.Join(parts, between)), true
}

// sysmonHashes writes hashes as Sysmon does: SHA1=…,MD5=…,SHA256=…,IMPHASH=….
func sysmonHashes(record evaluator.Value) string {
	var parts []string
	for _, of := range [...]string{"process", "file"} {
		for _, hash := range [...][2]string{{"SHA1", ".hash.sha1"}, {"MD5", ".hash.md5"}, {"SHA256", ".hash.sha256"}, {"IMPHASH", ".pe.imphash"}} {
			if v, ok := evaluator.Lookup(record, of+hash[1]); ok && v.Text() != "" {
				parts = append(parts, hash[0]+"="+strings.ToUpper(v.Text()))
			}
		}
		if parts != nil {
			break
		}
	}
	return strings.Join(parts, ",")
}
