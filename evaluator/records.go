package evaluator

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"
	"unsafe"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
	"github.com/socctl/socctl/evaluator/shape"
)

// Limits of what is remembered of records. What is beyond them is evaluated by
// way of an event.
const (
	maxPlans     = 1 << 13
	maxChoices   = 1 << 9   // texts of one leaf that lead to plans of their own
	minSightings = 2        // of a shape, before a plan is made
	fewPlans     = 1 << 11  // while there are not more, one sighting is enough,
	fewLeaves    = 1 << 8   // if the record has no more leaves than these
	maxDecisive  = 64       // texts that lead to a plan
	maxAnswer    = 1 << 10  // bytes of one of them
	maxTreeBytes = 32 << 20 // of the ways that lead to plans
	nodeBytes    = 512      // of one step of them, roughly
)

// Records evaluates records before anything is made of them. It remembers, per
// shape, what became of earlier ones. Like its Evaluator it is for one goroutine.
type Records struct {
	*Evaluator
	trees    []planTree // by shape
	plans    uint32
	numbered uint32 // plans, and forms of them, that were ever made
	forms    map[string]uint32
	waySize  int   // bytes of the ways that lead to plans
	serial   int32 // of the latest computation
	decided  map[string]*planVerdict
	wave     int         // of verdicts: how often all were forgotten
	draft    []load      // of the latest plan
	planning *Trace      // of the event of which a plan is made
	sides    [2][]byte   // texts that are compared with each other
	made     *valueCache // classes of what events make of texts in batches, which are worth more than those of texts

	traced Routed // the event of the current record, once something is computed of it
	trace  *Trace
	key    []byte
	text   []byte
	values []uint32 // classes of the loads of a plan
	unions [1 << 6]union
	sets   [1 << setBits]setClass
	joined []uint32 // for each join of a plan what is known of it, see unsettled
	slow   uint64   // records that were evaluated by way of an event

	looked, unusual bool // see strange

	batches batchMemory

	epoch int // of the classes that verdicts are on
}

// Records returns what evaluates records of one source of shapes.
func (e *Evaluator) Records() *Records {
	return &Records{Evaluator: e, decided: map[string]*planVerdict{}, forms: map[string]uint32{}, made: newValueCache(cacheSlots), planning: NewTrace(), batches: batchMemory{texts: newValueCache(textSlots)}}
}

// Statistics tell how Records came to what they returned.
type Statistics struct {
	Asked, Found uint64 // values that were looked up, and that had been seen lately
	Plans        int    // kinds of records that are known
	Slow         uint64 // records that were evaluated by way of an event
}

// Statistics returns those since the beginning.
func (s *Records) Statistics() Statistics {
	texts := s.batches.texts
	return Statistics{Asked: s.cache.asked + texts.asked, Found: s.cache.found + texts.found, Plans: int(s.plans), Slow: s.slow}
}

// absent is the class of a field that an event turns out not to have.
const absent = ^uint32(0)

// Match returns the rules that match a record, as those of its event are found,
// and how many views the event has. An event is made only of records of a kind
// that is new, and where rules need more than the values of single fields. The
// matches must not be changed; records of different shapes never share them. The error is
// that of the reader.
func (s *Records) Match(r *Record) (matches []Match, views int, err error) {
	s.refresh()
	s.traced, s.trace, s.looked = nil, nil, false
	p, err := s.planOf(r)
	if err != nil {
		return nil, 0, err
	}
	if p == nil {
		return s.matchEvent(r)
	}
	v, err := s.planVerdict(p, r)
	if err != nil {
		return nil, 0, err
	}
	if v.open {
		return s.matchEvent(r)
	}
	s.stopped = append(s.stopped[:0], v.stopped...)
	return v.matches, p.views, nil
}

// refresh forgets verdicts on classes that have been forgotten, and too many of
// them.
func (s *Records) refresh() {
	s.renew()
	if s.epoch != s.classes.epoch || len(s.decided) >= maxVerdicts {
		s.forgetVerdicts()
		s.made.forget()
		s.batches.texts.forget()
		s.epoch = s.classes.epoch
	}
}

