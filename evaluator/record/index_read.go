package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// index is an index that is being asked. What is asked of the body is read when it is
// asked for, and compared with its hash.
type index struct {
	path string
	file *os.File
	body int64 // where it begins
	size int   // of it

	grounds, fields, names, columns, pages, sources []byte
	read                                            []byte // of the body, as far as it was read
	sound                                           []bool // by page
	told                                            map[uint32]*evaluator.Values
}

var errIndex = errors.New("the index is damaged" + indexAdvice)

const indexAdvice = "; `socctl record compact` makes it anew from its file"

// openIndex opens the index of a file, which must be the one that was recorded.
func openIndex(dir string, f *File) (*index, error) {
	x := &index{path: indexPath(dir, f)}
	var err error
	if x.file, err = os.Open(x.path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the index cannot be read: %w"+indexAdvice, err)
	} else if err != nil {
		return nil, err
	}
	if err = x.readHead(f.Index); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", x.path, err), x.file.Close())
	}
	return x, nil
}

func (x *index) close() error { return x.file.Close() }

// maxIndexHead is more than a head takes.
const maxIndexHead = 1 << 28

func (x *index) readHead(is *Index) error {
	if is.Head < 0 || is.Head > maxIndexHead || is.Bytes < is.Head {
		return errIndex
	}
	if info, err := x.file.Stat(); err != nil || info.Size() != int64(is.Bytes) {
		return fmt.Errorf("has not the %d bytes that the manifest says: %w", is.Bytes, errors.Join(errIndex, err))
	}
	head := make([]byte, is.Head)
	if n, err := x.file.ReadAt(head, 0); n < len(head) {
		return fmt.Errorf("has %d bytes, but its head %d: %w"+indexAdvice, n, is.Head, err)
	}
	if sum := sha256.Sum256(head); hex.EncodeToString(sum[:]) != is.SHA256 {
		return fmt.Errorf("is not the index that was recorded: its hash is %x, but the manifest says %.12s"+indexAdvice, sum[:6], is.SHA256)
	}
	if err := x.parse(head); err != nil {
		return err
	}
	if x.body = int64(is.Head); is.Head+x.size != is.Bytes {
		return errIndex
	}
	return nil
}

// parse finds the parts of a head.
func (x *index) parse(head []byte) error {
	if len(head) < indexHead || string(head[:len(indexMagic)]) != indexMagic {
		return errIndex
	}
	numbers, rest := head[len(indexMagic):indexHead], head[indexHead:]
	n := func(i int) int { return int(binary.LittleEndian.Uint32(numbers[4*i:])) }
	for _, p := range []struct {
		to   *[]byte
		size int
	}{{&x.grounds, (n(0) + 1) * groundBytes}, {&x.fields, n(1) * fieldBytes}, {&x.names, n(2) * nameBytes}, {&x.columns, (n(3) + 1) * columnBytes}, {&x.pages, n(4) * pageHash}, {&x.sources, n(5)}} {
		if p.size > len(rest) {
			return errIndex
		}
		*p.to, rest = rest[:p.size:p.size], rest[p.size:]
	}
	if x.size = n(6); len(rest) > 0 || (x.size+pageBytes-1)/pageBytes != n(4) {
		return errIndex
	}
	return nil
}

func number(of []byte, at int) int { return int(binary.LittleEndian.Uint32(of[at:])) }

// bytes returns a part of the body.
func (x *index) bytes(from, to int) ([]byte, error) {
	if from > to || to > x.size {
		return nil, errIndex
	}
	if x.read == nil {
		x.read, x.sound = make([]byte, x.size), make([]bool, len(x.pages)/pageHash)
	}
	first, last := from/pageBytes, (to+pageBytes-1)/pageBytes
	for first < last && x.sound[first] {
		first++
	}
	if at := first * pageBytes; first < last {
		if n, err := x.file.ReadAt(x.read[at:min(last*pageBytes, x.size)], x.body+int64(at)); at+n < to {
			return nil, errors.Join(errIndex, err)
		}
	}
	for page := first; page < last; page++ {
		sum := sha256.Sum256(x.read[page*pageBytes : min((page+1)*pageBytes, x.size)])
		if string(sum[:pageHash]) != string(x.pages[page*pageHash:(page+1)*pageHash]) {
			return nil, errIndex
		}
		x.sound[page] = true
	}
	return x.read[from:to:to], nil
}

// ground is events of a route as seen by one of its logsources.
type ground struct {
	index         *index
	fields, names []byte
	heard         map[int]heard // by where the sources of a field are: fields have several askers
	err           error
}

// heard is what hint returns.
type heard struct {
	hint *evaluator.Hint
	is   presence
}

// of returns a ground, and false if nothing is known of it.
func (x *index) of(route, logsource int) (ground, bool) {
	for at := 0; at+2*groundBytes <= len(x.grounds); at += groundBytes {
		if number(x.grounds, at) != route || number(x.grounds, at+4) != logsource {
			continue
		}
		this, next := x.grounds[at+8:], x.grounds[at+groundBytes+8:]
		fields, fieldsEnd := number(this, 0)*fieldBytes, number(next, 0)*fieldBytes
		names, namesEnd := number(this, 4)*nameBytes, number(next, 4)*nameBytes
		if fields > fieldsEnd || fieldsEnd > len(x.fields) || names > namesEnd || namesEnd > len(x.names) {
			return ground{}, false
		}
		g := ground{index: x, fields: x.fields[fields:fieldsEnd], names: x.names[names:namesEnd], heard: map[int]heard{}}
		return g, len(g.names) != nameBytes || binary.LittleEndian.Uint64(g.names) != 0
	}
	return ground{}, false
}

