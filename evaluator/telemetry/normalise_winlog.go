package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// winlogNames maps Winlogbeat's names, without "winlog.", to System's.
var winlogNames = map[string]string{
	"channel":             "Channel",
	"log_name":            "Channel",
	"event_id":            "EventID",
	"provider_name":       "Provider_Name",
	"source_name":         "Provider_Name",
	"provider_guid":       "Provider_Guid",
	"computer_name":       "Computer",
	"record_id":           "EventRecordID",
	"record_number":       "EventRecordID",
	"process_id":          "Execution_ProcessID",
	"process.pid":         "Execution_ProcessID",
	"thread_id":           "Execution_ThreadID",
	"process.thread.id":   "Execution_ThreadID",
	"user.identifier":     "Security_UserID",
	"activity_id":         "Correlation_ActivityID",
	"related_activity_id": "Correlation_RelatedActivityID",
	"version":             "Version",
	"task":                "Task",
	"opcode":              "Opcode",
	"level":               "Level",
	"keywords":            "Keywords",
	"time_created":        "TimeCreated_SystemTime",
	"message":             "Message",
}

// fromWinlog reads both generations of Winlogbeat, nested or with dotted keys.
func (e *Event) fromWinlog(members []evaluator.Member) {
	e.fields = make([]evaluator.Member, 0, countFields(members)+len(members))
	for i := range members {
		m := &members[i]
		switch {
		case m.Name == "winlog" && m.Value.Kind() == evaluator.Object:
			for _, inner := range m.Value.Members() {
				e.addWinlog("winlog.", inner.Name, inner.Value)
			}
		case strings.HasPrefix(m.Name, "winlog."):
			e.addWinlog("winlog.", m.Name[len("winlog."):], m.Value)
		case m.Name == "@timestamp":
			e.addField("TimeCreated_SystemTime", m.Value)
		default:
			e.addWinlog("", m.Name, m.Value)
		}
	}
	e.fallBackToECS()
	e.restoreSysmon()
}

// addWinlog adds one member; prefix is what stood in front of its name.
func (e *Event) addWinlog(prefix, name string, v evaluator.Value) {
	head, rest, dotted := strings.Cut(name, ".")
	switch {
	case head == "event_data" && dotted:
		e.addField(rest, v)
	case head == "user_data" && dotted:
		e.addField(rest, v)
	case head == "event_data" || name == "user_data":
		for _, m := range v.Members() {
			e.addField(m.Name, m.Value)
		}
		e.listParams(v.Members())
		if name == "user_data" {
			e.setBack("UserData", v)
		}
	case (name == "process" || name == "user") && prefix != "" && v.Kind() == evaluator.Object:
		e.addWinlogPath(prefix, name, v)
	default:
		e.addWinlogSystem(prefix, name, v)
	}
}

// addWinlogPath adds process.pid, process.thread.id and user.identifier.
func (e *Event) addWinlogPath(prefix, path string, v evaluator.Value) {
	for _, m := range v.Members() {
		if inner := path + "." + m.Name; m.Value.Kind() == evaluator.Object {
			e.addWinlogPath(prefix, inner, m.Value)
		} else {
			e.addWinlogSystem(prefix, inner, m.Value)
		}
	}
}

func (e *Event) addWinlogSystem(prefix, name string, v evaluator.Value) {
	system, known := winlogNames[name]
	if !known || !fits(system, v) {
		e.fields = append(e.fields, evaluator.Member{Name: prefix + name, Value: v})
		return
	}
	e.fields = append(e.fields, evaluator.Member{Name: system, Value: v})
	if system == "Channel" {
		e.channel = v.Text()
	}
}

// fits keeps rendered names ("Information", "Process Create") out of fields
// that hold numbers in the event itself.
func fits(system string, v evaluator.Value) bool {
	switch system {
	case "Version", "Task", "Opcode", "Level", "Keywords":
		text := v.Text()
		return text != "" && text[0] >= '0' && text[0] <= '9'
	}
	return true
}

// fallBackToECS takes what ECS says where winlog does not.
func (e *Event) fallBackToECS() {
	for _, pair := range [...]struct{ name, ecs string }{
		{"EventID", "event.code"}, {"Provider_Name", "event.provider"}, {"Computer", "host.name"},
	} {
		if v, ok := evaluator.Lookup(e.record.Value, pair.ecs); ok {
			e.setBack(pair.name, v)
		}
	}
}
