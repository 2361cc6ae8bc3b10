package backtest

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Every event of a logsource counts for the days that were recorded, but making an
// event of each, only to ask for its time, would cost several times what
// evaluating does. So of the first records of a kind is learnt where its time
// stands: under a name that no other value of the record has. From then on it is
// read from there. Records of a kind have the same structure, so it is there in
// all of them; a text that is not written in the same way is left to the event,
// and of the 17th, 65th, 257th … record both are compared: several values of a record
// may be the same time by chance.

// reading is where records of a kind have their time.
type reading struct {
	learnt  int // how often
	from    origin
	name    []byte   // of a raw record, in quotes
	path    []string // of one that was read as a value
	written layout
}

type origin uint8

const (
	fromEvent origin = iota
	fromRaw
	fromValue
)

// maxLearnt is after how many wrong places times are no longer looked for.
const maxLearnt = 3

// layout is how a time is written.
type layout struct {
	number    bool
	separator byte // between day and hour
	zone      byte // Z, + for an offset, 0 for none
}

// clock reads the times of records.
type clock struct {
	utc bool // times without a zone are in UTC
}

// newClock finds out by two times, of winter and summer, what those without a
// zone mean to a normaliser.
func newClock(n *telemetry.Normaliser) clock {
	for _, text := range []string{"2026-01-02 03:04:05", "2026-07-02 03:04:05"} {
		e := n.Event(telemetry.Record{Value: evaluator.ObjectValue(evaluator.Member{Name: "EventTime", Value: evaluator.StringValue(text)})})
		t, _, ok := e.Time()
		if !ok || t.UTC().Format(time.DateTime) != text {
			return clock{}
		}
	}
	return clock{utc: true}
}

// time returns the time of the current record, which is of a kind. Most kinds have
// it where the one before has it, which the first record of a kind can tell.
func (s *survey) time(k *kind, record *telemetry.Record) (time.Time, error) {
	r := &k.reading
	if r.from != fromEvent && k.events > 0 && !compared(k.events) {
		if t, ok := r.read(record); ok {
			return t, nil
		}
	}
	event, _, err := s.see()
	if err != nil {
		return time.Time{}, err
	}
	t := timeOf(event)
	switch {
	case k.events == 0:
		*r = s.clock.adopt(s.reading, record, t)
	case r.learnt == 0:
		*r = s.clock.learn(event, record, t)
		r.learnt = 1
		s.reading = *r
	case r.from != fromEvent:
		if fast, ok := r.read(record); ok && !fast.Equal(t) {
			again := r.learnt + 1
			if *r = (reading{}); again <= maxLearnt {
				*r = s.clock.learn(event, record, t)
			}
			r.learnt = again
		}
	}
	return t, nil
}

// adopt returns the reading of another kind if it is right for a record as well,
// else none.
func (c clock) adopt(r reading, record *telemetry.Record, t time.Time) reading {
	if fast, ok := r.read(record); !ok || !fast.Equal(t) || record.Raw != nil && countNames(record.Raw, r.name) != 1 {
		return reading{}
	}
	return r
}

// compared reports whether a record is one of those of which both times are
// compared: 16 were before it, or 64, 256 …
func compared(n int) bool { return n >= 16 && n&(n-1) == 0 && bits.TrailingZeros(uint(n))%2 == 0 }

// read reads the time of a record where its kind has it.
func (r *reading) read(record *telemetry.Record) (time.Time, bool) {
	text, ok := "", false
	switch {
	case r.from == fromRaw && record.Raw != nil:
		var raw []byte
		raw, ok = scalarBehind(record.Raw, r.name)
		text = unsafe.String(unsafe.SliceData(raw), len(raw)) // read and forgotten
	case r.from == fromValue && record.Raw == nil:
		text, ok = record.TextAt(r.path)
	}
	if !ok {
		return time.Time{}, false
	}
	t, written, ok := parseStamp(text)
	return t, ok && written == r.written
}

// learn finds the place of a time in a record: that of the field that says so, or
// the first that holds it.
func (c clock) learn(e *telemetry.Event, record *telemetry.Record, t time.Time) reading {
	if t.IsZero() {
		return reading{}
	}
	_, field, _ := e.Time()
	var found []stamp
	collectStamps(e.Record().Value, nil, &found)
	found = slices.DeleteFunc(found, func(s stamp) bool {
		at, _, _ := parseStamp(s.text)
		return !at.Equal(t)
	})
	named := slices.IndexFunc(found, func(s stamp) bool {
		return s.path[len(s.path)-1] == field || strings.Join(s.path, ".") == field
	})
	if named > 0 {
		found[0] = found[named]
	}
	for i := range found {
		if r := c.use(&found[i], record); r.from != fromEvent || i == named {
			return r
		}
	}
	return reading{}
}

// stamp is a text in a record that may be a time.
type stamp struct {
	path []string
	text string
}

const maxStampDepth = 6

// collectStamps finds what looks like a time, outside of lists.
func collectStamps(v evaluator.Value, path []string, out *[]stamp) {
	switch v.Kind() {
	case evaluator.Object:
		if len(path) >= maxStampDepth {
			return
		}
		for _, m := range v.Members() {
			collectStamps(m.Value, append(path[:len(path):len(path)], m.Name), out)
		}
	case evaluator.String, evaluator.Number:
		if _, _, ok := parseStamp(v.Text()); ok && len(path) > 0 {
			*out = append(*out, stamp{path, v.Text()})
		}
	}
}

