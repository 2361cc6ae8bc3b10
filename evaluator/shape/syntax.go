package shape

import (
	"fmt"
	"unicode/utf8"
)

// SyntaxError is what makes a text no JSON.
type SyntaxError struct {
	Offset  int // of the first byte that cannot be
	Message string
}

// Error says what was found and what is allowed in its place.
func (e *SyntaxError) Error() string { return e.Message }

// DepthError is a list or object nested too deep.
type DepthError struct {
	Offset int
	Limit  int
}

// Error tells the limit.
func (e *DepthError) Error() string { return fmt.Sprintf("nested deeper than %d levels", e.Limit) }

// unexpected is the error for what stands at an offset.
func unexpected(data []byte, at int, want string) error {
	if at >= len(data) {
		return &SyntaxError{len(data), "input ends inside a value"}
	}
	return &SyntaxError{at, "unexpected " + describe(data[at:]) + ", want " + want}
}

// describe names the character that b starts with.
func describe(b []byte) string {
	r, size := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("byte 0x%02x", b[0])
	case r == '\n':
		return "end of line"
	case r == '\'':
		return `"'"`
	}
	return fmt.Sprintf("%q", r)
}
