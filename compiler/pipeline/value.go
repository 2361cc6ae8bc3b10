package pipeline

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/rules"
)

type valueKind uint8

const (
	textValue valueKind = iota
	numberValue
	boolValue
	nullValue
	regexValue
	fieldValue // the name of another field
	otherValue // a network, a comparison, alternatives of an encoding …
)

// value is one value of an item as pipelines see it: with its modifiers applied.
type value struct {
	kind  valueKind
	text  text // of a textValue, and of a regexValue with placeholders
	cased bool

	// scalar is the value as it is written, and modifiers what it is written
	// with, without all and neq. They hold unless changed is set.
	scalar    rules.Scalar
	modifiers []string
	changed   bool // text counts, not scalar and modifiers
}

// newValue applies modifiers to a value as it is written in a rule.
func newValue(s rules.Scalar, modifiers []string) value {
	v := value{scalar: s, modifiers: modifiers}
	switch s.Kind {
	case rules.IntScalar, rules.FloatScalar:
		v.kind = numberValue
	case rules.BoolScalar:
		v.kind = boolValue
	case rules.NullScalar:
		v.kind = nullValue
	default:
		v.text = parseText(s.Text)
	}
	for _, m := range modifiers {
		v.modify(m)
	}
	if v.kind == textValue {
		return v
	}
	if v.kind != regexValue || !v.text.has(placeholder) {
		v.text = nil
	}
	return v
}

func (v *value) modify(m string) {
	switch m {
	case "re":
		v.kind, v.text = regexValue, literalText(v.scalar.Text)
	case "i", "m", "s":
	case "fieldref":
		v.kind = fieldValue
	case "expand":
		v.text = v.text.withPlaceholders()
	case "contains", "startswith", "endswith", "cased":
		v.modifyText(m)
	case "base64", "wide", "utf16", "utf16be":
		v.encode(m)
	default:
		v.kind = otherValue
	}
}

// modifyText applies a modifier that makes a text of numbers and booleans.
func (v *value) modifyText(m string) {
	switch v.kind {
	case numberValue, boolValue:
		v.kind, v.text = textValue, literalText(v.scalar.Text)
	case nullValue:
		v.kind = otherValue
	}
	if v.kind != textValue {
		return
	}
	if m == "cased" {
		v.cased = true
		return
	}
	v.text = v.text.anchored(m != "startswith", m != "endswith")
}

// encode applies an encoding. What cannot be encoded is left to the compiler,
// which reports it.
func (v *value) encode(m string) {
	if v.kind != textValue || v.text.wildcards() || v.text.has(placeholder) {
		v.kind = otherValue
		return
	}
	plain := ""
	if len(v.text) > 0 {
		plain = v.text[0].text
	}
	switch m {
	case "base64":
		plain = base64.StdEncoding.EncodeToString([]byte(plain))
	case "utf16be":
		plain = widened(plain, "\x00", "")
	case "utf16":
		plain = "\ufeff" + widened(plain, "", "\x00")
	default:
		plain = widened(plain, "", "\x00")
	}
	v.text = literalText(plain)
	if m != "base64" && strings.ContainsFunc(plain, func(r rune) bool { return r > 0x7f && r != '\ufeff' }) {
		v.kind = otherValue // UTF-16 of these characters is no text
	}
}

func widened(s, before, behind string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(before + string(r) + behind)
	}
	return b.String()
}

// changeText returns v with another text.
func (v value) changeText(t text) value {
	if v.kind == textValue && v.text.equal(t) {
		return v
	}
	v.kind, v.text, v.changed = textValue, t, true
	return v
}

// changeRegex returns v as a regular expression.
func (v value) changeRegex(expr string, flags ...string) value {
	v.scalar.Text, v.scalar.Kind = expr, rules.StringScalar
	return value{kind: regexValue, scalar: v.scalar, modifiers: append([]string{"re"}, flags...)}
}

// changeScalar returns a value without modifiers that keeps the place of v.
func (v value) changeScalar(s rules.Scalar) value {
	if v.scalar.Span.Known() {
		s.Span = v.scalar.Span
	}
	return newValue(s, nil)
}

// written returns the value as it is to be written in a rule. The anchor is
// what the rule used, and kept if the value still has its wildcards.
func (v value) written(anchor string) (rules.Scalar, []string) {
	if !v.changed {
		return v.scalar, v.modifiers
	}
	var modifiers []string
	t, expand := v.text, v.text.has(placeholder)
	if short, ok := withoutAnchor(t, anchor); ok {
		t, modifiers = short, append(modifiers, anchor)
	}
	if v.cased {
		modifiers = append(modifiers, "cased")
	}
	if expand {
		modifiers = append(modifiers, "expand")
	}
	s := v.scalar
	s.Text, s.Kind = t.source(expand), rules.StringScalar
	return s, modifiers
}

// withoutAnchor takes away the wildcards that a modifier stands for, if a text
// has them and more.
func withoutAnchor(t text, anchor string) (text, bool) {
	before, behind := anchor == "contains" || anchor == "endswith", anchor == "contains" || anchor == "startswith"
	if before {
		if len(t) == 0 || t[0].kind != anyRun {
			return nil, false
		}
		t = t[1:]
	}
	if behind {
		if len(t) == 0 || t[len(t)-1].kind != anyRun {
			return nil, false
		}
		t = t[:len(t)-1]
	}
	return t, (before || behind) && len(t) > 0
}

// anchorOf returns the modifier among contains, startswith and endswith, "" if
// there is none or if others than cased and expand stand beside it.
func anchorOf(modifiers []string) string {
	anchor := ""
	for _, m := range modifiers {
		switch m {
		case "contains", "startswith", "endswith":
			anchor = m
		case "cased", "expand":
		default:
			return ""
		}
	}
	return anchor
}

// numberText writes a number as Python does: integers without leading zeros,
// and as integers where they are.
func numberText(s rules.Scalar) string {
	decimal := s.DecimalText()
	f, err := strconv.ParseFloat(decimal, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return decimal
	}
	if s.Kind == rules.IntScalar {
		sign, digits := "", strings.TrimPrefix(decimal, "+")
		if strings.HasPrefix(digits, "-") {
			sign, digits = "-", digits[1:]
		}
		if digits = strings.TrimLeft(digits, "0"); digits == "" {
			return "0"
		}
		return sign + digits
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// same reports whether a value equals one of a pipeline: of the same type, and
// texts by letter case and wildcards.
func (v value) same(s rules.Scalar) bool {
	w := newValue(s, nil)
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case textValue:
		return v.text.equal(w.text)
	case numberValue:
		return numberText(v.scalar) == numberText(w.scalar)
	case boolValue:
		return v.scalar.Bool() == w.scalar.Bool()
	}
	return v.kind == nullValue
}

// modifierNames returns the modifiers of an item without all and neq.
func modifierNames(item *rules.Item) []string {
	var out []string
	for _, m := range item.Modifiers {
		if m.Name != "all" && m.Name != "neq" {
			out = append(out, m.Name)
		}
	}
	return slices.Clip(out)
}
