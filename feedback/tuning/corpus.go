package tuning

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules/logsource"
)

// Event is an event on which a rule fired.
type Event struct {
	Fingerprint string
	Values      map[string]string // of fields, by their names in rules of the logsource
	Several     []string          // fields with several values, which are in no clause

	Source     string // recording, or sensor: events of one source are not independent
	Host, User string // "" if unknown
	Day        int    // since 1970, 0 if unknown
}

// Builder collects the events of a corpus. It keeps every distinct text once and no
// event, so that memory grows with what is new in events.
type Builder struct {
	lattice *lattice
	columns map[string]*column
	several map[string]bool  // fields that hold several values in an event
	row     map[string]int32 // by fingerprint
	prints  []string
	context [contexts]ids
}

// The contexts of an event.
const (
	sourceContext = iota
	hostContext
	userContext
	dayContext
	contexts
)

// ids holds a number for each row, and what the numbers stand for.
type ids struct {
	of    []int32
	known map[string]int32
	texts []string
}

func (x *ids) add(text string) { x.of = append(x.of, x.id(text)) }

func (x *ids) id(text string) int32 {
	id, known := x.known[text]
	if !known {
		text, id = strings.Clone(text), int32(len(x.known))
		x.known[text] = id
		x.texts = append(x.texts, text)
	}
	return id
}

// least keeps the lesser of two texts of a row.
func (x *ids) least(row int32, text string) {
	if text < x.texts[x.of[row]] {
		x.of[row] = x.id(text)
	}
}

// column is a field: the texts that occur, and which one each row has.
type column struct {
	texts, folded []string
	of            []int32 // -1 without the field
	index         map[string]int32
}

// NewBuilder starts a corpus for rules of a logsource. Clauses will name fields
// that the table knows for the logsource or that are among further ones, which
// should be those that its rules ask for.
func NewBuilder(t *logsource.Table, source logsource.Logsource, further []string) *Builder {
	b := &Builder{lattice: newLattice(t, source, further), columns: map[string]*column{}, several: map[string]bool{}, row: map[string]int32{}}
	for i := range b.context {
		b.context[i].known = map[string]int32{}
	}
	return b
}

// Add adds an event. Of one with a fingerprint that is there already only the source
// counts: the first of them by name is kept, so that the order makes no difference.
func (b *Builder) Add(e *Event) {
	if row, known := b.row[e.Fingerprint]; known {
		b.context[sourceContext].least(row, e.Source)
		return
	}
	row := len(b.prints)
	print := strings.Clone(e.Fingerprint)
	b.row[print] = int32(row)
	b.prints = append(b.prints, print)
	for i, text := range [contexts]string{e.Source, e.Host, e.User, dayText(e.Day)} {
		b.context[i].add(text)
	}
	for _, field := range e.Several {
		if !b.several[field] {
			b.several[strings.Clone(field)] = true
		}
	}
	for field, value := range e.Values {
		if b.lattice.kind(field) == "" {
			continue
		}
		c := b.columns[field]
		if c == nil {
			c = &column{index: map[string]int32{}}
			b.columns[strings.Clone(field)] = c
		}
		c.set(row, value)
	}
}

func (c *column) set(row int, value string) {
	c.fill(row)
	id, known := c.index[value]
	if !known {
		value = strings.Clone(value)
		id = int32(len(c.texts))
		c.texts = append(c.texts, value)
		c.index[value] = id
	}
	c.of = append(c.of, id)
}

// fill says of rows before one that they lack the field.
func (c *column) fill(row int) {
	for len(c.of) < row {
		c.of = append(c.of, -1)
	}
}

// Corpus is the distinct events of a logsource, in the order of their fingerprints.
// It is safe for concurrent use.
type Corpus struct {
	lattice *lattice
	columns map[string]*column
	fields  []string // names of columns, sorted
	n       int
	prints  []string
	context [contexts][]int32
	names   [contexts][]string
	cause   []int32
	ranks   []uint64 // that decide which rows a sample has

	lock   sync.Mutex
	covers map[string]Rows // by literal
}

// Corpus returns what was added. The order of Add has no influence on it; the
// Builder must not be used any more.
func (b *Builder) Corpus() *Corpus {
	n := len(b.prints)
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int { return cmp.Compare(b.prints[x], b.prints[y]) })
	maps.DeleteFunc(b.columns, func(field string, _ *column) bool { return b.several[field] })
	c := &Corpus{lattice: b.lattice, columns: b.columns, fields: slices.Sorted(maps.Keys(b.columns)), n: n, covers: map[string]Rows{}}
	c.prints = make([]string, n)
	for to, from := range order {
		c.prints[to] = b.prints[from]
	}
	for i := range b.context {
		c.context[i] = permuted(b.context[i].of, order)
		c.names[i] = b.context[i].texts
	}
	for _, col := range c.columns {
		col.fill(n)
		col.of = permuted(col.of, order)
		col.index = nil
		col.folded = make([]string, len(col.texts))
		for i, t := range col.texts {
			col.folded[i] = compiler.Fold(t)
		}
	}
	c.findCauses()
	c.ranks = make([]uint64, n)
	for row, print := range c.prints {
		sum := sha256.Sum256([]byte(print))
		c.ranks[row] = binary.BigEndian.Uint64(sum[:])
	}
	return c
}

