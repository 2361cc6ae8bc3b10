package telemetry

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry/evtx"
	"github.com/socctl/socctl/rules/logsource"
)

// Stream evaluates records as they were read. It yields what evaluating their
// events would, which are made only where that is necessary: see
// evaluator.Records. It is for one goroutine.
type Stream struct {
	normaliser              *Normaliser
	route                   func(*Event) evaluator.Routed
	json, loose, read, logs side
	scanner                 *jsonshape.Scanner
	unordered               *jsonshape.Unordered
	orders                  orderCensus
	structures              structures
	layouts                 logLayouts
	decoder                 jsonDecoder
	words                   words
	renderer                evtx.Renderer

	current *side // that the latest record went to
	source  *Record
	own     Record // what source is of, unless it belongs to who gave it
	event   *Event

	leafText  []byte // of leafReader
	printed   fingerprintText
	canonical []byte // form of the current record
	learn     func(evaluator.Routed, *evaluator.Trace) aboutRecords
}

// side is one of the kinds of records that have shapes of their own: those in
// JSON, those in JSON whose order of members is not known, those that were
// read as values, and those of event logs that were left unrendered.
type side struct {
	records *evaluator.Records
	record  evaluator.Record
	order   []int32 // of the current record, see shape.Unordered; nil for the order as written
	files   fileNames
	plain   []bool // shape -> it is for sure no envelope
	about   evaluator.Memo[aboutRecords]
}

// maxSteps bounds what is remembered of the shapes of records in JSON. A third of it
// is what half a million recorded events of Windows take.
const maxSteps = 1 << 17

// StreamOption changes how NewStream sets up a Stream.
type StreamOption func(*Stream)

// RouteBy gives events other views than those of their normaliser. route must
// look at nothing of an event but what it asks of its fields.
func RouteBy(route func(*Event) evaluator.Routed) StreamOption {
	return func(s *Stream) { s.route = route }
}

// NewStream returns a stream of records that n normalises and e evaluates.
func NewStream(n *Normaliser, e *evaluator.Evaluator, options ...StreamOption) *Stream {
	s := &Stream{normaliser: n, route: func(e *Event) evaluator.Routed { return e }, scanner: jsonshape.NewScanner(jsonshape.Options{MaxDepth: maxDepth, MaxNodes: maxSteps}), unordered: jsonshape.NewUnordered(jsonshape.Options{MaxDepth: maxDepth})}
	s.decoder.words, s.learn = &s.words, s.learnAbout
	for _, one := range []*side{&s.json, &s.loose, &s.read, &s.logs} {
		*one = side{records: e.Records(), record: evaluator.Record{Reader: (*streamReader)(s)}, files: newFileNames(n.plan)}
		one.about.Weigh = aboutRecords.size
	}
	s.json.record.JSON = true
	s.loose.record.JSON, s.loose.record.AnyOrder = true, true
	s.logs.record.Forms = true
	for _, o := range options {
		o(s)
	}
	return s
}

// Match returns the rules that match a record, as evaluator.Evaluator.Match does
// for its event, and how many views the event has. The matches must not be
// changed. For a raw record that is not simply one record it returns ErrNotPlain.
func (s *Stream) Match(of Record) (matches []evaluator.Match, views int, err error) {
	s.own = of
	return s.MatchRecord(&s.own)
}

