package telemetry

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/socctl/socctl/evaluator/telemetry/evtx"
)

// DefaultMaxRecord is the size limit of a JSON record unless ReadOptions says
// otherwise: 64 MiB.
const DefaultMaxRecord = 64 << 20

// ReadOptions controls Read. The zero value is ready to use.
type ReadOptions struct {
	Format string // name of an InputFormat that all sources have; "" means that their content tells
	// MaxExpansion is how many times larger than its compressed form an input may
	// be; 0 means DefaultMaxExpansion, a negative number any.
	MaxExpansion int
	// Raw leaves JSON that stands one record a line unread where that is plain: such
	// records have Raw instead of a Value, and are for Stream, which tells what is
	// wrong with them.
	Raw bool
	// Unrendered leaves records of event logs as they stand there, where that is
	// possible: such records have no Value, and are for Stream. Record.Rendered
	// gives them one.
	Unrendered bool
	MaxRecord  int               // largest JSON record or line in bytes; 0 means DefaultMaxRecord
	Stdin      io.Reader         // what the source "-" reads; nil makes "-" a Problem
	Skipped    func(path string) // called for each file that a folder holds and Read passes over; nil means nobody wants to know
	// File is asked before a file is read, and what it returns is reported instead of
	// reading it; nil reads every file.
	File func(path string) error
}

// Read yields the records of all sources, source by source in the order given.
// A source is a file, a folder (all recordings below it, in lexical order), a
// glob pattern, in which ** stands for any number of folders, or "-" for
// standard input. The order of records is the same on every run.
//
// Every error yielded is a *Problem, comes with the zero Record and does not
// end the sequence: Read goes on with the next record or source. When ctx is
// done the sequence ends without an error; the caller looks at ctx.Err().
//
// JSON is taken as lines, as values in a row in any layout, as a top-level
// array of records, or as an object that holds nothing but a list "Records" or
// "records", as CloudTrail and Azure deliver them. A source may mix these.
//
// Records of EVTX files have the shape of evtx_dump:
//
//	{"Event": {"System": {…}, "EventData": {…}}}
//
// with values as Windows renders them: hex-typed fields as "0x1fffff", times
// with all seven digits, GUIDs upper-case in braces. Namespace declarations
// are left out, a named Data element becomes a member of that name, unnamed
// ones become the list "Data", and any other repeated element a list.
func Read(ctx context.Context, sources []string, o ReadOptions) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r := &reader{ctx: ctx, options: o, yield: yield}
		r.all(sources)
	}
}

// reader is one run of Read or Blocks. Its methods return false once nothing more may
// be yielded: the consumer broke off or the context is done.
type reader struct {
	ctx      context.Context
	options  ReadOptions
	yield    func(Record, error) bool
	blocks   *gathering // instead of yield
	stopped  bool
	modified time.Time // of the source being read
	words    words
	inputs   [maxLayers + 1]*bufio.Reader // one per layer of compression, used again for every source
	arena    *arena                       // that JSON streams are read into; nil before the first
	free     []byte                       // what is left of it for the next source
	logs     *evtx.Reader                 // of event logs; nil before the first
	ends     []int                        // memory of plainLines
}

// all reads all sources.
func (r *reader) all(sources []string) {
	if r.options.MaxRecord <= 0 {
		r.options.MaxRecord = DefaultMaxRecord
	}
	defer r.settleLogs()
	for _, source := range sources {
		if !r.source(source) {
			return
		}
	}
}

func (r *reader) live() bool {
	if !r.stopped && r.ctx.Err() != nil {
		r.stopped = true
	}
	return !r.stopped
}

func (r *reader) emit(record Record) bool {
	return r.put(record, nil)
}

func (r *reader) put(record Record, err error) bool {
	switch {
	case !r.live():
	case r.blocks != nil:
		r.stopped = !r.blocks.add(blockEntry{record: record, err: err})
	default:
		r.stopped = !r.yield(record, err)
	}
	return !r.stopped
}

func (r *reader) report(p *Problem) bool {
	return r.put(Record{}, p)
}

// fail reports a problem that concerns a source as a whole.
func (r *reader) fail(source string, err error) bool {
	return r.report(&Problem{Source: source, Offset: -1, Err: err})
}

// untilDone is an input of a reader. Reads of it fail once the context is done, and
// whoever waits for what was read before gets it first.
type untilDone struct {
	*reader
	in io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	if u.blocks != nil && !u.blocks.flush() {
		u.stopped = true
		return 0, io.ErrClosedPipe // nobody will see it
	}
	return u.in.Read(p)
}

var errNoStdin = errors.New("standard input is not available here; name a file instead")
