package record

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator"
)

// runsKey is the key of metadata that tells which bytes the texts of a file have, and which
// runs of four of them, see evaluator.Grams; with the name of a column behind it, it tells of
// that column, which the first one leaves out then. A replay does not read a column where no
// rule can find anything. Keywords are asked of all columns, and hardly ever anything in a
// file has the runs of any, so that a look at what is told of all spares the rest; rendered
// messages, which repeat what other columns have, are most of what there is to read in
// recordings of Windows.
//
// Earlier versions wrote lettersKey, with runs of digits as well.
const (
	runsKey    = reserved + "runs"
	lettersKey = reserved + "letters."
)

// worthRuns is how many bytes of texts a column has that is told of by itself.
const worthRuns = 256 << 10

// writeRuns tells of the texts of columns.
func (p *part) writeRuns(out *parquetFile) {
	write := func(key string, g *evaluator.Grams) {
		var content []byte // none if nothing can be told, for somebody might look for it elsewhere
		if g != nil {
			if told, ok := g.Append(nil); ok {
				content = told
			}
		}
		out.tell(key, base64.StdEncoding.EncodeToString(out.single.EncodeAll(content, nil)))
	}
	shared := evaluator.NewGrams()
	for _, name := range slices.Sorted(maps.Keys(p.columns)) {
		c := p.columns[name]
		size := c.size()
		switch {
		case size >= worthRuns:
			write(runsKey+"."+name, c.runs())
		case c.odd():
			write(runsKey+"."+name, nil)
		case size > maxToldTexts:
			shared.Unite(c.runs())
		default:
			c.addRuns(shared)
		}
	}
	write(runsKey, shared)
}

// runs are those of all texts, which the index tells of, too.
func (c *column) runs() *evaluator.Grams {
	if c.grams == nil {
		c.grams = evaluator.NewGrams()
		c.addRuns(c.grams)
		c.grams.Forget()
	}
	return c.grams
}

func (c *column) addRuns(to *evaluator.Grams) {
	for _, text := range c.texts {
		to.Add(text)
	}
}

func (c *column) size() int {
	size := 0
	for _, text := range c.texts {
		size += len(text)
	}
	return size
}

// odd reports whether nothing can be told of the texts.
func (c *column) odd() bool { return slices.ContainsFunc(c.texts, evaluator.Odd) }

// told is what a file tells of its columns, as far as it was asked.
type told struct {
	shared *evaluator.Grams // of all that are not told of by themselves
	read   bool             // shared was looked for
	own    map[string]*ownGrams
}

// ownGrams is what is told of a column by itself.
type ownGrams struct {
	written string
	grams   *evaluator.Grams
	err     error
	read    bool
}

// gramsOf returns what a file tells of a column without reading it; nil if that is
// nothing.
func (g *rowGroup) gramsOf(name string) (*evaluator.Grams, error) {
	if g.told.own == nil {
		g.told.own = g.ownGrams()
	}
	if own := g.told.own[name]; own != nil {
		if !own.read {
			own.grams, own.err = g.gramsIn(runsKey+"."+name, own.written)
			own.read = true
		}
		return own.grams, own.err
	}
	if !g.told.read {
		shared, err := g.gramsAt(runsKey)
		if err != nil && !errors.Is(err, errNothingTold) {
			return nil, err // and so it is when another column is asked for
		}
		g.told.shared, g.told.read = shared, true
	}
	if g.told.shared != nil {
		return g.told.shared, nil
	}
	old, err := g.gramsAt(lettersKey + name)
	if errors.Is(err, errNothingTold) {
		return nil, nil
	}
	return old, err
}

// ownGrams finds the columns that are told of by themselves.
func (t *table) ownGrams() map[string]*ownGrams {
	own := map[string]*ownGrams{}
	for _, pair := range t.footer.told {
		if name, ok := strings.CutPrefix(pair.key, runsKey+"."); ok {
			own[name] = &ownGrams{written: pair.value}
		}
	}
	return own
}

var errNothingTold = errors.New("nothing is told")

// gramsAt reads what stands under a key.
func (g *rowGroup) gramsAt(key string) (*evaluator.Grams, error) {
	written, ok := g.footer.lookup(key)
	if !ok {
		return nil, errNothingTold
	}
	return g.gramsIn(key, written)
}

// gramsIn reads what was written under a key.
func (g *rowGroup) gramsIn(key, written string) (*evaluator.Grams, error) {
	data, err := g.decodeBase64(written)
	if err == nil && !strings.HasPrefix(key, lettersKey) && len(data) > 0 {
		data, err = g.unpackTold(data, maxRunsBytes)
	}
	var told *evaluator.Grams
	if err == nil {
		told, err = g.readGrams(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return told, nil
}

// readGrams reads what evaluator.Grams has appended; nil if that is nothing.
func (r *reader) readGrams(data []byte) (*evaluator.Grams, error) {
	if len(data) == 0 {
		return nil, nil
	}
	told := r.roomForGrams()
	return told, told.Read(data)
}

// maxRunsBytes is more than can be told of some texts.
const maxRunsBytes = 8 * evaluator.MostGrams

// unpackTold unpacks something of the metadata that has so many bytes at most.
func (r *reader) unpackTold(data []byte, most uint64) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(data); err != nil || !h.HasFCS || h.FrameContentSize > most {
		return nil, errDamaged
	}
	z, err := r.decoder()
	if err != nil {
		return nil, err
	}
	return z.DecodeAll(data, r.roomForBytes(int(h.FrameContentSize)+decoderSlack))
}

// decodeBase64 decodes a text of the metadata.
func (r *reader) decodeBase64(text string) ([]byte, error) {
	return base64.StdEncoding.AppendDecode(r.roomForBytes(base64.StdEncoding.DecodedLen(len(text))), bytesOf(text))
}
