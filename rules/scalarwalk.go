package rules

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// scalarWalk is a decoder of scalars that follows the scanner of yaml.v3. It
// fails as soon as it yields anything else than the text.
type scalarWalk struct {
	src          []byte
	at           int
	text         string
	n            int   // bytes of text yielded
	end          int   // offset behind what became the last of them
	starts, ends []int // see places; not filled if nil
	failed       bool
}

// scalar decodes the scalar that starts at offset from and reports whether this
// yields its text.
func (w *scalarWalk) scalar(from int, style scalarStyle) bool {
	switch w.at = from; style {
	case literalBlock, foldedBlock:
		w.block(from, style == foldedBlock)
	case singleQuoted, doubleQuoted:
		w.at++
		w.flow(style)
	default:
		w.flow(style)
	}
	return !w.failed && w.n == len(w.text)
}

// yield adds text that the source from..to became.
func (w *scalarWalk) yield(decoded string, from, to int) {
	if !strings.HasPrefix(w.text[w.n:], decoded) {
		w.failed = true
		return
	}
	w.n += len(decoded)
	w.end = to
	if w.starts == nil {
		return
	}
	for range len(decoded) {
		w.starts, w.ends = append(w.starts, from), append(w.ends, to)
	}
}

// copy yields the character at the current offset and steps over it.
func (w *scalarWalk) copy() {
	size := 1
	if w.src[w.at] >= utf8.RuneSelf {
		_, size = utf8.DecodeRune(w.src[w.at:])
	}
	if rest := w.text[w.n:]; len(rest) >= size && rest[:size] == string(w.src[w.at:w.at+size]) {
		w.yield(rest[:size], w.at, w.at+size)
	} else {
		w.failed = true
	}
	w.at += size
}

func (w *scalarWalk) done() bool {
	return w.failed || w.at >= len(w.src) || w.n == len(w.text)
}

// yamlBreak returns the length of the line break at an offset, 0 if there is
// none. yaml.v3 counts the breaks of YAML 1.1, three more than editors do.
func yamlBreak(src []byte, at int) int {
	if at >= len(src) {
		return 0
	}
	switch rest := src[at:]; rest[0] {
	case '\n', '\r':
		return lineBreak(rest)
	case 0xc2:
		if bytes.HasPrefix(rest, []byte("\u0085")) {
			return 2
		}
	case 0xe2:
		if bytes.HasPrefix(rest, []byte("\u2028")) || bytes.HasPrefix(rest, []byte("\u2029")) {
			return 3
		}
	}
	return 0
}

// breakRun is a line break and what it becomes.
type breakRun struct {
	text     string
	from, to int
}

func (w *scalarWalk) lineBreak() breakRun {
	n := yamlBreak(w.src, w.at)
	b := breakRun{"\n", w.at, w.at + n}
	if n == 3 {
		b.text = string(w.src[w.at : w.at+n])
	}
	w.at += n
	return b
}

