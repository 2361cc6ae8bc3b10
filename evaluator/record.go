package evaluator

import "github.com/socctl/socctl/evaluator/shape"

// Record is a record before anything was made of it: its shape, and where its
// leaves are. Leaves are numbered as in Trace.
type Record struct {
	// Shape identifies the structure of the record among all that an Evaluator is
	// given: two records of the same shape differ only in the texts of their
	// leaves. Negative means that the shape is not known.
	Shape  int
	Data   []byte
	JSON   bool // Data is the record in JSON, otherwise what is not between leaves means nothing
	Forms  bool // leaves have forms, see shape.Leaf.Form
	ASCII  bool // Data is known to consist of ASCII
	Plain  bool // no leaf is Spelled, see shape.Leaf
	Leaves []shape.Leaf
	Reader RecordReader

	// AnyOrder means that records of the shape differ in the order of members too.
	// Where that makes a difference, an event is made of each.
	AnyOrder bool
}

// RecordReader reads the record that it was given last.
type RecordReader interface {
	// AppendText appends the text of a leaf that is not what stands in the data,
	// see shape.Leaf.Escaped, or not much more than the first most bytes of it. Of a
	// number with a form it is what NumberValue makes of it.
	AppendText(dst []byte, leaf, most int) []byte
	// Event makes an event of the record. With a trace, its values are those of
	// the trace, and the event must be computed from them alone.
	Event(t *Trace) (Routed, error)
}

// raw returns a leaf as it stands in the data. Equal texts of leaves may have
// different raw forms, but not the other way round.
func (r *Record) raw(leaf int32) []byte {
	l := &r.Leaves[leaf]
	return r.Data[l.Start:l.End]
}
