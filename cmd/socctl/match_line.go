package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
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

// lineRule is what lines tell of a rule, or a correlation.
type lineRule struct {
	RuleID, RuleTitle, Level, RuleHash string
	Tags                               []string
}

func lineRuleOf(r *compiler.Rule) *lineRule {
	of := &lineRule{r.ID, r.Title, r.Level, r.Hash, nil}
	if r.Source != nil {
		of.Tags = tagsOf(&r.Source.Header)
	}
	return of
}

func tagsOf(h *rules.Header) (tags []string) {
	for _, tag := range h.Tags {
		tags = append(tags, tag.Text)
	}
	return tags
}

// appendJSON appends the whole line as encoding/json would write it, which takes many
// times longer: there are streams in which most events match.
func (l *matchLine) appendJSON(dst []byte) ([]byte, error) {
	if l.alert != nil {
		return appendAny(dst, l.alert)
	}
	dst, _ = l.appendMembers(dst, wholeLine)
	return dst, nil
}

// appendChosen appends a line of only those members that are chosen, in their order; nil
// for the whole line.
func (l *matchLine) appendChosen(dst []byte, members []lineMember) ([]byte, error) {
	switch {
	case members == nil:
		return l.appendJSON(dst)
	case l.alert != nil:
		return l.appendOfAlert(dst, members)
	}
	dst, _ = l.appendMembers(dst, members)
	return dst, nil
}

// appendMembers appends members of a line that is about a rule, and returns where the
// number of the record stands, -1 for nowhere.
func (l *matchLine) appendMembers(dst []byte, members []lineMember) (line []byte, number int) {
	dst, number = append(dst, '{'), -1
	start := len(dst)
	for _, m := range members {
		if !l.has(m) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = appendName(dst, m)
		if m == memberRecord {
			number = len(dst)
		}
		dst = l.appendValue(dst, m)
	}
	return append(dst, '}'), number
}

// has reports whether a line about a rule has a member.
func (l *matchLine) has(m lineMember) bool {
	switch m {
	case memberView:
		return l.View != ""
	case memberSuppressedBy:
		return len(l.SuppressedBy) > 0
	}
	return m < memberSuppressedBy
}

func appendName(dst []byte, m lineMember) []byte {
	return append(append(append(dst, '"'), m.name()...), `":`...)
}

// appendValue appends the value of a member.
func (l *matchLine) appendValue(dst []byte, m lineMember) []byte {
	switch m {
	case memberRuleID:
		return appendText(dst, l.RuleID)
	case memberRuleTitle:
		return appendText(dst, l.RuleTitle)
	case memberLevel:
		return appendText(dst, l.Level)
	case memberTags:
		return appendTexts(dst, l.Tags)
	case memberSource:
		return appendText(dst, l.Source)
	case memberRecord:
		return strconv.AppendInt(dst, int64(l.Record), 10)
	case memberTime:
		return appendText(dst, l.Time)
	case memberView:
		return appendText(dst, l.View)
	case memberFingerprint:
		return appendText(dst, l.Fingerprint)
	case memberRuleHash:
		return appendText(dst, l.RuleHash)
	case memberSuppressedBy:
		return appendTexts(dst, l.SuppressedBy)
	}
	return dst
}

// appendOfAlert appends members of an alert of a correlation: those that its whole line
// has, and tags.
func (l *matchLine) appendOfAlert(dst []byte, members []lineMember) ([]byte, error) {
	whole, err := appendAny(nil, l.alert)
	if err != nil {
		return dst, err
	}
	var there map[string]json.RawMessage
	if err := json.Unmarshal(whole, &there); err != nil {
		return dst, err
	}
	there[memberTags.name()] = appendTexts(nil, l.Tags)
	dst = append(dst, '{')
	start := len(dst)
	for _, m := range members {
		value, has := there[m.name()]
		if !has {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(appendName(dst, m), value...)
	}
	return append(dst, '}'), nil
}

func appendTexts(dst []byte, texts []string) []byte {
	dst = append(dst, '[')
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, text)
	}
	return append(dst, ']')
}

func appendText(dst []byte, text string) []byte {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	return evaluator.StringValue(text).AppendJSON(dst)
}

// appendAny appends what encoding/json makes of a value.
func appendAny(dst []byte, v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), err
}
