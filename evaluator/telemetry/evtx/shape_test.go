package evtx

import (
	"testing"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	text := func(name, s string) field { return field{name, kindString, wide(s)} }
	for _, test := range []struct {
		name   string
		fields []field
		want   string
	}{
		{"no data", nil, `null`},
		{"one unnamed", []field{text("", "a")}, `{"Data":["a"]}`},
		{"several unnamed", []field{text("", "a"), {}, text("", "b")}, `{"Data":["a","","b"]}`},
		{"unnamed, empty", []field{{}}, `{"Data":null}`},
		{"strings of a classic event", []field{{"", kindString | kindArray, wide("a\x00b\x00")}, {"", kindBinary, []byte{1}}}, `{"Data":["a","b","01"]}`},
		{"same name twice", []field{text("x", "a"), text("y", "b"), text("x", "c")}, `{"x":["a","c"],"y":"b"}`},
		{"fragment inside", []field{{"x", kindBinXML, []byte{tokenFragment, 1, 1, 0, tokenEnd}}}, `{"x":null}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			records, damages := readBytes(t, newLog().event(test.fields...).file())
			want := `{"Event":{"System":{"EventID":1},"EventData":` + test.want + `}}`
			if len(damages) > 0 || len(records) != 1 || records[0] != want {
				t.Errorf("got %s %v, want %s", records, damages, want)
			}
		})
	}
}