func (s *Records) matchEvent(r *Record) ([]Match, int, error) {
	s.slow++
	event, err := r.Reader.Event(nil)
	if err != nil {
		return nil, 0, err
	}
	return s.Evaluator.Match(event), len(event.Views()), nil
}

// load returns the class of what a field holds in a record.
func (s *Records) load(l *load, p *plan, r *Record) (uint32, error) {
	switch l.kind {
	case oneLeaf:
		return s.classOfOne(l, r), nil
	case computed:
		return s.compute(l, p, r)
	}
	if l.words.plain != nil && s.allWordless(l, r) {
		return s.classes.of(l.atoms), nil
	}
	if !l.pruned {
		l.prune(r)
	}
	return s.loadSeveral(l, r), nil
}

// loadSeveral returns the class of the texts of several leaves together, and of constants.
// Most often all that they satisfy is satisfied by one of them, or by two.
func (s *Records) loadSeveral(l *load, r *Record) uint32 {
	one, other, few := uint32(0), uint32(0), true
	if len(l.atoms) > 0 {
		one = s.classes.of(l.atoms)
	}
	filtered := l.words.plain != nil
	known := !filtered && l.habits != nil // which not all loads need
	for i, leaf := range l.leaves {
		var class uint32
		switch {
		case known && l.habits[i].again(&r.Leaves[leaf], r.Data, s.classes.epoch):
			s.cache.asked, s.cache.found = s.cache.asked+1, s.cache.found+1
			class = l.habits[i].class
		case filtered && s.wordless(l, i, r):
			continue
		default:
			class = s.classOfLeaf(l, i, r, leaf)
		}
		switch {
		case class == 0 || class == one || class == other:
		case one == 0:
			one = class
		case other == 0:
			other = class
		default:
			if few {
				few = false
				s.merged = append(append(s.merged[:0], s.classes.atoms[one]...), s.classes.atoms[other]...)
			}
			s.merged = append(s.merged, s.classes.atoms[class]...)
		}
	}
	switch {
	case !few:
		return s.classes.of(s.ascending())
	case other == 0:
		return one
	}
	return s.united(one, other)
}

// united returns the class of what either of two satisfies. The same two often meet: where
// records say what they are about, and in each text there is something else.
func (s *Records) united(one, other uint32) uint32 {
	u := &s.unions[(one*31+other)%uint32(len(s.unions))]
	if u.epoch != s.classes.epoch || u.one != one || u.other != other {
		s.merged = append(append(s.merged[:0], s.classes.atoms[one]...), s.classes.atoms[other]...)
		*u = union{one, other, s.classes.of(s.ascending()), s.classes.epoch}
	}
	return u.class
}

// union is the class of what either of two satisfies.
type union struct {
	one, other, class uint32
	epoch             int // of the classes; 0 if there is none
}

// join returns 1 if a predicate over two fields holds, else 0, or unsettled. It is looked
// up by what stands in the record for both.
func (s *Records) join(p *plan, j join, r *Record) uint32 {
	for _, n := range j.loads {
		if l := &p.loads[n]; l.kind == computed && !l.guarded(func(by *Derivation) string { return s.derived(by, r, l.leaf) }) {
			return unsettled
		}
	}
	s.text = binary.LittleEndian.AppendUint32(s.text[:0], uint32(j.atom))
	for _, leaf := range [...]int32{j.leaf, j.other} {
		l := &r.Leaves[leaf]
		s.text = append(binary.LittleEndian.AppendUint32(append(s.text, byte(l.Kind), l.Form), l.End-l.Start), r.raw(leaf)...)
	}
	first, other := s.cache.key(anyField, joinMark, unsafe.String(unsafe.SliceData(s.text), len(s.text)))
	if holds, known := s.cache.get(first, other); known {
		return holds
	}
	of, holds := &s.program.Predicates[j.atom], uint32(0)
	one, two := s.element(&s.sides[0], r, j.leaf, of.Cased), s.element(&s.sides[1], r, j.other, of.Cased)
	if refers(of, &one, &two) {
		holds = 1
	}
	s.cache.put(first, other, holds)
	return holds
}

