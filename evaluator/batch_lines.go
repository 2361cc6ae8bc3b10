package evaluator

import (
	"slices"
	"unsafe"

	"github.com/socctl/socctl/evaluator/matcher"
	"github.com/socctl/socctl/evaluator/shape"
)

// Lines is the texts of a column by the lines that they are made of. Long texts, such as
// what is told of the hosts of scripts, often differ in a few lines, so that all of these
// are little to read.
type Lines struct {
	known classTable
	set   *matcher.LineSet
	lines []string
	codes []uint32
	ends  []uint32 // of texts in codes
	held  map[*wordFilter][]bool
}

// NewLines returns texts that are made of lines, with ends of lines between them: codes tells
// which lines they have, one text behind the other, and ends where they end there. No line
// has an end of a line in it, and each text has a line.
func NewLines(lines []string, codes, ends []uint32) *Lines {
	return &Lines{set: matcher.NewLineSet(lines), lines: lines, codes: codes, ends: ends}
}

// Lined is a Column that may know the lines of its texts.
type Lined interface {
	Column
	// Lines returns the texts of Dictionary by their lines, without reading these; nil if
	// they are not known.
	Lines() (*Lines, error)
}

// linesOf returns the texts of a column by their lines, nil if they are not known.
func linesOf(c Column) (*Lines, error) {
	if c, ok := c.(Lined); ok && c.Kind() == shape.String {
		return c.Lines()
	}
	return nil, nil
}

// of returns the lines of a text.
func (x *Lines) of(text int) []uint32 {
	from := uint32(0)
	if text > 0 {
		from = x.ends[text-1]
	}
	return x.codes[from:x.ends[text]]
}

// Text returns a text; "" if there are none.
func (x *Lines) Text(n int) string {
	if x == nil {
		return ""
	}
	return string(x.appendText(nil, n))
}

// appendText appends a text.
func (x *Lines) appendText(to []byte, n int) []byte {
	lines := x.of(n)
	size := len(lines)
	for _, code := range lines {
		size += len(x.lines[code])
	}
	to = slices.Grow(to, size)
	for i, code := range lines {
		if i > 0 {
			to = append(to, '\n')
		}
		to = append(to, x.lines[code]...)
	}
	return to
}

// lacks reports whether a text has for sure no word of a filter: none has an end of a line
// in it.
func (x *Lines) lacks(text int, filter *wordFilter) bool {
	held := x.held[filter]
	if held == nil {
		held = make([]bool, len(x.lines))
		for i, line := range x.lines {
			held[i] = !filter.lacks(line)
		}
		if x.held == nil {
			x.held = map[*wordFilter][]bool{}
		}
		x.held[filter] = held
	}
	for _, code := range x.of(text) {
		if held[code] {
			return false
		}
	}
	return true
}

// classOfLines returns the class of a text by its lines.
func (m *batchMatcher) classOfLines(x *Lines, text int, field int32, filter *wordFilter) uint32 {
	if filter != nil && x.lacks(text, filter) {
		return 0
	}
	whole := func() string { // in memory that is used again
		m.whole = x.appendText(m.whole[:0], text)
		return unsafe.String(unsafe.SliceData(m.whole), len(m.whole))
	}
	m.atoms = m.tables.matcher(field).MatchLines(m.atoms[:0], kindOf(String), x.set, x.of(text), whole, &m.scratch)
	return m.classes.of(m.atoms)
}
