package telemetry

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/simd"
)

// Identity is what tells one event from others: see Event.Fingerprint and Event.Time.
type Identity struct {
	Fingerprint string
	Canonical   string    // form of which the fingerprint is made, see Fingerprints
	Time        time.Time // in UTC
	Timed       bool      // there is a time
}

// Identity returns that of the event of the record that was matched last. Where the
// shape of the record says which leaves make it up, no event is made.
func (s *Stream) Identity() (Identity, error) {
	id, err := s.TransientIdentity()
	id.Fingerprint = strings.Clone(id.Fingerprint)
	return id, err
}

// IdentityPart is a part of an identity that is asked for, or several.
type IdentityPart uint8

// The parts of an identity.
const (
	FingerprintPart IdentityPart = 1 << iota
	TimePart
	CanonicalPart
)

// TransientIdentity is Identity for who keeps nothing of it: the texts are valid until the
// stream goes on, and take no memory of their own.
func (s *Stream) TransientIdentity() (Identity, error) {
	return s.TransientParts(FingerprintPart | TimePart)
}

// TransientParts is TransientIdentity for who asks for some parts only: what others would
// take is not spent, and they are zero. Of none of them it asks nothing of the record.
func (s *Stream) TransientParts(parts IdentityPart) (Identity, error) {
	if parts == 0 {
		return Identity{}, nil
	}
	if s.event == nil && s.source != nil {
		if id, ok := s.identify(parts); ok {
			return id, nil
		}
	}
	e, err := s.Event()
	if err != nil {
		return Identity{}, err
	}
	return e.Identity(parts), nil
}

// Identity returns parts of that of the event.
func (e *Event) Identity(parts IdentityPart) (id Identity) {
	if parts&FingerprintPart != 0 {
		id.Fingerprint = e.Fingerprint()
	}
	if parts&TimePart != 0 {
		id.Time, _, id.Timed = e.Time()
	}
	if parts&CanonicalPart != 0 {
		id.Canonical = e.canonical()
	}
	return id
}

func (s *Stream) identify(parts IdentityPart) (Identity, bool) {
	on := s.current
	if on.record.Shape < 0 || on.record.AnyOrder {
		return Identity{}, false
	}
	about, err := s.about()
	if err != nil || about.parts == nil {
		return Identity{}, false
	}
	return about.parts.of(s, parts), true
}

// about returns what is the same of all records of which views read the same as of the
// current one.
func (s *Stream) about() (aboutRecords, error) {
	r := &s.current.record
	r.Reader = (*unroutedReader)(s)
	about, err := s.current.about.Of(r, s.learn)
	r.Reader = (*streamReader)(s)
	return about, err
}

func (s *Stream) learnAbout(of evaluator.Routed, t *evaluator.Trace) aboutRecords {
	of.Views()
	e := of.(*Event)
	a := aboutRecords{timeFields: e.timeFields}
	if t != nil && !s.current.record.AnyOrder {
		e.timed = true
		a.parts = newIdentityParts(e, t)
	}
	return a
}

// aboutRecords is the same for many records of one shape.
type aboutRecords struct {
	timeFields []string       // see Event
	parts      *identityParts // nil if an event has to be made to tell
}

// size is how many bytes it takes, roughly.
func (a aboutRecords) size() int {
	if a.parts == nil {
		return 0
	}
	size := 0
	for _, f := range a.parts.fields {
		size += 2*len(f.quoted) + f.value.size()
	}
	return size + 64*(len(a.parts.owns)+len(a.parts.times))
}

// identityParts are the fields of which fingerprint and time of a record are made.
type identityParts struct {
	fields []partField // by name
	// owns are fields that, if any holds a time, make @timestamp one of transport; nil
	// if it is for sure.
	owns  []partValue
	times []timePart
}

// partField is a field of a fingerprint.
type partField struct {
	name   string
	quoted string // name as it stands in the canonical form, with its colon
	value  partValue
	stamp  bool // it counts only if no other field says when the event happened
}

