package record

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// part is rows that become one file.
type part struct {
	columns map[string]*column // by name of a leaf
	layouts []*layoutIn
	byKey   map[string]*layoutIn // by skeleton

	layoutOf     []uint32 // by row: which of layouts
	index        []int64
	times        []time.Time // zero for events that tell none
	source, view column
	route        column // logsources, as in telemetry.Place
	order        column // skeletons of records whose members come in another order than in their layout
	rest         column // texts of leaves that have no column, as a list in JSON; or the whole record
	bytes        int    // that this takes, roughly
	grown        int    // how many rows the writer had when it got the last one
	room         keeper // of texts

	kinds    map[eventKind]bool // of the rows
	lastKind eventKind
}

// belonging is where an event belongs.
type belonging struct {
	at          time.Time // zero if it tells none
	view, route string
	fields      *telemetry.Fields // nil if nothing is known of them
}

// layoutIn is a layout in a file.
type layoutIn struct {
	Skeleton string   `json:"skeleton"`          // as in telemetry.Layout; "" for records that are kept whole
	Columns  []string `json:"columns,omitempty"` // by leaf; "" for one without a text, and for those in the rest

	number  uint32
	kinds   []shape.Kind
	columns []*column // by leaf; nil as above
}

// column is texts of some rows, in ascending order of these.
type column struct {
	distinct
	rows []int32
	code []uint32 // of texts

	grams *evaluator.Grams // see runs
}

// Costs in memory, roughly: of a cell, and of a text beside its bytes.
const (
	cellBytes = 8
	textBytes = 64
	rowBytes  = 64
)

// hugeText is from which length on a text alone decides what reading and writing take.
const hugeText = 1 << 20

// costOf is what a text takes in memory, roughly. A huge one counts again for being read,
// and for being compressed.
func costOf(text []byte) int {
	if len(text) >= hugeText {
		return 3 * len(text)
	}
	return len(text) + textBytes
}

// maxColumns is how many columns a file has for leaves; further leaves are in the
// rest.
const maxColumns = 1500

func newPart() *part { return &part{columns: map[string]*column{}, byKey: map[string]*layoutIn{}} }

func (p *part) rows() int { return len(p.index) }

// set gives a row a text, which is kept in room, and returns how many bytes that takes.
func (c *column) set(row int, text []byte, room *keeper) (bytes int) {
	if n := len(c.code); n > 0 && c.texts[c.code[n-1]] == string(text) {
		c.rows, c.code = append(c.rows, int32(row)), append(c.code, c.code[n-1])
		return cellBytes
	}
	code, known := c.of(text, room)
	if !known {
		bytes = costOf(text)
	}
	c.rows, c.code = append(c.rows, int32(row)), append(c.code, code)
	return bytes + cellBytes
}

// add adds a row for the current record of texts.
func (p *part) add(r telemetry.Record, layout *telemetry.Layout, texts *telemetry.Layouts, is belonging) error {
	row := p.rows()
	p.index, p.times = append(p.index, int64(r.Index)), append(p.times, is.at)
	p.bytes += rowBytes + p.source.set(row, bytesOf(r.Source), &p.room) + p.view.set(row, bytesOf(is.view), &p.room) + p.route.set(row, bytesOf(is.route), &p.room)
	if layout == nil {
		p.noteKind(eventKind{route: is.route})
		p.layoutOf = append(p.layoutOf, p.known("", nil, nil).number)
		p.bytes += p.rest.set(row, wholeText(r, texts), &p.room)
		return nil
	}
	in := p.known(layout.Skeleton, layout.Kinds, layout.Names)
	p.layoutOf = append(p.layoutOf, in.number)
	p.noteKind(eventKind{is.fields, in, is.route})
	order, err := texts.Order()
	if err != nil {
		return err
	}
	if order != "" {
		p.bytes += p.order.set(row, bytesOf(order), &p.room)
	}
	var rest []string
	for leaf, c := range in.columns {
		switch {
		case c != nil:
			p.bytes += c.set(row, texts.Text(leaf), &p.room)
		case in.kinds[leaf] <= shape.Bool:
			rest = append(rest, string(texts.Text(leaf)))
		}
	}
	if rest == nil {
		return nil
	}
	list, err := json.Marshal(rest)
	p.bytes += p.rest.set(row, list, &p.room)
	return err
}

