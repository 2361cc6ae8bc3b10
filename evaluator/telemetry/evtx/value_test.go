package evtx

import (
	"math"
	"testing"
)

func TestValues(t *testing.T) {
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
		{"null", kindNull, nil, `null`},
		{"string", kindString, wide("a\u00e9\U0001f600 "), `"aé😀 "`},
		{"string, empty", kindString, nil, `""`},
		{"string, NUL at the end", kindString, wide("a\x00\x00"), `"a"`},
		{"string, lone surrogate", kindString, []byte{0x3d, 0xd8, 'x', 0}, `"` + "\ufffd" + `x"`},
		{"ansi", kindANSI, []byte("a\xe9\x00"), `"aé"`},
		{"int8", kindInt8, []byte{0xff}, `-1`},
		{"uint8", kindUint8, []byte{0xff}, `255`},
		{"int16", kindInt16, le(0xfffe, 2), `-2`},
		{"int32", kindInt32, le(0xfffffffe, 4), `-2`},
		{"int64", kindInt64, le(1<<63, 8), `-9223372036854775808`},
		{"uint64", kindUint64, le(math.MaxUint64, 8), `18446744073709551615`},
		{"real32", kindReal32, le(uint64(math.Float32bits(0.1)), 4), `0.1`},
		{"real64", kindReal64, le(math.Float64bits(-2.5), 8), `-2.5`},
		{"real64, not a number", kindReal64, le(math.Float64bits(math.NaN()), 8), `"NaN"`},
		{"bool", kindBool, le(1, 4), `true`},
		{"bool of one byte", kindBool, le(0, 1), `false`},
		{"binary", kindBinary, []byte{0xde, 0xad}, `"DEAD"`},
		{"guid", kindGUID, guid, `"{0197231E-C424-69E1-C922-000000000800}"`},
		{"pointer", kindSize, le(0x268, 8), `"0x268"`},
		{"filetime", kindFileTime, le(134209400000000000+1234567, 8), `"2026-04-17T22:53:20.1234567Z"`},
		{"filetime, never", kindFileTime, le(math.MaxInt64, 8), `"30828-09-14T02:48:05.4775807Z"`},
		{"systemtime", kindSystemTime, system, `"2026-04-17T05:24:53.088Z"`},
		{"sid", kindSID, sid, `"S-1-5-32-544"`},
		{"sid, cut", kindSID, sid[:12], `"010200000000000520000000"`},
		{"hex32", kindHex32, le(0x1fffff, 4), `"0x1fffff"`},
		{"hex32, zero", kindHex32, le(0, 4), `"0x0"`},
		{"hex64", kindHex64, le(1<<63, 8), `"0x8000000000000000"`},
		{"hex64, cut", kindHex64, le(7, 4), `"07000000"`},
		{"unknown", 0x7e, []byte{1}, `"01"`},
		{"strings", kindString | kindArray, wide("a\x00\x00bc\x00"), `["a","","bc"]`},
		{"hex64 array", kindHex64 | kindArray, append(le(1, 8), le(16, 8)...), `["0x1","0x10"]`},
		{"sid array", kindSID | kindArray, append(sid[:16:16], sid...), `["S-1-5-32-544","S-1-5-32-544"]`},
		{"array, torn", kindUint32 | kindArray, le(1, 5), `"0100000000"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			records, damages := readBytes(t, newLog().event(field{"x", test.kind, test.data}).file())
			want := `{"Event":{"System":{"EventID":1},"EventData":{"x":` + test.want + `}}}`
			if len(damages) > 0 || len(records) != 1 || records[0] != want {
				t.Errorf("got %s %v, want %s", records, damages, want)
			}
		})
	}
}
