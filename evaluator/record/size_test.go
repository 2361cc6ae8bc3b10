package record

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator/corpus"
)

// What a recording may take, as a share of what `zstd -3` makes of the same NDJSON: all of
// it, from which every record comes back, and columns of fields alone.
const (
	mostOfAll     = 1.5
	mostOfColumns = 0.8
)

// A recording takes no more room than is promised.
func TestSize(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(corpus.Path(t, "windows-json/*.ndjson.zst"))
	if err != nil || len(files) < 40 {
		t.Fatal(files, err)
	}
	dice := rand.New(rand.NewPCG(2026, 11))
	dice.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	if sizedFiles > 0 {
		files = files[:sizedFiles]
	}
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := addAll(t, w, files...)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	packed := packedAnew(t, files)
	all, columns := sizesOf(t, dir)
	part := func(n int64) float64 { return float64(n) / float64(packed) }
	t.Logf("%d files, %d events: zstd -3 %d bytes; recording %d, %.2f of it; columns of fields %d, %.2f", len(files), rows, packed, all, part(all), columns, part(columns))
	if part(all) > mostOfAll {
		t.Errorf("a recording takes %.2f of `zstd -3`, but at most %.2f is promised", part(all), mostOfAll)
	}
	if part(columns) > mostOfColumns {
		t.Errorf("columns of fields take %.2f of `zstd -3`, but at most %.2f is promised", part(columns), mostOfColumns)
	}
}

// packedAnew returns how much the library makes of files at the level of `zstd -3`.
func packedAnew(t *testing.T, files []string) (size int64) {
	t.Helper()
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		err = z.Reset(f)
		var out bytes.Buffer
		if err == nil {
			size += int64(pack(t, &out, z))
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return size
}

func pack(t *testing.T, out *bytes.Buffer, from io.Reader) int {
	t.Helper()
	w, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(3)), zstd.WithEncoderConcurrency(1))
	if err == nil {
		_, err = io.Copy(w, from)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// sizesOf returns how many bytes a recording takes, and how many of these the columns of
// fields: without what makes records of them again, and without the indexes.
func sizesOf(t *testing.T, dir string) (all, columns int64) {
	t.Helper()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	all = info.Size()
	for _, f := range m.Files {
		all += f.Bytes
		if f.Index != nil {
			all += int64(f.Index.Bytes)
		}
		file, err := open(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range file.footer.groups {
			for n, c := range group.chunks {
				if !slices.Contains([]string{layoutColumn, orderColumn, restColumn, sourceColumn, indexColumn}, file.footer.columns[n].name) {
					columns += c.size
				}
			}
		}
	}
	return all, columns
}
