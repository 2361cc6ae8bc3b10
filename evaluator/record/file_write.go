package record

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
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
func (p *part) write(dir, folder string, with *press) (File, error) {
	out := File{Rows: p.rows()}
	out.First, out.Last = p.span()
	out.Sources, out.Routes = p.sources(), p.routes()
	at := filepath.Join(dir, filepath.FromSlash(folder))
	f, err := createTemporary(at)
	if err != nil {
		return out, err
	}
	sum := sha256.New()
	buffered := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	if out.Footer, err = p.writeTo(buffered, with); err == nil {
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
func (p *part) writeTo(w io.Writer, with *press) (*Footer, error) {
	layouts, err := p.layoutTexts()
	if err != nil {
		return nil, err
	}
	out, err := newParquetFile(w, p.rows(), with)
	if err != nil {
		return nil, err
	}
	names := slices.AppendSeq([]string{layoutColumn, indexColumn, timeColumn, sourceColumn, viewColumn, routeColumn}, maps.Keys(p.columns))
	if len(p.order.rows) > 0 {
		names = append(names, orderColumn)
	}
	if len(p.rest.rows) > 0 {
		names = append(names, restColumn)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := p.writeColumn(out, name, layouts); err != nil {
			return nil, err
		}
	}
	out.tell(reserved+"schema", strconv.Itoa(SchemaVersion))
	p.writeLayoutHashes(layouts, out.tell)
	p.writePageRuns(out)
	p.writeOpenings(out)
	p.writeRuns(out)
	p.writeLines(out)
	return out.close()
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

func (p *part) writeColumn(w *parquetFile, name string, layouts []string) error {
	switch name {
	case layoutColumn:
		return w.column(name, layouts, p.source.rows, p.layoutOf, false)
	case indexColumn:
		return w.ints(name, p.index, nil, false)
	case timeColumn:
		return p.writeTimes(w)
	case sourceColumn:
		return p.source.write(w, name, false)
	case viewColumn:
		return p.view.write(w, name, false)
	case routeColumn:
		return p.route.write(w, name, false)
	case orderColumn:
		return p.order.write(w, name, true)
	case restColumn:
		return p.rest.write(w, name, true)
	}
	return p.columns[name].write(w, name, true)
}

func (c *column) write(w *parquetFile, name string, optional bool) error {
	return w.column(name, c.texts, c.rows, c.code, optional)
}

func (p *part) writeTimes(w *parquetFile) error {
	var nanos []int64
	var rows []int32
	for row, at := range p.times {
		if inNanoseconds(at) {
			nanos, rows = append(nanos, at.UnixNano()), append(rows, int32(row))
		}
	}
	err := w.ints(timeColumn, nanos, rows, true)
	w.times()
	return err
}

// inNanoseconds reports whether there is a time, and it can be counted in nanoseconds
// since 1970.
func inNanoseconds(t time.Time) bool { return t.Year() > 1678 && t.Year() < 2262 }
