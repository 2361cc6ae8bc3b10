package record

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// noText is the code of a row that has no text in a column.
const noText = ^uint32(0)

// rowCodes tells which text of a column each row has.
type rowCodes struct {
	codes []uint32 // of the rows that have a text, one after the other
	there occupancy
}

// of returns the code of a row, or noText.
func (c *rowCodes) of(row int32) uint32 {
	if c.there == nil {
		return c.codes[row]
	}
	at := c.there.rank(row)
	if at == noText {
		return noText
	}
	return c.codes[at]
}

// copy is of for some rows. It returns how many of them it got through: it ends at one without
// a text. Unless it is nil, through tells for each code what is written instead.
func (c *rowCodes) copy(to []uint32, rows []int32, through []uint32) int {
	codes, there := c.codes, c.there
	to = to[:len(rows)]
	switch {
	case there == nil && through == nil:
		for i, row := range rows {
			to[i] = codes[row]
		}
		return len(rows)
	case there == nil:
		for i, row := range rows {
			to[i] = through[codes[row]]
		}
		return len(rows)
	case through != nil:
		for i, row := range rows {
			at := there.rank(row)
			if uint64(at) >= uint64(len(codes)) {
				return i
			}
			to[i] = through[codes[at]]
		}
		return len(rows)
	}
	for i, row := range rows {
		at := there.rank(row)
		if uint64(at) >= uint64(len(codes)) {
			return i
		}
		to[i] = codes[at]
	}
	return len(rows)
}

// codesByRow is codes of all rows, each a code or noText.
func codesByRow(byRow []uint32) *rowCodes {
	there := occupancyIn(len(byRow), func(row int) bool { return byRow[row] != noText })
	return &rowCodes{slices.DeleteFunc(byRow, func(code uint32) bool { return code == noText }), there}
}

// occupancy tells which rows of a column have a value, and how many values stand before it.
// Most columns have one in few rows, so that to write down something for each row would take
// longer than to count bits for those that are asked for. Nil says that all rows have one.
type occupancy []occupiedRows

// occupiedRows are 64 rows.
type occupiedRows struct {
	bits   uint64
	before uint32 // how many rows before them have a value
}

// occupancySize is the length of an occupancy of some rows, with room to write whole words.
func occupancySize(rows int) int { return rows>>6 + 2 }

// rank returns how many values stand before that of a row; noText if it has none.
func (p occupancy) rank(row int32) uint32 {
	some, at := p[uint32(row)>>6], uint(row)&63
	if some.bits>>at&1 == 0 {
		return noText
	}
	return some.before + uint32(bits.OnesCount64(some.bits&(1<<at-1)))
}

// occupancyIn is the occupancy of rows that have a value.
func occupancyIn(rows int, has func(row int) bool) occupancy {
	p, all := make(occupancy, occupancySize(rows)), true
	for row := range rows {
		if has(row) {
			p.fill(row, row+1)
		} else {
			all = false
		}
	}
	if all {
		return nil
	}
	p.count()
	return p
}

// occupancyOf reads which rows have a value from pages, of which there must be as many rows.
func (r *reader) occupancyOf(pages []page, rows int) (occupancy, error) {
	left, nulls := rows, 0
	for i := range pages {
		if pages[i].rows > left {
			return nil, errDamaged
		}
		left -= pages[i].rows
		nulls += pages[i].nulls
	}
	switch {
	case left != 0:
		return nil, errDamaged
	case nulls == 0:
		return nil, nil
	}
	p := r.roomForOccupancy(occupancySize(rows))
	from := 0
	for i := range pages {
		if err := p.add(&pages[i], from); err != nil {
			return nil, err
		}
		from += pages[i].rows
	}
	p.count()
	return p, nil
}

// add adds the rows of a page, which are those from a row on.
func (p occupancy) add(of *page, from int) error {
	if of.nulls == 0 {
		p.fill(from, from+of.rows)
		return nil
	}
	some, err := p.read(of.levels, from, of.rows)
	if err == nil && some != of.rows-of.nulls {
		err = errDamaged
	}
	return err
}

// read adds what levels tell of so many rows, and returns how many of these have a value. They
// are written as codes are, with a bit for each row.
func (p occupancy) read(levels []byte, from, rows int) (some int, err error) {
	for rows > 0 {
		header, n := binary.Uvarint(levels)
		if n <= 0 || n == len(levels) {
			return some, errDamaged
		}
		levels = levels[n:]
		size, count := 1, int(min(header>>1, uint64(rows)))
		if header&1 == 0 {
			if levels[0]&1 == 1 {
				p.fill(from, from+count)
				some += count
			}
		} else {
			size = int(min(header>>1, uint64(len(levels)+1)))
			if size > len(levels) {
				return some, errDamaged
			}
			count = min(8*size, rows)
			some += p.copy(from, levels[:size], count)
		}
		from, rows, levels = from+count, rows-count, levels[size:]
	}
	return some, nil
}

// fill makes all rows from one on before another one have a value.
func (p occupancy) fill(from, end int) {
	for from < end {
		n := min(64-from&63, end-from)
		p[from>>6].bits |= ^uint64(0) >> (64 - n) << (from & 63)
		from += n
	}
}

// copy gives rows from one on the bits of a map, and returns how many of them are set.
func (p occupancy) copy(from int, bitmap []byte, rows int) (some int) {
	for ; rows > 0; from, rows = from+64, rows-64 {
		var word uint64
		if len(bitmap) >= 8 {
			word, bitmap = binary.LittleEndian.Uint64(bitmap), bitmap[8:]
		} else {
			for i, b := range bitmap {
				word |= uint64(b) << (8 * i)
			}
		}
		if rows < 64 {
			word &= 1<<rows - 1
		}
		some += bits.OnesCount64(word)
		p[from>>6].bits |= word << (from & 63)
		p[from>>6+1].bits |= word >> (64 - from&63)
	}
	return some
}

// count notes how many rows are before others, once all are there.
func (p occupancy) count() {
	before := uint32(0)
	for i := range p {
		p[i].before = before
		before += uint32(bits.OnesCount64(p[i].bits))
	}
}
