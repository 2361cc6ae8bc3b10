package record

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// openingsKey, with the name of a column behind it, is the key of metadata that tells how
// the texts of a column of several pages begin: with which lines, as far as these are few. What
// a rendered message is about stands there, and some views ask for it: those of registry
// events from NXLog, of which no other field says whether a key was created or deleted.
const openingsKey = reserved + "openings."

// Lines are told of as long as they repeat.
const (
	openingLines    = 8   // at most
	openingLine     = 256 // bytes of one, at most
	openingBranches = 32  // different lines behind the same ones, at most
	openingRepeats  = 8   // texts for each of these, at least
)

// writeOpenings tells of the columns that have several pages.
func (p *part) writeOpenings(out *parquetFile) {
	for _, name := range slices.Sorted(maps.Keys(out.pages)) {
		c := p.columns[name]
		if c == nil || c.size() < worthRuns {
			continue
		}
		x := openings{texts: c.texts, code: c.code, of: make([]uint32, len(c.code))}
		all := make([]int32, len(c.code))
		for i := range all {
			all[i] = int32(i)
		}
		x.divide(all, 0, openingLines)
		if slices.Equal(x.list, []string{""}) {
			continue
		}
		content := binary.AppendUvarint(nil, uint64(len(x.list)))
		for _, text := range x.list {
			content = append(binary.AppendUvarint(content, uint64(len(text))), text...)
		}
		for _, n := range x.of {
			content = binary.AppendUvarint(content, uint64(n))
		}
		out.tell(openingsKey+name, base64.StdEncoding.EncodeToString(out.single.EncodeAll(content, nil)))
	}
}

// openings are how texts begin.
type openings struct {
	texts []string
	code  []uint32 // of the rows that have one

	list []string
	of   []uint32 // by row: which of list
}

// divide divides rows of which the texts have the same lines, so many bytes, by the next one,
// as long as it repeats and for so many lines.
func (x *openings) divide(rows []int32, size, lines int) {
	byLine := map[string][]int32{}
	for _, row := range rows {
		rest := x.texts[x.code[row]][size:]
		line := rest[:strings.IndexByte(rest, '\n')+1]
		byLine[line] = append(byLine[line], row)
		if len(line) > openingLine || len(byLine) > openingBranches {
			lines = 0
			break
		}
	}
	if lines == 0 || len(byLine)*openingRepeats > len(rows) || len(byLine[""]) == len(rows) {
		for _, row := range rows {
			x.of[row] = uint32(len(x.list))
		}
		x.list = append(x.list, x.texts[x.code[rows[0]]][:size])
		return
	}
	for _, line := range slices.Sorted(maps.Keys(byLine)) {
		left := lines - 1
		if line == "" {
			left = 0 // there is no other line
		}
		x.divide(byLine[line], size+len(line), left)
	}
}

// openingsOf returns what tells how texts of a column begin, without reading them; nil if
// nothing does. What fails is noted in late.
func (g *rowGroup) openingsOf(c *groupColumn) func(text uint32) string {
	written, ok := g.footer.lookup(openingsKey + c.name)
	if !ok {
		return nil
	}
	var list []string
	var of []uint32
	read := false
	return func(text uint32) string {
		if !read {
			var err error
			if list, of, err = g.readOpenings(written, c.chunk.texts()); err != nil {
				g.late = errors.Join(g.late, fmt.Errorf("%s: %w", openingsKey+c.name, err))
			}
			read = true
		}
		if int(text) >= len(of) {
			return ""
		}
		return list[of[text]]
	}
}

// maxOpenings is more bytes than are ever written of a text.
const maxOpenings = 5 + openingLines*openingLine

// readOpenings reads what was told of so many texts: openings, and which of them each has.
func (g *rowGroup) readOpenings(written string, texts int) (list []string, of []uint32, err error) {
	data, err := g.decodeBase64(written)
	if err == nil {
		data, err = g.unpackTold(data, maxOpenings*uint64(texts))
	}
	if err != nil {
		return nil, nil, err
	}
	r := cursor{rest: data}
	count := r.number()
	if count > len(r.rest) {
		return nil, nil, errDamaged
	}
	list = g.roomForTexts(count)
	for range count {
		list = append(list, alias(r.take(r.number())))
	}
	of = g.roomForNumbers(texts)
	for range texts {
		n := r.number()
		if r.err != nil || n >= count {
			return nil, nil, errDamaged
		}
		of = append(of, uint32(n))
	}
	if len(r.rest) > 0 {
		return nil, nil, errDamaged
	}
	return list, of, nil
}