// use makes a reading of a place, if it is the only one that is called so.
func (c clock) use(s *stamp, record *telemetry.Record) reading {
	_, written, _ := parseStamp(s.text)
	out := reading{written: written}
	if written.zone == 0 && !written.number && !c.utc {
		return out
	}
	if record.Raw == nil {
		if text, ok := record.TextAt(s.path); ok && text == s.text {
			out.from, out.path = fromValue, s.path
		}
		return out
	}
	name := append(append([]byte{'"'}, s.path[len(s.path)-1]...), '"')
	if raw, ok := scalarBehind(record.Raw, name); ok && string(raw) == s.text && countNames(record.Raw, name) == 1 {
		out.from, out.name = fromRaw, name
	}
	return out
}

// nextName returns where the value of the next member of a name begins, -1 if
// there is none. What stands within a text is none: quotes are escaped there.
func nextName(raw, name []byte) int {
	for at := 0; ; {
		i := bytes.Index(raw[at:], name)
		if i < 0 {
			return -1
		}
		start := at + i
		at = start + len(name)
		if start > 0 && raw[start-1] == '\\' {
			continue
		}
		for at < len(raw) && isSpace(raw[at]) {
			at++
		}
		if at < len(raw) && raw[at] == ':' {
			return at + 1
		}
	}
}

func countNames(raw, name []byte) (n int) {
	for {
		at := nextName(raw, name)
		if at < 0 {
			return n
		}
		n, raw = n+1, raw[at:]
	}
}

// scalarBehind returns the first scalar of a name in raw JSON, a text without its
// quotes. It gives up on one with escapes.
func scalarBehind(raw, name []byte) ([]byte, bool) {
	at := nextName(raw, name)
	if at < 0 {
		return nil, false
	}
	for at < len(raw) && isSpace(raw[at]) {
		at++
	}
	raw = raw[at:]
	if len(raw) > 0 && raw[0] == '"' {
		end := bytes.IndexByte(raw[1:], '"')
		if end < 0 || bytes.IndexByte(raw[1:1+end], '\\') >= 0 {
			return nil, false
		}
		return raw[1 : 1+end], true
	}
	end := bytes.IndexAny(raw, ",}] \t\r\n")
	if end <= 0 {
		return nil, false
	}
	return raw[:end], true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// parseStamp reads a time as most sources write it: ISO 8601 with a T or a space,
// or seconds since 1970 with or without a fraction.
func parseStamp(text string) (t time.Time, l layout, ok bool) {
	const shape = "0000-00-00 00:00:00"
	if len(text) >= 10 && len(text) <= 17 && (text[4] != '-') {
		return parseEpoch(text)
	}
	if len(text) < len(shape) || len(text) > 40 {
		return t, l, false
	}
	var n [6]int
	part := 0
	for i := range len(shape) {
		c := text[i]
		switch {
		case shape[i] == '0':
			if !isDigit(c) {
				return t, l, false
			}
			n[part] = n[part]*10 + int(c-'0')
			continue
		case i == 10:
			if l.separator = c; c != 'T' && c != ' ' {
				return t, l, false
			}
		case c != shape[i]:
			return t, l, false
		}
		part++
	}
	nanos, rest, ok := parseFraction(text[len(shape):])
	if !ok {
		return t, l, false
	}
	offset := 0
	if l.zone, offset, ok = parseZone(rest); !ok || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return t, l, false
	}
	t = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nanos, time.UTC)
	return t.Add(-time.Duration(offset) * time.Minute), l, t.Day() == n[2]
}

// parseFraction reads up to nine digits of a fraction of a second, if there is one.
func parseFraction(text string) (nanos int, rest string, ok bool) {
	if len(text) < 2 || text[0] != '.' {
		return 0, text, true
	}
	digits := prefix(text[1:], isDigit)
	if digits == 0 || digits > 9 {
		return 0, text, false
	}
	for i := range 9 {
		nanos *= 10
		if i < digits {
			nanos += int(text[1+i] - '0')
		}
	}
	return nanos, text[1+digits:], true
}

// parseZone reads what stands behind the seconds; offset is in minutes.
func parseZone(text string) (zone byte, offset int, ok bool) {
	switch {
	case text == "":
		return 0, 0, true
	case text == "Z":
		return 'Z', 0, true
	case len(text) < 5 || text[0] != '+' && text[0] != '-':
		return 0, 0, false
	}
	digits := strings.Replace(text[1:], ":", "", 1)
	if len(digits) != 4 || prefix(digits, isDigit) != 4 {
		return 0, 0, false
	}
	offset = (int(digits[0]-'0')*10+int(digits[1]-'0'))*60 + int(digits[2]-'0')*10 + int(digits[3]-'0')
	if text[0] == '-' {
		offset = -offset
	}
	return '+', offset, true
}

// parseEpoch reads seconds since 1970, from 2001 to 2286, with up to six digits of
// a fraction.
func parseEpoch(text string) (t time.Time, l layout, ok bool) {
	if prefix(text, isDigit) != 10 {
		return t, l, false
	}
	seconds, micros := int64(0), int64(0)
	for _, c := range text[:10] {
		seconds = seconds*10 + int64(c-'0')
	}
	if len(text) > 10 {
		if text[10] != '.' || len(text) == 11 || prefix(text[11:], isDigit) != len(text)-11 {
			return t, l, false
		}
		for i := range 6 {
			micros *= 10
			if 11+i < len(text) {
				micros += int64(text[11+i] - '0')
			}
		}
	}
	return time.Unix(seconds, micros*1000).UTC(), layout{number: true}, seconds >= 1e9
}
