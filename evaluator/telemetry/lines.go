package telemetry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/eventxml"
	"github.com/socctl/socctl/evaluator/telemetry/textlog"
)

// maxLineProblems is how many lines of a source that are not understood are
// reported one by one; the rest is reported as a number.
const maxLineProblems = 10

// lineStream reads a source that consists of lines of text.
type lineStream struct {
	*reader
	source  string
	in      *bufio.Reader
	decoder *textlog.Decoder
	number  int   // 1-based line being read
	offset  int64 // of its start
	index   int   // records yielded
	bad     int   // lines not understood
	long    []byte
}

// lines reads a text log; a nil format tells it for each line.
func (r *reader) lines(source string, in *bufio.Reader, format *textlog.Format) bool {
	s := &lineStream{reader: r, source: source, in: in}
	object := jsonDecoder{words: &r.words}
	s.decoder = textlog.NewDecoder(textlog.Options{
		Format: format,
		Object: object.whole,
		Event:  eventxml.Parse,
		Second: s.second,
	}, s.record)
	if mark, _ := in.Peek(len(utf8Mark)); bytes.Equal(mark, utf8Mark) {
		in.Discard(len(utf8Mark))
		s.offset += int64(len(utf8Mark))
	}
	s.run()
	return r.live()
}

func (s *lineStream) record(format string, v evaluator.Value) {
	s.emit(Record{Source: s.source, Index: s.index, Format: format, Modified: s.modified, Value: v})
	s.index++
}

func (s *lineStream) run() {
	for s.live() {
		line, size, err := s.next()
		if size > 0 {
			s.number++
			s.read(line, size)
			s.offset += int64(size)
		}
		if err != nil {
			s.decoder.Flush()
			s.finish(err)
			return
		}
	}
}

// read decodes one line; nil stands for one that is too long.
func (s *lineStream) read(line []byte, size int) {
	err := fmt.Errorf("line of %d bytes exceeds the limit of %d; raise the limit (--max-record) or split the line", size, s.options.MaxRecord)
	text := ""
	if line != nil {
		text = validLine(line) // the decoder may look ahead, after which the line is gone
		err = s.decoder.Line(text)
	}
	if err == nil {
		return
	}
	if s.bad++; s.bad > maxLineProblems {
		return
	}
	if errors.Is(err, textlog.ErrUnknown) {
		err = fmt.Errorf("%w: %s; name its format, or read any text as it is, with --input", err, describeLine(text))
	}
	s.report(&Problem{Source: s.source, Line: s.number, Column: 1, Offset: s.offset, Lost: 1, Err: err})
}

func (s *lineStream) finish(err error) {
	if more := s.bad - maxLineProblems; more > 0 {
		s.report(&Problem{Source: s.source, Offset: -1, Lost: more, Err: fmt.Errorf("%d more lines are not understood", more)})
	}
	if err != io.EOF {
		s.report(&Problem{Source: s.source, Line: s.number, Offset: s.offset, Err: err})
	}
}

// next returns the next line without its break, and its size with it. The line
// is nil if it exceeds the limit; it is valid until the next call.
func (s *lineStream) next() (line []byte, size int, err error) {
	s.long = s.long[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		size += len(part)
		if err != bufio.ErrBufferFull && len(s.long) == 0 && size <= s.options.MaxRecord {
			return trimBreak(part), size, err
		}
		if size <= s.options.MaxRecord {
			s.long = append(s.long, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if size > s.options.MaxRecord {
			return nil, size, err
		}
		return trimBreak(s.long), size, err
	}
}

func trimBreak(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, newline), []byte{'\r'})
}

// second returns the line behind the one being read, and waits for it; of one that the
// buffer does not hold, the start.
func (s *lineStream) second() string {
	for {
		ahead, _ := s.in.Peek(s.in.Buffered())
		line, _, whole := bytes.Cut(ahead, newline)
		if whole {
			return string(trimBreak(line))
		}
		if more, err := s.in.Peek(len(ahead) + 1); err != nil {
			return string(trimBreak(more))
		}
	}
}

// describeLine shows the start of a line.
func describeLine(line string) string {
	const shown = 60
	if len(line) > shown {
		return fmt.Sprintf("%q…", line[:shown])
	}
	return fmt.Sprintf("%q", line)
}
