package record

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator"
)

// linesKey, with the name of a column behind it, is the key of metadata that tells which
// lines the texts of the column have: each line once, and for each text its lines. What
// PowerShell says of its hosts is megabytes in a file, of which texts differ in a few lines;
// with the lines a replay need not decompress them. Whoever reads the column itself needs
// none of this.
const linesKey = reserved + "lines."

// Lines are told of columns with many bytes in long texts, of which the lines are few, so
// that what is told takes hardly any space.
const (
	worthLines      = 256 << 10
	worthLinesEach  = 512
	linesRepeat     = 16 // at least: bytes of texts, to those of lines
	linesCompressed = 64 // at least: bytes of texts, to those that are written
)

// renderedField is left out: rendered messages repeat what other fields say, so that hardly
// any rule asks for them, and their lines are many.
const renderedField = "Message"

// writeLines tells of the lines of columns.
func (p *part) writeLines(out *parquetFile) {
	for _, name := range slices.Sorted(maps.Keys(p.columns)) {
		c := p.columns[name]
		size := c.listedSize()
		if name == renderedField || size < worthLines || size < worthLinesEach*c.listed() || size+4*c.listed() >= mostDictionary {
			continue
		}
		content := c.appendLines(size / linesRepeat)
		if content == nil {
			continue
		}
		if written := out.single.EncodeAll(content, nil); len(written) <= size/linesCompressed {
			out.tell(linesKey+name, base64.StdEncoding.EncodeToString(written))
		}
	}
}

// isList reports whether the column is written without a dictionary: a text for each row.
func (c *column) isList() bool { return rarelyRepeat(len(c.texts), len(c.rows)) }

// listed returns how many texts are written.
func (c *column) listed() int {
	if c.isList() {
		return len(c.code)
	}
	return len(c.texts)
}

// text returns the i-th of them.
func (c *column) text(i int) string {
	if c.isList() {
		return c.texts[c.code[i]]
	}
	return c.texts[i]
}

func (c *column) listedSize() int {
	size := 0
	for i := range c.listed() {
		size += len(c.text(i))
	}
	return size
}

// Which line a text has at a place: that of the text before, one that is new, or another one
// by its number.
const (
	lineAgain = iota
	lineNew
	lineOther
)

// appendLines returns the lines, and which of them texts have; nil if the lines have more
// bytes than most.
func (c *column) appendLines(most int) []byte {
	known := map[string]uint32{}
	var lines, codes []byte
	var before, now []uint32
	bytes := 0
	for i := range c.listed() {
		text := c.text(i)
		codes = binary.AppendUvarint(codes, uint64(strings.Count(text, "\n")+1))
		now = now[:0]
		for line := range strings.SplitSeq(text, "\n") {
			code, again := known[line]
			if !again {
				code = uint32(len(known))
				known[line] = code
				lines = append(binary.AppendUvarint(lines, uint64(len(line))), line...)
				if bytes += len(line); bytes > most {
					return nil
				}
			}
			switch at := len(now); {
			case at < len(before) && before[at] == code:
				codes = append(codes, lineAgain)
			case !again:
				codes = append(codes, lineNew)
			default:
				codes = binary.AppendUvarint(codes, uint64(code)+lineOther)
			}
			now = append(now, code)
		}
		before, now = now, before
	}
	out := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(known))), uint64(c.listed()))
	return append(append(out, lines...), codes...)
}

// linesOf returns what a file tells of the lines of a column; nil if that is nothing.
func (g *rowGroup) linesOf(c *groupColumn) (*evaluator.Lines, error) {
	written, ok := g.footer.lookup(linesKey + c.name)
	if !ok || c.chunk == nil {
		return nil, nil
	}
	data, err := g.decodeBase64(written)
	if err == nil {
		data, err = g.unpackLines(data)
	}
	var lines *evaluator.Lines
	if err == nil {
		lines, err = g.readLines(data, c.chunk.texts())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", linesKey+c.name, err)
	}
	return lines, nil
}

// maxLinesBytes is more than is ever written.
const maxLinesBytes = 1 << 28

func (r *reader) unpackLines(data []byte) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(data); err != nil || !h.HasFCS || h.FrameContentSize > maxLinesBytes {
		return nil, errDamaged
	}
	z, err := r.decoder()
	if err != nil {
		return nil, err
	}
	return z.DecodeAll(data, r.roomForBytes(min(int(h.FrameContentSize), 256*len(data))+decoderSlack))
}

// readLines reads what appendLines has written of so many texts. The lines share the memory
// of content.
func (in *reader) readLines(content []byte, texts int) (*evaluator.Lines, error) {
	r := cursor{rest: content}
	count, told := r.number(), r.number()
	if r.err != nil || told != texts || count > len(content) || texts > len(content) {
		return nil, errDamaged
	}
	lines := in.roomForTexts(count)
	for range count {
		lines = append(lines, alias(r.take(r.number())))
	}
	codes, ends := in.roomForNumbers(len(r.rest)), in.roomForNumbers(texts)
	fresh, before := 0, []uint32(nil)
	for range texts {
		size, from := r.number(), len(codes)
		for at := range min(size, len(r.rest)) {
			code := r.number()
			switch {
			case code == lineNew:
				code = fresh
				fresh++
			case code >= lineOther:
				code -= lineOther
			case at < len(before):
				code = int(before[at])
			default:
				return nil, errDamaged
			}
			if code >= count {
				return nil, errDamaged
			}
			codes = append(codes, uint32(code))
		}
		if before = codes[from:]; r.err != nil || len(before) != size || size == 0 {
			return nil, errDamaged
		}
		ends = append(ends, uint32(len(codes)))
	}
	if len(r.rest) > 0 {
		return nil, errDamaged
	}
	return evaluator.NewLines(lines, codes, ends), nil
}
