package record

import (
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// headerOf reads a header as the parquet package does.
func headerOf(content []byte) (h pageHeader, length int, ok bool) {
	var f format.PageHeader
	r := (&thrift.CompactProtocol{}).NewReaderFromBytes(content)
	if thrift.NewDecoder(r).Decode(&f) != nil {
		return h, 0, false
	}
	h = pageHeader{kind: int(f.Type), size: int(f.UncompressedPageSize), packed: int(f.CompressedPageSize)}
	switch d, v2 := &f.DictionaryPageHeader, &f.DataPageHeaderV2; {
	case f.Type == format.DictionaryPage && d.Valid:
		h.values, h.encoding = int(d.V.NumValues), int(d.V.Encoding)
	case f.Type == format.DataPageV2 && v2.Valid:
		h.values, h.nulls, h.rows, h.encoding = int(v2.V.NumValues), int(v2.V.NumNulls), int(v2.V.NumRows), int(v2.V.Encoding)
		h.levels, h.repetitions = int(v2.V.DefinitionLevelsByteLength), int(v2.V.RepetitionLevelsByteLength)
		h.stored = v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V
	default:
		return h, 0, false
	}
	return h, r.BytesRead(), true
}

// Headers of pages are read as the parquet package reads them; damaged ones are refused,
// or read as it reads them as well.
func TestPageHeaders(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(3, 9))
	headers, refused, read := 0, 0, 0
	for _, f := range m.Files {
		file, err := open(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		eachColumn(file, func(group, n int, name string) {
			meta := &file.footer.groups[group].chunks[n]
			from := meta.data
			if meta.dictionary > 0 {
				from = min(from, meta.dictionary)
			}
			for rest := file.content[from : from+meta.size]; len(rest) > 0; headers++ {
				want, length, ok := headerOf(rest)
				if got, size, same := readPageHeader(rest); !ok || !same || got != want || size != length {
					t.Fatalf("%s: got %+v, %d, %v; want %+v, %d, %v", name, got, size, same, want, length, ok)
				}
				for range 20 {
					bad := append([]byte(nil), rest[:length]...)
					for range 1 + dice.IntN(2) {
						bad[dice.IntN(length)] ^= 1 << dice.IntN(8)
					}
					got, size, ok := readPageHeader(bad[:dice.IntN(length)+1])
					if !ok {
						refused++
						continue
					}
					if want, length, same := headerOf(bad); same && (got != want || size != length) {
						t.Fatalf("%s, damaged: % x: got %+v, %d; want %+v, %d", name, bad, got, size, want, length)
					}
					read++
				}
				rest = rest[length+want.packed:]
			}
		})
	}
	if headers < 1000 || refused < 1000 || read < 100 {
		t.Errorf("%d headers, %d damaged ones refused, %d read", headers, refused, read)
	}
}

func FuzzPageHeader(f *testing.F) {
	f.Add([]byte("\x15\x04\x15\x10\x15\x20\x5c\x15\x02\x15\x00\x12\x00\x00"))
	f.Add([]byte("\x15\x06\x15\x10\x15\x20\x8c\x15\x02\x15\x00\x15\x02\x15\x10\x15\x00\x15\x00\x12\x1c\x18\x01a\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if h, n, ok := readPageHeader(content); ok && (n > len(content) || h.packed < 0 || h.levels < 0 || h.values < 0) {
			t.Errorf("% x: %+v, %d", content, h, n)
		}
	})
}
