package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// parquetFile writes a Parquet file of one row group, column by column. The parquet package
// could do it from rows; here the texts of a column are known, each with a number, so that
// dictionaries need not be found out a second time, and rows that have nothing in a column,
// which most have in most, take no time.
type parquetFile struct {
	*press
	out  io.Writer
	at   int64 // how much was written
	rows int
	meta format.FileMetaData

	// pages tells where pages end, of columns without a dictionary that have several: how many of
	// the rows with a text are before.
	pages map[string][]int

	chunk *format.ColumnMetaData // of the column that is being written
	sum   uint32                 // of what was written of it
	sums  []byte                 // of the columns before, see sumsKey
}

// press is what writing files takes, again for each. It is for one goroutine.
type press struct {
	zstd, single   *zstd.Encoder // single tells in front how much there is, however little
	dense          *zstd.Encoder // takes longer, and what it writes takes less room and is read sooner
	values, packed []byte
	levels, bitmap []byte
	numbers        []int32
	written        bytes.Buffer
}

func newPress() (*press, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	dense, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return nil, err
	}
	single, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(true))
	return &press{zstd: z, dense: dense, single: single}, err
}

// maxPress is how many bytes of a kind are kept for the next file.
const maxPress = 32 << 20

// release gives up what a single file has needed.
func (r *press) release() {
	if cap(r.values) > maxPress || cap(r.packed) > maxPress {
		r.values, r.packed = nil, nil
	}
}

const parquetMagic = "PAR1"

var errPageTooLarge = errors.New("texts of 2 GiB in one column of a file; record with less --memory")

func newParquetFile(out io.Writer, rows int, with *press) (*parquetFile, error) {
	f := &parquetFile{press: with, out: out, rows: rows, pages: map[string][]int{}}
	f.meta.Version, f.meta.NumRows, f.meta.CreatedBy = 1, int64(rows), "socctl"
	f.meta.Schema = thrift.Slice[format.SchemaElement]{{Name: "events", NumChildren: thrift.New(int32(0))}}
	f.meta.RowGroups = thrift.Slice[format.RowGroup]{{NumRows: int64(rows), FileOffset: int64(len(parquetMagic))}}
	return f, f.write([]byte(parquetMagic))
}

// encoded returns a part of the metadata as it is written, valid until the next call.
func (f *parquetFile) encoded(v any) ([]byte, error) {
	f.written.Reset()
	err := thrift.NewEncoder((&thrift.CompactProtocol{}).NewWriter(&f.written)).Encode(v)
	return f.written.Bytes(), err
}

func (f *parquetFile) write(data []byte) error {
	n, err := f.out.Write(data)
	f.at += int64(n)
	f.sum = crc32.Update(f.sum, castagnoli, data)
	return err
}

// begin begins a column.
func (f *parquetFile) begin(name string, kind format.Type, encoding format.Encoding, optional bool) {
	e := format.SchemaElement{Name: name, Type: thrift.New(kind), RepetitionType: thrift.New(format.Required)}
	if optional {
		e.RepetitionType = thrift.New(format.Optional)
	}
	if kind == format.ByteArray {
		e.ConvertedType = thrift.New(deprecated.UTF8)
		e.LogicalType = format.LogicalType{Value: &format.StringType{}}
	}
	f.meta.Schema = append(f.meta.Schema, e)
	f.end()
	group := &f.meta.RowGroups[0]
	group.Columns = append(group.Columns, format.ColumnChunk{})
	f.chunk = &group.Columns[len(group.Columns)-1].MetaData
	*f.chunk = format.ColumnMetaData{Type: kind, Encoding: thrift.Slice[format.Encoding]{format.RLE, encoding}, PathInSchema: thrift.Slice[string]{name}, Codec: format.Zstd, NumValues: int64(f.rows)}
}

// end notes the checksum of a column that is complete.
func (f *parquetFile) end() {
	if f.chunk != nil {
		f.sums = fmt.Appendf(f.sums, "%0*x", sumDigits, f.sum)
	}
	f.chunk, f.sum = nil, 0
}

