package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// layoutFile is a layout of a file, with what makes records of it.
type layoutFile struct {
	layoutIn
	mould  *telemetry.Mould // nil for records that are kept whole
	leaves []int            // numbers of leaves by name and kind, of those that have a column
	shapes []kindShape      // by kind of the source, of which there are few; see groupReplay.batch
}

// kindShape is the shape of records of a layout from sources of a kind.
type kindShape struct {
	kind  string
	shape int
}

// rests reports whether leaves are kept in the rest of their rows.
func (l *layoutFile) rests() bool {
	for i, kind := range l.kinds {
		if kind <= shape.Bool && l.Columns[i] == "" {
			return true
		}
	}
	return false
}

// layouts reads layouts. Those of one file are mostly those of the others as well, so
// that it remembers them. It is for one goroutine.
type layouts struct {
	known   map[layoutHash]*layoutFile
	numbers map[leafKey]int // of leaves of those that are known
	moulds  telemetry.Moulds
}

// maxLayouts is how many layouts are remembered.
const maxLayouts = 1 << 12

// maxNumbers is how many leaves have a number before all are numbered anew.
const maxNumbers = 1 << 16

// begin is called before the layouts of a row group are read, whose leaves must have
// different numbers.
func (l *layouts) begin() {
	if len(l.numbers) > maxNumbers {
		*l = layouts{}
	}
}

// of reads a layout.
func (l *layouts) of(text string) (*layoutFile, error) {
	hash := hashOfLayout(text)
	if known := l.known[hash]; known != nil {
		return known, nil
	}
	read, err := l.read(strings.Clone(text)) // of which it keeps parts
	if err != nil {
		return nil, err
	}
	if l.known == nil || len(l.known) >= maxLayouts {
		l.known = map[layoutHash]*layoutFile{}
	}
	if l.numbers == nil {
		l.numbers = map[leafKey]int{}
	}
	read.leaves = make([]int, len(read.kinds))
	for i, kind := range read.kinds {
		key := leafKey{read.Columns[i], kind}
		n, known := l.numbers[key]
		if !known {
			n = len(l.numbers)
			l.numbers[key] = n
		}
		read.leaves[i] = n
	}
	l.known[hash] = read
	return read, nil
}

func (by *layouts) read(text string) (*layoutFile, error) {
	l := &layoutFile{}
	if !l.readPlain(text) {
		l.layoutIn = layoutIn{}
		if err := json.Unmarshal([]byte(text), &l.layoutIn); err != nil {
			return nil, fmt.Errorf("a layout: %w", err)
		}
	}
	if l.Skeleton == "" {
		return l, nil
	}
	var err error
	if l.mould, err = by.moulds.Read(l.Skeleton); err != nil {
		return nil, err
	}
	if l.kinds = l.mould.Kinds; len(l.kinds) != len(l.Columns) {
		return nil, fmt.Errorf("a layout has %d leaves and columns for %d", len(l.kinds), len(l.Columns))
	}
	return l, nil
}

func eachPage(c parquet.ColumnChunk, yield func(parquet.Page) error) error {
	pages := c.Pages()
	for {
		p, err := pages.ReadPage()
		if err != nil {
			closed := pages.Close()
			if errors.Is(err, io.EOF) {
				return closed
			}
			return err
		}
		err = yield(p)
		parquet.Release(p)
		if err != nil {
			return errors.Join(err, pages.Close())
		}
	}
}

// texts is a column of texts: its dictionary, and for each row which of them it has.
type texts struct {
	dictionary []string
	codes      *rowCodes // nil if they were not read
}

// texts reads a column of texts. Columns without a dictionary in the file get one
// of all their texts.
func (t *table) texts(number, n int) (*texts, error) {
	file, err := t.opened()
	if err != nil {
		return nil, err
	}
	group := file.RowGroups()[number]
	rows := int(group.NumRows())
	out := &foreignTexts{byRow: make([]uint32, 0, rows)}
	optional := group.ColumnChunks()[n].Type().Kind() == parquet.ByteArray && t.footer.columns[n].optional
	err = eachPage(group.ColumnChunks()[n], func(p parquet.Page) error { return out.add(p, optional) })
	if err == nil && len(out.byRow) != rows {
		err = fmt.Errorf("column %d has %d rows of %d", n, len(out.byRow), rows)
	}
	return &texts{out.dictionary, codesByRow(out.byRow)}, err
}

// foreignTexts is texts that are read by way of the parquet package.
type foreignTexts struct {
	dictionary []string
	byRow      []uint32
}

// add adds the rows of a page.
func (x *foreignTexts) add(p parquet.Page, optional bool) error {
	var codes []int32
	first := uint32(len(x.dictionary))
	if d := p.Dictionary(); d != nil {
		data := p.Data()
		codes, first = data.Int32(), 0
		if x.dictionary == nil {
			x.dictionary = stringsOf(d.Page())
		}
	} else {
		x.dictionary = append(x.dictionary, stringsOf(p)...)
	}
	next := uint32(0)
	one := func() error {
		code := first + next
		if codes != nil {
			if int(next) >= len(codes) {
				return errDamaged
			}
			code = uint32(codes[next])
		}
		if int(code) >= len(x.dictionary) {
			return errDamaged
		}
		next++
		x.byRow = append(x.byRow, code)
		return nil
	}
	if !optional {
		for range p.NumValues() {
			if err := one(); err != nil {
				return err
			}
		}
		return nil
	}
	for _, level := range p.DefinitionLevels() {
		if level == 0 {
			x.byRow = append(x.byRow, noText)
			continue
		}
		if err := one(); err != nil {
			return err
		}
	}
	return nil
}

var errDamaged = errors.New("a page refers to texts that are not there: the file is damaged")

// stringsOf returns the texts of a page, which share their memory.
func stringsOf(p parquet.Page) []string {
	data := p.Data()
	values, offsets := data.ByteArray()
	if len(offsets) < 2 {
		return []string{}
	}
	all := string(values)
	out := make([]string, len(offsets)-1)
	for i := range out {
		out[i] = all[offsets[i]:offsets[i+1]]
	}
	return out
}

// timeOf returns a time of a row; zero if it has none.
func timeOf(nanos int64, there bool) time.Time {
	if !there {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}