// MatchRecord is Match for who has a record at hand and leaves it as it is until the stream
// goes on: copying one takes as long as some of what is done with it.
func (s *Stream) MatchRecord(of *Record) (matches []evaluator.Match, views int, err error) {
	s.source, s.event = of, nil
	if u := of.unrendered; u != nil {
		id := s.logs.files.shape(of.Source, s.layouts.number(u.Layout()))
		return s.match(&s.logs, id, u.Data(), u.Leaves())
	}
	if of.Raw == nil {
		id := s.read.files.shape(of.Source, s.structures.take(of.Value))
		return s.match(&s.read, id, s.structures.data, s.structures.leaves)
	}
	on, id, leaves, err := s.recognise(of)
	if err != nil {
		return s.refuse()
	}
	v, open := s.opened(on, id, of)
	if !open {
		return s.match(on, id, of.Raw, leaves)
	}
	if _, isEnvelope := unwrap(v, &s.decoder); isEnvelope || v.Kind() != evaluator.Object {
		return s.refuse()
	}
	s.own = *of
	s.own.Raw, s.own.Value = nil, v
	s.source = &s.own
	id = s.read.files.shape(of.Source, s.structures.take(v))
	return s.match(&s.read, id, s.structures.data, s.structures.leaves)
}

// refuse leaves the stream without a record that was matched last.
func (s *Stream) refuse() ([]evaluator.Match, int, error) {
	s.source = nil
	return nil, 0, ErrNotPlain
}

// recognise returns the shape of a raw record, and the side that it is of: a
// shape that is met for the first time may yet be one that is known in another
// order.
func (s *Stream) recognise(of *Record) (on *side, id int, leaves []jsonshape.Leaf, err error) {
	id, leaves, err = s.scanner.Scan(of.Raw)
	ascii, plain := s.scanner.ASCII(), s.scanner.Unspelled()
	s.json.record.ASCII, s.json.record.Plain, s.loose.record.ASCII, s.loose.record.Plain = ascii, plain, ascii, plain
	if id = s.json.files.shape(of.Source, id); err != nil || id >= 0 && s.json.records.Meet(id) {
		return &s.json, id, leaves, err
	}
	loose, sorted, order := s.unordered.Recognise(of.Raw)
	s.scanner.Settle(s.orders.disordered(loose))
	if loose < 0 {
		return &s.json, id, leaves, nil
	}
	s.loose.order = order
	return &s.loose, s.loose.files.shape(of.Source, loose), sorted, nil
}

// ErrNotPlain says that a raw record is not simply one record: it is no JSON, or
// an envelope of several. Reread tells.
var ErrNotPlain = errors.New("the line is not simply one record")

// errNoMatched says that there is no record that was matched last.
var errNoMatched = errors.New("no record was matched")

// Reread yields the records of a raw one, and what is wrong with it, as Read would have:
// for one of which Match returned ErrNotPlain, since of any other it is that record once
// more. Their indexes count from that of the raw one.
func (s *Stream) Reread(of Record) iter.Seq2[Record, error] { return reread(of) }

func (s *Stream) match(on *side, shape int, data []byte, leaves []jsonshape.Leaf) ([]evaluator.Match, int, error) {
	s.current = on
	on.record.Shape, on.record.Data, on.record.Leaves = shape, data, leaves
	return on.records.Match(&on.record)
}

// Statistics tell how the stream came to what it returned.
func (s *Stream) Statistics() evaluator.Statistics {
	sum := s.json.records.Statistics()
	for _, other := range []*side{&s.loose, &s.read, &s.logs} {
		more := other.records.Statistics()
		sum.Plans += more.Plans
		sum.Slow += more.Slow
	}
	return sum
}

// Event returns the event of the record that was matched last. Where there is none, since
// Match was not called or returned ErrNotPlain, that is an error.
func (s *Stream) Event() (*Event, error) {
	if s.source == nil {
		return nil, errNoMatched
	}
	if s.event == nil {
		e, err := (*streamReader)(s).make(nil)
		if err != nil {
			return nil, err
		}
		if err := s.timed(e); err != nil {
			return nil, err
		}
		s.event = e
	}
	return s.event, nil
}

// timed finds out which fields hold the time of the current event, which is the same for
// all records of which its views read the same: those are not needed otherwise.
func (s *Stream) timed(e *Event) error {
	if s.current.record.Shape < 0 {
		return nil
	}
	about, err := s.about()
	e.timeFields, e.timed = about.timeFields, err == nil
	return err
}

// unroutedReader reads the current record of a stream as an event with its own views.
type unroutedReader Stream

