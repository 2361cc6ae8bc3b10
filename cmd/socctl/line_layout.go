package main

import (
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// lineLayout is the members of lines, parted by what they depend on: spans are what each
// event has of its own, with what else stands between; around them lines of a rule are
// always the same.
type lineLayout struct {
	chosen  []lineMember
	members []lineMember // those of chosen that lines of matches may have
	spans   [][2]int     // of members: from the first up to behind the last
	asks    telemetry.IdentityPart
}

func layoutOf(chosen []lineMember) lineLayout {
	l := lineLayout{chosen: chosen}
	for _, m := range chosen {
		if m < memberSuppressedBy {
			l.members = append(l.members, m)
		}
	}
	members := l.members
	for i, m := range members {
		switch m {
		case memberFingerprint:
			l.asks |= telemetry.CanonicalPart
		case memberTime:
			l.asks |= telemetry.TimePart
		case memberRecord:
		default:
			continue
		}
		last := len(l.spans) - 1
		if last >= 0 && !slices.ContainsFunc(members[l.spans[last][1]:i], ofRule) {
			l.spans[last][1] = i + 1
			continue
		}
		l.spans = append(l.spans, [2]int{i, i + 1})
	}
	return l
}

// ofRule reports whether a member is another one for each rule.
func ofRule(m lineMember) bool { return m != memberSource && m != memberView }

// telling is the lines of matches that were found together, in events of one recording.
type telling struct {
	matches []evaluator.Match
	source  string
	lines   []toldLine // of those that are alerts
	behind  []byte     // the last span of the last line
}

// toldLine is a line as it is for all events.
type toldLine struct {
	spans  *spanTexts
	before [][]byte // each span: since the one before, which may be of another line
}

// given is matches as a stream has given them, and what to tell of them.
type given struct {
	first   *evaluator.Match
	telling *telling
}

// placeOf returns where what was given is kept.
func placeOf(matches []evaluator.Match) uintptr {
	place := uintptr(unsafe.Pointer(&matches[0])) >> 4
	return (place ^ place>>8) % keptTellings
}

// slotOf returns where a telling is kept.
func slotOf(matches []evaluator.Match) uintptr {
	const odd = 0x9e3779b1
	sum := uintptr(0)
	for i := range matches {
		sum = sum*odd + uintptr(unsafe.Pointer(matches[i].Rule))>>4
	}
	return (sum ^ sum>>8 ^ sum>>16) % keptTellings
}

// telling puts together what lines of some matches say.
func (l *lineMaker) telling(matches []evaluator.Match, source string) *telling {
	t := &telling{matches: slices.Clone(matches), source: source}
	var text []byte
	for _, of := range matches {
		if !of.Rule.Alerts {
			continue
		}
		line := toldLine{spans: l.spansOf(spanKey{source, of.View})}
		facts := &matchLine{lineRule: l.rule(of.Rule), Source: source, View: of.View}
		at, empty := 0, true
		text = append(text, '{')
		for _, span := range l.layout.spans {
			text, _ = appendStatic(text, facts, l.layout.members[at:span[0]], empty)
			line.before = append(line.before, text)
			text, at, empty = nil, span[1], false
		}
		text, _ = appendStatic(text, facts, l.layout.members[at:], empty)
		text = append(text, "}\n"...)
		t.lines = append(t.lines, line)
	}
	t.behind = text
	return t
}

// appendStatic appends members that do not depend on the event; empty says that there are
// none before.
func appendStatic(dst []byte, l *matchLine, members []lineMember, empty bool) ([]byte, bool) {
	for _, m := range members {
		if !l.has(m) {
			continue
		}
		dst = appendName(appendComma(dst, empty), m)
		dst, empty = l.appendValue(dst, m), false
	}
	return dst, empty
}

func appendComma(dst []byte, empty bool) []byte {
	if empty {
		return dst
	}
	return append(dst, ',')
}

// spanKey is what spans depend on besides the event.
type spanKey struct{ source, view string }

// spanTexts are the spans of lines about the current event.
type spanTexts struct{ all []spanText }

// spanText is a span: pieces that are always the same, a member of the event behind each.
type spanText struct {
	pieces []spanPiece
	end    string // behind the last member
	text   []byte // for the current event

	numbered bool // the number of the record is in it
	number   int  // where in text it begins
	behind   int  // and ends
	latest   int  // what it is
	printed  bool // there is room for the fingerprint in it
	print    int  // where in text that begins
	times    bool // there may be a time in it,
	timed    bool // and there is one in text
}

type spanPiece struct {
	before string
	member lineMember
}

// maxSpans is how many spans are kept: more than there are views, for a few recordings.
const maxSpans = 1 << 12

// spansOf returns the spans of a recording and a view.
func (l *lineMaker) spansOf(key spanKey) *spanTexts {
	s := l.spans[key]
	if s == nil {
		if len(l.spans) == maxSpans {
			clear(l.spans)
		}
		s = l.layout.draft(&matchLine{lineRule: &lineRule{}, Source: key.source, View: key.view})
		l.spans[key] = s
	}
	return s
}

// draft puts together what spans have in common for all events.
func (l *lineLayout) draft(facts *matchLine) *spanTexts {
	s := &spanTexts{all: make([]spanText, len(l.spans))}
	for i, span := range l.spans {
		of := &s.all[i]
		empty := !slices.ContainsFunc(l.members[:span[0]], facts.has)
		var text []byte
		for _, m := range l.members[span[0]:span[1]] {
			if m == memberSource || m == memberView {
				text, empty = appendStatic(text, facts, []lineMember{m}, empty)
				continue
			}
			text, empty = appendName(appendComma(text, empty), m), false
			if m != memberRecord {
				text = append(text, '"')
			}
			of.pieces = append(of.pieces, spanPiece{string(text), m})
			if text = text[:0]; m != memberRecord {
				text = append(text, '"')
			}
			of.numbered = of.numbered || m == memberRecord
			of.printed = of.printed || m == memberFingerprint
			of.times = of.times || m == memberTime
		}
		of.end = string(text)
	}
	return s
}

// count writes the number of a record in the place of the latest one, if nothing else differs,
// and that only in the last digit: most events of a stream that matches often follow each other
// closely.
func (of *spanText) count(number int) bool {
	more := uint(number - of.latest)
	if !of.numbered || of.timed || of.behind == 0 || more > 9 || more+uint(of.text[of.behind-1]) > '9' {
		return false
	}
	of.text[of.behind-1] += byte(more)
	of.latest = number
	return true
}

// draw writes the spans down for an event.
func (s *spanTexts) draw(id *telemetry.Identity, number int) {
	for i := range s.all {
		of := &s.all[i]
		timed := of.times && id.Timed
		if !timed && of.count(number) {
			continue
		}
		of.timed = timed
		text := of.text[:0]
		for k := range of.pieces {
			p := &of.pieces[k]
			switch text = append(text, p.before...); p.member {
			case memberRecord:
				of.number = len(text)
				text = strconv.AppendInt(text, int64(number), 10)
				of.behind, of.latest = len(text), number
			case memberTime:
				if timed {
					text = id.Time.AppendFormat(text, time.RFC3339Nano)
				}
			case memberFingerprint:
				of.print = len(text)
				text = append(text, make([]byte, telemetry.FingerprintSize)...)
			}
		}
		of.text = append(text, of.end...)
	}
}
