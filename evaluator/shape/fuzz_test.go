package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// seeds are texts that are JSON, or almost.
var seeds = []string{
	`{"a":[1,-0.5e+3,true,false,null,"x\u00e9\ud83d\ude00\ud800\n"],"b":{}}`, `[]`, `"\ud800\udc00\ud800"`, "\"\xff\xe2\x82\"",
	`01`, `-`, `-x`, `1.`, `1e`, `1E+`, `{"a":1,}`, `[1,]`, `{"a" 1}`, `nul`, `tru`, `truex`, ` 1 `, `{"a":1}{}`, "\"\x1f\"", `"\u12"`, `"\ud800\u"`, `{"a":1,"a":2}`, ``,
	`{"a":{"b":[[],{},[{}],"",0]},"c":"\\\\\"\/"}`, "{ \"a\" :\t1 ,\r\n\"b\" : [ ] }", `{"a":"0123456\"","b":"01234567","c":"012345678\\"}`, `{"\u0000":0,"":1}`,
	"\"\x00\"", `"é"`, "\"12345678\xe9\"", "\"1234567\xc3\xa9\"", `{"a":"x}`, `{"a`, `{`, `[`, `[1 2]`, `}`, `{"a":]`, `[}`, `{"a":1]`, "\xef\xbb\xbf{}", `{"a":\"x"}`, `'x'`,
	`{"Channel":"Security","EventID":4688,"Message":"A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n"}`,
	`{"a":"\\` + strings.Repeat(`0123456\\`, 20) + `","b":"` + strings.Repeat("\xc3\xa9\\n", 50) + `\"` + strings.Repeat("x", 61) + `\\"}`,
	`["\\` + strings.Repeat("x", 62) + `\\y","\n` + strings.Repeat("x", 62) + `\u00e9` + strings.Repeat("x", 80) + `", 1 ]`,
}

// FuzzScan scans every text three times, with a scanner that knows it then, one
// that is full, and one that knows many others, and compares with encoding/json.
func FuzzScan(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	old := NewScanner(Options{MaxNodes: 500})
	f.Fuzz(func(t *testing.T, data []byte) {
		fresh, full := NewScanner(Options{}), NewScanner(Options{MaxNodes: 2})
		for range 2 {
			if id := check(t, fresh, data); id > 0 {
				t.Errorf("%q: id %d", data, id)
			}
			check(t, full, data)
			check(t, old, data)
		}
	})
}

// FuzzShapes compares pairs of texts: they have the same id if encoding/json
// finds the same structure.
func FuzzShapes(f *testing.F) {
	for i, seed := range seeds {
		f.Add([]byte(seed), []byte(seeds[(i+1)%len(seeds)]))
		f.Add([]byte(seed), []byte(" "+seed+" "))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if !json.Valid(a) || !json.Valid(b) || slices.Contains(a, '\\') || slices.Contains(b, '\\') {
			return
		}
		s := NewScanner(Options{})
		ida, idb := check(t, s, a), check(t, s, b)
		if ida < 0 || idb < 0 {
			return
		}
		shapeA, _ := oracle(t, a)
		shapeB, _ := oracle(t, b)
		if (ida == idb) != (shapeA == shapeB) {
			t.Errorf("%q and %q: ids %d and %d", a, b, ida, idb)
		}
	})
}

// FuzzStringEnd checks the search for the end of a string with the plainest
// one, at every offset within a word.
func FuzzStringEnd(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := append([]byte("........"), data...)
		for at := range 9 {
			stop, as := stringEnd(text, at)
			want := plainStringEnd(text, at)
			if stop != want {
				t.Fatalf("%q from %d: end %d, want %d", text, at, stop, want)
			}
			if stop < 0 {
				var syntax *SyntaxError
				if err := stringError(text, at); !errors.As(err, &syntax) || syntax.Offset > len(text) {
					t.Fatalf("%q from %d: %v", text, at, err)
				}
				continue
			}
			written := string(text[at:stop])
			var read string
			if err := json.Unmarshal([]byte(`"`+written+`"`), &read); err != nil {
				t.Fatalf("%q: %v", written, err)
			}
			if got := string(AppendText(nil, text, Leaf{uint32(at), uint32(stop), String, as != 0, false, 0})); got != read {
				t.Fatalf("%q: text %q, want %q", written, got, read)
			}
			if want := strings.Contains(strings.ReplaceAll(written, `\\`, ""), `\u`) || strings.Contains(strings.ReplaceAll(written, `\\`, ""), `\/`); want != (as&spelled != 0) {
				t.Fatalf("%q: spelled is not %v", written, want)
			}
			if as != 0 && read == written && !slices.Contains([]byte(written), '\\') {
				t.Fatalf("%q: marked", written)
			}
		}
	})
}

// FuzzMarks scans every text with the marks found at a stroke and without them, alone and
// in a record long enough for it, and compares all that is said of it.
func FuzzMarks(f *testing.F) {
	for i, seed := range seeds {
		f.Add([]byte(seed), i)
	}
	f.Fuzz(func(t *testing.T, data []byte, pad int) {
		checkMarks(t, data)
		text := slices.Concat([]byte(`{"pad":"`), bytes.Repeat([]byte("x"), max(0, pad%150)), []byte(`","text":`), data, []byte(`}`))
		checkMarks(t, text)
	})
}

// checkMarks compares what a scanner says of a text twice, and an Unordered, with what
// they say if they know no marks.
func checkMarks(t *testing.T, data []byte) {
	t.Helper()
	with, without := NewScanner(Options{}), NewScanner(Options{})
	without.marks.off = true
	for range 2 {
		id, leaves, err := with.Scan(data)
		wantID, want, wantErr := without.Scan(data)
		if id != wantID || !slices.Equal(leaves, want) || fmt.Sprintf("%#v", err) != fmt.Sprintf("%#v", wantErr) {
			t.Fatalf("%q: %d %v %v, want %d %v %v", data, id, leaves, err, wantID, want, wantErr)
		}
		if err != nil {
			return
		}
	}
	loose, plain := NewUnordered(Options{}), NewUnordered(Options{})
	plain.marks.off = true
	id, leaves, order := loose.Recognise(data)
	wantID, want, wantOrder := plain.Recognise(data)
	if id != wantID || !slices.Equal(leaves, want) || !slices.Equal(order, wantOrder) {
		t.Fatalf("%q: %d %v %v in any order, want %d %v %v", data, id, leaves, order, wantID, want, wantOrder)
	}
}

// plainStringEnd is the first offset at which what precedes is a JSON string.
func plainStringEnd(data []byte, at int) int {
	for i := at; i < len(data); i++ {
		switch {
		case data[i] == '"':
			if json.Valid(append(append([]byte{'"'}, data[at:i]...), '"')) {
				return i
			}
			return -1
		case data[i] < ' ':
			return -1
		case data[i] == '\\':
			i++
		}
	}
	return -1
}
