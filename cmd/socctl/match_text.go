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
	numbers []int     // where in text the number of a record stands, by line; none if lines do not tell it
	from    []textRun // recordings that lines with numbers are about
	matches int       // lines that are no suppressed ones
}

// textRun is lines with numbers, in a row, about events of one recording.
type textRun struct {
	source string
	until  int // how many there are up to here
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
	clear(m.from)
	textMemory.Put(&matchText{text: m.text[:0], numbers: m.numbers[:0], from: m.from[:0]})
}

// about says that the lines with numbers since the last call are about a recording.
func (m *matchText) about(source string) {
	if last := len(m.from) - 1; last >= 0 && m.from[last].source == source {
		m.from[last].until = len(m.numbers)
		return
	}
	m.from = append(m.from, textRun{source, len(m.numbers)})
}

// renumber puts other numbers of records in the place of those that were written. final
// is asked for every line in turn.
func (m *matchText) renumber(final func(line int, source string, written int) int) {
	out := make([]byte, 0, len(m.text))
	from, line := 0, 0
	for _, run := range m.from {
		for ; line < run.until; line++ {
			at := m.numbers[line]
			written, size := leadingNumber(m.text[at:])
			m.numbers[line] = len(out) + at - from
			out = strconv.AppendInt(append(out, m.text[from:at]...), int64(final(line, run.source, written)), 10)
			from = at + size
		}
	}
	m.text = append(out, m.text[from:]...)
}

// leadingNumber reads the number that a text starts with.
func leadingNumber(text []byte) (n, size int) {
	for size < len(text) && '0' <= text[size] && text[size] <= '9' {
		n = 10*n + int(text[size]-'0')
		size++
	}
	return n, size
}

// lineMaker writes lines of matches. It belongs to one goroutine. What lines have in
// common is put together once.
type lineMaker struct {
	layout lineLayout
	rules  map[*compiler.Rule]*lineRule
	kept   [keptTellings]*telling
	latest [keptTellings]given
	spans  map[spanKey]*spanTexts
	drawn  *spanTexts // what lines say of the current event, if it is written down
	prints printing   // what they do not say yet
}

// keptTellings is how many tellings are kept, and keptMatches of how many matches one of
// them is at most. There are not many sets of rules that match together.
const (
	keptTellings = 1 << 8
	keptMatches  = 1 << 4
)

// newLineMaker returns what makes lines of some members; nil for whole ones.
func newLineMaker(members []lineMember) lineMaker {
	if members == nil {
		members = wholeLine
	}
	return lineMaker{layout: layoutOf(members), rules: map[*compiler.Rule]*lineRule{}, spans: map[spanKey]*spanTexts{}}
}

func (l *lineMaker) rule(r *compiler.Rule) *lineRule {
	of := l.rules[r]
	if of == nil {
		of = lineRuleOf(r)
		l.rules[r] = of
	}
	return of
}

// tell appends lines for the matches of an event, and for what filters suppressed. Fingerprints
// may be missing until finish.
func (l *lineMaker) tell(m *matchText, id *telemetry.Identity, record *telemetry.Record, matches []evaluator.Match, stopped []evaluator.Suppression) {
	before := len(m.numbers)
	l.drawn = nil
	if len(matches) > 0 {
		l.write(m, l.tellingOf(matches, record.Source), id, record.Index)
	}
	for _, s := range stopped {
		l.suppressed(m, id, record, s)
	}
	if len(m.numbers) > before {
		m.about(record.Source)
	}
}

// finish completes lines: nothing will be told any more.
func (l *lineMaker) finish(m *matchText) { l.prints.settle(m.text) }

// suppressed appends the line of a match that filters have suppressed.
func (l *lineMaker) suppressed(m *matchText, id *telemetry.Identity, record *telemetry.Record, s evaluator.Suppression) {
	line := matchLine{lineRule: l.rule(s.Rule), Source: record.Source, Record: record.Index, View: s.View, Fingerprint: telemetry.FingerprintOf(id.Canonical), SuppressedBy: suppressedText(s)}
	if id.Timed {
		line.Time = id.Time.Format(time.RFC3339Nano)
	}
	text, number := line.appendMembers(m.text, l.layout.chosen)
	m.text = append(text, '\n')
	if number >= 0 {
		m.numbers = append(m.numbers, number)
	}
}

// tellingOf returns what there is to tell of some matches.
func (l *lineMaker) tellingOf(matches []evaluator.Match, source string) *telling {
	if len(matches) > keptMatches {
		return l.telling(matches, source)
	}
	// Streams give the same matches again for other events. They never change, so what was
	// told of them need not be looked up by what they are.
	g := &l.latest[placeOf(matches)]
	if g.first != &matches[0] || len(g.telling.matches) != len(matches) || g.telling.source != source {
		*g = given{&matches[0], l.keptTelling(matches, source)}
	}
	return g.telling
}

// keptTelling is tellingOf by what the matches are.
func (l *lineMaker) keptTelling(matches []evaluator.Match, source string) *telling {
	slot := &l.kept[slotOf(matches)]
	if t := *slot; t == nil || t.source != source || !slices.Equal(t.matches, matches) {
		*slot = l.telling(matches, source)
	}
	return *slot
}

// write appends lines about an event.
func (l *lineMaker) write(m *matchText, t *telling, id *telemetry.Identity, number int) {
	if l.layout.asks&telemetry.CanonicalPart != 0 && len(t.lines) > 0 {
		l.prints.begin(m.text, id.Canonical)
	}
	text := m.text
	for i := range t.lines {
		line := &t.lines[i]
		if line.spans != l.drawn {
			l.drawn = line.spans
			l.drawn.draw(id, number)
		}
		for k := range line.before {
			span := &line.spans.all[k]
			text = append(text, line.before[k]...)
			if span.numbered {
				m.numbers = append(m.numbers, len(text)+span.number)
			}
			if span.printed {
				l.prints.leave(len(text) + span.print)
			}
			text = append(text, span.text...)
		}
	}
	m.text = append(text, t.behind...)
	m.matches += len(t.lines)
}
