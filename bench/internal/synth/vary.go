package synth

import (
	"bytes"
	"time"
)

// Command lines and paths of a fleet do not repeat as those of a few recorded
// machines do: they hold numbers of jobs, documents and sessions. In the background
// such numbers differ from machine to machine, so that distinct values grow with a
// fleet. Attacks, chatter and noise stay as they are.

// cutVaried is cut for the background.
func (c *cutter) cutVaried(line []byte, base time.Time, host int16) (template, bool) {
	c.vary = map[string]bool{}
	t, ok := c.cut(line, base, host)
	c.vary = nil
	return t, ok
}

// maxVaried is how many words of a line are varied.
const maxVaried = 32

// collectVaried finds numbers in a text, to be replaced wherever they stand.
func (c *cutter) collectVaried(text []byte) {
	if c.vary == nil {
		return
	}
	for i := 0; i < len(text) && len(c.vary) < maxVaried; {
		if n := escape(text, i); n > 0 {
			i += n
			continue
		}
		n := variable(text[i:])
		if n > 0 && (i == 0 || !isAlnum(text[i-1]) && text[i-1] != '.') {
			c.vary[string(text[i:i+n])] = true
		}
		for n = max(n, 1); n > 0; n-- {
			i++
		}
	}
}

// variable returns the length of the GUID, the long number, or the even longer
// hexadecimal number that a text begins with; 0 if it begins with none. What looks
// like a part of a version is none.
func variable(text []byte) int {
	if len(text) >= 36 && isGUID(text[:36]) {
		return 36
	}
	n, digits := 0, 0
	for n < len(text) && isHex(text[n]) {
		if isDigit(text[n]) {
			digits++
		}
		n++
	}
	if n < len(text) && (isAlnum(text[n]) || text[n] == '.' && n+1 < len(text) && isDigit(text[n+1])) {
		return 0
	}
	if digits == n && n >= 4 || n >= 8 && digits >= 2 && mixed(text[:n]) {
		return n
	}
	return 0
}

// mixed reports whether a text has a digit among its first and its last half, as
// numbers have and words hardly.
func mixed(text []byte) bool {
	half := len(text) / 2
	has := func(part []byte) bool { return bytes.ContainsAny(part, "0123456789") }
	return has(text[:half]) && has(text[half:])
}

// varied replaces a number that was collected.
func (c *cutter) varied(i int, rest []byte) int {
	if len(c.vary) == 0 {
		return 0
	}
	n := variable(rest)
	if n == 0 || n > 64 || !c.vary[string(rest[:n])] {
		return 0
	}
	s := slot{kind: hexNumberSlot, ord: int16(n), value: hashText(rest[:n]), style: styleOf(rest[:n])}
	if n <= 16 && !bytes.ContainsFunc(rest[:n], func(r rune) bool { return r > '9' }) {
		s.kind = numberSlot
	}
	c.replace(i, i+n, s)
	return n
}
