package textlog

import (
	"errors"

	"github.com/socctl/socctl/evaluator"
)

// Options controls a Decoder. The zero value is ready to use.
type Options struct {
	// Format is the format of all lines; nil tells it for each line.
	Format *Format
	// Object decodes a JSON object that fills text; nil leaves JSON text alone.
	Object func(text string) (evaluator.Value, bool)
	// Event decodes a Windows event as XML that fills text; nil leaves it alone.
	Event func(text string) (evaluator.Value, bool)
	// Second returns the second line of the source, "" if there is none; it is
	// asked once, with the first line, to tell a header from data. nil: unknown.
	Second func() string
}

// ErrUnknown means that a line is of no known format.
var ErrUnknown = errors.New("line of no known format")

// Decoder reads the lines of one source. It is not safe for concurrent use.
type Decoder struct {
	parsers []namedParser
	last    int // parser of the line before: most sources do not mix
	emit    func(format string, v evaluator.Value)
}

type namedParser struct {
	name string
	parser
}

// NewDecoder returns a decoder that calls emit for every record, with the name
// of its format, in the order of the lines that complete them.
func NewDecoder(o Options, emit func(format string, v evaluator.Value)) *Decoder {
	d := &Decoder{emit: emit}
	if o.Format != nil {
		d.parsers = []namedParser{o.parser(o.Format)}
		return d
	}
	for i := range formats {
		if f := &formats[i]; !f.asked {
			d.parsers = append(d.parsers, o.parser(f))
		}
	}
	return d
}

func (o *Options) parser(f *Format) namedParser {
	p := f.new(o)
	if p, ok := p.(*syslog); ok {
		p.carry(o, formats)
	}
	return namedParser{f.Name, p}
}

// Line reads one line, without its line break. Lines of white space are no
// lines, but in a row over several of them. The error says why a line is not understood; reading can go on.
func (d *Decoder) Line(line string) error {
	if blank(line) && !d.inRow() {
		return nil
	}
	i := d.claimant(line)
	if i < 0 {
		return d.unclaimed(line)
	}
	d.last = i
	p := &d.parsers[i]
	return p.line(line, func(v evaluator.Value) { d.emit(p.name, v) })
}

// inRow reports whether the lines so far end inside a row of a table.
func (d *Decoder) inRow() bool {
	table, ok := d.parsers[d.last].parser.(*csv)
	return ok && table.inRow()
}

// unclaimed says why no format claims a line, which in a table may be its width.
func (d *Decoder) unclaimed(line string) error {
	if table, ok := d.parsers[d.last].parser.(interface{ misfit(string) error }); ok {
		if err := table.misfit(line); err != nil {
			return err
		}
	}
	return ErrUnknown
}

// claimant returns the parser for a line, -1 if there is none.
func (d *Decoder) claimant(line string) int {
	if len(d.parsers) == 1 || len(d.parsers) > 0 && d.parsers[d.last].claims(line) {
		return d.last
	}
	for i := range d.parsers {
		if d.parsers[i].claims(line) {
			return i
		}
	}
	return -1
}

// Flush emits what was waiting for further lines. It is called at the end of
// the source, and may be called while a live source is silent.
func (d *Decoder) Flush() {
	for i := range d.parsers {
		p := &d.parsers[i]
		p.flush(func(v evaluator.Value) { d.emit(p.name, v) })
	}
}

func blank(line string) bool {
	for i := range len(line) {
		if c := line[i]; c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
