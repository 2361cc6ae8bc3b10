package shape

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// Two records that differ in one byte of what stands between their leaves, wherever it is and
// however long that is, are not taken for each other, and their leaves are where they are.
func TestNamesThatDifferInOneByte(t *testing.T) {
	t.Parallel()
	for size := range 80 {
		s := NewScanner(Options{})
		name := strings.Repeat("n", size)
		value := `C:\\Windows\\System32\\` + strings.Repeat("v", 70)
		record := func(name string) []byte { return []byte(`{"a":"` + value + `","` + name + `":"` + value + `","z":{}}`) }
		first, _, err := s.Scan(record(name))
		if err != nil || first < 0 {
			t.Fatalf("%d, %v", first, err)
		}
		for at := range size {
			for _, c := range []byte{'m', 'o', 'n' ^ 1, 'n' ^ 0x10} {
				other := []byte(name)
				other[at] = c
				data := record(string(other))
				id, _, err := s.Scan(data)
				if err != nil || id == first {
					t.Fatalf("%q has id %d, %v", data, id, err)
				}
				again, leaves, err := s.Scan(data)
				if err != nil || again != id || len(leaves) != 3 {
					t.Fatalf("%q has id %d, then %d, %v", data, id, again, err)
				}
				for _, l := range leaves[:2] {
					if text := string(data[l.Start:l.End]); text != value || !l.Escaped || l.Kind != String {
						t.Fatalf("%q: %q, %+v", data, text, l)
					}
				}
			}
		}
		if id, _, err := s.Scan(record(name)); err != nil || id != first {
			t.Fatalf("%d, then %d, %v", first, id, err)
		}
	}
}

// Simple records are read as all others are.
func TestSimpleRecordsAreReadAsOthers(t *testing.T) {
	t.Parallel()
	fast, slow := NewScanner(Options{}), NewScanner(Options{})
	slow.marks.off = true
	pieces := []string{``, `x`, `\\`, `\"`, `a\\\"b`, strings.Repeat("y", 63), strings.Repeat("z", 130), `\n`, `\u0041`, `\/`, `é`}
	for i, one := range pieces {
		for j, two := range pieces {
			for _, more := range []string{`1`, `-2.5e3`, `true`, `null`, `{}`, `[]`, `["` + one + `",null,[{}]]`} {
				record := []byte(`{"first name":"` + one + two + `","n":` + more + `,"":"` + two + `","x` + one + `":"` + one + `"}`)
				for _, data := range [][]byte{record, record, bytes.TrimSuffix(record, []byte(`}`)), append(slices.Clone(record), ' '), append(slices.Clone(record), '"')} {
					id, leaves, err := fast.Scan(data)
					wantID, want, wantErr := slow.Scan(data)
					if id != wantID || !slices.Equal(leaves, want) || (err == nil) != (wantErr == nil) {
						t.Fatalf("%d, %d: %q: %d %v %v, want %d %v %v", i, j, data, id, leaves, err, wantID, want, wantErr)
					}
				}
			}
		}
	}
}
