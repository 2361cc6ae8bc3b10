package telemetry

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// The functions of this file decide on fingerprints too: what they accept can
// only change together with FingerprintVersion. clock knows more.

// timeLayouts are tried in this order on texts that do not start like RFC 3339.
var timeLayouts = [...]string{
	"02/Jan/2006:15:04:05 -0700",
	"1/2/2006 3:04:05 PM",
	"1/2/2006 3:04:05.999999 PM",
	"1/2/2006 15:04:05",
	time.ANSIC,
	time.RFC1123Z,
	time.RFC1123,
}

// parseTime reads RFC 3339 with a blank or without a zone too, the formats of
// web logs and US exports, and seconds, milliseconds, microseconds or
// nanoseconds since 1970, told apart by their size. Texts without a zone are
// in the given one.
func parseTime(v evaluator.Value, zone *time.Location) (time.Time, bool) {
	switch v.Kind() {
	case evaluator.Number:
		return parseEpoch(v.Text())
	case evaluator.String:
		text := strings.TrimSpace(v.Text())
		if t, ok := parseISO(text, zone); ok {
			return t, true
		}
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, text, zone); err == nil {
				return t.UTC(), true
			}
		}
		if strings.HasPrefix(text, "/Date(") && strings.HasSuffix(text, ")/") {
			text = text[len("/Date(") : len(text)-len(")/")]
		}
		return parseEpoch(text)
	}
	return time.Time{}, false
}

// Layouts of texts without a zone, and of those with one: no text is read by both.
var (
	plainLayouts = [...]string{"2006-01-02T15:04:05"}
	zonedLayouts = [...]string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05 -0700"}
)

// parseISO reads YYYY-MM-DD, T or a blank, hh:mm:ss, a fraction, and a zone
// (Z, +hh:mm, +hhmm, UTC or none, which is the given one).
func parseISO(text string, zone *time.Location) (time.Time, bool) {
	if !looksISO(text) {
		return time.Time{}, false
	}
	if w, ok := writtenISO(text); ok {
		return w.in(zone), true
	}
	return parseISOSlowly(text, zone)
}

// parseISOSlowly is parseISO for a text of any form.
func parseISOSlowly(text string, zone *time.Location) (time.Time, bool) {
	if !looksISO(text) {
		return time.Time{}, false
	}
	if text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	if rest, ok := strings.CutSuffix(text, " UTC"); ok {
		text, zone = rest, time.UTC
	}
	layouts := plainLayouts[:] // what other layouts make of a text costs more than what they are for
	if strings.ContainsAny(text[min(len(text), 19):], "Z+-") {
		layouts = zonedLayouts[:]
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// Bounds between the units of numbers since 1970: seconds from 1973 until the
// year 5138.
const (
	minEpoch        = 1e8
	maxEpochSeconds = 1e11
	maxEpochMillis  = 1e14
	maxEpochMicros  = 1e17
)

// parseEpoch reads a number since 1970. Numbers before 1973 are no times:
// small counters are more likely.
func parseEpoch(text string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < minEpoch {
		return time.Time{}, false
	}
	switch {
	case n < maxEpochSeconds:
		return secondsSince1970(n, fraction)
	case n < maxEpochMillis:
		return time.UnixMilli(n).UTC(), true
	case n < maxEpochMicros:
		return time.UnixMicro(n).UTC(), true
	}
	return time.Unix(0, n).UTC(), true
}

func secondsSince1970(n int64, fraction string) (time.Time, bool) {
	if fraction == "" {
		return time.Unix(n, 0).UTC(), true
	}
	part, err := strconv.ParseFloat("0."+fraction, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(n, int64(math.Round(part*1e9))).UTC(), true
}
