package record

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"
	"unsafe"

	"github.com/parquet-go/parquet-go"
)

// reserved is how names of columns start that are no leaves.
const reserved = "socctl."

// Columns beside those of leaves.
const (
	layoutColumn = reserved + "layout" // what the record looks like: a layoutIn in JSON
	sourceColumn = reserved + "source"
	indexColumn  = reserved + "index" // of the record in its source
	timeColumn   = reserved + "time"  // of the event, in UTC; null if it tells none, or one out of all range
	viewColumn   = reserved + "view"
	routeColumn  = reserved + "route" // logsources of the event, as in telemetry.Place
	orderColumn  = reserved + "order" // skeleton of the record, if its members come in another order than in its layout
	restColumn   = reserved + "rest"  // texts of leaves without a column, or the record
)

// write writes the part as a file in a folder of the recording, and returns what
// the manifest says of it.
func (p *part) write(dir, folder string) (File, error) {
	out := File{Rows: p.rows()}
	out.First, out.Last = p.span()
	out.Sources, out.Routes = p.sources(), p.routes()
	at := filepath.Join(dir, filepath.FromSlash(folder))
	f, err := os.CreateTemp(at, temporary+"*")
	if err != nil {
		return out, err
	}
	sum := sha256.New()
	buffered := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	if err = p.writeTo(buffered); err == nil {
		err = errors.Join(buffered.Flush(), f.Sync())
	}
	if info, failed := f.Stat(); failed == nil {
		out.Bytes = info.Size()
	}
	err = errors.Join(err, f.Close())
	out.SHA256 = hex.EncodeToString(sum.Sum(nil))
	name := out.SHA256[:16] + ".parquet"
	out.Path = folder + "/" + name
	if err == nil {
		err = p.writeIndex(dir, &out)
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(at, name))
	}
	if err != nil {
		return out, errors.Join(err, ignoreMissing(os.Remove(f.Name())))
	}
	return out, syncFolder(at)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// writeTo writes the Parquet file: one row group, column by column.
func (p *part) writeTo(w io.Writer) error {
	layouts, err := p.layoutTexts()
	if err != nil {
		return err
	}
	schema := p.schema()
	out := parquet.NewWriter(w, schema, parquet.KeyValueMetadata(reserved+"schema", strconv.Itoa(SchemaVersion)),
		parquet.DictionaryMaxBytes(math.MaxInt64/2), parquet.CreatedBy("socctl", "", ""), parquet.MaxRowsPerRowGroup(math.MaxInt64), parquet.DataPageStatistics(false))
	for i, path := range schema.Columns() {
		if err := p.writeColumn(out.ColumnWriters()[i], path[0], i, layouts); err != nil {
			return err
		}
	}
	p.writeLayoutHashes(layouts, out.SetKeyValueMetadata)
	return errors.Join(p.writeRuns(out.SetKeyValueMetadata), p.writeLines(out.SetKeyValueMetadata), out.Close())
}

func (p *part) schema() *parquet.Schema {
	group := parquet.Group{
		layoutColumn: parquet.Encoded(parquet.Compressed(parquet.String(), &parquet.Zstd), &parquet.RLEDictionary),
		indexColumn:  parquet.Encoded(parquet.Compressed(parquet.Leaf(parquet.Int64Type), &parquet.Zstd), &parquet.DeltaBinaryPacked),
		timeColumn:   parquet.Optional(parquet.Encoded(parquet.Compressed(parquet.Timestamp(parquet.Nanosecond), &parquet.Zstd), &parquet.DeltaBinaryPacked)),
		sourceColumn: parquet.Encoded(parquet.Compressed(parquet.String(), &parquet.Zstd), &parquet.RLEDictionary),
		viewColumn:   parquet.Encoded(parquet.Compressed(parquet.String(), &parquet.Zstd), &parquet.RLEDictionary),
		routeColumn:  parquet.Encoded(parquet.Compressed(parquet.String(), &parquet.Zstd), &parquet.RLEDictionary),
	}
	for name, c := range p.columns {
		group[name] = c.node()
	}
	if len(p.order.rows) > 0 {
		group[orderColumn] = p.order.node()
	}
	if len(p.rest.rows) > 0 {
		group[restColumn] = p.rest.node()
	}
	return parquet.NewSchema("events", group)
}