// page writes a page, whose values are in f.values, behind levels.
func (f *parquetFile) page(h *format.PageHeader, levels []byte, by *zstd.Encoder) error {
	f.packed = by.EncodeAll(f.values, append(f.packed[:0], levels...))
	h.UncompressedPageSize, h.CompressedPageSize = int32(len(levels)+len(f.values)), int32(len(f.packed))
	if len(levels)+len(f.values) > math.MaxInt32 || len(f.packed) > math.MaxInt32 {
		return errPageTooLarge
	}
	h.CRC = int32(crc32.ChecksumIEEE(f.packed))
	header, err := f.encoded(h)
	if err != nil {
		return err
	}
	size := int64(len(header))
	f.chunk.TotalCompressedSize += size + int64(h.CompressedPageSize)
	f.chunk.TotalUncompressedSize += size + int64(h.UncompressedPageSize)
	if err := f.write(header); err != nil {
		return err
	}
	return f.write(f.packed)
}

// data writes a page of rows, of which some have nothing.
func (f *parquetFile) data(rows, nulls int, encoding format.Encoding, levels []byte) error {
	if f.chunk.DataPageOffset == 0 {
		f.chunk.DataPageOffset = f.at
	}
	f.chunk.Statistics.NullCount += int64(nulls)
	return f.page(&format.PageHeader{Type: format.DataPageV2, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{NumValues: int32(rows), NumNulls: int32(nulls), NumRows: int32(rows),
		Encoding: encoding, DefinitionLevelsByteLength: int32(len(levels)), IsCompressed: thrift.New(true)})}, levels, f.zstd)
}

// pageRows is how many rows a page has at most.
const pageRows = 1 << 20

// column writes a column of texts: rows, ascending, have those of the numbers code.
func (f *parquetFile) column(name string, texts []string, rows []int32, code []uint32, optional bool) error {
	if optional && !dictionaryPays(texts, rows) {
		return f.plainColumn(name, texts, rows, code)
	}
	f.begin(name, format.ByteArray, format.RLEDictionary, optional)
	f.chunk.Encoding = append(f.chunk.Encoding, format.Plain)
	f.values = f.values[:0]
	for _, text := range texts {
		f.values = append(binary.LittleEndian.AppendUint32(f.values, uint32(len(text))), text...)
	}
	f.chunk.DictionaryPageOffset = f.at
	// A dictionary is what most replays read of a column, and the smaller part of what is written.
	if err := f.page(&format.PageHeader{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(len(texts)), Encoding: format.Plain})}, nil, f.dense); err != nil {
		return err
	}
	next := 0
	for first := 0; first < f.rows; first += pageRows {
		count, start := min(pageRows, f.rows-first), next
		for next < len(rows) && int(rows[next]) < first+count {
			next++
		}
		f.values = appendCodes(f.values[:0], code[start:next], len(texts))
		if err := f.data(count, count-(next-start), format.RLEDictionary, f.levelsOf(rows[start:next], first, count, optional)); err != nil {
			return err
		}
	}
	return nil
}

// dictionaryPays reports whether texts repeat, and a dictionary is none that is too large
// for a page.
func dictionaryPays(texts []string, rows []int32) bool {
	if rarelyRepeat(len(texts), len(rows)) {
		return false
	}
	size := 0
	for _, text := range texts {
		size += 4 + len(text)
	}
	return size < mostDictionary || len(rows) == 0
}

// mostDictionary is how many bytes a dictionary may have.
const mostDictionary = 1 << 30

// rarelyRepeat reports whether so many rows have so many texts that a dictionary of them
// does not pay.
func rarelyRepeat(texts, rows int) bool { return 2*texts > rows && rows > 64 }

// plainBytes is from how many bytes of texts on a page is full.
const plainBytes = 8 << 20