func (w *scalarWalk) yieldBreaks(breaks ...breakRun) {
	for _, b := range breaks {
		w.yield(b.text, b.from, b.to)
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// flow decodes a plain or quoted scalar from behind its opening quote on.
func (w *scalarWalk) flow(style scalarStyle) {
	for !w.done() {
		switch c := w.src[w.at]; {
		case isBlank(c) || yamlBreak(w.src, w.at) > 0:
			w.blanks(false)
		case style == singleQuoted && c == '\'':
			if !bytes.HasPrefix(w.src[w.at:], []byte("''")) {
				return
			}
			w.yield("'", w.at, w.at+2)
			w.at += 2
		case style == doubleQuoted && c == '"':
			return
		case style == doubleQuoted && c == '\\':
			w.escape()
		default:
			w.copy()
		}
	}
}

// blanks decodes white space. If there is a line break in it, the white space
// around goes, one break becomes a space, and each further one a newline.
// Behind an escaped break nothing stands for the first one.
func (w *scalarWalk) blanks(escaped bool) {
	from := w.at
	var breaks []breakRun
	for w.at < len(w.src) {
		switch {
		case yamlBreak(w.src, w.at) > 0:
			breaks = append(breaks, w.lineBreak())
			continue
		case !isBlank(w.src[w.at]):
		default:
			w.at++
			continue
		}
		break
	}
	switch {
	case escaped:
		w.yieldBreaks(breaks...)
	case len(breaks) == 0:
		for i := from; i < w.at; i++ {
			w.yield(string(w.src[i:i+1]), i, i+1)
		}
	case breaks[0].text != "\n":
		w.yieldBreaks(breaks...)
	case len(breaks) == 1:
		w.yield(" ", breaks[0].from, breaks[0].to)
	default:
		w.yieldBreaks(breaks[1:]...)
	}
}

func (w *scalarWalk) escape() {
	if n := yamlBreak(w.src, w.at+1); n > 0 {
		w.at += 1 + n
		w.blanks(true)
		return
	}
	if w.at+1 >= len(w.src) {
		w.failed = true
		return
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[w.src[w.at+1]]
	end := min(w.at+2+digits, len(w.src))
	_, size := utf8.DecodeRuneInString(w.text[w.n:])
	w.yield(w.text[w.n:w.n+size], w.at, end)
	w.at = end
}

// block decodes a block scalar whose header starts at an offset. With an
// indentation indicator its indentation depends on the nodes around it, which
// is why every possible one is tried.
func (w *scalarWalk) block(from int, folded bool) {
	chomp, indicator := byte(0), false
	at := from + 1
	for ; at < len(w.src) && bytes.IndexByte([]byte("+-0123456789"), w.src[at]) >= 0; at++ {
		if w.src[at] == '+' || w.src[at] == '-' {
			chomp = w.src[at]
		} else {
			indicator = true
		}
	}
	for at < len(w.src) && yamlBreak(w.src, at) == 0 {
		at++
	}
	at += yamlBreak(w.src, at)
	indent := w.indentAt(at)
	least := indent
	if indicator {
		least = 1
	}
	for ; indent >= least; indent-- {
		w.at, w.failed, w.n, w.starts, w.ends = at, false, 0, w.starts[:0], w.ends[:0]
		if w.lines(indent, chomp, folded); !w.failed && w.n == len(w.text) {
			return
		}
	}
	w.failed = true
}

// indentAt returns the largest indentation of the lines from an offset up to
// the first that is not empty.
func (w *scalarWalk) indentAt(at int) int {
	indent := 1
	for {
		n := 0
		for at+n < len(w.src) && w.src[at+n] == ' ' {
			n++
		}
		indent = max(indent, n)
		at += n
		if yamlBreak(w.src, at) == 0 {
			return indent
		}
		at += yamlBreak(w.src, at)
	}
}

// lines decodes the lines of a block scalar.
func (w *scalarWalk) lines(indent int, chomp byte, folded bool) {
	var leading, trailing []breakRun
	wasBlank := false
	content := w.indentation(indent, &trailing)
	for content && !w.failed {
		blank := isBlank(w.src[w.at])
		if folded && !wasBlank && !blank && len(leading) > 0 && leading[0].text == "\n" {
			if len(trailing) == 0 {
				w.yield(" ", leading[0].from, leading[0].to)
			}
		} else {
			w.yieldBreaks(leading...)
		}
		w.yieldBreaks(trailing...)
		leading, trailing, wasBlank = nil, nil, blank
		for w.at < len(w.src) && yamlBreak(w.src, w.at) == 0 && !w.failed {
			w.copy()
		}
		if yamlBreak(w.src, w.at) > 0 {
			leading = []breakRun{w.lineBreak()}
		}
		content = w.indentation(indent, &trailing)
	}
	if chomp != '-' {
		w.yieldBreaks(leading...)
	}
	if chomp == '+' {
		w.yieldBreaks(trailing...)
	}
}

// indentation steps over empty lines and the indentation of the first line
// with content; false means that there is none.
func (w *scalarWalk) indentation(indent int, breaks *[]breakRun) bool {
	for {
		column := 0
		for column < indent && w.at < len(w.src) && w.src[w.at] == ' ' {
			w.at++
			column++
		}
		if yamlBreak(w.src, w.at) == 0 {
			return column == indent && w.at < len(w.src)
		}
		*breaks = append(*breaks, w.lineBreak())
	}
}
