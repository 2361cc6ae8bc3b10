package lsp

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/socctl/socctl/rules"
)

// encoding is the unit in which a client counts the columns of a line.
type encoding string

// The encodings. UTF-16 is what a client counts in that does not say.
const (
	utf8Columns  encoding = "utf-8"
	utf16Columns encoding = "utf-16"
	utf32Columns encoding = "utf-32"
)

// choose returns the best of the encodings that a client offers: the columns of
// rules are code points.
func choose(offered []encoding) encoding {
	best := utf16Columns
	for _, e := range offered {
		switch {
		case e == utf32Columns:
			return e
		case e == utf8Columns:
			best = e
		}
	}
	return best
}

// width returns how many units a character has.
func (e encoding) width(r rune) int {
	switch e {
	case utf8Columns:
		return utf8.RuneLen(r)
	case utf32Columns:
		return 1
	}
	return max(1, utf16.RuneLen(r))
}

// position returns a position of a file as the client counts it.
func (e encoding) position(f *rules.File, p rules.Position) position {
	if f == nil || p.Line < 1 {
		return position{}
	}
	column := 0
	left := p.Column - 1
	for _, r := range f.Line(p.Line) {
		if left <= 0 {
			break
		}
		left--
		column += e.width(r)
	}
	return position{Line: p.Line - 1, Character: column}
}

// span returns a place of a file as the client counts it.
func (e encoding) span(s rules.Span) span {
	start := e.position(s.File, s.Start)
	if s.End.Before(s.Start) {
		return span{start, start}
	}
	return span{start, e.position(s.File, s.End)}
}

// offset returns the byte of a file at which a position of the client lies. A
// position behind the end of a line or of the file means the end.
func (e encoding) offset(f *rules.File, p position) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= f.Lines():
		return len(f.Source)
	}
	return lineStart(f, p.Line+1) + e.within(f.Line(p.Line+1), p.Character)
}

// within returns the byte of a line at which a column of the client lies.
func (e encoding) within(line string, column int) int {
	for at, r := range line {
		if column <= 0 {
			return at
		}
		column -= e.width(r)
	}
	return len(line)
}

// lineStart returns the offset of the first byte of a line, counted from 1.
func lineStart(f *rules.File, line int) int {
	at := rules.Position{Line: line, Column: 1}
	from, _ := rules.Span{File: f, Start: at, End: at}.Offsets()
	return from
}

// place returns a position of the client in the way of rules.
func (e encoding) place(f *rules.File, p position) rules.Position {
	at := e.offset(f, p)
	return f.Span(at, at).Start
}

// covers reports whether a place lies in a span, or right behind it.
func covers(s rules.Span, p rules.Position) bool {
	return s.Known() && !p.Before(s.Start) && !s.End.Before(p)
}

// excerpt returns a text in a fenced block, without the indentation that all
// its lines but the first share.
func excerpt(language, text string, column int) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n "), "\n")
	for i, line := range lines[1:] {
		blank := len(line) - len(strings.TrimLeft(line, " "))
		lines[i+1] = line[min(blank, column-1):]
	}
	return "```" + language + "\n" + strings.Join(lines, "\n") + "\n```"
}
