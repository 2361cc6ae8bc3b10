package evtx

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// TestDamage damages a log of three records in many ways: what is left is
// read, what is lost is reported.
func TestDamage(t *testing.T) {
	t.Parallel()
	three := func() []byte {
		b := newLog()
		for range 3 {
			b.event(field{"x", kindHex32, le(5, 4)})
		}
		return b.file()
	}
	size := int(binary.LittleEndian.Uint32(three()[headerBlock+chunkHeaderSize+4:]))
	second := headerBlock + chunkHeaderSize + size
	for _, test := range []struct {
		name    string
		damage  func(data []byte) []byte
		records int
		want    string // of the damages
		lost    int
	}{
		{"none", func(d []byte) []byte { return d }, 3, "", 0},
		{"cut in the third record", func(d []byte) []byte { return d[:second+size+40] }, 2,
			"EVTX file ends 1256 bytes into chunk 0; its header promises 3 records, 2 were read", 1},
		{"cut in the chunk header", func(d []byte) []byte { return d[:headerBlock+10] }, 0,
			"EVTX file ends 10 bytes into chunk 0; 0 records were read", 0},
		{"no chunk", func(d []byte) []byte { return d[:headerBlock] }, 0, "EVTX file ends behind chunk 0 of 1; 0 records were read", 0},
		{"cut in the file header", func(d []byte) []byte { return d[:100] }, 0, "EVTX file ends in its header", 0},
		{"version", func(d []byte) []byte { d[38] = 9; sealHeader(d); return d }, 0, "EVTX version 9.1 is not supported", 0},
		{"record magic", func(d []byte) []byte { d[second] = 'x'; return d }, 2, "chunk 0 holds 2 of the 3 records", 1},
		{"record size", func(d []byte) []byte { d[second+6] = 9; return d }, 2, "chunk 0 holds 2 of the 3 records", 1},
		{"token", func(d []byte) []byte { d[second+recordHeader+4] = 0x3f; return d }, 2, "event record 2: unknown binary XML token 0x3f", 1},
		{"template id", func(d []byte) []byte { d[second+recordHeader+6] = 9; return d }, 2, "event record 2: template 00001209 is not where", 1},
		{"chunk magic", func(d []byte) []byte { d[headerBlock] = 0; return d }, 3, "chunk 0 does not start with its signature; the 3 records", 0},
		{"zeros behind", func(d []byte) []byte { return append(d, make([]byte, chunkSize)...) }, 3, "", 0},
		{"rubbish behind", func(d []byte) []byte { return append(d, bytes.Repeat([]byte{7}, 2*chunkSize)...) }, 3,
			"2 chunks from chunk 1 on hold neither a signature nor a record", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			records, damages := readBytes(t, test.damage(three()))
			if len(records) != test.records || len(damages) > 1 || (len(damages) == 1) != (test.want != "") {
				t.Fatalf("%d records, damages %v; want %d and %q", len(records), damages, test.records, test.want)
			}
			if len(damages) == 1 && (!strings.Contains(damages[0].Error(), test.want) || damages[0].Lost != test.lost) {
				t.Errorf("damage %q lost %d, want %q lost %d", damages[0], damages[0].Lost, test.want, test.lost)
			}
		})
	}
}

// A piece of a chunk at the end in which nothing is known is named by its place,
// whether or not a whole one comes before it.
func TestRubbishInAPieceOfAChunk(t *testing.T) {
	t.Parallel()
	b := newLog()
	file := b.event(field{"x", kindHex32, le(5, 4)}).file()
	for _, test := range []struct {
		data []byte
		want string
	}{
		{append(file[:len(file):len(file)], bytes.Repeat([]byte{7}, 1000)...), "offset 69632: 1 chunks from chunk 1 on hold neither"},
		{append(file[:len(file):len(file)], bytes.Repeat([]byte{7}, chunkSize+1000)...), "offset 69632: 2 chunks from chunk 1 on hold neither"},
		{append(file[:headerBlock:headerBlock], bytes.Repeat([]byte{7}, 1000)...), "offset 4096: 1 chunks from chunk 0 on hold neither"},
	} {
		_, damages := readBytes(t, test.data)
		if len(damages) == 0 || !strings.HasPrefix(damages[0].Error(), test.want) {
			t.Errorf("damages %v, want %q", damages, test.want)
		}
	}
}