// plainColumn writes a column of texts that do not repeat, which all are optional.
func (f *parquetFile) plainColumn(name string, texts []string, rows []int32, code []uint32) error {
	f.begin(name, format.ByteArray, format.DeltaLengthByteArray, true)
	var ends []int
	for first, start := 0, 0; first < f.rows; {
		next, size := start, 0
		f.numbers = f.numbers[:0]
		for next < len(rows) && size < plainBytes && int(rows[next])-first < pageRows {
			text := texts[code[next]]
			f.numbers = append(f.numbers, int32(len(text)))
			size += len(text)
			next++
		}
		end := min(f.rows, first+pageRows)
		if next < len(rows) {
			end = min(end, int(rows[next]))
		}
		var err error
		if f.values, err = parquet.DeltaBinaryPacked.EncodeInt32(f.values[:0], f.numbers); err != nil {
			return err
		}
		f.values = slices.Grow(f.values, size)
		for _, n := range code[start:next] {
			f.values = append(f.values, texts[n]...)
		}
		if err := f.data(end-first, end-first-(next-start), format.DeltaLengthByteArray, f.levelsOf(rows[start:next], first, end-first, true)); err != nil {
			return err
		}
		first, start, ends = end, next, append(ends, next)
	}
	if len(ends) > 1 {
		f.pages[name] = ends
	}
	return nil
}

// intRows is how many rows a page of numbers has at most: they are asked for few rows, those of
// hits.
const intRows = 1 << 12

// ints writes a column of numbers. Unless all have one, rows tells which do.
func (f *parquetFile) ints(name string, numbers []int64, rows []int32, optional bool) error {
	f.begin(name, format.Int64, format.DeltaBinaryPacked, optional)
	f.span(numbers)
	next := 0
	for first := 0; first < f.rows; first += intRows {
		count := min(intRows, f.rows-first)
		some, levels := numbers, []byte(nil)
		if !optional {
			some = numbers[first : first+count]
		} else {
			start := next
			for next < len(rows) && int(rows[next]) < first+count {
				next++
			}
			some, levels = numbers[start:next], f.levelsOf(rows[start:next], first, count, true)
		}
		var err error
		if f.values, err = parquet.DeltaBinaryPacked.EncodeInt64(f.values[:0], some); err != nil {
			return err
		}
		if err := f.data(count, count-len(some), format.DeltaBinaryPacked, levels); err != nil {
			return err
		}
	}
	return nil
}

// span tells others between which numbers a column is.
func (f *parquetFile) span(numbers []int64) {
	if len(numbers) == 0 {
		return
	}
	least, most := numbers[0], numbers[0]
	for _, n := range numbers {
		least, most = min(least, n), max(most, n)
	}
	f.chunk.Statistics.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(least))
	f.chunk.Statistics.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(most))
}

// leastRun is how many codes that are the same are written as a run.
const leastRun = 64

// appendCodes writes numbers of texts as Parquet has them: how many bits each takes, and
// runs of what is the same beside numbers side by side. They take whole bytes, although
// fewer bits would do: only so are rows that look alike alike once they are packed.
func appendCodes(to []byte, codes []uint32, texts int) []byte {
	size := (bits.Len(uint(max(0, texts-1))) + 7) / 8
	to = append(to, byte(8*size))
	start := 0
	for at := 0; at < len(codes); {
		end := at + 1
		for end < len(codes) && codes[end] == codes[at] {
			end++
		}
		if end-at < leastRun && size > 0 {
			at = min(at+8, len(codes))
			continue
		}
		to = appendNumbered(to, codes[start:at], size)
		to = binary.AppendUvarint(to, uint64(end-at)<<1)
		to = appendBytes(to, codes[at], size)
		start, at = end, end
	}
	return appendNumbered(to, codes[start:], size)
}

// appendNumbered writes codes side by side, in groups of eight.
func appendNumbered(to []byte, codes []uint32, size int) []byte {
	if len(codes) == 0 {
		return to
	}
	groups := (len(codes) + 7) / 8
	to = binary.AppendUvarint(to, uint64(groups)<<1|1)
	for _, code := range codes {
		to = appendBytes(to, code, size)
	}
	for range 8*groups - len(codes) {
		to = appendBytes(to, 0, size)
	}
	return to
}

// appendBytes appends the lowest bytes of a number.
func appendBytes(to []byte, n uint32, size int) []byte {
	switch size {
	case 1:
		return append(to, byte(n))
	case 2:
		return append(to, byte(n), byte(n>>8))
	}
	for range size {
		to = append(to, byte(n))
		n >>= 8
	}
	return to
}

