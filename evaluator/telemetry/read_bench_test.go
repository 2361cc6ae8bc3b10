package telemetry

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator/corpus"
)

// recordedLines returns NDJSON of real recordings if they are at hand, lines
// of the same look otherwise.
func recordedLines(b *testing.B) []byte {
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "windows-json", "*.ndjson.zst"))
	if root := os.Getenv("SOCCTL_DATA"); root != "" {
		files, _ = filepath.Glob(filepath.Join(root, "windows-json", "*.ndjson.zst"))
	}
	var out bytes.Buffer
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		z, err := zstd.NewReader(f)
		if err == nil {
			_, err = io.Copy(&out, io.LimitReader(z, 32<<20))
			z.Close()
		}
		f.Close()
		if err != nil {
			b.Fatal(err)
		}
		if out.Len() >= 32<<20 {
			return out.Bytes()
		}
	}
	for i := 0; out.Len() < 16<<20; i++ {
		fmt.Fprintf(&out, `{"Channel":"Security","EventID":4688,"RecordNumber":%d,"Hostname":"WS%d.example","NewProcessName":"C:\\Windows\\System32\\p%d.exe","CommandLine":"%s"}`+"\n",
			i, i%50, i%300, strings.Repeat("x", i%90))
	}
	return out.Bytes()
}

func BenchmarkReadNDJSON(b *testing.B) {
	data := recordedLines(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = 0
		for _, err := range Read(b.Context(), []string{"-"}, ReadOptions{Stdin: bytes.NewReader(data)}) {
			if err == nil {
				n++
			}
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkReadEVTX(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(corpus.Path(b, "evtx"), "parser-corpus", "python-evtx", "tests", "data", "s*.evtx"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no event logs: %v", err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = 0
		for _, err := range Read(b.Context(), []string{"-"}, ReadOptions{Stdin: bytes.NewReader(data)}) {
			if err == nil {
				n++
			}
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
