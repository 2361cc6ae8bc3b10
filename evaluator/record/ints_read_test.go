package record

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Of a column of numbers, those of rows that are wanted are read, whichever these are, and
// pages without any are not.
func TestNumbersOfSomeRows(t *testing.T) {
	t.Parallel()
	with, err := newPress()
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(61, 62))
	for _, optional := range []bool{false, true} {
		const count = 3*intRows + 17
		want, there := make([]int64, count), make([]bool, count)
		var numbers []int64
		var rows []int32
		for row := range count {
			if want[row] = dice.Int64(); !optional || dice.IntN(3) > 0 && row/1000 != 5 {
				there[row] = true
				numbers, rows = append(numbers, want[row]), append(rows, int32(row))
			}
		}
		var content bytes.Buffer
		f, err := newParquetFile(&content, count, with)
		if err == nil {
			err = f.ints("x", numbers, rows, optional)
		}
		if err == nil {
			_, err = f.close()
		}
		if err != nil {
			t.Fatal(err)
		}
		for round := range 40 {
			file := &table{content: content.Bytes(), columns: map[string]int{"x": 0}}
			if err := file.readFooter(file.content); err != nil {
				t.Fatal(err)
			}
			g := file.group(0, &reader{})
			var wanted, check []int32
			for row := int32(0); row < count; row += 1 + dice.Int32N(int32(1+round*round*round)) {
				check = append(check, row)
			}
			if round > 0 {
				wanted = check
			}
			got, err := g.ints("x", wanted)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range check {
				if n, ok := got.of(row); ok != there[row] || ok && n != want[row] {
					t.Fatalf("row %d: %d, %v; want %d, %v", row, n, ok, want[row], there[row])
				}
			}
		}
		file := &table{content: content.Bytes(), columns: map[string]int{"x": 0}}
		if err := file.readFooter(file.content); err != nil {
			t.Fatal(err)
		}
		c, err := file.chunkOf(0, 0, &reader{})
		if err != nil || len(c.pages) != 4 {
			t.Fatal(err, len(c.pages))
		}
		c.pages[1].values = nil
		if _, err := (&reader{}).chunkInts(c, count, []int32{7, count - 1}); err != nil {
			t.Error("a page is read of which nothing is wanted:", err)
		}
		if _, err := (&reader{}).chunkInts(c, count, []int32{7, intRows}); err == nil {
			t.Error("a damaged page is read")
		}
	}
}
