package rules

import (
	"fmt"
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

// to returns the region from the start of s to the end of t.
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

	starts []int // byte offset of the first character of every line
}

func newFile(path string, source []byte) *File {
	f := &File{Path: path, Source: source, starts: make([]int, 1, 1+len(source)/32)}
	for i, c := range source {
		if c == '\n' || c == '\r' && (i+1 == len(source) || source[i+1] != '\n') {
			f.starts = append(f.starts, i+1)
		}
	}
	return f
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

// offset returns the byte offset of a position, clamped to the file.
func (f *File) offset(p Position) int {
	if p.Line < 1 || p.Line > len(f.starts) {
		return len(f.Source)
	}
	off := f.starts[p.Line-1]
	for col := 1; col < p.Column && off < len(f.Source); col++ {
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
	lo, hi := 0, len(f.starts)
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if f.starts[mid] <= off {
			lo = mid
		} else {
			hi = mid
		}
	}
	return Position{lo + 1, 1 + utf8.RuneCount(f.Source[f.starts[lo]:off])}
}

func (f *File) span(from, to int) Span {
	return Span{File: f, Start: f.position(from), End: f.position(to)}
}
