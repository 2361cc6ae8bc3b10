package rules

import (
	"math/big"
	"strconv"
	"strings"
)

// ScalarKind is the type of a scalar under the YAML 1.2 core schema.
type ScalarKind uint8

// The scalar kinds. Quoted and block scalars are always strings.
const (
	StringScalar ScalarKind = iota
	IntScalar
	FloatScalar
	BoolScalar
	NullScalar
)

// String returns the name that messages use.
func (k ScalarKind) String() string {
	return [...]string{"string", "integer", "float", "boolean", "null"}[k]
}

// Scalar is one YAML scalar with its raw text: plain 00000429 is an integer
// whose Text keeps the zeros, and yes, 12:30 and 2024-01-01 are strings, as in
// the YAML 1.2 core schema that Sigma names.
type Scalar struct {
	Text string
	Kind ScalarKind
	Span Span

	style scalarStyle
}

type scalarStyle uint8

const (
	plainStyle scalarStyle = iota
	singleQuoted
	doubleQuoted
	literalBlock
	foldedBlock
)

// NewScalar returns a scalar that was not read from a file, in string form.
func NewScalar(text string) Scalar { return Scalar{Text: text, style: singleQuoted} }

// NewPlainScalar returns a scalar that was not read from a file, typed as if
// its text stood unquoted in a document.
func NewPlainScalar(text string) Scalar { return Scalar{Text: text, Kind: coreKind(text)} }

// Present reports whether the scalar stands in a document or has any content.
func (s Scalar) Present() bool { return s.Span.Known() || s.Text != "" }

// Quoted reports whether the scalar was written in quotes or as a block.
func (s Scalar) Quoted() bool { return s.style != plainStyle }

// Bool returns the value of a BoolScalar.
func (s Scalar) Bool() bool { return strings.EqualFold(s.Text, "true") }

// DecimalText returns what a number means in decimal: octal and hexadecimal
// integers are converted, anything else is the text itself.
func (s Scalar) DecimalText() string {
	if s.Kind != IntScalar {
		return s.Text
	}
	for prefix, base := range map[string]int{"0o": 8, "0x": 16} {
		if digits, ok := strings.CutPrefix(s.Text, prefix); ok {
			if n, ok := new(big.Int).SetString(digits, base); ok {
				return n.String()
			}
		}
	}
	return s.Text
}

// coreKind resolves a plain scalar by the YAML 1.2 core schema.
func coreKind(text string) ScalarKind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return NullScalar
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return BoolScalar
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
		return FloatScalar
	}
	if c := text[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return StringScalar
	}
	if isInt(text) {
		return IntScalar
	}
	if isFloat(text) {
		return FloatScalar
	}
	return StringScalar
}

func isInt(text string) bool {
	if digits, ok := strings.CutPrefix(text, "0o"); ok {
		return digits != "" && strings.Trim(digits, "01234567") == ""
	}
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		return digits != "" && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
	}
	digits := strings.TrimLeft(text[:1], "+-") + text[1:]
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isFloat matches [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
func isFloat(text string) bool {
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return false
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil || strings.HasSuffix(err.Error(), strconv.ErrRange.Error())
}

func quote(s string) string {
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:77], "") + "..."
	}
	return strconv.Quote(s)
}
