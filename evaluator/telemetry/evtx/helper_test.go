package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// logsBelow returns the paths of all logs below a folder, in lexical order.
func logsBelow(t testing.TB, root string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".evtx" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs below %s (%v)", root, err)
	}
	return files
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readLog returns everything that a Reader yields for a log.
func readLog(t testing.TB, r *Reader, data []byte) (records []Record, damages []*Damage) {
	t.Helper()
	r.Read(bytes.NewReader(data), func(record Record, err error) bool {
		if err == nil {
			records = append(records, record)
			return true
		}
		var d *Damage
		if !errors.As(err, &d) {
			t.Fatalf("error %v is a %T, want a *Damage", err, err)
		}
		damages = append(damages, d)
		return true
	})
	return records, damages
}

// readBytes returns the records of a log as JSON.
func readBytes(t testing.TB, data []byte) (records []string, damages []*Damage) {
	t.Helper()
	found, damages := readLog(t, new(Reader), data)
	for _, r := range found {
		records = append(records, r.Value.Text())
	}
	return records, damages
}

func le(n uint64, size int) []byte {
	return binary.LittleEndian.AppendUint64(nil, n)[:size]
}
