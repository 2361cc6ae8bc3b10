package telemetry

import (
	"bufio"
	"fmt"
	"io"
)

// DefaultMaxExpansion is how many times larger than its compressed form an
// input may be unless ReadOptions says otherwise. Logs compress to a hundredth
// at best; what a bomb is made of, to a thousandth and less.
const DefaultMaxExpansion = 1000

// expansionFloor is how much any input may expand to.
const expansionFloor = 64 << 20

// expansion stops inputs that become much larger than they are. Memory is
// bounded in any case; this bounds time.
type expansion struct {
	format string
	limit  int64
	in     func() int64 // compressed size so far
	out    int64
}

// expansion returns the limit for one input, nil if there is none.
func (r *reader) expansion(format string, in func() int64) *expansion {
	limit := int64(r.options.MaxExpansion)
	if limit == 0 {
		limit = DefaultMaxExpansion
	}
	if limit < 0 {
		return nil
	}
	return &expansion{format: format, limit: limit, in: in}
}

// reader returns a reader of decompressed data that keeps to the limit.
func (e *expansion) reader(in io.Reader) io.Reader {
	if e == nil {
		return in
	}
	return &expandedReader{e, in}
}

type expandedReader struct {
	*expansion
	in io.Reader
}

func (e *expandedReader) Read(p []byte) (int, error) {
	n, err := e.in.Read(p)
	if e.out += int64(n); e.out > expansionFloor && e.out > e.limit*e.expansion.in() {
		return n, fmt.Errorf("%s data expands more than %d times, as a decompression bomb does; raise the limit (--max-expansion) if it is to be trusted", e.format, e.limit)
	}
	return n, err
}

// counter counts what is read of an input. It is a byte reader as well, so
// that decompressors do not read ahead.
type counter struct {
	in *bufio.Reader
	n  int64
}

func (c *counter) total() int64 { return c.n }

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.in.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}
