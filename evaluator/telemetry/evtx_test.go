package telemetry

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func readBytes(t testing.TB, data []byte) (records []string, problems []*Problem) {
	t.Helper()
	found, problems := readAll(t, ReadOptions{Stdin: bytes.NewReader(data)}, "-")
	for _, r := range found {
		records = append(records, r.Value.Text())
	}
	return records, problems
}

func le(n uint64, size int) []byte {
	return binary.LittleEndian.AppendUint64(nil, n)[:size]
}

func TestEVTXValues(t *testing.T) {
	t.Parallel()
	guid := []byte{0x1e, 0x23, 0x97, 0x01, 0x24, 0xc4, 0xe1, 0x69, 0xc9, 0x22, 0, 0, 0, 0, 8, 0}
	sid := []byte{1, 2, 0, 0, 0, 0, 0, 5, 0x20, 0, 0, 0, 0x20, 2, 0, 0}
	system := []byte{0xea, 7, 4, 0, 5, 0, 17, 0, 5, 0, 24, 0, 53, 0, 88, 0}
	for _, test := range []struct {
		name string
		kind byte
		data []byte
		want string
	}{
		{"null", winNull, nil, `null`},
		{"string", winString, wide("a\u00e9\U0001f600 "), `"aé😀 "`},
		{"string, empty", winString, nil, `""`},
		{"string, NUL at the end", winString, wide("a\x00\x00"), `"a"`},
		{"string, lone surrogate", winString, []byte{0x3d, 0xd8, 'x', 0}, `"` + "\ufffd" + `x"`},
		{"ansi", winANSI, []byte("a\xe9\x00"), `"aé"`},
		{"int8", winInt8, []byte{0xff}, `-1`},
		{"uint8", winUint8, []byte{0xff}, `255`},
		{"int16", winInt16, le(0xfffe, 2), `-2`},
		{"int32", winInt32, le(0xfffffffe, 4), `-2`},
		{"int64", winInt64, le(1<<63, 8), `-9223372036854775808`},
		{"uint64", winUint64, le(math.MaxUint64, 8), `18446744073709551615`},
		{"real32", winReal32, le(uint64(math.Float32bits(0.1)), 4), `0.1`},
		{"real64", winReal64, le(math.Float64bits(-2.5), 8), `-2.5`},
		{"real64, not a number", winReal64, le(math.Float64bits(math.NaN()), 8), `"NaN"`},
		{"bool", winBool, le(1, 4), `true`},
		{"bool of one byte", winBool, le(0, 1), `false`},
		{"binary", winBinary, []byte{0xde, 0xad}, `"DEAD"`},
		{"guid", winGUID, guid, `"{0197231E-C424-69E1-C922-000000000800}"`},
		{"pointer", winSize, le(0x268, 8), `"0x268"`},
		{"filetime", winFileTime, le(134209400000000000+1234567, 8), `"2026-04-17T22:53:20.1234567Z"`},
		{"filetime, never", winFileTime, le(math.MaxInt64, 8), `"30828-09-14T02:48:05.4775807Z"`},
		{"systemtime", winSystemTime, system, `"2026-04-17T05:24:53.088Z"`},
		{"sid", winSID, sid, `"S-1-5-32-544"`},
		{"sid, cut", winSID, sid[:12], `"010200000000000520000000"`},
		{"hex32", winHex32, le(0x1fffff, 4), `"0x1fffff"`},
		{"hex32, zero", winHex32, le(0, 4), `"0x0"`},
		{"hex64", winHex64, le(1<<63, 8), `"0x8000000000000000"`},
		{"hex64, cut", winHex64, le(7, 4), `"07000000"`},
		{"unknown", 0x7e, []byte{1}, `"01"`},
		{"strings", winString | winArray, wide("a\x00\x00bc\x00"), `["a","","bc"]`},
		{"hex64 array", winHex64 | winArray, append(le(1, 8), le(16, 8)...), `["0x1","0x10"]`},
		{"sid array", winSID | winArray, append(sid[:16:16], sid...), `["S-1-5-32-544","S-1-5-32-544"]`},
		{"array, torn", winUint32 | winArray, le(1, 5), `"0100000000"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			records, problems := readBytes(t, newLog().event(field{"x", test.kind, test.data}).file())
			want := `{"Event":{"System":{"EventID":1},"EventData":{"x":` + test.want + `}}}`
			if len(problems) > 0 || len(records) != 1 || records[0] != want {
				t.Errorf("got %s %v, want %s", records, problems, want)
			}
		})
	}
}

func TestEVTXShapes(t *testing.T) {
	t.Parallel()
	text := func(name, s string) field { return field{name, winString, wide(s)} }
	for _, test := range []struct {
		name   string
		fields []field
		want   string
	}{
		{"no data", nil, `null`},
		{"one unnamed", []field{text("", "a")}, `{"Data":["a"]}`},
		{"several unnamed", []field{text("", "a"), {}, text("", "b")}, `{"Data":["a","","b"]}`},
		{"unnamed, empty", []field{{}}, `{"Data":null}`},
		{"strings of a classic event", []field{{"", winString | winArray, wide("a\x00b\x00")}, {"", winBinary, []byte{1}}}, `{"Data":["a","b","01"]}`},
		{"same name twice", []field{text("x", "a"), text("y", "b"), text("x", "c")}, `{"x":["a","c"],"y":"b"}`},
		{"fragment inside", []field{{"x", winBinXML, []byte{tokenFragment, 1, 1, 0, tokenEnd}}}, `{"x":null}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			records, problems := readBytes(t, newLog().event(test.fields...).file())
			want := `{"Event":{"System":{"EventID":1},"EventData":` + test.want + `}}`
			if len(problems) > 0 || len(records) != 1 || records[0] != want {
				t.Errorf("got %s %v, want %s", records, problems, want)
			}
		})
	}
}