// findHash finds a number of eight bytes at the beginning of items, which ascend.
func findHash(items []byte, size int, hash uint64) (at int, found bool) {
	n := len(items) / size
	i := sort.Search(n, func(i int) bool { return binary.LittleEndian.Uint64(items[i*size:]) >= hash })
	return i * size, i < n && binary.LittleEndian.Uint64(items[i*size:]) == hash
}

// presence is whether events have a field.
type presence uint8

const (
	perhaps presence = iota
	none
	some
)

// hint returns what is known of a field, and whether events have it.
func (g *ground) hint(asked *askedField) (*evaluator.Hint, presence) {
	at, found := findHash(g.fields, fieldBytes, asked.hash)
	if found {
		at = number(g.fields, at+8)
		h, again := g.heard[at]
		if !again {
			h.hint, h.is = g.known(at)
			g.heard[at] = h
		}
		return h.hint, h.is
	}
	for _, tail := range asked.tails {
		if _, found := findHash(g.names, nameBytes, tail); found {
			return &evaluator.Hint{Unknown: true}, perhaps
		}
	}
	return &evaluator.Hint{Absent: true}, none
}

// known reads sources.
func (g *ground) known(at int) (*evaluator.Hint, presence) {
	r := cursor{rest: g.index.sources}
	r.skip(at)
	flags := r.byte()
	h := &evaluator.Hint{Unknown: flags&sourceOther != 0}
	for n := r.number(); n > 0 && r.err == nil; n-- {
		code := r.number()
		v, err := g.index.values(uint32(code>>2), shape.Kind(code&3))
		if err != nil {
			g.err = err
			break
		}
		h.Values = append(h.Values, *v)
	}
	for n := r.number(); n > 0 && r.err == nil; n-- {
		kind := shape.Kind(r.byte())
		h.Values = append(h.Values, evaluator.Values{Kind: kind, Texts: []string{string(r.take(r.number()))}})
	}
	if r.err != nil {
		g.err = r.err
	}
	if g.err != nil {
		return &evaluator.Hint{Unknown: true}, perhaps
	}
	switch {
	case flags&sourcePresent != 0:
		return h, some
	case flags&sourceDistinct != 0:
		return h, none
	}
	return h, perhaps
}

// values returns what is told of a column.
func (x *index) values(column uint32, kind shape.Kind) (*evaluator.Values, error) {
	key := column<<2 | uint32(kind)
	if v := x.told[key]; v != nil {
		return v, nil
	}
	at := int(column) * columnBytes
	if int64(column)*columnBytes+2*columnBytes > int64(len(x.columns)) {
		return nil, errIndex
	}
	data, err := x.bytes(number(x.columns, at), number(x.columns, at+columnBytes))
	if err != nil {
		return nil, err
	}
	v := &evaluator.Values{Kind: kind}
	switch number(x.columns, at+4) {
	case toldTexts:
		v.Texts = []string{}
		for r := (cursor{rest: data}); len(r.rest) > 0; {
			v.Texts = append(v.Texts, alias(r.take(r.number())))
			if r.err != nil {
				return nil, r.err
			}
		}
	case toldSketch:
		v.Sketch = data
	}
	if x.told == nil {
		x.told = map[uint32]*evaluator.Values{}
	}
	x.told[key] = v
	return v, nil
}

// cursor reads what encodeSources has written.
type cursor struct {
	rest []byte
	err  error
}

func (c *cursor) fail() {
	c.rest, c.err = nil, errIndex
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.rest) {
		c.fail()
		return nil
	}
	out := c.rest[:n:n]
	c.rest = c.rest[n:]
	return out
}

func (c *cursor) skip(n int) { c.take(n) }

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) number() int {
	n, size := binary.Uvarint(c.rest)
	if size <= 0 || n > 1<<31 {
		c.fail()
		return 0
	}
	c.rest = c.rest[size:]
	return int(n)
}

// askedField is the name of a field, as an index knows names.
type askedField struct {
	name  string
	hash  uint64
	tails []uint64
}

func newAskedField(name string) *askedField {
	a := &askedField{name: name, hash: fieldHash(name)}
	telemetry.EachTail(name, func(tail uint64) bool { a.tails = append(a.tails, tail); return true })
	return a
}

// verifyIndex reads all of the index of a file.
func verifyIndex(dir string, f *File) error {
	if f.Index == nil {
		return nil
	}
	x, err := openIndex(dir, f)
	if err != nil {
		return err
	}
	for n := range len(x.columns)/columnBytes - 1 {
		if _, err = x.values(uint32(n), shape.String); err != nil {
			err = fmt.Errorf("%s: %w", filepath.ToSlash(x.path), err)
			break
		}
	}
	return errors.Join(err, x.close())
}
