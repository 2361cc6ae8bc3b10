package evtx

import "encoding/binary"

// cursor reads forward inside a stretch of the chunk. Behind the end it reads
// zeros and remembers that.
type cursor struct {
	chunk    []byte
	at, end  int
	overread bool
}

var zeros [8]byte

// take returns the next n bytes, and fewer than n only if n is more than eight
// and the stretch ends before.
func (c *cursor) take(n int) []byte {
	if n > c.end-c.at {
		c.overread, c.at = true, c.end
		return zeros[:min(n, len(zeros))]
	}
	c.at += n
	return c.chunk[c.at-n : c.at]
}

func (c *cursor) skip(n int) {
	if n > c.end-c.at {
		c.overread, n = true, c.end-c.at
	}
	c.at += n
}

func (c *cursor) u8() byte    { return c.take(1)[0] }
func (c *cursor) u16() int    { return int(binary.LittleEndian.Uint16(c.take(2))) }
func (c *cursor) u32() uint32 { return binary.LittleEndian.Uint32(c.take(4)) }

// more reports whether the next token is of a kind, whatever its bit more says.
func (c *cursor) more(token byte) bool {
	return c.at < c.end && c.chunk[c.at]&^tokenMore == token
}

// ended reports whether the tokens are at their end.
func (c *cursor) ended() bool { return c.at >= c.end || c.chunk[c.at] == tokenEnd }
