package importer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// layouts are forms of times. Without a zone they are UTC.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 UTC",
	"2006-01-02 15:04:05.999999999", "2006-01-02"}

// time reads a time: a text, or seconds, milliseconds, microseconds or nanoseconds
// since 1970. It is nil if there is none.
func (r *reading) time(from record, field string) *time.Time {
	found := r.all(from, field)
	if len(found) == 0 {
		return nil
	}
	text := found[0].text
	if at, ok := parseTime(text); ok {
		return &at
	}
	r.fail(found[0].span(), "verdict/wrong-time", fmt.Sprintf("%.80q is no time", text), "write it as 2026-05-04T10:11:12Z")
	return nil
}

// units are what a number can count since 1970. Smaller numbers than the first are years,
// and dates such as 20260504; those between the last two units are what Windows counts
// since the year 1 or 1601.
var units = []struct {
	least, most float64
	per         int64 // second
}{{1e8, 1e11, 1}, {1e11, 1e14, 1e3}, {1e14, 1e17, 1e6}, {9e17, 9e18, 1e9}}

func parseTime(text string) (time.Time, bool) {
	if strings.Trim(text, "0123456789.eE+") == "" {
		return parseCount(text)
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), at.Year() >= 1970
		}
	}
	return time.Time{}, false
}

// parseCount reads a number as exactly as it is written: 1777939200.123 is that
// millisecond.
func parseCount(text string) (time.Time, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, false
	}
	if strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(n, 'f', -1, 64)
	}
	for _, unit := range units {
		if n < unit.least || n >= unit.most {
			continue
		}
		head, tail, _ := strings.Cut(text, ".")
		whole, err := strconv.ParseInt(head, 10, 64)
		rest, _ := strconv.ParseInt((tail + "000000000")[:9], 10, 64) // billionths of the unit
		return time.Unix(whole/unit.per, whole%unit.per*(1e9/unit.per)+rest/unit.per).UTC(), err == nil
	}
	return time.Time{}, false
}
