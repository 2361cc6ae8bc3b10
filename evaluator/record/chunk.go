package record

import (
	"slices"

	"encoding/binary"
	"unsafe"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// reader is what reading files takes on one goroutine.
type reader struct {
	layouts
	room    *room // nil if what is read is kept
	zstd    *zstd.Decoder
	buffer  []byte
	lengths []int32
}

// chunk is a column of texts as this package writes it: of a dictionary page and data
// pages of the second version, each compressed for itself. What is needed of it is
// decoded, and only that: the dictionary without the rows, where no rule finds anything
// in it. Other columns are read by way of the parquet package.
type chunk struct {
	dictionary page
	pages      []page
	numbers    bool // pages are of numbers, and not of texts
}

// page is a page that is not decoded yet.
type page struct {
	rows, nulls int
	levels      []byte // which rows have a text; nil if all have
	values      []byte
	size        int  // of the values, decompressed
	packed      bool // the values are compressed
	coded       bool // the values are indexes into the dictionary
	numbers     bool // they are numbers
}

// chunkOf reads the pages of a column; nil if it is not of the kind.
func (t *table) chunkOf(group, n int, r *reader) (*chunk, error) {
	if t.footer.groups[group].chunks[n].codec != int(format.Zstd) {
		return nil, nil
	}
	content, err := t.chunkBytes(group, n, r)
	if content == nil || err != nil {
		return nil, err
	}
	return chunkIn(content), nil
}

// chunkIn finds the pages of a column; nil if it is not of the kind.
func chunkIn(content []byte) *chunk {
	c := &chunk{}
	for len(content) > 0 {
		h, length, ok := readPageHeader(content)
		if !ok || h.packed > len(content)-length {
			return nil
		}
		content = content[length:]
		if !c.add(&h, content[:h.packed]) {
			return nil
		}
		content = content[h.packed:]
	}
	return c
}

// add notes a page, unless it is of another kind.
func (c *chunk) add(h *pageHeader, content []byte) bool {
	if h.kind == dictionaryPage {
		if c.dictionary.values != nil || h.encoding != encodingPlain {
			return false
		}
		c.dictionary = page{rows: h.values, values: content, size: h.size, packed: true}
		return true
	}
	if h.repetitions != 0 || h.levels > len(content) || h.levels > h.size || h.nulls > h.values || h.rows != h.values {
		return false
	}
	p := page{rows: h.rows, nulls: h.nulls, values: content[h.levels:], size: h.size - h.levels, packed: !h.stored}
	if p.nulls > 0 {
		p.levels = content[:h.levels]
	}
	switch h.encoding {
	case encodingDictionary:
		p.coded = true
	case encodingDeltaLength:
	case encodingDelta:
		p.numbers, c.numbers = true, true
	default:
		return false
	}
	c.pages = append(c.pages, p)
	return true
}

// unpack returns the values of a page.
func (r *reader) unpack(p *page) ([]byte, error) {
	if !p.packed || p.size == 0 {
		return p.values, nil
	}
	d, err := r.decoder()
	if err != nil {
		return nil, err
	}
	if p.size > 64*len(p.values)+1024 && !p.says(p.size) {
		return d.DecodeAll(p.values, nil) // which is bounded by the decoder
	}
	return d.DecodeAll(p.values, r.roomForBytes(p.size+decoderSlack))
}

// says reports whether the compressed values tell that they have a size.
func (p *page) says(size int) bool {
	var h zstd.Header
	return h.Decode(p.values) == nil && h.HasFCS && h.FrameContentSize == uint64(size)
}

// decoderSlack is how much more than a page the decoder wants to have room for, or it
// takes memory of its own.
const decoderSlack = 64

func (r *reader) decoder() (*zstd.Decoder, error) {
	var err error
	if r.zstd == nil {
		r.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	}
	return r.zstd, err
}

// plainTexts returns the texts of a page in plain encoding, each with its length in front
// of it. They share the memory of the page.
func (r *reader) plainTexts(content []byte, count int) ([]string, error) {
	out := r.roomForTexts(min(count, len(content)/4))
	for len(content) >= 4 {
		n := int(binary.LittleEndian.Uint32(content))
		if n < 0 || n > len(content)-4 {
			return nil, errDamaged
		}
		out = append(out, alias(content[4:4+n]))
		content = content[4+n:]
	}
	if len(out) != count {
		return nil, errDamaged
	}
	return out, nil
}

// alias is a text that shares its memory with bytes, which must never change.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// chunkTexts returns the texts of a column, and codes for them unless it has a
// dictionary, which is then all that is read.
func (r *reader) chunkTexts(c *chunk, rows int) (*texts, error) {
	if c.dictionary.values != nil {
		content, err := r.unpack(&c.dictionary)
		if err != nil {
			return nil, err
		}
		x := &texts{}
		x.dictionary, err = r.plainTexts(content, c.dictionary.rows)
		return x, err
	}
	codes, err := r.chunkCodes(c, rows)
	if err != nil {
		return nil, err
	}
	x := &texts{codes: codes, dictionary: r.roomForTexts(len(codes.codes))}
	for i := range c.pages {
		p := &c.pages[i]
		if p.coded {
			continue // of rows without a text
		}
		content, err := r.unpack(p)
		if err != nil {
			return nil, err
		}
		first := len(x.dictionary)
		if x.dictionary, err = r.deltaTexts(x.dictionary, content); err != nil {
			return nil, err
		}
		if len(x.dictionary)-first != p.rows-p.nulls {
			return nil, errDamaged
		}
	}
	return x, nil
}

// deltaTexts appends the texts of a page that has the lengths of all in front of them.
func (r *reader) deltaTexts(to []string, content []byte) ([]string, error) {
	var err error
	if r.lengths, err = parquet.DeltaBinaryPacked.DecodeInt32(r.lengths[:0], content); err != nil {
		return to, err
	}
	size := 0
	for _, n := range r.lengths {
		if size += int(n); n < 0 || size > len(content) {
			return to, errDamaged
		}
	}
	content = content[len(content)-size:]
	for _, n := range r.lengths {
		to, content = append(to, alias(content[:n])), content[n:]
	}
	return to, nil
}

// texts returns how many texts there are in the dictionary, or in the pages without one.
func (c *chunk) texts() int {
	if c.dictionary.values != nil {
		return c.dictionary.rows
	}
	return c.values()
}

// values returns how many rows have something.
func (c *chunk) values() int {
	n := 0
	for i := range c.pages {
		n += c.pages[i].rows - c.pages[i].nulls
	}
	return n
}

// chunkCodes reads which texts rows have; those of a column without a dictionary are numbered
// as they come.
func (r *reader) chunkCodes(c *chunk, rows int) (*rowCodes, error) {
	there, err := r.occupancyOf(c.pages, rows)
	if err != nil {
		return nil, err
	}
	out := &rowCodes{there: there, codes: r.roomForNumbers(c.values())}
	for i := range c.pages {
		p := &c.pages[i]
		n := p.rows - p.nulls
		switch {
		case p.coded && n == 0:
		case p.coded && c.dictionary.rows == 1: // there is no other text that they could have
			at := len(out.codes)
			out.codes = slices.Grow(out.codes, n)[:at+n]
			clear(out.codes[at:])
		case p.coded && c.dictionary.values != nil:
			if out.codes, err = r.pageCodes(out.codes, p, n, c.dictionary.rows); err != nil {
				return nil, err
			}
		case p.coded || c.dictionary.values != nil:
			return nil, errDamaged
		default:
			for range n {
				out.codes = append(out.codes, uint32(len(out.codes)))
			}
		}
	}
	return out, nil
}

// pageCodes appends the codes of a page, each of which is less than most.
func (r *reader) pageCodes(to []uint32, p *page, count, most int) ([]uint32, error) {
	content, err := r.scratch(p)
	if err != nil {
		return to, err
	}
	if len(content) == 0 {
		return to, errDamaged
	}
	return hybrid(to, content[1:], int(content[0]), count, most)
}

// maxScratch is how much memory is kept to be used again, in bytes.
const maxScratch = 16 << 20

// scratch is unpack into memory that is used again.
func (r *reader) scratch(p *page) ([]byte, error) {
	if !p.packed || p.size == 0 {
		return p.values, nil
	}
	d, err := r.decoder()
	if err != nil {
		return nil, err
	}
	out, err := d.DecodeAll(p.values, r.buffer[:0])
	if cap(out) <= maxScratch {
		r.buffer = out
	}
	return out, err
}
