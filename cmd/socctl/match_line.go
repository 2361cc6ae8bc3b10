package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// matchLine is one match in its stable JSON form.
type matchLine struct {
	RuleID      string `json:"rule_id"`
	RuleTitle   string `json:"rule_title"`
	Level       string `json:"level"`
	Source      string `json:"source"`
	Record      int    `json:"record"`
	Time        string `json:"time"`
	View        string `json:"view,omitempty"`
	Fingerprint string `json:"event_fingerprint"`
	RuleHash    string `json:"rule_hash"`

	SuppressedBy []string `json:"suppressed_by,omitempty"` // filters; the line is no match then

	alert *alertLine // of a correlation, which the line is then about
}

// appendJSON appends the line as encoding/json would write it, which takes many
// times longer: there are streams in which most events match.
func (l *matchLine) appendJSON(dst []byte) ([]byte, error) {
	if l.alert != nil {
		return appendAny(dst, l.alert)
	}
	dst = appendMember(dst, `{"rule_id":`, l.RuleID)
	dst = appendMember(dst, `,"rule_title":`, l.RuleTitle)
	dst = appendMember(dst, `,"level":`, l.Level)
	dst = appendMember(dst, `,"source":`, l.Source)
	dst = strconv.AppendInt(append(dst, `,"record":`...), int64(l.Record), 10)
	dst = appendMember(dst, `,"time":`, l.Time)
	if l.View != "" {
		dst = appendMember(dst, `,"view":`, l.View)
	}
	dst = appendMember(dst, `,"event_fingerprint":`, l.Fingerprint)
	dst = appendMember(dst, `,"rule_hash":`, l.RuleHash)
	for i, filter := range l.SuppressedBy {
		before := `,`
		if i == 0 {
			before = `,"suppressed_by":[`
		}
		dst = appendMember(dst, before, filter)
	}
	if len(l.SuppressedBy) > 0 {
		dst = append(dst, ']')
	}
	return append(dst, '}'), nil
}

func appendMember(dst []byte, name, text string) []byte {
	return evaluator.StringValue(strings.ToValidUTF8(text, "\ufffd")).AppendJSON(append(dst, name...))
}

// appendAny appends what encoding/json makes of a value.
func appendAny(dst []byte, v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), err
}
