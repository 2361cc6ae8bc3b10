package telemetry

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// clock reads written times, and fills in what they leave open.
type clock struct {
	zone     *time.Location // of times without one
	year     int            // of times without one, 0 if none is stated
	modified time.Time      // else the latest time that is possible, give or take a day; zero if unknown
}

// Notes on what the text of a time did not say.
const (
	statedYear   = "year as stated"
	modifiedYear = "year from the file's modification time"
)

// read reads a time from a value; the note says where its year is from if not
// from the value.
func (c clock) read(v evaluator.Value) (t time.Time, note string, ok bool) {
	switch v.Kind() {
	case evaluator.Object:
		t, ok := parseParts(v)
		return t, "", ok
	case evaluator.String, evaluator.Number:
		return c.readText(v)
	}
	return time.Time{}, "", false
}

func (c clock) readText(v evaluator.Value) (t time.Time, note string, ok bool) {
	const narrowSpace = "\u202f" // that newer versions of Windows write before AM and PM
	text := strings.TrimSpace(v.Text())
	if strings.Contains(text, narrowSpace) {
		text = strings.ReplaceAll(text, narrowSpace, " ")
		v = evaluator.StringValue(text)
	}
	if t, ok := c.compact(text); ok {
		return t, "", true
	}
	if t, ok := parseTime(v, c.zone); ok {
		return t, "", true
	}
	text, zone, foreign := c.cutZone(strings.TrimLeft(text, "*."))
	for _, layout := range furtherLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), foreign, true
		}
	}
	return c.yearless(text, zone, foreign)
}

// furtherLayouts are those of network devices, servers and exports, with names
// of zones cut off.
var furtherLayouts = [...]string{
	"2006-01-02T15:04:05Z07",
	"2006-01-02 15:04:05Z07",
	"2006/01/02 15:04:05",
	"2006/01/02 15:04:05 Z0700",
	"2006/01/02 15:04:05 Z07:00",
	"20060102T150405Z0700",
	"Jan _2 2006 15:04:05",
	"2006 Jan _2 15:04:05",
	"Jan _2, 2006 15:04:05",
	"Jan _2, 2006 3:04:05 PM",
	"Jan _2, 2006, 3:04:05 PM",
	"2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04:05 -0700",
	"Mon Jan _2 2006 15:04:05",
	"2.1.2006 15:04:05",
	"1/2/2006, 3:04:05 PM",
	"1/2/2006, 15:04:05",
	"Jan _2 15:04:05 2006",
	"02/Jan/2006:15:04:05",
}

// yearlessLayouts are those of BSD syslog and of Cisco's devices.
var yearlessLayouts = [...]string{"Jan _2 15:04:05", "Mon Jan _2 15:04:05"}

// yearless reads a time that lacks the year.
func (c clock) yearless(text string, zone *time.Location, foreign string) (time.Time, string, bool) {
	for _, layout := range yearlessLayouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		t, note, ok := c.complete(t, zone)
		if ok && foreign != "" {
			note += ", " + foreign
		}
		return t, note, ok
	}
	return time.Time{}, "", false
}

// complete gives a time its year: the stated one, else the latest that puts it
// no more than a day behind the modification of the source. A day is for
// sources in another zone than the one stated.
func (c clock) complete(t time.Time, zone *time.Location) (time.Time, string, bool) {
	in := func(year int) (time.Time, bool) {
		full := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
		return full.UTC(), full.Day() == t.Day() // 29 February is not in every year
	}
	if c.year != 0 {
		if full, ok := in(c.year); ok {
			return full, statedYear, true
		}
		return time.Time{}, "", false
	}
	if c.modified.IsZero() {
		return time.Time{}, "", false
	}
	latest := c.modified.Add(24 * time.Hour)
	const leapYearsApart = 8
	for back := range leapYearsApart + 1 {
		if full, ok := in(c.modified.In(zone).Year() + 1 - back); ok && !full.After(latest) {
			return full, modifiedYear, true
		}
	}
	return time.Time{}, "", false
}

// cutZone cuts the name of a zone off the end of a text. Only UTC and names
// that the stated zone has itself mean something everywhere; another is noted.
func (c clock) cutZone(text string) (rest string, zone *time.Location, note string) {
	text = strings.TrimSuffix(text, ":")
	at := strings.LastIndexByte(text, ' ')
	if at < 0 || !zoneName.MatchString(text[at+1:]) {
		return text, c.zone, ""
	}
	switch name := text[at+1:]; name {
	case "UTC", "GMT", "Z":
		return text[:at], time.UTC, ""
	case "AM", "PM":
		return text, c.zone, ""
	default:
		return text[:at], c.zone, "zone " + name + " read as " + c.zone.String()
	}
}

var zoneName = regexp.MustCompile(`^[A-Z]{1,5}$`)

// compact reads YYYYMMDDhhmmss, which as a number of milliseconds would be
// some time in the 27th century, and the 100 ns since 1601 of Windows, which
// as nanoseconds since 1970 would all be in the years 1973 to 1975.
func (c clock) compact(text string) (time.Time, bool) {
	whole, _, _ := strings.Cut(text, ".")
	if len(whole) != len("20060102150405") && len(whole) != len("133000000000000000") {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if n >= minFileTime && n < maxFileTime {
		n -= fileTimeOf1970
		return time.Unix(n/1e7, n%1e7*100).UTC(), true
	}
	t, err := time.ParseInLocation("20060102150405", whole, c.zone)
	return t.UTC(), err == nil && t.Year() >= 1970 && t.Year() < 2200
}

// Bounds of times in 100 ns since 1601: the years 1981 and 2076.
const (
	fileTimeOf1970 = 116444736000000000
	minFileTime    = 12e16
	maxFileTime    = 15e16
)

// parseParts reads a time that is written as an object: seconds and
// nanoseconds, as protocol buffers and Java have them.
func parseParts(v evaluator.Value) (time.Time, bool) {
	part := func(names ...string) (int64, bool) {
		for _, name := range names {
			if m, ok := v.Member(name); ok {
				n, err := strconv.ParseInt(m.Text(), 10, 64)
				return n, err == nil
			}
		}
		return 0, false
	}
	seconds, ok := part("seconds", "epochSecond")
	if !ok || seconds < minEpoch || seconds >= maxEpochSeconds {
		return time.Time{}, false
	}
	nanos, _ := part("nanos", "nano")
	return time.Unix(seconds, nanos).UTC(), true
}
