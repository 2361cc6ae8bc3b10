package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
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
	rule  *ruleText  // what the line says of the rule as it is written; nil if that is not known
}

// ruleText is what all lines of one rule have in common.
type ruleText struct {
	head string // up to the name of the source
	tail string // from the hash of the rule
}

func newRuleText(r *compiler.Rule) *ruleText {
	l := matchLine{RuleID: r.ID, RuleTitle: r.Title, Level: r.Level, RuleHash: r.Hash}
	return &ruleText{string(l.appendHead(nil)), string(l.appendTail(nil))}
}

func (l *matchLine) appendHead(dst []byte) []byte {
	if l.rule != nil {
		return append(dst, l.rule.head...)
	}
	dst = appendMember(dst, `{"rule_id":`, l.RuleID)
	dst = appendMember(dst, `,"rule_title":`, l.RuleTitle)
	return appendMember(dst, `,"level":`, l.Level)
}

func (l *matchLine) appendTail(dst []byte) []byte {
	if l.rule != nil {
		return append(dst, l.rule.tail...)
	}
	return appendMember(dst, `,"rule_hash":`, l.RuleHash)
}

// appendJSON appends the line as encoding/json would write it, which takes many
// times longer: there are streams in which most events match.
func (l *matchLine) appendJSON(dst []byte) ([]byte, error) {
	if l.alert != nil {
		return appendAny(dst, l.alert)
	}
	dst = l.appendHead(dst)
	dst = appendMember(dst, `,"source":`, l.Source)
	dst = strconv.AppendInt(append(dst, `,"record":`...), int64(l.Record), 10)
	dst = appendMember(dst, `,"time":`, l.Time)
	if l.View != "" {
		dst = appendMember(dst, `,"view":`, l.View)
	}
	dst = appendMember(dst, `,"event_fingerprint":`, l.Fingerprint)
	dst = l.appendTail(dst)
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
