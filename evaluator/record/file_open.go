package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// table is a file of a recording. Its end is in memory, and of its columns those that were
// asked for: rules need a fifth of what is recorded, and a few rules next to nothing.
type table struct {
	path    string
	is      File
	file    *os.File // nil while it is closed
	content []byte   // all of it; nil if parts are read
	end     []byte   // memory of the footer
	footer  footer
	sums    string         // see sumsKey; "" if there are none
	columns map[string]int // by name
	parquet *parquet.File  // see opened
	told    told
}

// Footer is what the manifest says of the end of a file, which has checksums of all columns.
type Footer struct {
	Bytes  int    `json:"bytes"` // with what Parquet has behind it
	SHA256 string `json:"sha256"`
}

// sumsKey is what the metadata has the checksums of columns under: eight digits for each,
// CRC-32C in hexadecimal of all its pages with their headers.
const sumsKey = reserved + "sums"

const sumDigits = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// open reads a file of a recording, all of it, which must be the one that was recorded.
func open(dir string, f File) (*table, error) {
	t := newTable(dir, f)
	err := t.readWhole()
	if err == nil {
		err = t.read(t.content)
	}
	return t, t.wrap(err)
}

// openParts opens a file of which columns are read when they are asked for. Its end is read
// into memory of another one, as far as there is enough. Files of earlier versions, without
// checksums, are read as a whole. Whoever opened it closes it; what is asked for later opens it
// again for a moment.
func openParts(room []byte, dir string, f File) (*table, error) {
	if f.Footer == nil {
		return open(dir, f)
	}
	t := newTable(dir, f)
	var err error
	if t.file, err = os.Open(t.path); err == nil {
		err = t.readEnd(room)
	}
	if err != nil {
		t.close()
	}
	return t, t.wrap(err)
}

func newTable(dir string, f File) *table {
	return &table{path: filepath.Join(dir, filepath.FromSlash(f.Path)), is: f}
}

func (t *table) close() {
	if t.file != nil {
		_ = t.file.Close() // nothing was written
		t.file = nil
	}
}

// wrap names the file in an error, once.
func (t *table) wrap(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w, but the manifest tells of it; restore it, or record anew into another folder", fs.ErrNotExist)
	}
	return fmt.Errorf("%s: %w", t.path, err)
}

// notRecorded says why a file is not the one that the manifest tells of.
func notRecorded(why string, args ...any) error {
	return fmt.Errorf("is not the file that was recorded: "+why+"; restore it, or record anew into another folder", args...)
}

// readWhole reads all of the file.
func (t *table) readWhole() error {
	content, err := os.ReadFile(t.path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != t.is.SHA256 {
		return notRecorded("its hash is %x, but the manifest says %.12s", sum[:6], t.is.SHA256)
	}
	t.content = content
	return nil
}

// readEnd reads the end of the file.
func (t *table) readEnd(room []byte) error {
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	size := t.is.Footer.Bytes
	if info.Size() != t.is.Bytes || size < footerTail || int64(size) > t.is.Bytes {
		return notRecorded("it has %d bytes, and the manifest says %d", info.Size(), t.is.Bytes)
	}
	if cap(room) < size {
		room = make([]byte, size+size/8)
	}
	t.end = room[:size]
	if err := t.readAt(t.end, t.is.Bytes-int64(size)); err != nil {
		return err
	}
	if sum := sha256.Sum256(t.end); hex.EncodeToString(sum[:]) != t.is.Footer.SHA256 {
		return notRecorded("the hash of its end is %x, but the manifest says %.12s", sum[:6], t.is.Footer.SHA256)
	}
	if err := t.read(t.end); err != nil {
		return err
	}
	t.sums, _ = t.footer.lookup(sumsKey)
	return nil
}

// read reads the footer, which is at the end of what is given.
func (t *table) read(content []byte) error {
	if err := t.readFooter(content); err != nil {
		return err
	}
	t.columns = make(map[string]int, len(t.footer.columns))
	for i := range t.footer.columns {
		t.columns[t.footer.columns[i].name] = i
	}
	for _, name := range []string{layoutColumn, sourceColumn, indexColumn, timeColumn, viewColumn, routeColumn} {
		if _, ok := t.columns[name]; !ok {
			return fmt.Errorf("has no column %s: it was not written by `socctl record`", name)
		}
	}
	return nil
}

// readAt reads a part of the file.
func (t *table) readAt(to []byte, at int64) error {
	if t.file == nil {
		var err error
		if t.file, err = os.Open(t.path); err != nil {
			return err
		}
		defer t.close()
	}
	if n, err := t.file.ReadAt(to, at); n < len(to) {
		if errors.Is(err, io.EOF) {
			return notRecorded("it ends at byte %d", at+int64(n))
		}
		return err
	}
	return nil
}

// chunkBytes returns the pages of a column of a row group, nil if they lie outside of the
// file.
func (t *table) chunkBytes(group, n int, r *reader) ([]byte, error) {
	meta := &t.footer.groups[group].chunks[n]
	from, size := meta.data, meta.size
	if meta.dictionary > 0 {
		from = min(from, meta.dictionary)
	}
	if from < 0 || size < 0 || from > t.size() || size > t.size()-from {
		return nil, nil
	}
	if t.content != nil {
		return t.content[from : from+size], nil
	}
	sum, ok := t.sum(group*len(t.footer.columns) + n)
	if !ok {
		return nil, fmt.Errorf("has no checksum of column %q: it was not written by `socctl record`", t.footer.columns[n].name)
	}
	out := r.roomForBytes(int(size))[:size]
	if err := t.readAt(out, from); err != nil {
		return nil, err
	}
	if got := crc32.Checksum(out, castagnoli); got != sum {
		return nil, notRecorded("the checksum of column %q is %08x, and the file says %08x", t.footer.columns[n].name, got, sum)
	}
	return out, nil
}

func (t *table) size() int64 {
	if t.content != nil {
		return int64(len(t.content))
	}
	return t.is.Bytes
}

// sum returns the checksum of a column; they are numbered through all row groups.
func (t *table) sum(n int) (uint32, bool) {
	at := n * sumDigits
	if at+sumDigits > len(t.sums) {
		return 0, false
	}
	sum, err := strconv.ParseUint(t.sums[at:at+sumDigits], 16, 32)
	return uint32(sum), err == nil
}

// opened returns the file as the parquet package reads it, for what is not read by hand.
func (t *table) opened() (*parquet.File, error) {
	if t.parquet != nil {
		return t.parquet, nil
	}
	if t.content == nil {
		if err := t.readWhole(); err != nil {
			return nil, err
		}
	}
	var err error
	t.parquet, err = parquet.OpenFile(bytes.NewReader(t.content), int64(len(t.content)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	return t.parquet, err
}
