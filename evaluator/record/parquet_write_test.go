package record

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Columns that are written come back, by our own reader and by the parquet package.
func TestColumnsComeBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	with, err := newPress()
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		rows := 1 + r.IntN(3000)
		all := make([]string, 1+r.IntN(1<<r.IntN(10)))
		for i := range all {
			all[i] = fmt.Sprintf("text %d", i)
		}
		want := make([]string, rows) // "" for none
		var at []int32
		var code []uint32
		gaps, runs := r.IntN(3) > 0, 1+r.IntN(200)
		for row := 0; row < rows; {
			n, there := uint32(r.IntN(len(all))), !gaps || r.IntN(2) > 0
			for end := min(rows, row+1+r.IntN(runs)); row < end; row++ {
				if there {
					at, code, want[row] = append(at, int32(row)), append(code, n), all[n]
				}
			}
		}
		if len(at) == 0 {
			continue
		}
		content := written(t, with, rows, all, at, code)
		theirs := &table{content: content}
		if err := theirs.readFooter(content); err != nil {
			t.Fatal(err)
		}
		other, err := theirs.texts(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		own := &reader{}
		c, err := theirs.chunkOf(0, 0, own)
		if err != nil || c == nil {
			t.Fatal("our own reader does not know what our own writer writes", err)
		}
		mine, err := own.chunkTexts(c, rows)
		if err == nil && mine.codes == nil {
			mine.codes, err = own.chunkCodes(c, rows)
		}
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]*texts{"parquet": other, "chunk": mine} {
			if diff := cmp.Diff(want, got.byRow(rows)); diff != "" {
				t.Fatalf("%s: %s", name, diff)
			}
		}
	}
}

// byRow returns the text of each row, "" for none.
func (x *texts) byRow(rows int) []string {
	out := make([]string, rows)
	for row := range out {
		if code := x.codes.of(int32(row)); code != noText {
			out[row] = x.dictionary[code]
		}
	}
	return out
}

// written returns a file with one column.
func written(t *testing.T, with *press, rows int, texts []string, at []int32, code []uint32) []byte {
	t.Helper()
	var out bytes.Buffer
	f, err := newParquetFile(&out, rows, with)
	if err == nil {
		err = f.column("x", texts, at, code, true)
	}
	if err == nil {
		_, err = f.close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Levels and numbers that are written are read.
func TestLevelsAndCodesComeBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	for range 3000 {
		count := 1 + r.IntN(500)
		bitmap, want, next := make([]byte, (count+7)/8), make([]uint32, count), uint32(0)
		for row := 0; row < count; {
			there := r.IntN(2) > 0
			for end := min(count, row+1+r.IntN(40)); row < end; row++ {
				want[row] = noText
				if there {
					bitmap[row>>3] |= 1 << (row & 7)
					want[row] = next
					next++
				}
			}
		}
		p := page{rows: count, nulls: count - int(next), levels: appendLevels(nil, bitmap, count)}
		there, err := (&reader{}).occupancyOf([]page{p}, count)
		if err != nil {
			t.Fatal(err)
		}
		for row := range want[:min(count, count*p.nulls)] { // none if all rows have one
			if got := there.rank(int32(row)); got != want[row] {
				t.Fatalf("row %d: %d, want %d", row, got, want[row])
			}
		}
		texts := 1 + r.IntN(1<<r.IntN(20))
		for i := range want {
			if want[i] = uint32(r.IntN(texts)); i > 0 && r.IntN(20) > 0 {
				want[i] = want[i-1]
			}
		}
		data := appendCodes(nil, want, texts)
		if got, err := hybrid(nil, data[1:], int(data[0]), count, texts); err != nil || !cmp.Equal(got, want) {
			t.Fatal(err, cmp.Diff(want, got))
		}
	}
}
