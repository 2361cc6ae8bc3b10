// Package report renders results for people and for other programs. It holds
// no logic: the same results always render to the same bytes, except for
// colour, which only a terminal gets.
package report

import (
	"io"
	"os"
	"strings"
	"unicode"
)

// Style says whether output is coloured. The zero Style is plain.
type Style struct{ colour bool }

// Colours of a Style.
const (
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Blue   = "34"
	Cyan   = "36"
	Bold   = "1"
	Dim    = "2"
)

// StyleFor decides on colour: mode always or never decide, and auto colours a
// terminal unless NO_COLOR is set.
func StyleFor(w io.Writer, mode string) Style {
	switch mode {
	case "always":
		return Style{true}
	case "never":
		return Style{}
	}
	return Style{IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// Paint returns text in a colour, or as it is in a plain Style.
func (s Style) Paint(colour, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}

// Clean makes untrusted text safe for a terminal: control characters and
// characters that reverse the direction of text become visible escapes.
func Clean(text string) string {
	if strings.IndexFunc(text, unsafe) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unsafe(r):
			b.WriteString(escapeRune(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || r >= 0x200e && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func escapeRune(r rune) string {
	const digits = "0123456789abcdef"
	out := []byte(`\u0000`)
	for i := len(out) - 1; i >= 2; i-- {
		out[i] = digits[r&15]
		r >>= 4
	}
	return string(out)
}

// Shorten cuts text to at most width code points, the last one being … then.
func Shorten(text string, width int) string {
	n := 0
	for i := range text {
		if n++; n > width {
			cut := []rune(text[:i])
			return string(cut[:width-1]) + "…"
		}
	}
	return text
}