type timePart struct {
	value partValue
	utc   bool // whatever zone is stated
}

// newIdentityParts returns the parts of an event made by a trace, nil if its values decide
// more than what the parts say.
func newIdentityParts(e *Event, t *evaluator.Trace) *identityParts {
	p := &identityParts{}
	if !p.takeTimes(e, t) {
		return nil
	}
	transport, stamped := e.transportBesideTime()
	if stamped {
		for name := range ownTimes.of(e) {
			if v, ok := e.Field(name); ok {
				p.owns = append(p.owns, partOf(v, t))
			}
		}
	}
	e.eachOwn(func(name string, v evaluator.Value) {
		if transport(name) {
			return
		}
		quoted := append(evaluator.StringValue(name).AppendJSON(nil), ':')
		p.fields = append(p.fields, partField{strings.Clone(name), string(quoted), partOf(v, t), stamped && name == "@timestamp"})
	})
	slices.SortStableFunc(p.fields, func(a, b partField) int { return strings.Compare(a.name, b.name) })
	for i := range p.fields {
		if i > 0 && p.fields[i].name == p.fields[i-1].name {
			return nil // their values decide the order
		}
	}
	return p
}

// takeTimes notes the fields that Time looks at, false if that depends on more than
// which there are.
func (p *identityParts) takeTimes(e *Event, t *evaluator.Trace) bool {
	whole := true
	take := func(name string) {
		if v, ok := e.Field(name); ok {
			p.times = append(p.times, timePart{partOf(v, t), slices.Contains(utcFields[:], name)})
			whole = whole && name != "time" // beside which there may be a date
		}
	}
	for _, name := range e.timeFields {
		take(name)
	}
	for name := range timeFields.of(e) {
		take(name)
	}
	return whole
}

// of returns parts of the identity of the current record of a stream.
func (p *identityParts) of(s *Stream, parts IdentityPart) (id Identity) {
	r := leafReader{stream: s, text: s.leafText[:0]}
	if parts&(FingerprintPart|CanonicalPart) != 0 {
		p.canonical(s, &r)
	}
	if parts&CanonicalPart != 0 {
		id.Canonical = unsafe.String(unsafe.SliceData(s.canonical), len(s.canonical))
	}
	if parts&FingerprintPart != 0 {
		id.Fingerprint = s.print()
	}
	if parts&TimePart != 0 {
		id.Time, id.Timed = p.time(s, &r)
	}
	s.leafText = r.text
	return id
}

// canonical makes the canonical form of the current record.
func (p *identityParts) canonical(s *Stream, r *leafReader) {
	stampless := false
	for i := range p.owns {
		if _, stampless = parseTime(r.value(&p.owns[i]), time.UTC); stampless {
			break
		}
	}
	text := append(s.canonical[:0], '{')
	for i := range p.fields {
		f := &p.fields[i]
		if f.stamp && stampless {
			continue
		}
		before := len(text)
		if before > 1 {
			text = append(text, ',')
		}
		text = append(text, f.quoted...)
		with, ok := r.appendWritten(text, f)
		if !ok {
			with = appendCanonical(text, f.name, r.value(&f.value))
		}
		if with == nil {
			with = text[:before]
		}
		text = with
	}
	s.canonical = append(text, '}')
}

// print returns the fingerprint of the canonical form. It is valid until the next call.
func (s *Stream) print() string {
	sum, memory := simd.Sum256(s.canonical)
	s.canonical = memory[:len(s.canonical)]
	s.printed.take(&sum)
	return unsafe.String(&s.printed[0], len(s.printed))
}