// element returns a leaf as predicates over two fields see it, folded unless these are
// cased. Its text is in a buffer.
func (s *Records) element(in *[]byte, r *Record, leaf int32, cased bool) element {
	kind := String
	switch r.Leaves[leaf].Kind {
	case shape.Number:
		kind = Number
	case shape.Bool:
		kind = Bool
	}
	if cap(*in) > maxSide {
		*in = nil
	}
	if text := s.leafText(r, leaf); cased {
		*in = append((*in)[:0], text...)
	} else {
		*in = compiler.AppendFold((*in)[:0], text)
	}
	text := unsafe.String(unsafe.SliceData(*in), len(*in))
	return element{kind: kind, text: text, folded: text, isFolded: true}
}

// maxSide is how many bytes a buffer has that is kept for the next element.
const maxSide = 1 << 20

// Marks of values in the cache that are not known by their texts.
const (
	escapedMark = 1 << 4
	rawMark     = 1 << 5
	computeMark = 1 << 6
	joinMark    = 1 << 7
	formMark    = 1 << 8  // times the form of a leaf
	soughtMark  = 1 << 16 // times the number of keywords
)

// markOf is the mark of leaves, by their kind: what predicates see it as, in the lowest bits,
// and whether what stands in the record may not be the text that they see.
var markOf = [shape.EmptyList + 1]uint32{shape.Number: uint32(matcher.Number) | rawMark, shape.Bool: uint32(matcher.Bool)}

// classOfLeaf returns the class of the text of a leaf, the i-th of a load. It is looked up
// by what stands in the record, so that a text is read only if it is new, unless texts of
// that leaf hardly ever repeat.
func (s *Records) classOfLeaf(l *load, i int, r *Record, leaf int32) uint32 {
	if len(s.tables.fields[l.field].atoms) == 0 {
		return 0
	}
	at := &r.Leaves[leaf]
	h := l.habit(i)
	if h.blind > 0 {
		h.blind--
		return s.newClassOfLeaf(l, matcher.Kind(markOf[at.Kind]&(escapedMark-1)), r, leaf)
	}
	mark, raw := markOf[at.Kind]|uint32(at.Form)*formMark, r.Data[at.Start:at.End]
	if at.Escaped {
		mark |= escapedMark
	}
	if l.sought != nil {
		mark |= l.sought.number * soughtMark
	}
	if l.reach < 0 {
		l.reach = s.matcherOf(l).Reach()
	}
	if mark == uint32(matcher.String) && len(raw) > l.reach {
		raw = s.deciding(l, r, raw)
	}
	if l.kind == severalLeaves && h.repeats(raw, mark, s.classes.epoch) {
		s.cache.asked, s.cache.found = s.cache.asked+1, s.cache.found+1
		return h.class
	}
	h.ask()
	first, other := s.cache.key(l.field, mark, unsafe.String(unsafe.SliceData(raw), len(raw)))
	class, known := s.cache.get(first, other)
	if known {
		h.found++
	} else {
		class = s.newClassOfLeaf(l, matcher.Kind(mark&(escapedMark-1)), r, leaf)
		s.cache.put(first, other, class)
	}
	if l.kind == severalLeaves {
		h.take(raw, mark, class, s.classes.epoch)
		h.as = formOf(at)
	}
	return class
}

