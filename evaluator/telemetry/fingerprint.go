package telemetry

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// FingerprintVersion changes whenever the same event can get another
// fingerprint than before.
const FingerprintVersion = 1

// Fingerprint identifies what the event says, however it was transported:
// "sha256:" and the hexadecimal SHA-256 of the canonical JSON of its native
// fields, names sorted. An EVTX record, its JSON twin and its row in a store
// have the same fingerprint.
//
// Left out are the fields that transport adds: record numbers, ingest times,
// names of files and collectors, the shipper's host, agent and tags, and the
// rendered message of a Windows event. @timestamp stays if the event says
// nowhere else when it happened. Values are compared in a form that no converter changes:
// numbers, booleans and texts all as text; white space around a text and
// carriage returns dropped; GUIDs in lower case without braces; hexadecimal
// numbers in lower case; times in UTC to the millisecond; null, empty texts and
// fields without value dropped.
func (e *Event) Fingerprint() string {
	fields := e.canonicalFields()
	slices.SortFunc(fields, func(a, b canonicalField) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	text := make([]byte, 0, 2048)
	text = append(text, '{')
	for i, f := range fields {
		if i > 0 {
			text = append(text, ',')
		}
		text = evaluator.StringValue(f.name).AppendJSON(text)
		text = append(text, ':')
		text = append(text, f.value...)
	}
	sum := sha256.Sum256(append(text, '}'))
	return "sha256:" + hex.EncodeToString(sum[:])
}

type canonicalField struct{ name, value string }

func (e *Event) canonicalFields() []canonicalField {
	transport := e.transport()
	fields := make([]canonicalField, 0, len(e.fields))
	add := func(name string, v evaluator.Value) {
		if transport(name) {
			return
		}
		if text := appendCanonical(nil, name, v); text != nil {
			fields = append(fields, canonicalField{name, string(text)})
		}
	}
	for _, m := range e.fields {
		if _, hidden := member(e.front, m.Name); !hidden {
			add(m.Name, m.Value)
		}
	}
	for _, m := range e.front {
		add(m.Name, m.Value)
	}
	return fields
}

// transport returns the test for fields that belong to the way of the event
// and not to the event. Shippers' names are only theirs in records that a
// shipper has marked, because others use host, tags and type for facts.
func (e *Event) transport() func(name string) bool {
	_, stamped := e.Field("@timestamp")
	_, beat := e.Field("beat")
	_, agent := e.Field("agent")
	_, logstash := e.Field("@version")
	shipped := stamped && (beat || agent || logstash || e.shape == shapeWinlog)
	timed := e.hasOwnTime()
	windows := e.Windows()
	return func(name string) bool {
		switch name {
		case "@timestamp":
			return timed
		case "@version", "@metadata", "_metadata", "EventReceivedTime", "SourceModuleName", "SourceModuleType":
			return true
		case "EventRecordID", "RecordNumber", "RecordId", "Message", "message":
			return windows
		case "host", "agent", "beat", "ecs", "tags", "input", "port", "log", "fields", "event", "type", "offset":
			return shipped
		}
		return shipped && strings.HasPrefix(name, "winlog.")
	}
}

// ownTimes are the fields that make @timestamp dispensable. They belong to the
// fingerprint: another list can only come with another FingerprintVersion.
var ownTimes = newFieldNames(
	"TimeCreated_SystemTime", "UtcTime", "timestamp", "EventTime", "TimeCreated",
	"ts", "time", "published", "eventTime", "createdDateTime", "activityDateTime", "requestReceivedTimestamp",
	"CreationTime", "TimeGenerated", "created_at", "utc_time", "local_time", "protoPayload.metadata.event_timestamp",
	"receiveTimestamp", "event.created", "_time", "Timestamp", "datetime", "date",
)

// hasOwnTime reports whether a field besides @timestamp, which may be the time
// of ingestion, says when the event happened.
func (e *Event) hasOwnTime() bool {
	for name := range ownTimes.of(e) {
		if v, ok := e.Field(name); ok {
			if _, ok := parseTime(v, time.UTC); ok {
				return true
			}
		}
	}
	return false
}
