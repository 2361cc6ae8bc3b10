package main

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// matchText is the lines of matches as they are written, but for the numbers of their
// records, which may yet turn out to be others. Nothing in it is made anew for every
// line: there are streams in which most events match.
type matchText struct {
	text    []byte
	events  []textEvent
	numbers []int // where in text the number of the record stands, by line
	matches int   // lines that are no suppressed ones
}

// textEvent is an event that lines are about.
type textEvent struct {
	source  string
	written int // number of its record in text
	final   int // what it turned out to be
	until   int // how many lines there are up to here
}

// textMemory is that of lines that were written.
var textMemory sync.Pool

// maxText is how many bytes of lines memory that is used again may hold: more than usual
// blocks have.
const maxText = 4 << 20

func newMatchText() matchText {
	if used, ok := textMemory.Get().(*matchText); ok {
		return *used
	}
	return matchText{}
}

func (m *matchText) recycle() {
	if cap(m.text) == 0 || cap(m.text) > maxText {
		return
	}
	clear(m.events)
	textMemory.Put(&matchText{text: m.text[:0], events: m.events[:0], numbers: m.numbers[:0]})
}

// settle writes the numbers that records turned out to have.
func (m *matchText) settle() {
	if !slices.ContainsFunc(m.events, func(e textEvent) bool { return e.final != e.written }) {
		return
	}
	var out []byte
	from, line := 0, 0
	for i := range m.events {
		e := &m.events[i]
		size := len(strconv.Itoa(e.written))
		for ; line < e.until; line++ {
			at := m.numbers[line]
			m.numbers[line] = len(out) + at - from
			out = strconv.AppendInt(append(out, m.text[from:at]...), int64(e.final), 10)
			from = at + size
		}
		e.written = e.final
	}
	m.text = append(out, m.text[from:]...)
}

// lineMaker writes lines of matches. It belongs to one goroutine. What lines have in
// common is put together once.
type lineMaker struct {
	rules  map[*compiler.Rule]*ruleText
	source string // of the latest event
	origin []byte // what lines say of it, up to the number
	view   string // of the latest line
	shown  []byte // what lines say of it, from behind the time up to the fingerprint
	event  []byte // what they say of the current event and a view, from the number on
}

// ruleText is what lines of one rule say.
type ruleText struct {
	*lineRule
	source string
	start  []byte // up to the number of a record of that source
	end    string // from behind the fingerprint on, if the line is a match
}

func newLineMaker() lineMaker { return lineMaker{rules: map[*compiler.Rule]*ruleText{}} }

func (l *lineMaker) rule(r *compiler.Rule) *ruleText {
	of := l.rules[r]
	if of == nil {
		line := lineRuleOf(r)
		of = &ruleText{lineRule: line, end: line.tail + "}\n"}
		l.rules[r] = of
	}
	return of
}

// tell appends lines for the matches of an event, and for what filters suppressed.
func (l *lineMaker) tell(m *matchText, id telemetry.Identity, record *telemetry.Record, matches []evaluator.Match, stopped []evaluator.Suppression) {
	before := len(m.numbers)
	view, seen := "", false
	for i := range matches {
		of := &matches[i]
		if !of.Rule.Alerts {
			continue
		}
		if !seen || of.View != view {
			view, seen = of.View, true
			l.about(&id, record, view)
		}
		r := l.rule(of.Rule)
		l.line(m, r)
		m.text = append(m.text, r.end...)
		m.matches++
	}
	for _, s := range stopped {
		l.about(&id, record, s.View)
		r := l.rule(s.Rule)
		l.line(m, r)
		m.text = append(appendSuppressed(append(m.text, r.tail...), suppressedText(s)), "}\n"...)
	}
	if len(m.numbers) > before {
		m.events = append(m.events, textEvent{record.Source, record.Index, record.Index, len(m.numbers)})
	}
}

// line appends a line about the current event, up to the hash of the rule.
func (l *lineMaker) line(m *matchText, r *ruleText) {
	if r.start == nil || r.source != l.source {
		r.source, r.start = l.source, append(append(r.start[:0], r.head...), l.origin...)
	}
	m.text = append(m.text, r.start...)
	m.numbers = append(m.numbers, len(m.text))
	m.text = append(m.text, l.event...)
}

// about makes an event the current one.
func (l *lineMaker) about(id *telemetry.Identity, record *telemetry.Record, view string) {
	if l.origin == nil || record.Source != l.source {
		l.source, l.origin = record.Source, appendOrigin(l.origin[:0], record.Source)
	}
	if l.shown == nil || view != l.view {
		l.view, l.shown = view, append(l.shown[:0], '"')
		if view != "" {
			l.shown = appendMember(l.shown, `,"view":`, view)
		}
		l.shown = append(l.shown, `,"event_fingerprint":"`...)
	}
	l.event = strconv.AppendInt(l.event[:0], int64(record.Index), 10)
	l.event = append(l.event, `,"time":"`...)
	if id.Timed {
		l.event = id.Time.AppendFormat(l.event, time.RFC3339Nano)
	}
	l.event = append(append(append(l.event, l.shown...), id.Fingerprint...), '"')
}
