package evtx

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator/corpus"
)

// maxMemory is what all of the tests in this file may take from the operating
// system, the recordings that they damage included.
const maxMemory = 256 << 20

func checkMemory(t *testing.T) {
	t.Helper()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	t.Logf("%d MB taken from the operating system", stats.Sys>>20)
	if stats.Sys > maxMemory {
		t.Errorf("took %d MB from the operating system, want at most %d", stats.Sys>>20, maxMemory>>20)
	}
}

// TestCorrupted reads recordings that make other readers allocate without
// bound or panic. Each is reported as damaged.
func TestCorrupted(t *testing.T) {
	for _, file := range logsBelow(t, corpus.Path(t, "evtx/corrupted")) {
		var before, after runtime.MemStats
		data := readFile(t, file)
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, damages := readLog(t, new(Reader), data)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 || time.Since(start) > time.Second {
			t.Errorf("%s: allocates %d bytes, takes %v", filepath.Base(file), used, time.Since(start))
		}
		if len(damages) == 0 {
			t.Errorf("%s: no damage", filepath.Base(file))
		}
	}
}

// TestTruncations cuts recordings at every 997th byte: what is left of each is
// the beginning of the whole, and what is missing is reported.
func TestTruncations(t *testing.T) {
	files := logsBelow(t, corpus.Path(t, "sigma/regression_data"))
	random := rand.New(rand.NewPCG(5, 6))
	cuts := 0
	for i, file := range files {
		if !full && random.IntN(len(files)) >= 25 {
			continue
		}
		cuts += truncate(t, filepath.Base(files[i]), readFile(t, file))
	}
	t.Logf("%d truncations", cuts)
	checkMemory(t)
}

func truncate(t *testing.T, name string, data []byte) (cuts int) {
	t.Helper()
	var r Reader
	whole, damages := readLog(t, &r, data)
	if len(damages) > 0 {
		t.Fatalf("%s: %v", name, damages[0])
	}
	texts := make([]string, len(whole))
	for i, record := range whole {
		texts[i] = record.Value.Text()
	}
	var before int
	for at := 997; at < len(data); at += 997 {
		cuts++
		left, damages := readLog(t, &r, data[:at])
		if len(damages) != 1 {
			t.Fatalf("%s cut at %d: %d reports, want 1: %v", name, at, len(damages), damages)
		}
		if len(left) < before || len(left) > len(whole) {
			t.Fatalf("%s cut at %d: %d records, %d with less of it, %d in all", name, at, len(left), before, len(whole))
		}
		for i := before; i < len(left); i++ {
			if got := left[i].Value.Text(); got != texts[i] {
				t.Fatalf("%s cut at %d: record %d is %s, want %s", name, at, i, got, texts[i])
			}
		}
		if lost := damages[0].Lost; len(left) > 0 && strings.Contains(damages[0].Error(), "promises") && len(left)+lost != len(whole) {
			t.Fatalf("%s cut at %d: %d records and %d lost, want %d together", name, at, len(left), lost, len(whole))
		}
		before = len(left)
	}
	return cuts
}

// TestMutations reads recordings with bytes changed at random: it neither
// panics nor takes long, and stays small.
func TestMutations(t *testing.T) {
	chunks := firstChunks(t)
	count := 3000
	if full {
		count = 100_000
	}
	random := rand.New(rand.NewPCG(7, 8))
	var r Reader
	records, reports := 0, 0
	for range count {
		i := random.IntN(len(chunks))
		data := bytes.Clone(chunks[i])
		mutate(random, data)
		start := time.Now()
		r.Read(bytes.NewReader(data), func(_ Record, err error) bool {
			if err != nil {
				reports++
			} else {
				records++
			}
			return true
		})
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("recording %d: takes %v", i, took)
		}
	}
	t.Logf("%d mutations, %d records, %d reports of damage", count, records, reports)
	checkMemory(t)
}

// firstChunks returns the beginnings of a few hundred recordings.
func firstChunks(t *testing.T) (chunks [][]byte) {
	for _, folder := range []string{"sigma/regression_data", "evtx"} {
		files := logsBelow(t, corpus.Path(t, folder))
		for i := 0; i < len(files); i += 1 + len(files)/200 {
			if !strings.Contains(files[i], "corrupted") {
				chunks = append(chunks, firstChunk(readFile(t, files[i])))
			}
		}
	}
	return chunks
}
