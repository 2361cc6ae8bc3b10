package shape

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	s := NewScanner(Options{})
	for _, test := range []struct {
		in     string
		offset int
		want   string
	}{
		{``, 0, "input ends inside a value"},
		{`{"a":1`, 6, "input ends inside a value"},
		{`{"a":`, 5, "input ends inside a value"},
		{`{"a":"x\`, 8, "input ends inside a value"},
		{`{"a":tru`, 8, "input ends inside a value"},
		{`{"a":-`, 6, "input ends inside a value"},
		{`{"a":1,}`, 7, "unexpected '}', want a member name in double quotes"},
		{`{"a" 1}`, 5, "unexpected '1', want ':' after a member name"},
		{`{"a":1]`, 6, "unexpected ']', want ',' or '}' after a member"},
		{`[1}`, 2, "unexpected '}', want ',' or ']' after a list element"},
		{`{"a":01}`, 6, "unexpected '1', want ',' or '}' after a member"},
		{`{"a":1.}`, 7, "unexpected '}', want a digit"},
		{`{"a":trUe}`, 7, "unexpected 'U', want true"},
		{`{"a":nil}`, 6, "unexpected 'i', want null"},
		{`{"a":x}`, 5, "unexpected 'x', want a value"},
		{"{\"a\":\"\t\"}", 6, `unexpected '\t' in a string; write it as an escape`},
		{"{\"a\x00\":1}", 3, `unexpected '\x00' in a string; write it as an escape`},
		{`{"a":"\x"}`, 7, `unknown escape \'x'`},
		{`{"a":"\u12g4"}`, 10, `unexpected 'g' in a \u escape, want four hex digits`},
		{`{"a":1} x`, 8, "unexpected 'x', want nothing behind the value"},
		{"{\"a\":1}\x00", 7, `unexpected '\x00', want nothing behind the value`},
	} {
		for _, before := range []string{``, `{"a":1}`, `{"a":"x"}`, `{"a":true}`, `[1]`} {
			s.Scan([]byte(before))
			_, _, err := s.Scan([]byte(test.in))
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset != test.offset || err.Error() != test.want {
				t.Errorf("%q behind %q: %#v, want %q at %d", test.in, before, err, test.want, test.offset)
			}
		}
	}
	if s.Shapes() != 4 {
		t.Errorf("%d shapes; records that are none must leave no trace", s.Shapes())
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()
	s := NewScanner(Options{})
	nested := func(n int) []byte {
		return []byte(strings.Repeat(`{"a":[`, n/2) + strings.Repeat(`]}`, n/2))
	}
	for range 2 {
		check(t, s, nested(128))
		for _, n := range []int{130, 10_000} {
			_, _, err := s.Scan(nested(n))
			var deep *DepthError
			if !errors.As(err, &deep) || deep.Offset != 64*6 || err.Error() != "nested deeper than 128 levels" {
				t.Errorf("%d levels: %v", n, err)
			}
		}
	}
	if _, _, err := NewScanner(Options{MaxDepth: 1}).Scan([]byte(`{"a":[]}`)); err == nil {
		t.Error("no error beyond MaxDepth")
	}
}

// TestBounds feeds what would fill any memory, and looks at how much is held.
func TestBounds(t *testing.T) {
	const nodes = 5000
	s := NewScanner(Options{MaxNodes: nodes})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	feed := func(name string, record func(i int) string) {
		for i := range 100_000 {
			if _, _, err := s.Scan([]byte(record(i))); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for i := range 10 {
			check(t, s, []byte(record(i)))
		}
		if len(s.trie.steps) > nodes+1 {
			t.Errorf("%s: %d steps", name, len(s.trie.steps))
		}
	}
	feed("names", func(i int) string { return fmt.Sprintf(`{"id":%d,"n%d":{"m%d":""}}`, i, i, -i) })
	feed("each twice", func(i int) string { return fmt.Sprintf(`{"id":%d,"n%d":{"m%d":""}}`, i, i/2, -i/2) })
	feed("lists", func(i int) string { return "[" + strings.Repeat(`1,`, i%1000) + "1]" })
	feed("spaces", func(i int) string { return `{` + strings.Repeat(" ", i%3000) + `"id":1}` })
	feed("long names", func(i int) string { return fmt.Sprintf(`{"%d%s":1}`, i, strings.Repeat("x", i%3*1000)) })
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > nodes*400 {
		t.Errorf("holds %d bytes", held)
	}
	runtime.KeepAlive(s)
}

// TestRepeatedShapesHaveRoom lets half of the room be taken by shapes of one
// record each; one that is met again is known nevertheless.
func TestRepeatedShapesHaveRoom(t *testing.T) {
	t.Parallel()
	s := NewScanner(Options{MaxNodes: 1000})
	for i := range 10_000 {
		s.Scan(fmt.Appendf(nil, `{"n%d":1}`, i))
	}
	known := 0
	for range 3 {
		for i := range 200 {
			if id := check(t, s, fmt.Appendf(nil, `{"a":1,"b%d":"x"}`, i)); id != Unknown {
				known++
			}
		}
	}
	if known < 350 {
		t.Errorf("%d records of known shapes, want two thirds of 600 but for a few", known)
	}
}

func TestLeavesAreLimited(t *testing.T) {
	t.Parallel()
	s := NewScanner(Options{MaxLeaves: 3})
	for in, want := range map[string]int{`[1,2,3]`: 0, `[1,2,3,4]`: Unknown, `{"a":[1,2,3,{"b":4},5]}`: Unknown} {
		if id := check(t, s, []byte(in)); id != want {
			t.Errorf("%s: shape %d, want %d", in, id, want)
		}
	}
}

// TestLargeTexts scans records of 200 MB, with every kind of large text.
func TestLargeTexts(t *testing.T) {
	const large = 200 << 20
	s := NewScanner(Options{})
	data := bytes.Repeat([]byte("x"), large)
	put := func(head, tail string) []byte {
		copy(data, head)
		copy(data[large-len(tail):], tail)
		return data
	}
	for range 2 {
		id, leaves, err := s.Scan(put(`{"a":"`, `"}`))
		if err != nil || id != 0 || len(leaves) != 1 || leaves[0] != (Leaf{6, large - 2, String, false, false, 0}) {
			t.Errorf("string: id %d, %v, %v", id, leaves, err)
		}
	}
	if id, _, err := s.Scan(put(`{"a":1, "`, `":1}`)); id != Unknown || err != nil {
		t.Errorf("name: id %d, %v", id, err)
	}
	if _, _, err := s.Scan(put(`{"a":"\n\r\t\\`, `xx\"}`)); err == nil || err.Error() != "input ends inside a value" {
		t.Errorf("not closed: %v", err)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	records := [][]byte{
		[]byte(`{"a":"x","b":{"c":[1,2,{"d":null}],"e":{}},"f":[],"g":true}`),
		[]byte(`{ "a" : "\u00e9", "b":{"c":[1,2 , {"d":null}],"e":{}},"f":[],"g":true}`),
		[]byte(`{"other":1,"name":"\\\\x\\\\y","text":"` + strings.Repeat(`\r\n0123456789é`, 100) + `"}`),
	}
	for _, nodes := range []int{0, 1, 20} {
		s := NewScanner(Options{MaxNodes: nodes})
		scan := func() {
			for _, r := range records {
				if _, _, err := s.Scan(r); err != nil {
					t.Fatal(err)
				}
			}
		}
		scan()
		if n := testing.AllocsPerRun(100, scan); n > 0 {
			t.Errorf("%d nodes: %v allocations", nodes, n)
		}
	}
}
