package telemetry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxLayers     = 2         // compression inside compression, no deeper
	maxZstdWindow = 128 << 20 // what zstd --long=27 needs, the most it uses unasked
	inputSize     = 64 << 10
)

// stream reads one input whose content tells its format.
func (r *reader) stream(source string, in io.Reader, layer int) bool {
	input := r.input(in, layer)
	head, _ := input.Peek(512)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return r.gzip(source, input, layer)
	case isZstd(head):
		return r.zstd(source, input, layer)
	}
	if err := unreadable(head); err != nil {
		return r.fail(source, err)
	}
	return r.content(source, input, head)
}

func (r *reader) input(in io.Reader, layer int) *bufio.Reader {
	in = untilDone{r.ctx, in}
	if r.inputs[layer] == nil {
		r.inputs[layer] = bufio.NewReaderSize(in, inputSize)
	}
	r.inputs[layer].Reset(in)
	return r.inputs[layer]
}

func (r *reader) gzip(source string, in *bufio.Reader, layer int) bool {
	if layer == maxLayers {
		return r.fail(source, errLayers)
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return r.fail(source, fmt.Errorf("damaged gzip header: %w", err))
	}
	defer z.Close()
	return r.stream(source, named{z, "gzip"}, layer+1)
}

func (r *reader) zstd(source string, in *bufio.Reader, layer int) bool {
	if layer == maxLayers {
		return r.fail(source, errLayers)
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(4*maxZstdWindow))
	if err != nil {
		return r.fail(source, fmt.Errorf("damaged zstd header: %w", err))
	}
	defer z.Close()
	return r.stream(source, named{z, "zstd"}, layer+1)
}

var errLayers = errors.New("compressed more than twice; decompress it first")

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
	{0, "\xff\xfe", "UTF-16 text; convert it first: iconv -f UTF-16 -t UTF-8"},
	{0, "\xfe\xff", "UTF-16 text; convert it first: iconv -f UTF-16 -t UTF-8"},
	{0, "{\x00", "UTF-16 text without a mark; convert it first: iconv -f UTF-16LE -t UTF-8"},
	{0, "[\x00", "UTF-16 text without a mark; convert it first: iconv -f UTF-16LE -t UTF-8"},
	{0, "\x00{", "UTF-16 text without a mark; convert it first: iconv -f UTF-16BE -t UTF-8"},
	{0, "\x00[", "UTF-16 text without a mark; convert it first: iconv -f UTF-16BE -t UTF-8"},
	{0, "PK\x03\x04", "a zip archive; extract it first"},
	{257, "ustar", "a tar archive; extract it first"},
	{0, "BZh", "bzip2 data; decompress it first"},
	{0, "\xfd7zXZ\x00", "xz data; decompress it first"},
	{0, "PAR1", "a Parquet file; this reader takes EVTX and JSON"},
	{0, "LfLe", "an old .evt log; convert it first: wevtutil epl OLD.evt NEW.evtx /lf:true"},
	{4, "LfLe", "an old .evt log; convert it first: wevtutil epl OLD.evt NEW.evtx /lf:true"},
}

// unreadable names the format of content that is neither EVTX nor JSON, if it
// is a known one.
func unreadable(head []byte) error {
	for _, f := range foreign {
		if f.offset == 3 && !bytes.HasPrefix(head, utf8Mark) {
			continue
		}
		if f.offset < len(head) && bytes.HasPrefix(head[f.offset:], []byte(f.magic)) {
			return errors.New("this is " + f.what)
		}
	}
	return nil
}

var utf8Mark = []byte("\xef\xbb\xbf")
