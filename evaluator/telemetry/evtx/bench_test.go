package evtx

import (
	"bytes"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	velocidex "www.velocidex.com/golang/evtx"

	"github.com/socctl/socctl/evaluator/corpus"
)

// benchLogs returns undamaged recordings of different kinds: whole logs of
// ordinary machines, and recordings of attacks.
func benchLogs(b *testing.B) (logs [][]byte) {
	for _, pattern := range []string{
		"parser-corpus/python-evtx/tests/data/*.evtx",
		"EVTX-ATTACK-SAMPLES/*/*sysmon*.evtx",
		"EVTX-to-MITRE-Attack/TA0002*/*/*.evtx",
		"DeepBlueCLI/evtx/*.evtx",
	} {
		files, err := filepath.Glob(filepath.Join(corpus.Path(b, "evtx"), filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			b.Fatalf("no logs %s: %v", pattern, err)
		}
		for _, file := range files {
			logs = append(logs, readFile(b, file))
		}
	}
	return logs
}

// BenchmarkAgainstVelocidex reads the same logs with this reader and with the
// library of Velocidex, by turns, and reports how many times as many records
// this one reads in the same time. Neither pays for the garbage of the other. Run
// it with -cpu 1.
func BenchmarkAgainstVelocidex(b *testing.B) {
	logs := benchLogs(b)
	size := 0
	for _, data := range logs {
		size += len(data)
	}
	b.SetBytes(int64(size))
	var ours, theirs time.Duration
	var records, theirRecords int
	var r Reader
	for b.Loop() {
		b.StopTimer()
		runtime.GC()
		b.StartTimer()
		start := time.Now()
		records = 0
		for _, data := range logs {
			records += readAll(b, &r, data)
		}
		ours += time.Since(start)
		b.StopTimer()
		runtime.GC()
		start = time.Now()
		theirRecords = 0
		for _, data := range logs {
			theirRecords += len(velocidexRecords(b, data))
		}
		theirs += time.Since(start)
		b.StartTimer()
	}
	if records != theirRecords {
		b.Fatalf("%d records, the other reader has %d", records, theirRecords)
	}
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x-velocidex")
	b.ReportMetric(float64(records)*float64(b.N)/ours.Seconds(), "records/s")
	b.ReportMetric(float64(theirRecords)*float64(b.N)/theirs.Seconds(), "velocidex-records/s")
}

// BenchmarkRead reads the same logs, by kind and, in cold, with a new Reader for each.
func BenchmarkRead(b *testing.B) {
	logs := benchLogs(b)
	b.Run("warm", func(b *testing.B) {
		var r Reader
		benchRead(b, logs, func() *Reader { return &r })
	})
	b.Run("cold", func(b *testing.B) { benchRead(b, logs, func() *Reader { return new(Reader) }) })
}

func benchRead(b *testing.B, logs [][]byte, reader func() *Reader) {
	b.ReportAllocs()
	records := 0
	for b.Loop() {
		records = 0
		for _, data := range logs {
			records += readAll(b, reader(), data)
		}
	}
	b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func readAll(b *testing.B, r *Reader, data []byte) (n int) {
	r.Read(bytes.NewReader(data), func(_ Record, err error) bool {
		if err != nil {
			b.Fatal(err)
		}
		n++
		return true
	})
	return n
}

func velocidexRecords(t testing.TB, data []byte) (records []*velocidex.EventRecord) {
	t.Helper()
	chunks, err := velocidex.GetChunks(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range chunks {
		found, err := chunk.Parse(0)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, found...)
	}
	return records
}