// TestEVTXDamage damages a log of three records in many ways: what is left is
// read, what is lost is reported.
func TestEVTXDamage(t *testing.T) {
	t.Parallel()
	three := func() []byte {
		b := newLog()
		for range 3 {
			b.event(field{"x", winHex32, le(5, 4)})
		}
		return b.file()
	}
	size := int(binary.LittleEndian.Uint32(three()[evtxHeaderBlock+chunkHeaderSize+4:]))
	second := evtxHeaderBlock + chunkHeaderSize + size
	for _, test := range []struct {
		name    string
		damage  func(data []byte) []byte
		records int
		want    string // of the problems
		lost    int
	}{
		{"none", func(d []byte) []byte { return d }, 3, "", 0},
		{"cut in the third record", func(d []byte) []byte { return d[:second+size+40] }, 2,
			"EVTX file ends 1256 bytes into chunk 0; its header promises 3 records, 2 were read", 1},
		{"cut in the chunk header", func(d []byte) []byte { return d[:evtxHeaderBlock+10] }, 0,
			"EVTX file ends 10 bytes into chunk 0; 0 records were read", 0},
		{"no chunk", func(d []byte) []byte { return d[:evtxHeaderBlock] }, 0, "EVTX file ends behind chunk 0 of 1; 0 records were read", 0},
		{"cut in the file header", func(d []byte) []byte { return d[:100] }, 0, "EVTX file ends in its header", 0},
		{"version", func(d []byte) []byte { d[38] = 9; return d }, 0, "EVTX version 9.1 is not supported", 0},
		{"record magic", func(d []byte) []byte { d[second] = 'x'; return d }, 2, "chunk 0 holds 2 of the 3 records", 1},
		{"record size", func(d []byte) []byte { d[second+6] = 9; return d }, 2, "chunk 0 holds 2 of the 3 records", 1},
		{"token", func(d []byte) []byte { d[second+recordHeader+4] = 0x3f; return d }, 2, "event record 2: unknown binary XML token 0x3f", 1},
		{"template id", func(d []byte) []byte { d[second+recordHeader+6] = 9; return d }, 2, "event record 2: template 00001209 is not where", 1},
		{"chunk magic", func(d []byte) []byte { d[evtxHeaderBlock] = 0; return d }, 3, "chunk 0 does not start with its signature; the 3 records", 0},
		{"zeros behind", func(d []byte) []byte { return append(d, make([]byte, chunkSize)...) }, 3, "", 0},
		{"rubbish behind", func(d []byte) []byte { return append(d, bytes.Repeat([]byte{7}, 2*chunkSize)...) }, 3,
			"2 chunks from chunk 1 on hold neither a signature nor a record", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			records, problems := readBytes(t, test.damage(three()))
			if len(records) != test.records || len(problems) > 1 || (len(problems) == 1) != (test.want != "") {
				t.Fatalf("%d records, problems %v; want %d and %q", len(records), problems, test.records, test.want)
			}
			if len(problems) == 1 && (!strings.Contains(problems[0].Error(), test.want) || problems[0].Lost != test.lost) {
				t.Errorf("problem %q lost %d, want %q lost %d", problems[0], problems[0].Lost, test.want, test.lost)
			}
		})
	}
}

