package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// shape is the form in which a shipper or converter writes Windows events.
type shape uint8

const (
	shapeOther     shape = iota // no Windows event
	shapeEvent                  // System and EventData or UserData, with or without the Event around them
	shapeEventText              // the whole event as XML in a text field (Azure's SyslogMessage)
	shapeWinlog                 // Winlogbeat: winlog.* of version 7 and later, log_name and event_data of version 6
	shapeFlat                   // all fields side by side: NXLog, Azure Monitor, Get-WinEvent, eqllib
)

// marks are what shapeOf has seen of a record.
type marks struct {
	channel, id, provider, system, data, utc, winlog bool
}

// shapeOf recognises the shape by the names at the top of the record.
func shapeOf(members []evaluator.Member) shape {
	var seen marks
	for i := range members {
		m := &members[i]
		switch m.Name {
		case "Event":
			if _, ok := m.Value.Member("System"); ok {
				return shapeEvent
			}
		case "System":
			seen.system = m.Value.Kind() == evaluator.Object
		case "winlog", "log_name", "event_data":
			seen.winlog = true
		case "Channel", "LogName", "EventLog":
			seen.channel = true
		case "EventID", "EventId", "EventCode", "Id", "event_id":
			seen.id = true
		case "Provider_Name", "SourceName", "ProviderName", "EventSourceName", "ProviderGuid", "Provider_Guid":
			seen.provider = true
		case "EventData", "UserData":
			seen.data = m.Value.Kind() == evaluator.Object
		case "UtcTime":
			seen.utc = true
		case "SyslogMessage":
			if m.Value.Derive(isEventText) != "" {
				return shapeEventText
			}
		default:
			seen.winlog = seen.winlog || strings.HasPrefix(m.Name, "winlog.")
		}
	}
	return seen.shape()
}

// isEventText yields a text if that of a message is an event in XML.
var isEventText = evaluator.NewDerivation(256, func(text string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "<Event") {
		return "yes"
	}
	return ""
})

func (s marks) shape() shape {
	switch {
	case s.system:
		return shapeEvent
	case s.winlog:
		return shapeWinlog
	case s.id && (s.channel || s.provider || s.data || s.utc):
		return shapeFlat
	}
	return shapeOther
}
