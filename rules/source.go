package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Position is a place in a source file. The zero Position is unknown.
type Position struct {
	Line   int `json:"line"`   // 1-based
	Column int `json:"column"` // 1-based, in code points
}

// Before reports whether p stands before q.
func (p Position) Before(q Position) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Column < q.Column
}

// Span is a region of a source file. End is the position just behind the last
// character. A Span whose Start is the zero Position is unknown, for instance
// in a rule that was built in memory.
type Span struct {
	File  *File
	Start Position
	End   Position
}

// Known reports whether s points anywhere.
func (s Span) Known() bool { return s.Start.Line > 0 }

// StartsIn reports whether s begins in a region of the same file.
func (s Span) StartsIn(region Span) bool {
	return s.Path() == region.Path() && !s.Start.Before(region.Start) && s.Start.Before(region.End)
}

// Path returns the path of the file as it was loaded, or "" for an unknown file.
func (s Span) Path() string {
	if s.File == nil {
		return ""
	}
	return s.File.Path
}

// String returns path:line:column, leaving out what is unknown.
func (s Span) String() string {
	switch {
	case !s.Known():
		return s.Path()
	case s.File == nil:
		return fmt.Sprintf("%d:%d", s.Start.Line, s.Start.Column)
	}
	return fmt.Sprintf("%s:%d:%d", s.File.Path, s.Start.Line, s.Start.Column)
}

// Offsets returns the bytes of the file that s covers, as from and behind the
// last; both are 0 if the place or the file is unknown.
func (s Span) Offsets() (from, to int) {
	if s.File == nil || !s.Known() {
		return 0, 0
	}
	from = s.File.offset(s.Start)
	return from, max(from, s.File.offset(s.End))
}

// Text returns what stands in the file at s.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	from, to := s.Offsets()
	return string(s.File.Source[min(from, len(s.File.Source)):min(to, len(s.File.Source))])
}

// to returns the region from the start of s to the end of t. What stands
// elsewhere, such as the target of an alias, does not widen s backwards.
func (s Span) to(t Span) Span {
	if t.End.Line == 0 || t.File != s.File || t.End.Before(s.End) {
		return s
	}
	s.End = t.End
	return s
}

// File is one loaded source file. It is immutable.
type File struct {
	Path   string // as given to the loader, with forward slashes
	Source []byte // whole content, without a byte order mark

	starts []int  // byte offset of the first character of every line
	marks  []mark // places within very long lines, in order
}

// mark remembers a place within a very long line, so that finding a column
// does not mean counting from the start of the line.
type mark struct {
	offset int
	at     Position
}

// markEvery is how many bytes of a line lie between two marks.
const markEvery = 4096

// NewFile returns a file of a text that was not read by this package, so that
// diagnostics can point into it.
func NewFile(path string, source []byte) *File { return newFile(path, source) }

func newFile(path string, source []byte) *File {
	f := &File{Path: path, Source: source}
	f.starts = append(make([]int, 0, 2+bytes.Count(source, []byte{'\n'})), 0)
	if bytes.IndexByte(source, '\r') < 0 {
		for i := bytes.IndexByte(source, '\n'); i >= 0; {
			f.starts = append(f.starts, f.lastStart()+i+1)
			i = bytes.IndexByte(source[f.lastStart():], '\n')
		}
	} else {
		f.splitLines(func(at int) int { return lineBreak(source[at:]) })
	}
	f.markLongLines()
	return f
}

func (f *File) lastStart() int { return f.starts[len(f.starts)-1] }

// splitLines fills starts, given the length of the line break at an offset.
func (f *File) splitLines(breakAt func(int) int) {
	for i := 0; i < len(f.Source); {
		n := breakAt(i)
		if n > 0 {
			f.starts = append(f.starts, i+n)
		}
		i += max(1, n)
	}
}

// lineBreak returns the length of the line break at the start of b, 0 if there
// is none.
func lineBreak(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '\n':
		return 1
	case b[0] != '\r':
		return 0
	case len(b) > 1 && b[1] == '\n':
		return 2
	}
	return 1
}

func (f *File) markLongLines() {
	if len(f.Source) < markEvery {
		return
	}
	for i, start := range f.starts {
		end := len(f.Source)
		if i+1 < len(f.starts) {
			end = f.starts[i+1]
		}
		column := 1
		for end-start > markEvery {
			next := start + markEvery
			for next < end && !utf8.RuneStart(f.Source[next]) {
				next++
			}
			column += utf8.RuneCount(f.Source[start:next])
			start = next
			f.marks = append(f.marks, mark{start, Position{i + 1, column}})
		}
	}
}

// Line returns the text of a line, counted from 1 and without its line end;
// "" if there is no such line.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.starts) {
		return ""
	}
	end := len(f.Source)
	if n < len(f.starts) {
		end = f.starts[n]
	}
	return strings.TrimRight(string(f.Source[f.starts[n-1]:end]), "\r\n")
}

// NotUTF8 returns the offset of the first byte that is no UTF-8, -1 if there is none.
func (f *File) NotUTF8() int {
	for at := 0; at < len(f.Source); {
		r, size := utf8.DecodeRune(f.Source[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// offset returns the byte offset of a position, clamped to the file.
func (f *File) offset(p Position) int {
	if p.Line < 1 || p.Line > len(f.starts) {
		return len(f.Source)
	}
	off, column := f.starts[p.Line-1], 1
	if i := f.markBefore(func(m mark) bool { return p.Before(m.at) }); i >= 0 && f.marks[i].at.Line == p.Line {
		off, column = f.marks[i].offset, f.marks[i].at.Column
	}
	for ; column < p.Column && off < len(f.Source); column++ {
		if f.Source[off] < utf8.RuneSelf {
			off++
			continue
		}
		_, size := utf8.DecodeRune(f.Source[off:])
		off += size
	}
	return off
}

// position returns the position of a byte offset.
func (f *File) position(off int) Position {
	off = min(off, len(f.Source))
	line, found := slices.BinarySearch(f.starts, off)
	if found {
		return Position{line + 1, 1}
	}
	from, column := f.starts[line-1], 1
	if i := f.markBefore(func(m mark) bool { return off < m.offset }); i >= 0 && f.marks[i].at.Line == line {
		from, column = f.marks[i].offset, f.marks[i].at.Column
	}
	return Position{line, column + utf8.RuneCount(f.Source[from:off])}
}

// markBefore returns the last mark that is not behind, -1 if there is none.
func (f *File) markBefore(behind func(mark) bool) int {
	lo, hi := 0, len(f.marks)
	for lo < hi {
		if mid := (lo + hi) / 2; behind(f.marks[mid]) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo - 1
}

// Span returns the region of the bytes from..to.
func (f *File) Span(from, to int) Span { return f.span(from, to) }

// Lines returns the number of lines, of which the last may be empty.
func (f *File) Lines() int { return len(f.starts) }

func (f *File) span(from, to int) Span {
	return Span{File: f, Start: f.position(from), End: f.position(to)}
}
