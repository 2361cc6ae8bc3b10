package record

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/format"
)

// eachColumn yields the columns of texts of a file.
func eachColumn(t *table, yield func(group, n int, name string)) {
	for i := range t.footer.groups {
		for name, n := range t.columns {
			if name != indexColumn && name != timeColumn {
				yield(i, n, name)
			}
		}
	}
}

// Columns are decoded as the parquet package decodes them.
func TestChunksAreWhatParquetReads(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, columns, lists := &reader{}, 0, 0
	for _, f := range m.Files {
		file, err := open(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		eachColumn(file, func(group, n int, name string) {
			want, err := file.texts(group, n)
			if err != nil {
				t.Fatal(err)
			}
			c, err := file.chunkOf(group, n, r)
			if err != nil {
				t.Fatal(err)
			}
			if c == nil {
				t.Fatalf("%s of %s is no chunk", name, f.Path)
			}
			got, err := r.chunkTexts(c, f.Rows)
			if err == nil && got.codes == nil {
				got.codes, err = r.chunkCodes(c, f.Rows)
			}
			if err != nil {
				t.Fatal(name, err)
			}
			columns++
			if c.dictionary.values == nil {
				lists++
			}
			if diff := cmp.Diff(rowsOf(want, f.Rows), rowsOf(got, f.Rows)); diff != "" {
				t.Errorf("%s of %s (-parquet +chunk):\n%.2000s", name, f.Path, diff)
			}
		})
	}
	if columns < 500 || lists < 3 {
		t.Errorf("%d columns, %d without dictionary", columns, lists)
	}
}

// rowsOf returns the text of each row.
func rowsOf(x *texts, rows int) []string {
	out := make([]string, rows)
	for i := range out {
		out[i] = "null"
		if code := x.codes.of(int32(i)); code != noText {
			out[i] = "=" + x.dictionary[code]
		}
	}
	return out
}

// What looks like a column and is none yields an error or some texts, but no panic
// and no code without a text.
func TestDamagedChunks(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 300 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"text":"%d","x%d":"y"}`, 4600+i%10, i*i, i%3))
	}
	dir, _ := oneFile(t, records...)
	file := soleFile(t, dir)
	sound := file.content
	dice := rand.New(rand.NewPCG(5, 5))
	r, refused := &reader{}, 0
	for range 3000 {
		file.content = append([]byte(nil), sound...)
		for range 1 + dice.IntN(3) {
			file.content[dice.IntN(len(sound))] ^= 1 << dice.IntN(8)
		}
		eachColumn(file, func(group, n int, name string) {
			if codec := file.footer.groups[group].chunks[n].codec; codec != int(format.Zstd) {
				t.Fatal(codec)
			}
			c, err := file.chunkOf(group, n, r)
			if err != nil {
				t.Fatal(err)
			}
			if c == nil {
				refused++
				return
			}
			x, err := r.chunkTexts(c, len(records))
			if err == nil && x.codes == nil {
				x.codes, err = r.chunkCodes(c, len(records))
			}
			if err != nil {
				refused++
				return
			}
			_ = rowsOf(x, len(records))
		})
	}
	if refused < 100 {
		t.Errorf("only %d columns were refused", refused)
	}
}

// Numbers that are packed and repeated come out as they were put in.
func TestHybrid(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(6, 6))
	for range 2000 {
		bits, want := dice.IntN(33), []uint32{}
		var src []byte
		for range dice.IntN(5) {
			if dice.IntN(2) == 0 {
				value, times := uint32(dice.Uint64()>>(64-bits)), 1+dice.IntN(300)
				src = binary.AppendUvarint(src, uint64(times)<<1)
				for i := range (bits + 7) / 8 {
					src = append(src, byte(value>>(8*i)))
				}
				for range times {
					want = append(want, value)
				}
				continue
			}
			groups := 1 + dice.IntN(5)
			src = binary.AppendUvarint(src, uint64(groups)<<1|1)
			from := len(src)
			src = append(src, make([]byte, groups*bits)...)
			for i := range 8 * groups {
				value := uint32(dice.Uint64() >> (64 - bits))
				for b := range bits {
					at := i*bits + b
					src[from+at/8] |= byte(value>>b&1) << (at % 8)
				}
				want = append(want, value)
			}
		}
		count := dice.IntN(len(want) + 1)
		got, err := hybrid([]uint32{}, src, bits, count, math.MaxInt)
		if diff := cmp.Diff(want[:count], got); diff != "" || err != nil {
			t.Fatalf("%d bits: %v\n%s", bits, err, diff)
		}
		if _, err := hybrid(nil, src, bits, len(want)+1, math.MaxInt); err == nil {
			t.Fatal("there are more numbers than were put in")
		}
		if len(want) == 0 {
			continue
		}
		most := int(slices.Max(want))
		if _, err := hybrid(nil, src, bits, len(want), most); err == nil {
			t.Fatal("a number is too large")
		}
		if _, err := hybrid(nil, src, bits, len(want), most+1); err != nil {
			t.Fatal("all numbers are small enough")
		}
	}
}