// levelsOf tells which of count rows from first on are among rows; nil for a column that
// all have.
func (f *parquetFile) levelsOf(rows []int32, first, count int, optional bool) []byte {
	if !optional {
		return nil
	}
	if len(rows) == count || len(rows) == 0 {
		f.levels = appendRun(f.levels[:0], count, len(rows) > 0)
		return f.levels
	}
	size := (count + 7) / 8
	if cap(f.bitmap) < size {
		f.bitmap = make([]byte, size+size/2)
	}
	f.bitmap = f.bitmap[:size]
	clear(f.bitmap)
	for _, row := range rows {
		at := int(row) - first
		f.bitmap[at>>3] |= 1 << (at & 7)
	}
	f.levels = appendLevels(f.levels[:0], f.bitmap, count)
	return f.levels
}

// appendRun appends that some rows are alike.
func appendRun(to []byte, count int, there bool) []byte {
	to = binary.AppendUvarint(to, uint64(count)<<1)
	if there {
		return append(to, 1)
	}
	return append(to, 0)
}

// appendLevels writes a bit for each of count rows as Parquet has it: runs of rows that are
// alike, and groups of eight rows as they are.
func appendLevels(to, bitmap []byte, count int) []byte {
	if rest := count & 7; rest != 0 && bitmap[len(bitmap)-1] == 1<<rest-1 {
		bitmap[len(bitmap)-1] = 0xff // what is behind the last row may be anything
	}
	for at := 0; at < len(bitmap); {
		if b := bitmap[at]; b == 0 || b == 0xff {
			end := alikeUntil(bitmap, at)
			to = appendRun(to, min(8*end, count)-8*at, b != 0)
			at = end
			continue
		}
		end := at + 1
		for end < len(bitmap) && (bitmap[end] != 0 && bitmap[end] != 0xff || alikeUntil(bitmap, end) == end+1) {
			end++ // a run of a single byte is no shorter
		}
		to = append(binary.AppendUvarint(to, uint64(end-at)<<1|1), bitmap[at:end]...)
		at = end
	}
	return to
}

// alikeUntil returns where bytes end that are like the one at a place.
func alikeUntil(bitmap []byte, at int) int {
	b := bitmap[at]
	words := uint64(b) * 0x0101010101010101
	end := at + 1
	for ; end+8 <= len(bitmap); end += 8 {
		if differ := binary.LittleEndian.Uint64(bitmap[end:]) ^ words; differ != 0 {
			return end + bits.TrailingZeros64(differ)/8
		}
	}
	for end < len(bitmap) && bitmap[end] == b {
		end++
	}
	return end
}

// times makes the column that was written last one of times in UTC, in nanoseconds.
func (f *parquetFile) times() {
	f.meta.Schema[len(f.meta.Schema)-1].LogicalType = format.LogicalType{Value: &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: &format.NanoSeconds{}}}}
}

// tell adds to the metadata.
func (f *parquetFile) tell(key, value string) {
	f.meta.KeyValueMetadata = append(f.meta.KeyValueMetadata, format.KeyValue{Key: key, Value: value})
}

// close writes the end of the file, and returns what the manifest says of it.
func (f *parquetFile) close() (*Footer, error) {
	f.end()
	f.tell(sumsKey, string(f.sums))
	group := &f.meta.RowGroups[0]
	f.meta.Schema[0].NumChildren = thrift.New(int32(len(group.Columns)))
	for i := range group.Columns {
		c := &group.Columns[i].MetaData
		group.TotalByteSize += c.TotalUncompressedSize
		group.TotalCompressedSize += c.TotalCompressedSize
		f.meta.ColumnOrders = append(f.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	footer, err := f.encoded(&f.meta)
	if err != nil {
		return nil, err
	}
	footer = append(binary.LittleEndian.AppendUint32(footer, uint32(len(footer))), parquetMagic...)
	f.release()
	sum := sha256.Sum256(footer)
	return &Footer{len(footer), hex.EncodeToString(sum[:])}, f.write(footer)
}
