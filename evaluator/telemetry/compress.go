package telemetry

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxLayers     = 4         // compression and archives inside each other, no deeper
	maxZstdWindow = 128 << 20 // what zstd --long=27 needs, the most it uses unasked
	inputSize     = 64 << 10
)

// stream reads one input whose content tells its format.
func (r *reader) stream(source string, in io.Reader, layer int) bool {
	file, _ := in.(*os.File)
	input := r.input(in, layer)
	head := peekHead(input)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return r.compressed(source, "gzip", input, layer, func(in io.Reader) (io.Reader, func(), error) {
			z, err := gzip.NewReader(in)
			return z, func() {}, err
		})
	case isZstd(head):
		return r.compressed(source, "zstd", input, layer, zstdOf(head))
	case bytes.HasPrefix(head, []byte("BZh")):
		return r.compressed(source, "bzip2", input, layer, func(in io.Reader) (io.Reader, func(), error) {
			return bzip2.NewReader(in), func() {}, nil
		})
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return r.zip(source, input, file, layer)
	case len(head) > 262 && bytes.Equal(head[257:262], []byte("ustar")):
		return r.tar(source, input, layer)
	}
	if charset := utf16Of(head); charset != nil && layer < maxLayers {
		input = r.input(decoded(input, charset), layer+1)
		head = peekHead(input)
	}
	if err := unreadable(head); err != nil {
		return r.fail(source, err)
	}
	return r.content(source, input, head)
}

// headSize is how much of an input tells its format: a tar header is told by
// its 258th byte and those behind it.
const headSize = 512

// peekHead returns the start of an input. It does not wait for more than a line
// of a text, which may be all that a pipe has to say for now.
func peekHead(in *bufio.Reader) []byte {
	for n := 1; ; n = in.Buffered() + 1 {
		if _, err := in.Peek(n); err != nil || in.Buffered() >= headSize {
			break
		}
		if head, _ := in.Peek(in.Buffered()); isLine(head) {
			break
		}
	}
	head, _ := in.Peek(min(in.Buffered(), headSize))
	return head
}

// isLine reports whether head is a line of text, or the start of an object.
func isLine(head []byte) bool {
	return bytes.IndexByte(head, 0) < 0 && (bytes.IndexByte(head, '\n') >= 0 || bytes.IndexByte([]byte("{[<"), head[0]) >= 0)
}

func (r *reader) input(in io.Reader, layer int) *bufio.Reader {
	in = untilDone{r, in}
	if r.inputs[layer] == nil {
		r.inputs[layer] = bufio.NewReaderSize(in, inputSize)
	}
	r.inputs[layer].Reset(in)
	return r.inputs[layer]
}

// compressed reads an input through a decompressor.
func (r *reader) compressed(source, format string, in *bufio.Reader, layer int, open func(io.Reader) (io.Reader, func(), error)) bool {
	if layer == maxLayers {
		return r.fail(source, errLayers)
	}
	consumed := &counter{in: in}
	out, closed, err := open(consumed)
	if err != nil {
		return r.fail(source, fmt.Errorf("damaged %s header: %w", format, err))
	}
	defer closed()
	return r.stream(source, r.expansion(format, consumed.total).reader(named{out, format}), layer+1)
}

// amplyBuffered is up to which window a zstd stream has a buffer of two windows. It is
// copied over once when it is full, while one of little more than a window is copied
// for every MiB.
const amplyBuffered = 16 << 20

// zstdOf returns what reads a zstd stream with a head.
func zstdOf(head []byte) func(io.Reader) (io.Reader, func(), error) {
	var h zstd.Header
	ample := h.Decode(head) == nil && h.WindowSize <= amplyBuffered
	return func(in io.Reader) (io.Reader, func(), error) {
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(!ample),
			zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(4*maxZstdWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
}

var errLayers = errors.New("packed more than 4 times, one inside the other; unpack it first")

// named says in an error which decompressor it comes from.
type named struct {
	in     io.Reader
	format string
}

func (n named) Read(p []byte) (int, error) {
	got, err := n.in.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("damaged or truncated %s data: %w", n.format, err)
	}
	return got, err
}

// isZstd knows plain frames and skippable ones, with which pzstd files start.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18})
}

// foreign are formats that are worth naming instead of complaining about
// their first byte.
var foreign = []struct {
	offset      int
	magic, what string
}{
	{0, "\xfd7zXZ\x00", "xz data; decompress it first"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive; extract it first"},
	{0, "Rar!", "a rar archive; extract it first"},
	{0, "PAR1", "a Parquet file, which is no recording as its source wrote it"},
	{0, "SQLite format 3\x00", "an SQLite database; export the events first"},
	{0, "\xd4\xc3\xb2\xa1", "a packet capture; give what Zeek or Suricata makes of it"},
	{0, "\x0a\x0d\x0d\x0a", "a packet capture; give what Zeek or Suricata makes of it"},
	{0, "LfLe", "an old .evt log; convert it first: wevtutil epl OLD.evt NEW.evtx /lf:true"},
	{4, "LfLe", "an old .evt log; convert it first: wevtutil epl OLD.evt NEW.evtx /lf:true"},
}

// unreadable names the format of content that cannot be read, if it is a known
// one.
func unreadable(head []byte) error {
	for _, f := range foreign {
		if f.offset < len(head) && bytes.HasPrefix(head[f.offset:], []byte(f.magic)) {
			return errors.New("this is " + f.what)
		}
	}
	return nil
}

var utf8Mark = []byte("\xef\xbb\xbf")
