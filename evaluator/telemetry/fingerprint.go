package telemetry

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/simd"
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
	c := canonicals.Get().(*canonicalForm)
	defer canonicals.Put(c)
	return FingerprintOf(c.of(e))
}

// canonical returns the form of which Fingerprint is made.
func (e *Event) canonical() string {
	c := canonicals.Get().(*canonicalForm)
	defer canonicals.Put(c)
	return string(c.of(e))
}

// FingerprintOf returns the fingerprint of a canonical form.
func FingerprintOf[T string | []byte](canonical T) string {
	var out fingerprintText
	sum := sha256.Sum256([]byte(canonical))
	out.take(&sum)
	return string(out[:])
}

const fingerprintPrefix = "sha256:"

// FingerprintSize is how many bytes a fingerprint has.
const FingerprintSize = len(fingerprintPrefix) + 2*sha256.Size

// Fingerprints returns the fingerprints of two canonical forms, which takes little longer than
// to make that of one. It may write behind the forms, to their memory or to other, which holds
// them then.
func Fingerprints(canonical *[2][]byte) (of [2][FingerprintSize]byte) {
	sums := simd.Sum256Two(canonical)
	for i := range sums {
		(*fingerprintText)(&of[i]).take(&sums[i])
	}
	return of
}

// fingerprintText is a fingerprint as it is written.
type fingerprintText [FingerprintSize]byte

// take makes it that of a canonical form with a certain sum.
func (t *fingerprintText) take(sum *[sha256.Size]byte) {
	copy(t[:], fingerprintPrefix)
	simd.Hex((*[2 * sha256.Size]byte)(t[len(fingerprintPrefix):]), sum)
}

// canonicalForm is the fields of an event in the form that Fingerprint describes. Its memory
// is used again: every match has a fingerprint.
type canonicalForm struct {
	fields []canonicalField
	values []byte
	text   []byte
}

type canonicalField struct {
	name     string
	from, to int // of its value in values
}

var canonicals = sync.Pool{New: func() any { return &canonicalForm{} }}

// of returns the form of an event, valid until the next call.
func (c *canonicalForm) of(e *Event) []byte {
	c.take(e)
	slices.SortFunc(c.fields, func(a, b canonicalField) int {
		if order := strings.Compare(a.name, b.name); order != 0 {
			return order
		}
		return bytes.Compare(c.value(a), c.value(b))
	})
	text := append(c.text[:0], '{')
	for i, f := range c.fields {
		if i > 0 {
			text = append(text, ',')
		}
		text = evaluator.StringValue(f.name).AppendJSON(text)
		text = append(text, ':')
		text = append(text, c.value(f)...)
	}
	c.text = append(text, '}')
	return c.text
}

func (c *canonicalForm) value(f canonicalField) []byte { return c.values[f.from:f.to] }

// take makes the fields those of an event.
func (c *canonicalForm) take(e *Event) {
	clear(c.fields) // names of another event are not kept alive
	c.fields, c.values = c.fields[:0], c.values[:0]
	transport := e.transport()
	add := func(name string, v evaluator.Value) {
		if transport(name) {
			return
		}
		from := len(c.values)
		if with := appendCanonical(c.values, name, v); with != nil {
			c.values = with
			c.fields = append(c.fields, canonicalField{name, from, len(with)})
		}
	}
	e.eachOwn(add)
}

// eachOwn calls add with every field once, be it of transport or not.
func (e *Event) eachOwn(add func(name string, v evaluator.Value)) {
	for i := range e.fields {
		m := &e.fields[i]
		if len(e.front) > 0 {
			if _, hidden := member(e.front, m.Name); hidden {
				continue
			}
		}
		add(m.Name, m.Value)
	}
	for i := range e.front {
		add(e.front[i].Name, e.front[i].Value)
	}
}

// transport returns the test for fields that belong to the way of the event
// and not to the event.
func (e *Event) transport() func(name string) bool {
	other, stamped := e.transportBesideTime()
	timed := stamped && e.hasOwnTime()
	return func(name string) bool { return timed && name == "@timestamp" || other(name) }
}

// transportBesideTime is transport but for @timestamp, and reports whether that is there
// to be judged. It goes by names alone. Shippers' names are only theirs in records that a
// shipper has marked, because others use host, tags and type for facts.
func (e *Event) transportBesideTime() (test func(name string) bool, stamped bool) {
	_, stamped = e.Field("@timestamp")
	_, beat := e.Field("beat")
	_, agent := e.Field("agent")
	_, logstash := e.Field("@version")
	shipped := stamped && (beat || agent || logstash || e.shape == shapeWinlog)
	windows := e.Windows()
	return func(name string) bool {
		switch name {
		case "@version", "@metadata", "_metadata", "EventReceivedTime", "SourceModuleName", "SourceModuleType":
			return true
		case "EventRecordID", "RecordNumber", "RecordId", "Message", "message":
			return windows
		case "host", "agent", "beat", "ecs", "tags", "input", "port", "log", "fields", "event", "type", "offset":
			return shipped
		}
		return shipped && strings.HasPrefix(name, "winlog.")
	}, stamped
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
