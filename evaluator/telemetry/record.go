package telemetry

import (
	"fmt"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/evtx"
)

// Record is one record of a recording as its source wrote it, before any
// normalisation.
type Record struct {
	Source   string          // path as the user gave or as a folder or glob produced it; "-" for standard input
	Index    int             // 0-based position among the records of the source
	Format   string          // name of an InputFormat; "" for a record that was not read
	Modified time.Time       // when the source was modified last, which gives a year to times without one; zero if unknown
	Value    evaluator.Value // the record: an object with names as in the source
	Raw      []byte          // instead of Value: the record as JSON that nobody has read yet, see ReadOptions.Raw

	place      place            // of a raw record
	unrendered *evtx.Unrendered // instead of Value: a record of an event log, see ReadOptions.Unrendered
}

// Rendered returns the record with its Value, if ReadOptions.Unrendered has left it
// without. It does not depend on the memory of r.
func (r Record) Rendered() Record {
	if r.unrendered != nil {
		r.Value, r.unrendered = r.unrendered.Rendered(), nil
	}
	return r
}

// valued returns the record with its Value, if it was left without, independent of the
// memory of r.
func (r Record) valued() Record {
	if r.Raw != nil && r.Value.IsNull() {
		text := string(r.Raw)
		v, ok := DecodeJSON(text)
		if !ok {
			v = evaluator.StringValue(text)
		}
		r.Value, r.Raw = v, nil
	}
	return r.Rendered()
}

// TextAt returns the text of the scalar at a path of names in a record that is not raw, see
// evaluator.Value.At; false if there is none.
func (r *Record) TextAt(path []string) (string, bool) {
	if r.unrendered != nil {
		return r.unrendered.TextAt(path)
	}
	v, ok := r.Value.At(path...)
	if !ok || v.Kind() == evaluator.Object || v.Kind() == evaluator.List {
		return "", false
	}
	return v.Text(), true
}

// Size returns roughly how many bytes of memory a record without a Value takes, 0 for
// others.
func (r *Record) Size() int {
	if r.unrendered != nil {
		return r.unrendered.Size()
	}
	return max(len(r.Raw), r.place.pins)
}

// Problem is something of a source that could not be read. Reading goes on
// behind it where that is possible.
type Problem struct {
	Source string // as in Record
	Line   int    // 1-based line of a text source, 0 if unknown or binary
	Column int    // 1-based column in bytes, 0 if unknown
	Offset int64  // byte offset in the (decompressed) source, -1 if unknown
	Lost   int    // number of records known to be lost, 0 if unknown
	Err    error
}

// Error formats the problem as source:line:column: message.
func (p *Problem) Error() string {
	where := p.Source
	switch {
	case p.Line > 0 && p.Column > 0:
		where = fmt.Sprintf("%s:%d:%d", p.Source, p.Line, p.Column)
	case p.Line > 0:
		where = fmt.Sprintf("%s:%d", p.Source, p.Line)
	case p.Offset >= 0:
		where = fmt.Sprintf("%s: offset %d", p.Source, p.Offset)
	}
	return where + ": " + p.Err.Error()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }
