package record

import (
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// footer is what the end of a file tells, as far as it is needed. A replay reads one for each
// file, with a hundred columns, of which the parquet package makes many objects.
type footer struct {
	columns []columnMeta
	groups  []groupMeta
	told    []keyValue
}

// columnMeta is a column of the schema. There are none within others.
type columnMeta struct {
	name     string
	optional bool
}

type groupMeta struct {
	rows   int
	chunks []chunkMeta // by column
}

// chunkMeta tells where a column of a row group is.
type chunkMeta struct {
	codec            int
	dictionary, data int64 // where pages begin; of the dictionary 0 if there is none
	size             int64
}

// keyValue is metadata. It shares the memory of the file.
type keyValue struct{ key, value string }

// lookup returns what is told under a key.
func (f *footer) lookup(key string) (string, bool) {
	for i := range f.told {
		if f.told[i].key == key {
			return f.told[i].value, true
		}
	}
	return "", false
}

// readFooter reads the footer, which is at the end of what is given.
func (t *table) readFooter(content []byte) error {
	if t.footer.read(content) {
		return nil
	}
	file, err := t.opened()
	if err != nil {
		return err
	}
	t.footer = footer{}
	for i, path := range file.Schema().Columns() {
		if len(path) != 1 {
			return fmt.Errorf("has columns within others: it was not written by `socctl record`")
		}
		t.footer.columns = append(t.footer.columns, columnMeta{path[0], file.Schema().Fields()[i].Optional()})
	}
	for _, group := range file.Metadata().RowGroups {
		g := groupMeta{rows: int(group.NumRows)}
		for i := range group.Columns {
			c := &group.Columns[i].MetaData
			g.chunks = append(g.chunks, chunkMeta{int(c.Codec), c.DictionaryPageOffset, c.DataPageOffset, c.TotalCompressedSize})
		}
		t.footer.groups = append(t.footer.groups, g)
	}
	for _, pair := range file.Metadata().KeyValueMetadata {
		t.footer.told = append(t.footer.told, keyValue{pair.Key, pair.Value})
	}
	return nil
}

// footerTail is how many bytes there are behind the metadata: its size, and the magic.
const footerTail = 4 + len(parquetMagic)

// read reads the footer of a file of plain columns, of which this is the end or all; false if
// it is something else.
func (f *footer) read(content []byte) bool {
	*f = footer{}
	at := len(content) - footerTail
	if at < 0 || string(content[at+4:]) != parquetMagic {
		return false
	}
	size := int64(binary.LittleEndian.Uint32(content[at:]))
	if size > int64(at) {
		return false
	}
	c := compact{rest: content[int64(at)-size : at]}
	for id := 0; !c.bad; {
		switch kind := c.field(&id); {
		case kind == 0:
			return !c.bad && f.sound()
		case id == 2 && kind == thriftList:
			f.readSchema(&c)
		case id == 4 && kind == thriftList:
			c.each(thriftStruct, func() { f.groups = append(f.groups, c.group()) })
		case id == 5 && kind == thriftList:
			c.each(thriftStruct, func() { f.told = append(f.told, c.keyValue()) })
		default:
			c.skip(kind, 0)
		}
	}
	return false
}

// sound reports whether every row group has all columns.
func (f *footer) sound() bool {
	for i := range f.groups {
		if len(f.groups[i].chunks) != len(f.columns) || f.groups[i].rows < 0 {
			return false
		}
	}
	return len(f.columns) > 0
}

// readSchema reads the columns, behind the element that they all are in.
func (f *footer) readSchema(c *compact) {
	root := true
	c.each(thriftStruct, func() {
		column, children := columnMeta{}, unset
		repetition := unset
		for id := 0; !c.bad; {
			switch kind := c.field(&id); {
			case kind == 0:
				if root != (children != unset) || !root && repetition != int(format.Optional) && repetition != int(format.Required) {
					c.fail()
				}
				if column.optional = repetition == int(format.Optional); !root {
					f.columns = append(f.columns, column)
				}
				root = false
				return
			case id == 3 && kind == thriftInt32:
				repetition = c.number()
			case id == 4 && kind == thriftBinary:
				column.name = c.text()
			case id == 5 && kind == thriftInt32:
				children = c.number()
			default:
				c.skip(kind, 0)
			}
		}
	})
}

func (c *compact) group() (g groupMeta) {
	g.rows = unset
	for id := 0; !c.bad; {
		switch kind := c.field(&id); {
		case kind == 0:
			return g
		case id == 1 && kind == thriftList:
			c.each(thriftStruct, func() { g.chunks = append(g.chunks, c.columnChunk()) })
		case id == 3 && kind == thriftInt64:
			g.rows = c.number()
		default:
			c.skip(kind, 0)
		}
	}
	return g
}

func (c *compact) columnChunk() (m chunkMeta) {
	for id := 0; !c.bad; {
		switch kind := c.field(&id); {
		case kind == 0:
			return m
		case id == 3 && kind == thriftStruct:
			m = c.chunkMeta()
		default:
			c.skip(kind, 0)
		}
	}
	return m
}

func (c *compact) chunkMeta() (m chunkMeta) {
	for id := 0; !c.bad; {
		switch kind := c.field(&id); {
		case kind == 0:
			return m
		case id == 4 && kind == thriftInt32:
			m.codec = c.number()
		case id == 7 && kind == thriftInt64:
			m.size = int64(c.number())
		case id == 9 && kind == thriftInt64:
			m.data = int64(c.number())
		case id == 11 && kind == thriftInt64:
			m.dictionary = int64(c.number())
		default:
			c.skip(kind, 0)
		}
	}
	return m
}

func (c *compact) keyValue() (told keyValue) {
	for id := 0; !c.bad; {
		switch kind := c.field(&id); {
		case kind == 0:
			return told
		case id == 1 && kind == thriftBinary:
			told.key = c.text()
		case id == 2 && kind == thriftBinary:
			told.value = c.text()
		default:
			c.skip(kind, 0)
		}
	}
	return told
}

// each reads a list of items of a type.
func (c *compact) each(kind byte, read func()) {
	of, count := c.list()
	if of != kind && count > 0 {
		c.fail()
	}
	for ; count > 0 && !c.bad; count-- {
		read()
	}
}

// list reads what stands in front of a list.
func (c *compact) list() (kind byte, count uint64) {
	b := c.byte()
	if count = uint64(b >> 4); count == 15 {
		count = c.varint()
	}
	return b & 0xf, count
}

// text reads a text, which shares the memory of the file.
func (c *compact) text() string {
	n := c.varint()
	if n > uint64(len(c.rest)) {
		c.fail()
		return ""
	}
	text := c.rest[:n:n]
	c.rest = c.rest[n:]
	return alias(text)
}
