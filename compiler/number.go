package compiler

import (
	"cmp"
	"math"
	"strconv"
)

// Number is a decimal number, exact if it is a 64-bit integer.
type Number struct {
	exact    bool
	negative bool
	size     uint64 // absolute value of an exact number
	float    float64
}

// ParseNumber parses a decimal number that takes up all of s:
// [+-] digits [. digits] [exponent], or . digits. Hexadecimal, infinities and
// surrounding space are no numbers, nor is what exceeds a float64 (D7).
func ParseNumber(s string) (Number, bool) {
	n, ok := parseNumber(s)
	return n, ok && !math.IsInf(n.float, 0)
}

// maxNumber is how many characters a number has at most.
const maxNumber = 400

// parseNumber is ParseNumber, but takes what exceeds a float64 for infinite.
func parseNumber(s string) (Number, bool) {
	if s == "" || len(s) > maxNumber {
		return Number{}, false
	}
	integer := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case (c == '-' || c == '+') && i == 0 && len(s) > 1:
		case c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+':
			integer = false
		default:
			return Number{}, false
		}
	}
	if integer {
		if n, ok := parseInteger(s); ok {
			return n, true
		}
	}
	if !isDecimal(s) {
		return Number{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return Number{float: f}, err == nil || math.IsInf(f, 0)
}

// isDecimal spares text that is no number, such as an address or a date, the
// error of the parser, which takes memory.
func isDecimal(s string) bool {
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	digits, points := 0, 0
	for s != "" && s[0] != 'e' && s[0] != 'E' {
		switch s[0] {
		case '.':
			points++
		case '-', '+':
			return false
		default:
			digits++
		}
		s = s[1:]
	}
	return digits > 0 && points <= 1
}

func parseInteger(s string) (Number, bool) {
	negative := s[0] == '-'
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	size, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return Number{}, false
	}
	n := Number{exact: true, negative: negative && size != 0, size: size, float: float64(size)}
	if n.negative {
		n.float = -n.float
	}
	return n, true
}

// IntNumber returns an exact number.
func IntNumber(n int64) Number {
	if n < 0 {
		return Number{exact: true, negative: true, size: -uint64(n), float: float64(n)}
	}
	return Number{exact: true, size: uint64(n), float: float64(n)}
}

// FloatNumber returns a number that compares as a float64. Numbers that are
// computed are finite, as JSON needs them: for infinity it is the largest there is.
func FloatNumber(f float64) Number {
	return Number{float: min(max(f, -math.MaxFloat64), math.MaxFloat64)}
}

// Int returns the number as an int64; false if it is none.
func (n Number) Int() (int64, bool) {
	switch {
	case !n.exact || n.size > 1<<63 || n.size == 1<<63 && !n.negative:
		return 0, false
	case n.negative:
		return int64(-n.size), true
	}
	return int64(n.size), true
}

// Compare returns -1, 0 or 1. Integers compare exactly; as soon as one of the
// two is no 64-bit integer both compare as float64.
func (n Number) Compare(m Number) int {
	if !n.exact || !m.exact {
		return cmp.Compare(n.float, m.float)
	}
	switch {
	case n.negative != m.negative:
		if n.negative {
			return -1
		}
		return 1
	case n.negative:
		return cmp.Compare(m.size, n.size)
	}
	return cmp.Compare(n.size, m.size)
}

// Float returns the nearest float64.
func (n Number) Float() float64 { return n.float }

// String returns the number in its shortest decimal form.
func (n Number) String() string {
	if n.exact {
		sign := ""
		if n.negative {
			sign = "-"
		}
		return sign + strconv.FormatUint(n.size, 10)
	}
	return strconv.FormatFloat(n.float, 'f', -1, 64)
}