// node is a column of a file. A dictionary pays where texts repeat.
func (c *column) node() parquet.Node {
	text := parquet.Compressed(parquet.String(), &parquet.Zstd)
	if c.isList() {
		return parquet.Optional(parquet.Encoded(text, &parquet.DeltaLengthByteArray))
	}
	return parquet.Optional(parquet.Encoded(text, &parquet.RLEDictionary))
}

// layoutTexts writes the layouts down.
func (p *part) layoutTexts() ([]string, error) {
	out := make([]string, len(p.layouts))
	for i, l := range p.layouts {
		text, err := json.Marshal(l)
		if err != nil {
			return nil, err
		}
		out[i] = string(text)
	}
	return out, nil
}

func (p *part) writeColumn(w *parquet.ColumnWriter, name string, n int, layouts []string) error {
	switch name {
	case layoutColumn:
		return p.writeValues(w, func(row int) parquet.Value { return textOf(layouts[p.layoutOf[row]]).Level(0, 0, n) })
	case indexColumn:
		return p.writeValues(w, func(row int) parquet.Value { return parquet.Int64Value(p.index[row]).Level(0, 0, n) })
	case timeColumn:
		return p.writeValues(w, func(row int) parquet.Value {
			if at := p.times[row]; inNanoseconds(at) {
				return parquet.Int64Value(at.UnixNano()).Level(0, 1, n)
			}
			return parquet.NullValue().Level(0, 0, n)
		})
	case sourceColumn:
		return p.writeTexts(w, &p.source, n, 0)
	case viewColumn:
		return p.writeTexts(w, &p.view, n, 0)
	case routeColumn:
		return p.writeTexts(w, &p.route, n, 0)
	case orderColumn:
		return p.writeTexts(w, &p.order, n, 1)
	case restColumn:
		return p.writeTexts(w, &p.rest, n, 1)
	}
	return p.writeTexts(w, p.columns[name], n, 1)
}

// inNanoseconds reports whether there is a time, and it can be counted in nanoseconds
// since 1970.
func inNanoseconds(t time.Time) bool { return t.Year() > 1678 && t.Year() < 2262 }

// writeTexts writes a column of texts, null in rows that have none, which most have of
// most columns.
func (p *part) writeTexts(w *parquet.ColumnWriter, c *column, n, level int) error {
	values := make([]parquet.Value, min(writeAtOnce, p.rows()))
	none := parquet.NullValue().Level(0, 0, n)
	for i := range values {
		values[i] = none
	}
	next := 0
	for first := 0; first < p.rows(); first += writeAtOnce {
		some := values[:min(writeAtOnce, p.rows()-first)]
		start := next
		for ; next < len(c.rows) && int(c.rows[next]) < first+len(some); next++ {
			some[int(c.rows[next])-first] = textOf(c.texts[c.code[next]]).Level(0, level, n)
		}
		if _, err := w.WriteRowValues(some); err != nil {
			return err
		}
		for _, row := range c.rows[start:next] {
			some[int(row)-first] = none
		}
	}
	return nil
}

// textOf is a value that shares its memory with a text.
func textOf(text string) parquet.Value {
	return parquet.ByteArrayValue(unsafe.Slice(unsafe.StringData(text), len(text)))
}

const writeAtOnce = 1024

func (p *part) writeValues(w *parquet.ColumnWriter, of func(row int) parquet.Value) error {
	values := make([]parquet.Value, 0, writeAtOnce)
	for row := range p.rows() {
		values = append(values, of(row))
		if len(values) == writeAtOnce || row == p.rows()-1 {
			if _, err := w.WriteRowValues(values); err != nil {
				return err
			}
			values = values[:0]
		}
	}
	return nil
}
