package telemetry

import (
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// timeFields are the fields that may hold the time of an event, best first. A
// view of the table may name others (time: of the view), which come before.
var timeFields = newFieldNames(
	"TimeCreated_SystemTime", "UtcTime", "@timestamp", "timestamp", "EventTime", "TimeCreated",
	"ts", "eventtime", "time", "published", "eventTime", "activityDateTime", "createdDateTime", "requestReceivedTimestamp",
	"stageTimestamp", "eventTimestamp", "CreationTime", "TimeGenerated", "created_at", "utc_time", "local_time",
	"protoPayload.metadata.event_timestamp", "receiveTimestamp", "event.created", "_time", "Timestamp", "datetime",
	"TimeGenerated [UTC]", "Date and Time", "date_time", "DateTime", "date", "Date", "event_timestamp", "isotimestamp", "id.time", "CreationDate",
	"log_time", "rt", "devTime", "start", "time_generated", "generated_time", "receive_time", "unixTime", "calendarTime",
	"_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP", "syslog.timestamp",
)

// utcFields hold UTC whatever zone is stated for times without one: their
// makers say so.
var utcFields = [...]string{"UtcTime", "CreationUtcTime", "utc_time", "TimeGenerated", "TimeGenerated [UTC]", "CreationTime", "CreationDate"}

// Time returns when the event happened and the field that says so: the first
// that holds a time of those that the event's views name, then of a fixed
// list. What a text leaves open is filled in: the zone by TimeZone, UTC
// without one; the year by Year, else by the modification time of the record's
// source, and the field is then followed by where the year is from, as in
// "timestamp (year from the file's modification time)". The time is in UTC.
// False means that no field holds a time that is complete.
func (e *Event) Time() (time.Time, string, bool) {
	if !e.timed {
		e.Views() // finds the fields that they name
	}
	for _, name := range e.timeFields {
		if t, source, ok := e.timeOf(name); ok {
			return t, source, true
		}
	}
	for name := range timeFields.of(e) {
		if t, source, ok := e.timeOf(name); ok {
			return t, source, true
		}
	}
	return time.Time{}, "", false
}

// Undated returns a field that holds a time without a year which neither the
// options of the normaliser nor the record supply; false if there is none. Time
// passes over such a field.
func (e *Event) Undated() (field string, ok bool) {
	c := clock{zone: e.normaliser.zone, year: 2000} // a leap year
	for name := range timeFields.of(e) {
		v, ok := e.Field(name)
		if !ok {
			continue
		}
		_, note, ok := c.read(v)
		if ok && strings.HasPrefix(note, statedYear) && e.normaliser.year == 0 && e.record.Modified.IsZero() {
			return name, true
		}
	}
	return "", false
}

// timeOf reads the time that one field holds, with a date in a field of its
// own if need be.
func (e *Event) timeOf(name string) (time.Time, string, bool) {
	v, ok := e.Field(name)
	if !ok {
		return time.Time{}, "", false
	}
	c := clock{zone: e.normaliser.zone, year: e.normaliser.year, modified: e.record.Modified}
	if slices.Contains(utcFields[:], name) {
		c.zone = time.UTC
	}
	if name == "time" {
		if date, ok := e.Field("date"); ok && date.Kind() == evaluator.String {
			if t, ok := e.dateAndTime(c, date.Text(), v.Text()); ok && writable(t) {
				return t, "date and time", true
			}
		}
	}
	t, note, ok := c.read(v)
	if note != "" {
		name += " (" + note + ")"
	}
	return t, name, ok && writable(t)
}

// writable reports whether a time can be written in four digits of a year, in UTC: any
// other one is none.
func writable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 0 && year <= 9999
}

// dateAndTime reads W3C logs, which are in UTC by their standard, and those of
// firewalls, which state their zone in tz or mean their own.
func (e *Event) dateAndTime(c clock, date, clockTime string) (time.Time, bool) {
	for _, w3c := range [...]string{"cs-method", "c-ip", "s-ip", "sc-status", "cs-uri-stem"} {
		if _, ok := e.Field(w3c); ok {
			c.zone = time.UTC
		}
	}
	text := date + " " + clockTime
	if zone, ok := e.Field("tz"); ok {
		if t, ok := parseISO(text+zone.Text(), c.zone); ok {
			return t, true
		}
	}
	return parseISO(text, c.zone)
}
