package telemetry

import (
	"strings"
	"time"
)

// writtenTime is the parts of a time in the form that most have: YYYY-MM-DD, T or a
// blank, hh:mm:ss, a fraction of up to nine digits or none, Z or nothing.
type writtenTime struct {
	year, month, day, hour, minute, second int
	fraction                               string
	utc                                    bool // there is a Z
}

// looksISO reports whether a text may be one that parseISO reads.
func looksISO(text string) bool {
	return len(text) >= 19 && text[4] == '-' && text[7] == '-' && text[13] == ':' && (text[10] == 'T' || text[10] == ' ')
}

// writtenISO takes a text that looks like ISO 8601 apart, which time.Parse does many
// times slower; false if it has another form, or may be no time.
func writtenISO(text string) (w writtenTime, ok bool) {
	if text[16] != ':' {
		return w, false
	}
	good := true
	two := func(at int) int {
		a, b := text[at]-'0', text[at+1]-'0'
		good = good && a <= 9 && b <= 9
		return int(a)*10 + int(b)
	}
	w = writtenTime{two(0)*100 + two(2), two(5), two(8), two(11), two(14), two(17), "", false}
	rest := text[19:]
	rest, w.utc = strings.CutSuffix(rest, "Z")
	if rest != "" {
		w.fraction = rest[1:]
		good = good && rest[0] == '.' && len(w.fraction) > 0 && len(w.fraction) <= 9
		for _, c := range []byte(w.fraction) {
			good = good && c-'0' <= 9
		}
	}
	const everyMonth = 28 // has at least so many days, and most have two more
	february := w.month == 2 && w.day > everyMonth
	good = good && w.month >= 1 && w.month <= 12 && w.day >= 1 && w.day <= 30 && !february && w.hour < 24 && w.minute < 60 && w.second < 60
	return w, good
}

// in returns the time, in a zone unless it states its own.
func (w *writtenTime) in(zone *time.Location) time.Time {
	if w.utc {
		zone = time.UTC
	}
	nanos, unit := 0, int(time.Second)
	for _, c := range []byte(w.fraction) {
		unit /= 10
		nanos += int(c-'0') * unit
	}
	return time.Date(w.year, time.Month(w.month), w.day, w.hour, w.minute, w.second, nanos, zone).UTC()
}
