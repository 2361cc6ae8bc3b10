package telemetry

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/rules/logsource"
)

// Stream evaluates JSON records as they stand in a recording. It yields what
// evaluating their events would, without making them: see
// evaluator.Records.Match. It is for one goroutine.
type Stream struct {
	normaliser *Normaliser
	records    *evaluator.Records
	scanner    *jsonshape.Scanner
	decoder    jsonDecoder
	words      words

	record evaluator.Record
	source Record // of the current record, without its value
	files  fileNames
	event  *Event
}

// NewStream returns a stream of records that n normalises and e evaluates.
func NewStream(n *Normaliser, e *evaluator.Evaluator) *Stream {
	s := &Stream{normaliser: n, records: e.Records(), scanner: jsonshape.NewScanner(jsonshape.Options{MaxDepth: maxDepth, MaxNodes: 1 << 18}), files: newFileNames(n.plan)}
	s.decoder.words = &s.words
	s.record.Reader = (*streamReader)(s)
	return s
}

// Match returns the rules that match a record, as evaluator.Evaluator.Match does
// for its event, and how many views the event has. data is one JSON object, which
// must stay as it is until the next call; of tells where it comes from.
func (s *Stream) Match(data []byte, of Record) (matches []evaluator.Match, views int, err error) {
	id, leaves, err := s.scanner.Scan(data)
	if err != nil {
		return nil, 0, err
	}
	s.source, s.event = of, nil
	s.record.Shape, s.record.Data, s.record.Leaves = s.files.shape(of.Source, id), data, leaves
	return s.records.Match(&s.record)
}

// Statistics tell how the stream came to what it returned.
func (s *Stream) Statistics() evaluator.Statistics { return s.records.Statistics() }

// Event returns the event of the record that was matched last.
func (s *Stream) Event() (*Event, error) {
	if s.event == nil {
		e, err := (*streamReader)(s).make(nil)
		if err != nil {
			return nil, err
		}
		s.event = e
	}
	return s.event, nil
}

// streamReader reads the current record of a stream.
type streamReader Stream

// AppendText implements evaluator.RecordReader.
func (r *streamReader) AppendText(dst []byte, leaf int) []byte {
	return jsonshape.AppendText(dst, r.record.Data, r.record.Leaves[leaf])
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
	return e, nil
}

func (r *streamReader) make(t *evaluator.Trace) (*Event, error) {
	v, _, err := r.decoder.decode(r.record.Data, true)
	if err != nil {
		return nil, fmt.Errorf("the record is no JSON: %w", err) // the scanner has found it sound
	}
	if t != nil {
		v = t.Value(v)
	}
	of := r.source
	of.Value = v
	return r.normaliser.Event(of), nil
}

// fileNames makes the name of the file a part of the shape of a record, as far as
// views depend on it.
type fileNames struct {
	conditions []logsource.Condition
	source     string // whose numbers are current
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
		f.kinds[f.kind(f.source)] = f.numbers
	}
	f.source = source
	f.numbers = f.kinds[f.kind(source)]
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
