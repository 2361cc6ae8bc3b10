package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// flatNames maps names of flat records to those of the event. The first that
// a record has wins, a field of the right name always does.
var flatNames = map[string]string{
	"LogName":            "Channel",
	"EventLog":           "Channel",
	"EventId":            "EventID",
	"EventCode":          "EventID",
	"Id":                 "EventID",
	"event_id":           "EventID",
	"SourceName":         "Provider_Name",
	"ProviderName":       "Provider_Name",
	"EventSourceName":    "Provider_Name",
	"Source":             "Provider_Name",
	"ProviderGuid":       "Provider_Guid",
	"ProviderId":         "Provider_Guid",
	"Hostname":           "Computer",
	"ComputerName":       "Computer",
	"MachineName":        "Computer",
	"RecordNumber":       "EventRecordID",
	"RecordId":           "EventRecordID",
	"ExecutionProcessID": "Execution_ProcessID",
	"ProcessID":          "Execution_ProcessID",
	"ExecutionThreadID":  "Execution_ThreadID",
	"ThreadID":           "Execution_ThreadID",
	"UserID":             "Security_UserID",
	"ActivityID":         "Correlation_ActivityID",
	"TimeCreated":        "TimeCreated_SystemTime",
	"SystemTime":         "TimeCreated_SystemTime",
	"TimeGenerated":      "TimeCreated_SystemTime",
	"message":            "Message",
}

// fromFlat reads records whose fields stand side by side. The record's own
// members are the fields; other names are only added.
func (e *Event) fromFlat(members []evaluator.Member) {
	e.fields = members
	for i := range members {
		m := &members[i]
		switch m.Name {
		case "EventData", "UserData":
			e.expand(members)
			return
		}
	}
	e.nameFlat()
}

// expand reads a flat record that carries its data in an element of its own,
// as an object or as XML.
func (e *Event) expand(members []evaluator.Member) {
	e.fields = make([]evaluator.Member, 0, countFields(members))
	for _, m := range members {
		switch m.Name {
		case "EventData":
			e.addData(m.Value)
		case "UserData":
			e.addUserData(m.Value)
		default:
			e.fields = append(e.fields, m)
		}
	}
	e.nameFlat()
}

// nameFlat adds the names that rules use for a flat record's fields.
func (e *Event) nameFlat() {
	for i := range e.fields {
		m := &e.fields[i]
		if name, ok := flatNames[m.Name]; ok && flatFits(m.Name, m.Value) {
			e.setBack(name, m.Value)
		} else if strings.IndexByte(m.Name, ' ') >= 0 {
			e.setBack(strings.ReplaceAll(m.Name, " ", ""), m.Value)
			e.setBack(strings.ReplaceAll(m.Name, " ", "_"), m.Value)
		}
	}
	if v, ok := member(e.fields, "OpcodeValue"); ok {
		e.setFront("Opcode", v)
	}
	e.listParams(e.fields)
}

// isSID tells security identifiers.
var isSID = evaluator.NewDerivation(len("S-1-"), func(text string) string {
	if strings.HasPrefix(text, "S-1-") {
		return "yes"
	}
	return ""
})

// flatFits tells NXLog's own ProcessID, ThreadID and UserID, which are numbers
// and a SID, from event data of the same names, which is text.
func flatFits(name string, v evaluator.Value) bool {
	switch name {
	case "ProcessID", "ThreadID":
		return v.Kind() == evaluator.Number
	case "UserID":
		return v.Derive(isSID) != ""
	case "ProviderGuid", "LogName", "EventLog", "SourceName":
		return v.Kind() == evaluator.String
	case "TimeCreated", "SystemTime", "TimeGenerated":
		return v.Kind() != evaluator.Object
	}
	return true
}
