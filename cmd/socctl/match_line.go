package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// matchLine is one match in its stable JSON form.
type matchLine struct {
	*lineRule
	Source      string
	Record      int
	Time        string
	View        string // left out if empty
	Fingerprint string

	SuppressedBy []string // filters; the line is no match then

	alert *alertLine // of a correlation, which the line is then about
}

// lineRule is what lines tell of a rule, or a correlation, and how it is written: once,
// not in every line.
type lineRule struct {
	RuleID, RuleTitle, Level, RuleHash string

	head string // up to the name of the source
	tail string // the hash of the rule
}

func newLineRule(id, title, level, hash string) *lineRule {
	head := appendMember(nil, `{"rule_id":`, id)
	head = appendMember(head, `,"rule_title":`, title)
	head = appendMember(head, `,"level":`, level)
	tail := appendMember(nil, `,"rule_hash":`, hash)
	return &lineRule{id, title, level, hash, string(head), string(tail)}
}

func lineRuleOf(r *compiler.Rule) *lineRule { return newLineRule(r.ID, r.Title, r.Level, r.Hash) }

// appendJSON appends the line as encoding/json would write it, which takes many
// times longer: there are streams in which most events match.
func (l *matchLine) appendJSON(dst []byte) ([]byte, error) {
	if l.alert != nil {
		return appendAny(dst, l.alert)
	}
	dst = appendOrigin(append(dst, l.head...), l.Source)
	dst = strconv.AppendInt(dst, int64(l.Record), 10)
	dst = appendMember(dst, `,"time":`, l.Time)
	if l.View != "" {
		dst = appendMember(dst, `,"view":`, l.View)
	}
	dst = appendMember(dst, `,"event_fingerprint":`, l.Fingerprint)
	return append(appendSuppressed(append(dst, l.tail...), l.SuppressedBy), '}'), nil
}

// appendOrigin appends what a line says of an event up to the number of its record.
func appendOrigin(dst []byte, source string) []byte {
	return append(appendMember(dst, `,"source":`, source), `,"record":`...)
}

// appendSuppressed appends the filters that keep a line from being a match, if any.
func appendSuppressed(dst []byte, filters []string) []byte {
	for i, filter := range filters {
		before := `,`
		if i == 0 {
			before = `,"suppressed_by":[`
		}
		dst = appendMember(dst, before, filter)
	}
	if len(filters) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

func appendMember(dst []byte, name, text string) []byte {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	return evaluator.StringValue(text).AppendJSON(append(dst, name...))
}

// appendAny appends what encoding/json makes of a value.
func appendAny(dst []byte, v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), err
}
