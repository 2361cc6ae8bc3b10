package synth

import (
	"bytes"
	"strconv"
	"strings"
)

// labelled replaces a number that stands behind a label within a message, as in
// "Process ID:\t\t0x3c8", and logon ids wherever they stand.
func (c *cutter) labelled(l leaf, i int, rest []byte) int {
	n := 0
	for n < len(rest) && isAlnum(rest[n]) {
		n++
	}
	if n == 0 || !isDigit(rest[0]) {
		return 0
	}
	if c.keys[strings.ToLower(string(rest[:n]))] {
		c.replace(i, i+n, slot{kind: logonSlot, value: hashText(strings.ToLower(string(rest[:n]))), style: styleOf(rest[2:n])})
		return n
	}
	label := labelBefore(c.line[l.begin:i])
	var s slot
	ok := false
	switch {
	case endsWith(label, "processid"), endsWith(label, "threadid"):
		s, ok = processID(rest[:n])
	case endsWith(label, "sourceport"):
		s, ok = freePort(rest[:n])
	}
	if !ok {
		return 0
	}
	c.replace(i, i+n, s)
	return n
}

// labelBefore returns what stands before a colon and blanks at the end of a text.
func labelBefore(text []byte) []byte {
	blank := len(text)
	for {
		trimmed := bytes.TrimRight(text, " ")
		trimmed = bytes.TrimSuffix(trimmed, []byte(`\t`))
		if len(trimmed) == len(text) {
			break
		}
		text = trimmed
	}
	if len(text) == blank || len(text) == 0 || text[len(text)-1] != ':' {
		return nil
	}
	return text[max(0, len(text)-24) : len(text)-1]
}

// endsWith compares without blanks and letter case.
func endsWith(label []byte, word string) bool {
	i := len(label)
	for k := len(word) - 1; k >= 0; k-- {
		for i > 0 && label[i-1] == ' ' {
			i--
		}
		if i == 0 || label[i-1]|0x20 != word[k] {
			return false
		}
		i--
	}
	return true
}

// processID returns the slot of a process or thread id. Those of the system are
// the same everywhere.
func processID(v []byte) (slot, bool) {
	if n, err := strconv.ParseUint(string(v), 10, 32); err == nil {
		return slot{kind: processSlot, value: n}, n > 4
	}
	n, ok := hexNumber(v)
	return slot{kind: hexProcessSlot, value: n}, ok && n > 4 && n < 1<<32
}

// freePort returns the slot of a port that was chosen by the system.
func freePort(v []byte) (slot, bool) {
	n, err := strconv.ParseUint(string(v), 10, 16)
	return slot{kind: portSlot, value: n}, err == nil && n >= 49152
}

func hexNumber(v []byte) (uint64, bool) {
	if len(v) < 3 || v[0] != '0' || v[1]|0x20 != 'x' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(v[2:]), 16, 64)
	return n, err == nil
}

func isGUID(v []byte) bool {
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !isHex(c) {
			return false
		}
	}
	return true
}
