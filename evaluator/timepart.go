package evaluator

import (
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
)

// timePart returns a part of the time that an element tells. The clock is taken
// as written, whatever its zone; a number of seconds, milli-, micro- or
// nanoseconds since 1970 is read as UTC (D31).
func timePart(part compiler.TimePart, e *element) (compiler.Number, bool) {
	t, ok := clock(e.text)
	if !ok || e.value.kind != String && e.value.kind != Number {
		return compiler.Number{}, false
	}
	var n int
	switch part {
	case compiler.Minute:
		n = t.Minute()
	case compiler.Hour:
		n = t.Hour()
	case compiler.Day:
		n = t.Day()
	case compiler.Week:
		_, n = t.ISOWeek()
	case compiler.Month:
		n = int(t.Month())
	default:
		n = t.Year()
	}
	return compiler.ParseNumber(strconv.Itoa(n))
}

var clockLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// clock parses the text of a time and drops its zone.
func clock(text string) (time.Time, bool) {
	if t, ok := epoch(text); ok {
		return t, true
	}
	text = withoutZone(text)
	for _, layout := range clockLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// withoutZone cuts Z, UTC or ±hh:mm from the end of a time of day.
func withoutZone(text string) string {
	if len(text) <= len("2006-01-02") {
		return text
	}
	for _, suffix := range []string{"Z", "z", " UTC"} {
		if s, ok := strings.CutSuffix(text, suffix); ok {
			return s
		}
	}
	from := len("2006-01-02")
	if i := strings.LastIndexAny(text[from:], "+-"); i >= 0 {
		return strings.TrimRight(text[:from+i], " ")
	}
	return text
}

// Magnitudes below which a number counts as seconds, milliseconds and
// microseconds since 1970: each reaches beyond the year 5000 in its unit.
const (
	maxSeconds = 1e11
	maxMillis  = 1e14
	maxMicros  = 1e17
)

func epoch(text string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0123456789") != "" || strings.HasPrefix(text, "+") || len(whole) <= len("2006") {
		return time.Time{}, false
	}
	switch size := max(n, -n); {
	case size < maxSeconds:
		return time.Unix(n, 0).UTC(), true
	case size < maxMillis:
		return time.UnixMilli(n).UTC(), true
	case size < maxMicros:
		return time.UnixMicro(n).UTC(), true
	}
	return time.Unix(0, n).UTC(), true
}
