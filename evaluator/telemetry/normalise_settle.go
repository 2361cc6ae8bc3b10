package telemetry

import (
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

const (
	sysmonProvider      = "Microsoft-Windows-Sysmon"
	sysmonChannel       = "Microsoft-Windows-Sysmon/Operational"
	linuxSysmonProvider = "Linux-Sysmon"
	linuxSysmonChannel  = "Linux-Sysmon/Operational"

	maxSysmonID   = 29
	sysmonErrorID = 255
)

// integer reads an event id however it is wrapped.
func integer(v evaluator.Value) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(v.Text()))
	return n, err == nil && n >= 0
}

// settleKeywords writes Keywords, which NXLog prints as a signed number, as
// the event log does: 0x8020000000000000.
func (e *Event) settleKeywords() {
	v, ok := e.Field("Keywords")
	if !ok || v.Kind() != evaluator.Number {
		return
	}
	text := v.Text()
	bits, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		signed, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return
		}
		bits = uint64(signed)
	}
	e.setFront("Keywords", evaluator.StringValue("0x"+strconv.FormatUint(bits, 16)))
}

// isBareSysmon recognises Sysmon events that have lost channel and provider:
// all of them carry UtcTime, and their ids are few.
func (e *Event) isBareSysmon() bool {
	if e.id < 1 || e.id > maxSysmonID && e.id != sysmonErrorID {
		return false
	}
	_, ok := e.Field("UtcTime")
	return ok
}

// settleSysmon restores Sysmon's EventType, over which NXLog writes its own
// (INFO, AUDIT_SUCCESS …): from the event id where that leaves no choice, from the
// rendered message of the other events that have one, those of registry keys and
// of WMI.
func (e *Event) settleSysmon() {
	if e.shape != shapeFlat || !strings.EqualFold(e.channel, sysmonChannel) {
		return
	}
	if v, ok := e.Field("EventType"); ok && !isNXLogType(v.Text()) {
		return
	}
	switch e.id {
	case 12, 14, 19, 20, 21:
		if message, ok := e.Field("Message"); ok {
			if value, ok := strings.CutPrefix(message.Derive(statedEventType), "="); ok {
				e.setFront("EventType", evaluator.StringValue(value))
			}
		}
	case 13:
		e.setFront("EventType", evaluator.StringValue("SetValue"))
	case 17:
		e.setFront("EventType", evaluator.StringValue("CreatePipe"))
	case 18:
		e.setFront("EventType", evaluator.StringValue("ConnectPipe"))
	}
}

// statedEventType is the EventType that a rendered message tells, behind a =. It
// stands in one of the first lines.
var statedEventType = evaluator.NewLineDerivation(4<<10, func(message string) string {
	if value, ok := messageLine(message, "EventType"); ok {
		return "=" + value
	}
	return ""
})

func isNXLogType(s string) bool {
	switch s {
	case "INFO", "WARNING", "ERROR", "CRITICAL", "VERBOSE", "DEBUG", "AUDIT_SUCCESS", "AUDIT_FAILURE":
		return true
	}
	return false
}

// messageLine returns the value of a "name: value" line of a rendered message.
func messageLine(message, name string) (string, bool) {
	for line := range strings.Lines(message) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}
