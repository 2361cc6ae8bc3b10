package reference

import (
	"cmp"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// decimal is what a string must look like to be taken for a number: no hex, no
// infinity, no white space (D7).
var decimal = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// numberText returns the digits of a number or of a string that is one, neither
// of which is longer than anybody writes them.
func numberText(v evaluator.Value) (string, bool) {
	switch v.Kind() {
	case evaluator.Number, evaluator.String:
		return v.Text(), len(v.Text()) <= 400 && decimal.MatchString(v.Text())
	}
	return "", false
}

// operator returns lt, lte, gt or gte if the item has it, else "".
func operator(i *rules.Item) string {
	for _, name := range []string{"lt", "lte", "gt", "gte"} {
		if i.Has(name) {
			return name
		}
	}
	return ""
}

// numeric compares numbers, and strings that are numbers, with s (D7, D29).
func numeric(operator string, s rules.Scalar) matcher {
	return func(v evaluator.Value) bool {
		digits, ok := numberText(v)
		return ok && holds(operator, digits, s.DecimalText())
	}
}

// holds reports whether a stands in that relation to b; without one, equals.
func holds(operator, a, b string) bool {
	order, ok := compare(a, b)
	if !ok {
		return false
	}
	switch operator {
	case "lt":
		return order < 0
	case "lte":
		return order <= 0
	case "gt":
		return order > 0
	case "gte":
		return order >= 0
	}
	return order == 0
}

// compare orders two numbers: integers of 64 bits exactly, all others as
// float64. It is not ok if one of them is not a number at all.
func compare(a, b string) (order int, ok bool) {
	x, xInt := integer(a)
	y, yInt := integer(b)
	if xInt && yInt {
		return x.Cmp(y), true
	}
	f, g := float(a), float(b)
	if math.IsNaN(f) || math.IsNaN(g) {
		return 0, false
	}
	return cmp.Compare(f, g), true
}

// integer reads an integer that 64 bits can hold, with or without a sign.
func integer(s string) (*big.Int, bool) {
	n, ok := new(big.Int).SetString(s, 10)
	return n, ok && (n.IsInt64() || n.IsUint64())
}

// float reads a decimal number or YAML's .inf and .nan. What exceeds a float64
// is infinite.
func float(s string) float64 {
	if !decimal.MatchString(s) {
		s = strings.Replace(s, ".", "", 1)
	}
	f, _ := strconv.ParseFloat(s, 64)
	return f
}