// newClass returns the class of a text that is looked at.
func (s *Records) newClass(m *matcher.Matcher, k matcher.Kind, text string) uint32 {
	if !m.Small() {
		s.atoms = m.Match(s.atoms[:0], k, text, &s.scratch)
		return s.classes.of(s.atoms)
	}
	const odd = 0x9e3779b97f4a7c15
	set := m.MatchSet(k, text, &s.scratch)
	known := &s.sets[uint64(set)*odd>>(64-setBits)]
	if known.epoch != s.classes.epoch || known.set != set || known.of != m {
		s.atoms = m.AppendSet(s.atoms[:0], set)
		*known = setClass{m, set, s.classes.of(s.atoms), s.classes.epoch}
	}
	return known.class
}

// setClass is the class of a set.
type setClass struct {
	of    *matcher.Matcher
	set   matcher.Set
	class uint32
	epoch int // of the classes; 0 if there is none
}

// setBits is how many classes of sets are remembered, as a power of two.
const setBits = 6

// classOfOne is classOfLeaf for the only leaf of a load. Most often that is a text that was seen
// lately.
func (s *Records) classOfOne(l *load, r *Record) uint32 {
	at := &r.Leaves[l.leaf]
	if at.Kind > shape.Bool || l.sought != nil || l.reach < 0 || len(l.habits) == 0 || l.habits[0].blind > 0 {
		return s.classOfLeaf(l, 0, r, l.leaf)
	}
	mark, raw := markOf[at.Kind]|uint32(at.Form)*formMark, r.Data[at.Start:at.End]
	if at.Escaped {
		mark |= escapedMark
	} else if len(raw) > l.reach && mark == uint32(matcher.String) {
		raw = s.deciding(l, r, raw)
	}
	h := &l.habits[0]
	h.ask()
	first, other := s.cache.key(l.field, mark, unsafe.String(unsafe.SliceData(raw), len(raw)))
	class, known := s.cache.get(first, other)
	if known {
		h.found++
		return class
	}
	class = s.newClassOfLeaf(l, matcher.Kind(mark&(escapedMark-1)), r, l.leaf)
	s.cache.put(first, other, class)
	return class
}

// newClassOfLeaf returns the class of the text of a leaf, which is read for that.
func (s *Records) newClassOfLeaf(l *load, k matcher.Kind, r *Record, leaf int32) uint32 {
	return s.newClass(s.matcherOf(l), k, s.leafText(r, leaf))
}

// deciding returns what of a text that stands in the record as it is, and is longer than the
// reach of a load, decides about it: no more of it needs to be the same to have the same class.
func (s *Records) deciding(l *load, r *Record, text []byte) []byte {
	if part := text[:l.reach]; r.ASCII || isASCII(part) {
		return part
	}
	return text
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// matcherOf returns what decides the values of a load.
func (s *Records) matcherOf(l *load) *matcher.Matcher {
	if l.sought != nil {
		return l.sought.matcher(s.tables)
	}
	return s.tables.matcher(l.field)
}

// derived returns what a derivation makes of the text of a leaf.
func (s *Records) derived(by *Derivation, r *Record, leaf int32) string {
	if l := &r.Leaves[leaf]; l.Kind == shape.String && l.Form == 0 && by.fails(r.Data[l.Start:l.End]) {
		return ""
	}
	return by.of(s.leafStart(r, leaf, by.most))
}

// leafText returns the text of a leaf, valid until the next call.
func (s *Records) leafText(r *Record, leaf int32) string { return s.leafStart(r, leaf, math.MaxInt) }

// leafStart returns the text of a leaf, or its first bytes: not fewer than most.
func (s *Records) leafStart(r *Record, leaf int32, most int) string {
	l := &r.Leaves[leaf]
	raw := r.Data[l.Start:l.End]
	switch {
	case l.Form != 0:
		s.text = r.Reader.AppendText(s.text[:0], int(leaf), most)
		raw = s.text
	case l.Kind == shape.Number && bytes.ContainsAny(raw, ".eE"):
		return NumberValue(string(raw)).scalar()
	case l.Escaped:
		s.text = r.Reader.AppendText(s.text[:0], int(leaf), most)
		raw = s.text
	}
	return unsafe.String(unsafe.SliceData(raw), len(raw))
}
