package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Beside each file stands an index. It tells without the file that rules can find nothing
// there: for each logsource of each route, which fields events have, which columns their
// values come from, and what these columns hold. It is of no use for other normalisers
// than the one that has found the routes, and errs on the side of yes.
//
// An index is a head, of which the manifest has the hash, and a body in pages, of which the
// head has hashes. All numbers are little-endian. The head is:
//
//	magic, and the numbers of grounds, fields, names, columns and pages, and bytes of
//	sources and of the body, 4 bytes each
//	grounds: 4 numbers of 4 bytes each: the route, the logsource within it, the first field
//	    and the first name; and one ground more for where these end
//	fields: the hash of the name, 8 bytes, ascending within a ground; where the sources begin, 4
//	names: hashes of names in events, 8 bytes, ascending within a ground
//	columns: where they begin in the body, 4 bytes, and how they are told, 4; and one more for the end
//	pages: the first 16 bytes of the SHA-256 of each
//	sources: of fields, see encodeSources
//
// A ground without fields and with one name, which is 0, is one of which nothing is known.

const (
	indexSuffix = ".index"
	indexMagic  = "socctlI1"
	indexHead   = len(indexMagic) + 7*4
	pageBytes   = 4 << 10
	pageHash    = 16
	groundBytes = 16
	fieldBytes  = 12
	nameBytes   = 8
	columnBytes = 8
)

// How a column is told of.
const (
	toldNothing = iota
	toldTexts   // each with its length in front of it
	toldSketch
)

// Flags of sources.
const (
	sourceOther    = 1 << iota // and of anything else
	sourcePresent              // some events have the field for sure
	sourceDistinct             // it is known of all events whether they have the field
)

// Index is what the manifest says of the index of a file.
type Index struct {
	Head   int    `json:"head"` // bytes of it
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"` // of the head
}

// eventKind is what is known of some rows of a part that are alike.
type eventKind struct {
	fields *telemetry.Fields // nil if nothing is known
	in     *layoutIn
	route  string
}

// noteKind notes of which kind a row is.
func (p *part) noteKind(k eventKind) {
	if p.lastKind == k {
		return
	}
	p.lastKind = k
	if p.kinds == nil {
		p.kinds = map[eventKind]bool{}
	}
	p.kinds[k] = true
}

// indexWriter makes an index.
type indexWriter struct {
	part    *part
	columns map[string]int // numbers of those that are told of
	names   []string       // of columns, by number
	sources map[string]uint32
	guards  map[guardKey]bool

	grounds, fields, hashes, encoded []byte
}

// guardKey is a question about all texts of a column.
type guardKey struct {
	column string
	kind   shape.Kind
	guard  evaluator.Guard
}

// makeIndex returns the index of a part, nil if there is to be none.
func (p *part) makeIndex(routes []Route) (head, body []byte) {
	if len(routes) == 0 {
		return nil, nil
	}
	w := &indexWriter{part: p, columns: map[string]int{}, sources: map[string]uint32{}, guards: map[guardKey]bool{}}
	byRoute := map[string][]eventKind{}
	for k := range p.kinds {
		byRoute[k.route] = append(byRoute[k.route], k)
	}
	grounds := 0
	for n, r := range routes {
		logsources, err := telemetry.ReadRoute(r.Logsources)
		if err != nil {
			continue
		}
		for l := range logsources {
			w.ground(n, l, byRoute[r.Logsources])
			grounds++
		}
	}
	w.mark(0, 0)
	return w.finish(grounds)
}

// mark begins a ground.
func (w *indexWriter) mark(route, logsource int) {
	w.grounds = appendNumbers(w.grounds, route, logsource, len(w.fields)/fieldBytes, len(w.hashes)/nameBytes)
}

func appendNumbers(to []byte, numbers ...int) []byte {
	for _, n := range numbers {
		to = binary.LittleEndian.AppendUint32(to, uint32(n))
	}
	return to
}

// ground tells of the events of a route as seen by one of its logsources.
func (w *indexWriter) ground(route, logsource int, kinds []eventKind) {
	w.mark(route, logsource)
	if len(kinds) == 0 || slices.ContainsFunc(kinds, func(k eventKind) bool { return k.fields.Opaque() }) {
		w.hashes = binary.LittleEndian.AppendUint64(w.hashes, 0)
		return
	}
	g := &groundIndex{fields: map[uint64]*fieldIndex{}, names: map[uint64]bool{}}
	for n, k := range kinds {
		g.add(w, n, k, k.fields.Of(logsource))
	}
	for _, f := range g.fields {
		f.unite(kinds)
	}
	for _, hash := range slices.Sorted(maps.Keys(g.fields)) {
		w.fields = binary.LittleEndian.AppendUint64(w.fields, hash)
		w.fields = binary.LittleEndian.AppendUint32(w.fields, w.place(w.encodeSources(g.fields[hash])))
	}
	for _, hash := range slices.Sorted(maps.Keys(g.names)) {
		w.hashes = binary.LittleEndian.AppendUint64(w.hashes, hash)
	}
}

