package evtx

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func FuzzEVTX(f *testing.F) {
	b := newLog()
	b.event(field{"x", kindHex32, le(5, 4)}, field{"", kindString | kindArray, wide("a\x00b\x00")})
	b.event(field{"y", kindBinXML, []byte{tokenFragment, 1, 1, 0, tokenInstance, 1, 0x34, 0x12, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0}})
	file := b.file()
	f.Add(file[headerBlock : headerBlock+len(b.chunk)])
	f.Add(file[headerBlock : headerBlock+len(b.chunk)/2])
	for _, folder := range []string{"../../../shared/data", os.Getenv("SOCCTL_DATA")} {
		files, _ := filepath.Glob(filepath.Join(folder, "evtx", "corrupted", "*.evtx"))
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil {
				f.Add(bytes.TrimRight(data[headerBlock:], "\x00"))
			}
		}
	}
	head := file[:headerBlock]
	f.Fuzz(func(t *testing.T, chunk []byte) {
		if len(chunk) > 2*chunkSize {
			t.Skip()
		}
		start := time.Now()
		short := append(head[:len(head):len(head)], chunk...)
		padded := append(short[:len(short):len(short)], make([]byte, chunkSize-len(chunk)%chunkSize)...)
		for _, data := range [][]byte{short, padded} {
			records, damages := readBytes(t, data)
			a := agreement{lazy: Reader{Unrendered: true}}
			if left := a.leave(t, data); !slices.Equal(left, records) {
				t.Errorf("left unrendered, then rendered: %d records, %d damages\n%.2000q\nwant\n%.2000q", len(left), len(damages), left, records)
			}
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("takes %v", took)
		}
	})
}