// wholeText is a record in JSON.
func wholeText(r telemetry.Record, texts *telemetry.Layouts) []byte {
	if r.Raw != nil {
		return r.Raw
	}
	return texts.Value().AppendJSON(nil)
}

// known returns the layout of a skeleton in this part.
func (p *part) known(skeleton string, kinds []shape.Kind, names []string) *layoutIn {
	if in := p.byKey[skeleton]; in != nil {
		return in
	}
	in := &layoutIn{Skeleton: skeleton, number: uint32(len(p.layouts)), kinds: kinds, Columns: make([]string, len(kinds)), columns: make([]*column, len(kinds))}
	for leaf, kind := range kinds {
		if kind > shape.Bool {
			continue
		}
		if c := p.column(names[leaf]); c != nil {
			in.Columns[leaf], in.columns[leaf] = names[leaf], c
		}
	}
	p.byKey[skeleton] = in
	p.layouts = append(p.layouts, in)
	p.bytes += len(skeleton) + 32*len(kinds)
	return in
}

// column returns the column of a name, nil if it can have none.
func (p *part) column(name string) *column {
	c := p.columns[name]
	if c == nil && len(p.columns) < maxColumns && !strings.HasPrefix(name, reserved) {
		c = &column{}
		p.columns[name] = c
		p.bytes += 256
	}
	return c
}

// take takes over the rows of another part.
func (p *part) take(other *part) {
	offset := p.rows()
	p.index, p.times = append(p.index, other.index...), append(p.times, other.times...)
	p.source.take(&other.source, offset)
	p.view.take(&other.view, offset)
	p.route.take(&other.route, offset)
	for name, c := range other.columns {
		if p.columns[name] == nil { // the other one had room for it
			p.columns[name] = &column{}
		}
		p.columns[name].take(c, offset)
	}
	mine := make([]uint32, len(other.layouts))
	for i, in := range other.layouts {
		mine[i] = p.takeLayout(in)
	}
	for _, n := range other.layoutOf {
		p.layoutOf = append(p.layoutOf, mine[n])
	}
	p.order.take(&other.order, offset)
	p.rest.take(&other.rest, offset)
	p.bytes += other.bytes
	for k := range other.kinds {
		p.noteKind(k)
	}
}

// takeLayout returns the number of a layout of another part, whose leaves are in
// the same columns here.
func (p *part) takeLayout(in *layoutIn) uint32 {
	for _, mine := range p.layouts {
		if mine.Skeleton == in.Skeleton && slices.Equal(mine.Columns, in.Columns) {
			return mine.number
		}
	}
	p.layouts = append(p.layouts, &layoutIn{Skeleton: in.Skeleton, Columns: in.Columns, kinds: in.kinds, number: uint32(len(p.layouts))})
	return uint32(len(p.layouts) - 1)
}

func (c *column) take(other *column, offset int) {
	mine := make([]uint32, len(other.texts))
	for i, text := range other.texts {
		mine[i] = c.share(text)
	}
	for i, row := range other.rows {
		c.rows, c.code = append(c.rows, int32(offset)+row), append(c.code, mine[other.code[i]])
	}
}

// mixedViews is the view of a file whose events have several sets of views.
const mixedViews = "mixed"

func (p *part) views() string {
	if len(p.view.texts) == 1 {
		return p.view.texts[0]
	}
	return mixedViews
}

// span returns the first and the last time of the rows; nil if none has any.
func (p *part) span() (first, last *time.Time) {
	for i := range p.times {
		t := p.times[i]
		if t.IsZero() {
			continue
		}
		if first == nil || t.Before(*first) {
			first = &t
		}
		if last == nil || t.After(*last) {
			last = &t
		}
	}
	return first, last
}
