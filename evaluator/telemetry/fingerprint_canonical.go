package telemetry

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// appendCanonical appends the canonical JSON of a value; nil stands for a value
// that says nothing and is left out.
func appendCanonical(dst []byte, name string, v evaluator.Value) []byte {
	switch v.Kind() {
	case evaluator.Null:
		return nil
	case evaluator.List:
		return appendCanonicalList(dst, v)
	case evaluator.Object:
		return appendCanonicalObject(dst, v)
	}
	text := canonicalText(name, v)
	if text == "" {
		return nil
	}
	return evaluator.StringValue(text).AppendJSON(dst)
}

func appendCanonicalList(dst []byte, v evaluator.Value) []byte {
	dst = append(dst, '[')
	empty := true
	for _, item := range v.Items() {
		text := appendCanonical(nil, "", item)
		if text == nil {
			continue
		}
		if !empty {
			dst = append(dst, ',')
		}
		empty = false
		dst = append(dst, text...)
	}
	if empty {
		return nil
	}
	return append(dst, ']')
}

func appendCanonicalObject(dst []byte, v evaluator.Value) []byte {
	members := slices.Clone(v.Members())
	slices.SortStableFunc(members, func(a, b evaluator.Member) int { return strings.Compare(a.Name, b.Name) })
	dst = append(dst, '{')
	empty := true
	for _, m := range members {
		text := appendCanonical(nil, m.Name, m.Value)
		if text == nil {
			continue
		}
		if !empty {
			dst = append(dst, ',')
		}
		empty = false
		dst = evaluator.StringValue(m.Name).AppendJSON(dst)
		dst = append(dst, ':')
		dst = append(dst, text...)
	}
	if empty {
		return nil
	}
	return append(dst, '}')
}

// canonicalText is the text of a scalar in the form that Fingerprint describes.
func canonicalText(name string, v evaluator.Value) string {
	text := v.Text()
	if v.Kind() == evaluator.Bool {
		return text
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r", ""))
	switch {
	case name == "TimeCreated_SystemTime" && v.Kind() == evaluator.Number:
		return canonicalEpoch(text)
	case isGUID(text):
		return strings.ToLower(strings.Trim(text, "{}"))
	case isHex(text):
		return strings.ToLower(text)
	case name == "Binary":
		return strings.ToLower(text)
	}
	if t, ok := parseISO(text, time.UTC); ok {
		return canonicalTime(t)
	}
	return text
}

func canonicalTime(t time.Time) string {
	return t.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}

// canonicalEpoch reads seconds that went through a float64, whose error is up
// to 1.2e-7 s today: a little is added so that whole milliseconds stay whole.
func canonicalEpoch(text string) string {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	whole := int64(seconds)
	nanos := int64((seconds-float64(whole))*1e9) + 150
	return canonicalTime(time.Unix(whole, nanos).UTC())
}

// isGUID recognises 8-4-4-4-12 hexadecimal digits, with or without braces.
func isGUID(s string) bool {
	if len(s) == 38 && s[0] == '{' && s[37] == '}' {
		s = s[1:37]
	}
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !isHexDigit(s[i]) {
				return false
			}
		}
	}
	return true
}

func isHex(s string) bool {
	if len(s) < 3 || s[0] != '0' || s[1] != 'x' && s[1] != 'X' {
		return false
	}
	for i := 2; i < len(s); i++ {
		if !isHexDigit(s[i]) {
			return false
		}
	}
	return true
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