// AppendText implements evaluator.RecordReader.
func (r *unroutedReader) AppendText(dst []byte, leaf, most int) []byte {
	return (*streamReader)(r).AppendText(dst, leaf, most)
}

// Event implements evaluator.RecordReader.
func (r *unroutedReader) Event(t *evaluator.Trace) (evaluator.Routed, error) {
	return (*streamReader)(r).make(t)
}

// streamReader reads the current record of a stream.
type streamReader Stream

// AppendText implements evaluator.RecordReader.
func (r *streamReader) AppendText(dst []byte, leaf, most int) []byte {
	if u := r.source.unrendered; u != nil {
		return r.renderer.AppendText(dst, u, leaf, most)
	}
	return jsonshape.AppendStart(dst, r.current.record.Data, r.current.record.Leaves[leaf], most)
}

// Event implements evaluator.RecordReader.
func (r *streamReader) Event(t *evaluator.Trace) (evaluator.Routed, error) {
	e, err := r.make(t)
	if err != nil {
		return nil, err
	}
	if t == nil {
		r.event = e
	}
	return r.route(e), nil
}

func (r *streamReader) make(t *evaluator.Trace) (*Event, error) {
	of := *r.source
	if u := of.unrendered; u != nil {
		of.unrendered = nil
		if t != nil {
			of.Value = r.renderer.Traced(u, t)
		} else {
			of.Value = r.renderer.Value(u)
		}
		return r.normaliser.Event(of), nil
	}
	if of.Raw != nil {
		v, _, err := r.decoder.decode(of.Raw, true)
		if err != nil {
			return nil, fmt.Errorf("the record is no JSON: %w", err) // the scanner has found it sound
		}
		of.Value = v
	}
	if t != nil {
		if r.current.order != nil {
			t.Number(r.current.order)
		}
		of.Value = t.Value(of.Value)
	}
	return r.normaliser.Event(of), nil
}

// fileNames makes the name of the file a part of the shape of a record, as far as
// views depend on it.
type fileNames struct {
	conditions []logsource.Condition
	source     string // whose numbers are current
	current    string // its kind
	numbers    []int  // shape -> shape of records of such a file; 0 if there is none yet
	kinds      map[string][]int
	next       int
}

func newFileNames(p *plan) fileNames {
	f := fileNames{kinds: map[string][]int{}}
	for _, v := range p.views {
		for _, m := range v.def.When {
			for _, c := range m {
				if c.Field == logsource.FileName {
					f.conditions = append(f.conditions, c)
				}
			}
		}
	}
	return f
}

// shape returns the number of a shape in records of a file of that name.
func (f *fileNames) shape(source string, id int) int {
	if id < 0 || len(f.conditions) == 0 {
		return id
	}
	if source != f.source || f.numbers == nil {
		f.enter(source)
	}
	for id >= len(f.numbers) {
		f.numbers = append(f.numbers, 0)
	}
	if f.numbers[id] == 0 {
		f.next++
		f.numbers[id] = f.next
	}
	return f.numbers[id] - 1
}

// enter makes the numbers of a file current: those of all files of which the same
// conditions hold.
func (f *fileNames) enter(source string) {
	if f.numbers != nil {
		f.kinds[f.current] = f.numbers
	}
	f.source, f.current = source, f.kind(source)
	f.numbers = f.kinds[f.current]
	if f.numbers == nil {
		f.numbers = []int{}
	}
}

// kind tells which conditions hold of a file of that name.
func (f *fileNames) kind(source string) string {
	name := filepath.Base(source)
	var b strings.Builder
	for i := range f.conditions {
		c := &f.conditions[i]
		holds := byte('0')
		if c.Op == logsource.Exists || c.Op == logsource.NotEquals && !containsFold(c.Values, name) || c.Op != logsource.Missing && c.Op != logsource.NotEquals && fulfils(c, name) {
			holds = '1'
		}
		b.WriteByte(holds)
	}
	return b.String()
}
