package compiler

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// PartOf returns a part of the time that a value tells. The clock is taken
// as written, whatever its zone; a number of seconds, milliseconds or nanoseconds
// since 1970 is read as UTC (D31).
func PartOf(part TimePart, kind Kind, text string) (Number, bool) {
	t, ok := clock(text)
	if !ok || kind != StringKind && kind != NumberKind {
		return Number{}, false
	}
	var n int
	switch part {
	case Minute:
		n = t.Minute()
	case Hour:
		n = t.Hour()
	case Day:
		n = t.Day()
	case Week:
		_, n = t.ISOWeek()
	case Month:
		n = int(t.Month())
	default:
		n = t.Year()
	}
	return IntNumber(int64(n)), true
}

// clock parses a time: a number, or yyyy-mm-dd hh:mm:ss as in RFC 3339, the
// zone being optional and without effect.
func clock(text string) (time.Time, bool) {
	if n, ok := ParseNumber(text); ok {
		return epoch(n.Float(), text)
	}
	const form = "dddd-dd-ddTdd:dd:dd"
	if len(text) < len(form) || !hasForm(text[:len(form)], form) || !isZone(text[len(form):]) {
		return time.Time{}, false
	}
	field := func(from, to int) int {
		n, _ := strconv.Atoi(text[from:to])
		return n
	}
	hour, minute, second := field(11, 13), field(14, 16), field(17, 19)
	t := time.Date(field(0, 4), time.Month(field(5, 7)), field(8, 10), hour, minute, 0, 0, time.UTC)
	real := int(t.Month()) == field(5, 7) && t.Day() == field(8, 10)
	return t, real && hour < 24 && minute < 60 && second <= 60
}

// hasForm compares text with a form in which d is a digit and T a T or a space.
func hasForm(text, form string) bool {
	for i := range form {
		c := text[i]
		switch form[i] {
		case 'd':
			if c < '0' || c > '9' {
				return false
			}
		case 'T':
			if c != 'T' && c != 't' && c != ' ' {
				return false
			}
		default:
			if c != form[i] {
				return false
			}
		}
	}
	return true
}

// isZone reports whether text is what may follow the seconds: a fraction, then
// Z or ±hh:mm.
func isZone(text string) bool {
	if fraction, ok := strings.CutPrefix(text, "."); ok {
		text = strings.TrimLeft(fraction, "0123456789")
		if len(text) == len(fraction) {
			return false
		}
	}
	switch text {
	case "", "Z", "z":
		return true
	}
	return len(text) == 6 && (text[0] == '+' || text[0] == '-') && hasForm(text[1:], "dd:dd") &&
		text[1:3] < "24" && text[4:6] < "60"
}

// Numbers above these count as milliseconds and nanoseconds since 1970, others
// as seconds.
const (
	leastMillis = 1e12
	leastNanos  = 1e15
)

func epoch(f float64, text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		if math.Abs(f) >= math.MaxInt64 {
			return time.Time{}, false
		}
		n = int64(math.Floor(f))
	}
	switch {
	case n > leastNanos:
		return time.Unix(0, n).UTC(), true
	case n > leastMillis:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}