// TestEVTXCorrupted reads recordings that make other readers allocate without
// bound or panic.
func TestEVTXCorrupted(t *testing.T) {
	root := sharedData(t, "evtx/corrupted")
	for _, file := range filesBelow(t, root, ".evtx") {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, problems := readAll(t, ReadOptions{}, file)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 || time.Since(start) > time.Second {
			t.Errorf("%s: allocates %d bytes, takes %v", filepath.Base(file), used, time.Since(start))
		}
		if len(problems) == 0 {
			t.Errorf("%s: no problem", filepath.Base(file))
		}
	}
}

// TestEVTXMutations reads many recordings with bytes changed at random: it
// neither panics nor takes long, and no record is yielded and lost at once.
func TestEVTXMutations(t *testing.T) {
	t.Parallel()
	b := newLog()
	for i := range 5 {
		b.event(field{"x", winHex32, le(5, 4)}, field{"", winString | winArray, wide("a\x00b\x00")}, field{"y", winSID, le(uint64(i)<<8|1, 8)})
	}
	original := b.file()
	random := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		data := bytes.Clone(original)
		for range 1 + random.IntN(4) {
			at := random.IntN(len(b.chunk))
			if random.IntN(4) > 0 {
				at = chunkHeaderSize + random.IntN(len(b.chunk)-chunkHeaderSize)
			}
			data[evtxHeaderBlock+at] = byte(random.IntN(256))
		}
		records, problems := readBytes(t, data)
		lost := 0
		for _, p := range problems {
			lost += p.Lost
		}
		if bytes.Equal(data[:evtxHeaderBlock+chunkHeaderSize], original[:evtxHeaderBlock+chunkHeaderSize]) && len(records)+lost != 5 {
			t.Fatalf("%d records and %d lost, want 5 together: %v", len(records), lost, problems)
		}
	}
}

func FuzzEVTX(f *testing.F) {
	b := newLog()
	b.event(field{"x", winHex32, le(5, 4)}, field{"", winString | winArray, wide("a\x00b\x00")})
	b.event(field{"y", winBinXML, []byte{tokenFragment, 1, 1, 0, tokenInstance, 1, 0x34, 0x12, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0}})
	file := b.file()
	f.Add(file[evtxHeaderBlock : evtxHeaderBlock+len(b.chunk)])
	f.Add(file[evtxHeaderBlock : evtxHeaderBlock+len(b.chunk)/2])
	for _, folder := range []string{"../../../shared/data", os.Getenv("SOCCTL_DATA")} {
		files, _ := filepath.Glob(filepath.Join(folder, "evtx", "corrupted", "*.evtx"))
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil {
				f.Add(bytes.TrimRight(data[evtxHeaderBlock:], "\x00"))
			}
		}
	}
	head := file[:evtxHeaderBlock]
	f.Fuzz(func(t *testing.T, chunk []byte) {
		if len(chunk) > 2*chunkSize {
			t.Skip()
		}
		start := time.Now()
		readBytes(t, append(head[:len(head):len(head)], chunk...))
		padded := append(head[:len(head):len(head)], chunk...)
		padded = append(padded, make([]byte, chunkSize-len(chunk)%chunkSize)...)
		readBytes(t, padded)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("takes %v", took)
		}
	})
}