// place returns where sources stand, once for all that are the same.
func (w *indexWriter) place(encoded []byte) uint32 {
	at, known := w.sources[string(encoded)]
	if !known {
		at = uint32(len(w.encoded))
		w.sources[string(encoded)] = at
		w.encoded = append(w.encoded, encoded...)
	}
	return at
}

// groundIndex is what is known of a ground.
type groundIndex struct {
	fields map[uint64]*fieldIndex // by the hash of the name as it is written
	names  map[uint64]bool
}

// fieldIndex is what is known of a field.
type fieldIndex struct {
	tails     []uint64
	in        []int // kinds of events that it is known of, ascending
	columns   map[columnKind]bool
	constants map[string]evaluator.Value
	other     bool
	present   bool
	vague     bool // it is not known of all events whether they have it
}

type columnKind struct {
	name string
	kind shape.Kind
}

// add adds what is known of one kind of events.
func (g *groundIndex) add(w *indexWriter, n int, k eventKind, fields []telemetry.Field) {
	for _, hash := range k.fields.Names() {
		g.names[hash] = true
	}
	for i := range fields {
		hash := fieldHash(fields[i].Name)
		f := g.fields[hash]
		if f == nil {
			f = &fieldIndex{columns: map[columnKind]bool{}, constants: map[string]evaluator.Value{}}
			telemetry.EachTail(fields[i].Name, func(tail uint64) bool { f.tails = append(f.tails, tail); return true })
			g.fields[hash] = f
		}
		f.in = append(f.in, n)
		f.add(w, k.in, fields[i].Sources())
	}
}

// add adds sources of a field in a layout.
func (f *fieldIndex) add(w *indexWriter, in *layoutIn, s evaluator.Sources) {
	other := s.Other
	for _, g := range s.Guards {
		key := guardKey{in.Columns[g.Leaf], in.kinds[g.Leaf], g}
		key.guard.Leaf = 0 // it is asked of the column
		other = other || key.column == "" || !w.allHold(key)
	}
	for _, leaf := range s.Leaves {
		if name := in.Columns[leaf]; name != "" {
			f.columns[columnKind{name, in.kinds[leaf]}] = true
		} else {
			f.other = true
		}
	}
	for _, c := range s.Constants {
		f.constants[c.Kind().String()+c.Text()] = c
	}
	f.other = f.other || other
	f.vague = f.vague || other
	f.present = f.present || s.Present && !other
}

// unite decides what becomes of the kinds of events of which the field is not known: those
// that have a name which may lead to it may have it.
func (f *fieldIndex) unite(kinds []eventKind) {
	for n, k := range kinds {
		if _, known := slices.BinarySearch(f.in, n); known {
			continue
		}
		for _, tail := range f.tails {
			if _, found := slices.BinarySearch(k.fields.Names(), tail); found {
				f.other, f.vague = true, true
				return
			}
		}
	}
}

// allHold reports whether a guard holds of all texts of a column.
func (w *indexWriter) allHold(key guardKey) bool {
	holds, known := w.guards[key]
	if !known {
		c := w.part.columns[key.column]
		holds = c != nil && !slices.ContainsFunc(c.texts, func(text string) bool { return !key.guard.Holds(valueKind(key.kind), text) })
		w.guards[key] = holds
	}
	return holds
}

func valueKind(k shape.Kind) evaluator.Kind {
	switch k {
	case shape.Number:
		return evaluator.Number
	case shape.Bool:
		return evaluator.Bool
	}
	return evaluator.String
}

// fieldHash is a hash of the name of a field as it is written.
func fieldHash(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.LittleEndian.Uint64(sum[:])
}

// maxConstant is how long texts are that stand among sources, and how many they are.
const (
	maxConstant  = 128
	maxConstants = 16
)

