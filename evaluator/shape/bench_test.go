package shape

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator/corpus"
)

// recordings are the records of a kind of source, one per line.
type recordings struct {
	name  string
	lines [][]byte
	bytes int
}

// perFile is how much is read of a file, so that all of them have their say.
const perFile = 2 << 20

// allRecordings reads the public recordings, in the layout they came in.
var allRecordings = sync.OnceValue(func() []recordings {
	root := rootOfRecordings
	return []recordings{
		windows(root),
		documents("cloud", filepath.Join(root, "cloud")),
		network(root),
	}
})

var rootOfRecordings string

func corpora(t testing.TB) []recordings {
	rootOfRecordings = corpus.Path(t, "")
	return allRecordings()
}

func (r *recordings) add(line []byte) {
	if line = bytes.TrimSpace(line); len(line) > 0 {
		r.lines = append(r.lines, line)
		r.bytes += len(line)
	}
}

func windows(root string) recordings {
	r := recordings{name: "windows"}
	files, _ := filepath.Glob(filepath.Join(root, "windows-json", "*.zst"))
	for _, file := range files {
		data := unpacked(file)
		for _, line := range bytes.Split(data[:min(len(data), perFile)], []byte("\n")) {
			if json.Valid(line) {
				r.add(line)
			}
		}
	}
	return r
}

// documents takes the elements of lists and envelopes for records.
func documents(name, root string) recordings {
	r := recordings{name: name}
	filepath.WalkDir(root, func(file string, d os.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		for dec := json.NewDecoder(bytes.NewReader(unpacked(file))); ; {
			var raw json.RawMessage
			if dec.Decode(&raw) != nil {
				return nil
			}
			var list []json.RawMessage
			var envelope struct{ Records []json.RawMessage }
			if json.Unmarshal(raw, &list) != nil && json.Unmarshal(raw, &envelope) == nil {
				list = envelope.Records
			}
			if len(list) == 0 {
				list = []json.RawMessage{raw}
			}
			for _, record := range list {
				r.add(record)
			}
		}
	})
	return r
}

func network(root string) recordings {
	r := recordings{name: "network"}
	files, _ := filepath.Glob(filepath.Join(root, "network", "*", "original", "*.zip"))
	for _, file := range files {
		z, err := zip.OpenReader(file)
		if err != nil {
			continue
		}
		for _, f := range z.File {
			in, err := f.Open()
			if err != nil {
				continue
			}
			data, _ := io.ReadAll(in)
			in.Close()
			for _, line := range bytes.Split(data, []byte("\n")) {
				r.add(line)
			}
		}
		z.Close()
	}
	return r
}

func unpacked(file string) []byte {
	data, err := os.ReadFile(file)
	if err != nil || !strings.HasSuffix(file, ".zst") {
		return data
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		return nil
	}
	defer z.Close()
	data, _ = z.DecodeAll(data, nil)
	return data
}

// TestRecordings compares what is found in the public recordings with
// encoding/json and with what is found without marks, and says how many shapes they have.
func TestRecordings(t *testing.T) {
	t.Parallel()
	for _, r := range corpora(t) {
		s, with, without := NewScanner(Options{}), NewScanner(Options{}), NewScanner(Options{})
		without.marks.off, without.trie.seed = true, with.trie.seed // the seed decides about shapes beyond half of the room
		shapes := map[string]int{}
		unknown, leaves := 0, 0
		for i, line := range r.lines {
			id, found, err := s.Scan(line)
			leaves += len(found)
			if id == Unknown {
				unknown++
			}
			wantID, want, wantErr := without.Scan(line)
			if id, found, err := with.Scan(line); id != wantID || !slices.Equal(found, want) || (err == nil) != (wantErr == nil) {
				t.Fatalf("%s: with marks %d %v %v, without %d %v %v", line, id, found, err, wantID, want, wantErr)
			}
			if err != nil && json.Valid(line) {
				t.Fatalf("%s: %s: %v", r.name, line, err)
			}
			if err != nil || i%100 > 0 && r.name == "windows" {
				continue
			}
			check(t, s, line)
			shape, _ := oracle(t, line)
			if known, ok := shapes[shape]; ok && known != id && !bytes.Contains(line, []byte(`\`)) {
				t.Fatalf("%s: %s has shape %d, want %d", r.name, line, id, known)
			}
			shapes[shape] = id
		}
		t.Logf("%s: %d records, %d bytes, %d leaves, %d shapes, %d steps, %d unknown",
			r.name, len(r.lines), r.bytes, leaves, s.Shapes(), len(s.trie.steps), unknown)
	}
}

// each calls scan with every record once per round.
func (r recordings) each(b *testing.B, scan func([]byte) bool) {
	b.SetBytes(int64(r.bytes))
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range r.lines {
			if !scan(line) {
				b.Fatalf("%s", line)
			}
		}
	}
}

// BenchmarkScan compares scanning with other ways to look at every byte, in
// the same run: with a trie that holds the shapes, with one that can hold none,
// and with looking only for the ends of lines.
func BenchmarkScan(b *testing.B) {
	full := NewScanner(Options{MaxNodes: 1})
	for _, r := range corpora(b) {
		b.Run(r.name+"/shape", func(b *testing.B) { r.each(b, scanShapes()) })
		b.Run(r.name+"/full", func(b *testing.B) {
			r.each(b, func(line []byte) bool { id, _, err := full.Scan(line); return id == Unknown && err == nil })
		})
		b.Run(r.name+"/valid", func(b *testing.B) { r.each(b, json.Valid) })
		b.Run(r.name+"/lines", func(b *testing.B) { countLines(b, bytes.Join(r.lines, []byte("\n"))) })
	}
}

func scanShapes() func([]byte) bool {
	s := NewScanner(Options{})
	return func(data []byte) bool { _, _, err := s.Scan(data); return err == nil }
}

func countLines(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for rest := data; ; {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
	}
}

// BenchmarkNames scans records whose names are all different, and compares with
// a trie that can hold nothing at all.
func BenchmarkNames(b *testing.B) {
	r := recordings{name: "names"}
	for i := range 100_000 {
		r.add(fmt.Appendf(nil, `{"time":"2026-01-01T00:00:00Z","host":"ws%d","field_%d":"value %d","x":{"y_%d":%d,"z":true}}`, i%9, i, i, i, i))
	}
	full := NewScanner(Options{MaxNodes: 1})
	b.Run("shape", func(b *testing.B) { r.each(b, scanShapes()) })
	b.Run("full", func(b *testing.B) {
		r.each(b, func(line []byte) bool { _, _, err := full.Scan(line); return err == nil })
	})
	b.Run("valid", func(b *testing.B) { r.each(b, json.Valid) })
}
