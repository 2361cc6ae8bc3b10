package reference

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// timePart returns the part of a time that the item compares, "" if none.
func timePart(i *rules.Item) string {
	for _, name := range []string{"minute", "hour", "day", "week", "month", "year"} {
		if i.Has(name) {
			return name
		}
	}
	return ""
}

// clock compares a part of a time with an integer (D31).
func clock(part, operator string, s rules.Scalar) (matcher, error) {
	if s.Kind != rules.IntScalar {
		return nil, fmt.Errorf("%s takes an unquoted integer, found %q", part, s.Text)
	}
	return func(v evaluator.Value) bool {
		t, ok := parseTime(v)
		return ok && holds(operator, strconv.Itoa(partOf(t, part)), s.DecimalText())
	}, nil
}

func partOf(t time.Time, part string) int {
	switch part {
	case "minute":
		return t.Minute()
	case "hour":
		return t.Hour()
	case "day":
		return t.Day()
	case "week":
		_, week := t.ISOWeek()
		return week
	case "month":
		return int(t.Month())
	}
	return t.Year()
}

// parseTime reads a written time or a number of seconds, milliseconds or
// nanoseconds since 1970. Only the clock matters, as written or in UTC.
func parseTime(v evaluator.Value) (time.Time, bool) {
	if digits, ok := numberText(v); ok {
		return epoch(digits)
	}
	if v.Kind() != evaluator.String {
		return time.Time{}, false
	}
	return written(v.Text())
}

// timestamp is RFC 3339, the time zone being optional and T also a space.
var timestamp = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d):(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[-+](?:[01]\d|2[0-3]):[0-5]\d)?$`)

// written reads the clock of a written time. Its time zone does not count. A
// day that its month does not have would be read as one of another month.
func written(s string) (time.Time, bool) {
	m := timestamp.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	t := time.Date(atoi(m[1]), time.Month(atoi(m[2])), atoi(m[3]), atoi(m[4]), atoi(m[5]), 0, 0, time.UTC)
	return t, int(t.Month()) == atoi(m[2])
}

// atoi reads digits that a regular expression has found.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// epoch reads a number since 1970: above 1e15 nanoseconds, above 1e12
// milliseconds, else seconds.
func epoch(digits string) (time.Time, bool) {
	n, ok := wholeNumber(digits)
	switch {
	case !ok:
		return time.Time{}, false
	case n > 1e15:
		return time.Unix(0, n).UTC(), true
	case n > 1e12:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}

// wholeNumber drops the fraction of a number, if it is one of 64 bits.
func wholeNumber(digits string) (int64, bool) {
	if n, ok := integer(digits); ok {
		return n.Int64(), n.IsInt64()
	}
	f := math.Floor(float(digits))
	return int64(f), math.Abs(f) < math.MaxInt64
}