func permuted(ids []int32, order []int32) []int32 {
	out := make([]int32, len(ids))
	for to, from := range order {
		out[to] = ids[from]
	}
	return out
}

// findCauses gives rows the same cause that differ in nothing but what varies from
// one alert of a cause to the next: numbers, and who it was.
func (c *Corpus) findCauses() {
	seed := maphash.MakeSeed()
	sums := make([]uint64, c.n)
	hashes := make([][]uint64, len(c.fields))
	inParallel(len(c.fields), func(at int) {
		col := c.columns[c.fields[at]]
		hashes[at] = make([]uint64, len(col.texts))
		for i, t := range col.texts {
			hashes[at][i] = maphash.String(seed, generic(t))
		}
	})
	for at, field := range c.fields {
		col, of := c.columns[field], hashes[at]
		for row, id := range col.of {
			if id >= 0 {
				sums[row] = (sums[row]^of[id])*0x9E3779B97F4A7C15 + uint64(at)
			}
		}
	}
	known := map[uint64]int32{}
	c.cause = make([]int32, c.n)
	for row, s := range sums {
		id, seen := known[s]
		if !seen {
			id = int32(len(known))
			known[s] = id
		}
		c.cause[row] = id
	}
}

// generic replaces digits, and the names of users in paths, and leaves out spaces at the ends.
func generic(text string) string {
	if text = strings.ToLower(strings.TrimSpace(text)); mayHaveProfile(text) {
		text = profile.ReplaceAllString(text, `\users\*\`)
	}
	if !strings.ContainsAny(text, "0123456789") {
		return text
	}
	var b strings.Builder
	digits := false
	for _, r := range text {
		if r >= '0' && r <= '9' {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	return b.String()
}

func (c *Corpus) rank(row int32) uint64 { return c.ranks[row] }

// Len returns how many events there are.
func (c *Corpus) Len() int { return c.n }

// Row returns the number of an event; -1 if it is not there.
func (c *Corpus) Row(fingerprint string) int {
	if row, found := slices.BinarySearch(c.prints, fingerprint); found {
		return row
	}
	return -1
}

// Fingerprint returns that of an event.
func (c *Corpus) Fingerprint(row int) string { return c.prints[row] }

// Source returns where an event is from.
func (c *Corpus) Source(row int) string { return c.names[sourceContext][c.context[sourceContext][row]] }

// Context returns on which host, for whom and on which day an event happened, "" and
// 0 if that is not known.
func (c *Corpus) Context(row int) (host, user string, day int) {
	day, _ = strconv.Atoi(c.names[dayContext][c.context[dayContext][row]])
	return c.names[hostContext][c.context[hostContext][row]], c.names[userContext][c.context[userContext][row]], day
}

// Cause returns the number of an event's root cause in the corpus.
func (c *Corpus) Cause(row int) int { return int(c.cause[row]) }

// Value returns what an event has in a field that clauses may name.
func (c *Corpus) Value(row int, field string) (value string, ok bool) {
	col := c.columns[field]
	if col == nil || col.of[row] < 0 {
		return "", false
	}
	return col.texts[col.of[row]], true
}

// NewRows returns an empty set of events of the corpus.
func (c *Corpus) NewRows() Rows { return newRows(c.n) }

// Covered returns the events that a clause matches; all for one without literals.
func (c *Corpus) Covered(clause Clause) Rows {
	out := c.all()
	for _, l := range clause {
		out.intersect(out, c.cover(l))
	}
	return out
}

func (c *Corpus) all() Rows {
	out := c.NewRows()
	for row := range c.n {
		out.Add(row)
	}
	return out
}

// cover returns the events that a literal matches. It is shared: not to be changed.
func (c *Corpus) cover(l *Literal) Rows {
	key := l.String()
	c.lock.Lock()
	defer c.lock.Unlock()
	if rows := c.covers[key]; rows != nil {
		return rows
	}
	rows := newRows(c.n)
	if col := c.columns[l.Field]; col != nil {
		holds := make([]bool, len(col.texts))
		for id := range col.texts {
			holds[id] = l.accepts(col.texts[id], col.folded[id])
		}
		for row, id := range col.of {
			if id >= 0 && holds[id] {
				rows.Add(row)
			}
		}
	}
	c.covers[key] = rows
	return rows
}

// Examples returns events of different causes first, at most n.
func (c *Corpus) Examples(rows Rows, n int) []int {
	var out, more []int
	seen := map[int32]bool{}
	rows.Each(func(row int) {
		if seen[c.cause[row]] {
			more = append(more, row)
			return
		}
		seen[c.cause[row]] = true
		out = append(out, row)
	})
	out = append(out, more...)
	return out[:min(n, len(out))]
}