// encodeSources writes sources down: flags, columns, each a number with its kind, and
// texts, each with its kind, its length in front of it.
func (w *indexWriter) encodeSources(f *fieldIndex) []byte {
	flags := byte(0)
	constants := slices.Sorted(maps.Keys(f.constants))
	if len(constants) > maxConstants || slices.ContainsFunc(constants, func(c string) bool { return len(c) > maxConstant }) {
		constants, f.other = nil, true
	}
	if f.other {
		flags |= sourceOther
	}
	if f.present {
		flags |= sourcePresent
	}
	if !f.vague {
		flags |= sourceDistinct
	}
	columns := slices.SortedFunc(maps.Keys(f.columns), func(a, b columnKind) int {
		return 4*strings.Compare(a.name, b.name) + int(a.kind) - int(b.kind)
	})
	if f.other {
		columns, constants = nil, nil // it does not matter any more
	}
	out := binary.AppendUvarint([]byte{flags}, uint64(len(columns)))
	for _, c := range columns {
		out = binary.AppendUvarint(out, uint64(w.column(c.name))<<2|uint64(c.kind))
	}
	out = binary.AppendUvarint(out, uint64(len(constants)))
	for _, key := range constants {
		c := f.constants[key]
		out = binary.AppendUvarint(append(out, byte(kindOfValue(c))), uint64(len(c.Text())))
		out = append(out, c.Text()...)
	}
	return out
}

func kindOfValue(v evaluator.Value) shape.Kind {
	switch v.Kind() {
	case evaluator.Number:
		return shape.Number
	case evaluator.Bool:
		return shape.Bool
	}
	return shape.String
}

// column returns the number of a column.
func (w *indexWriter) column(name string) int {
	n, known := w.columns[name]
	if !known {
		n = len(w.names)
		w.columns[name] = n
		w.names = append(w.names, name)
	}
	return n
}

// maxToldTexts is how many bytes of texts stand in an index, of each column.
const maxToldTexts = 2 << 10

// tell appends what is told of a column.
func (c *column) tell(body []byte) ([]byte, int) {
	size := 0
	for _, text := range c.texts {
		if size += len(text) + 2; size > maxToldTexts {
			return c.sketch(body)
		}
	}
	for _, text := range c.texts {
		body = append(binary.AppendUvarint(body, uint64(len(text))), text...)
	}
	return body, toldTexts
}

func (c *column) sketch(body []byte) ([]byte, int) {
	if told, ok := c.runs().AppendSketch(body); ok {
		return told, toldSketch
	}
	return body, toldNothing
}

// finish puts the index together.
func (w *indexWriter) finish(grounds int) (head, body []byte) {
	var columns []byte
	for _, name := range w.names {
		at := len(body)
		told := toldNothing
		if c := w.part.columns[name]; c != nil {
			body, told = c.tell(body)
		}
		columns = appendNumbers(columns, at, told)
	}
	columns = appendNumbers(columns, len(body), toldNothing)
	var pages []byte
	for at := 0; at < len(body); at += pageBytes {
		sum := sha256.Sum256(body[at:min(at+pageBytes, len(body))])
		pages = append(pages, sum[:pageHash]...)
	}
	head = appendNumbers([]byte(indexMagic), grounds, len(w.fields)/fieldBytes, len(w.hashes)/nameBytes, len(w.names), len(pages)/pageHash, len(w.encoded), len(body))
	return slices.Concat(head, w.grounds, w.fields, w.hashes, columns, pages, w.encoded), body
}

// writeIndex writes the index of a file, which must be there before the file counts.
func (p *part) writeIndex(dir string, f *File) error {
	head, body := p.makeIndex(f.Routes)
	if head == nil {
		return nil
	}
	sum := sha256.Sum256(head)
	f.Index = &Index{len(head), len(head) + len(body), hex.EncodeToString(sum[:])}
	return replace(indexPath(dir, f), slices.Concat(head, body))
}

// indexPath returns where the index of a file is. An index is known by its hash, too, so
// that it never takes the place of another one that counts.
func indexPath(dir string, f *File) string {
	at := strings.TrimSuffix(f.Path, ".parquet") + "-" + f.Index.SHA256[:min(16, len(f.Index.SHA256))] + indexSuffix
	return filepath.Join(dir, filepath.FromSlash(at))
}

// removeFile removes a file of a recording with its index.
func removeFile(dir string, f *File) error {
	err := ignoreMissing(os.Remove(filepath.Join(dir, filepath.FromSlash(f.Path))))
	if f.Index != nil {
		err = errors.Join(err, ignoreMissing(os.Remove(indexPath(dir, f))))
	}
	return err
}
