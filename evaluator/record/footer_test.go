package record

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// The end of a file is read as the parquet package reads it, and so are numbers; one that is
// damaged is refused, or read somehow, without a panic.
func TestFooters(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	dice, refused := rand.New(rand.NewPCG(6, 6)), 0
	for _, f := range m.Files {
		file, err := open(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		if file.parquet != nil {
			t.Fatalf("%s: the end is not read by hand", f.Path)
		}
		whole := &table{content: append(bytes.Clone(file.content[:len(file.content)-1]), '?')} // no magic
		whole.parquet, err = parquet.OpenFile(bytes.NewReader(file.content), int64(len(file.content)))
		if err == nil {
			err = whole.readFooter(whole.content)
		}
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(file.footer.told, func(a, b keyValue) int { return strings.Compare(a.key, b.key) }) // as the package does
		if !reflect.DeepEqual(whole.footer, file.footer) {
			t.Fatalf("%s: got %+v; want %+v", f.Path, file.footer, whole.footer)
		}
		checkInts(t, file)
		for range 200 {
			bad := bytes.Clone(file.content)
			for range 1 + dice.IntN(3) {
				bad[len(bad)-1-dice.IntN(min(len(bad), 3000))] ^= 1 << dice.IntN(8)
			}
			var read footer
			if !read.read(bad) {
				refused++
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d damaged ones were refused", refused)
	}
}

func checkInts(t *testing.T, file *table) {
	t.Helper()
	g := file.group(0, &reader{})
	for _, name := range []string{indexColumn, timeColumn} {
		if c, err := file.chunkOf(0, file.columns[name], &reader{}); err != nil || c == nil || !c.numbers {
			t.Fatalf("%s is not read by hand: %v", name, err)
		}
		got, err := g.ints(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := file.foreignInts(0, name)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: got %v; want %v", name, got, want)
		}
	}
}

// FuzzFooter: no end of a file makes reading it panic, or hold more than the file does.
func FuzzFooter(f *testing.F) {
	dir := f.TempDir()
	w, err := Create(dir, Options{})
	if err == nil {
		err = w.Add(telemetry.Record{Source: "x", Value: evaluator.ValueOf(map[string]any{"EventID": 1, "Channel": "Security"})})
	}
	if err == nil {
		err = w.Commit()
	}
	if err != nil {
		f.Fatal(err)
	}
	m, err := ReadManifest(dir)
	if err != nil {
		f.Fatal(err)
	}
	file, err := open(dir, m.Files[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file.content)
	f.Fuzz(func(t *testing.T, content []byte) {
		var read footer
		if read.read(content) && len(read.columns)+len(read.told) > len(content) {
			t.Errorf("%d columns in %d bytes", len(read.columns), len(content))
		}
	})
}