func (p *identityParts) time(s *Stream, r *leafReader) (time.Time, bool) {
	for i := range p.times {
		c := clock{zone: s.normaliser.zone, year: s.normaliser.year, modified: s.source.Modified}
		if p.times[i].utc {
			c.zone = time.UTC
		}
		if t, _, ok := c.read(r.value(&p.times[i].value)); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

// partValue is a value of an event as its record decides it: a leaf, a list or an object of
// partValues, or what is the same for all records.
type partValue struct {
	kind    evaluator.Kind
	leaf    int             // -1 for none
	names   []string        // of an object
	parts   []partValue     // of an object or a list
	settled evaluator.Value // a scalar that is no leaf
}

// partOf returns how a value of an event that was made by a trace comes about. It keeps
// nothing of the event, whose memory will be used again.
func partOf(v evaluator.Value, t *evaluator.Trace) partValue {
	p := partValue{kind: v.Kind(), leaf: -1}
	if leaf, ok := t.Leaf(v); ok {
		p.leaf = leaf
		return p
	}
	switch p.kind {
	case evaluator.List:
		for _, item := range v.Items() {
			p.parts = append(p.parts, partOf(item, t))
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			p.names = append(p.names, strings.Clone(m.Name))
			p.parts = append(p.parts, partOf(m.Value, t))
		}
	case evaluator.String:
		p.settled = evaluator.StringValue(strings.Clone(v.Text()))
	case evaluator.Number:
		p.settled = evaluator.NumberValue(strings.Clone(v.Text()))
	case evaluator.Bool:
		p.settled = evaluator.BoolValue(v.Text() == "true")
	}
	return p
}

func (p *partValue) size() int {
	size := int(unsafe.Sizeof(*p))
	for i := range p.parts {
		size += p.parts[i].size()
	}
	for _, name := range p.names {
		size += len(name)
	}
	return size
}

// leafReader makes values of the current record of a stream. They are valid until the
// stream goes on.
type leafReader struct {
	stream *Stream
	text   []byte // of leaves that are not as written
}

// appendWritten appends the canonical form of a field that is a leaf in JSON, as far as
// that can be told by how it is written.
func (r *leafReader) appendWritten(dst []byte, f *partField) ([]byte, bool) {
	on := &r.stream.current.record
	if f.value.leaf < 0 || !on.JSON {
		return dst, false
	}
	l := &on.Leaves[f.value.leaf]
	raw := on.Data[l.Start:l.End]
	switch f.value.kind {
	case evaluator.String:
		return appendWrittenText(dst, f.name, raw, l.Escaped)
	case evaluator.Number:
		return appendWrittenNumber(dst, f.name, raw)
	}
	return dst, false
}

func (r *leafReader) value(p *partValue) evaluator.Value {
	if p.leaf >= 0 {
		return r.leaf(p.leaf, p.kind)
	}
	switch p.kind {
	case evaluator.List:
		items := make([]evaluator.Value, len(p.parts))
		for i := range p.parts {
			items[i] = r.value(&p.parts[i])
		}
		return evaluator.ListValue(items...)
	case evaluator.Object:
		members := make([]evaluator.Member, len(p.parts))
		for i := range p.parts {
			members[i] = evaluator.Member{Name: p.names[i], Value: r.value(&p.parts[i])}
		}
		return evaluator.ObjectValue(members...)
	}
	return p.settled
}

func (r *leafReader) leaf(leaf int, k evaluator.Kind) evaluator.Value {
	record := &r.stream.current.record
	l := record.Leaves[leaf]
	written := record.Data[l.Start:l.End]
	if l.Escaped {
		from := len(r.text)
		r.text = (*streamReader)(r.stream).AppendText(r.text, leaf, math.MaxInt)
		written = r.text[from:]
	}
	text := unsafe.String(unsafe.SliceData(written), len(written))
	switch k {
	case evaluator.Bool:
		return evaluator.BoolValue(bytes.Equal(written, trueText))
	case evaluator.Number:
		return evaluator.NumberValue(text)
	}
	return evaluator.StringValue(text)
}

var trueText = []byte("true")
