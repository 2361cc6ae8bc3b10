package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// oracle reads a record with encoding/json: its shape in words, and what its
// leaves are.
func oracle(t testing.TB, data []byte) (shape string, leaves []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var out strings.Builder
	var open []json.Delim
	names := false // the next string is a name
	empty := false // the last token opened something
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out.String(), leaves
		}
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		behind := true
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{', '[':
				open = append(open, v)
				behind = false
			default:
				if empty {
					leaves = append(leaves, "empty "+v.String())
				}
				open = open[:len(open)-1]
			}
			fmt.Fprintf(&out, "%v", v)
			empty = !behind
			names = len(open) > 0 && open[len(open)-1] == '{'
			continue
		case string:
			if names {
				fmt.Fprintf(&out, "%q:", v)
				names, empty = false, false
				continue
			}
			out.WriteString("string,")
			leaves = append(leaves, "string "+v)
		case json.Number:
			out.WriteString("number,")
			leaves = append(leaves, "number "+v.String())
		case bool:
			out.WriteString("bool,")
			leaves = append(leaves, fmt.Sprintf("bool %t", v))
		case nil:
			out.WriteString("null,")
			leaves = append(leaves, "null")
		}
		empty = false
		names = len(open) > 0 && open[len(open)-1] == '{'
	}
}

// texts lists leaves as oracle does.
func texts(data []byte, leaves []Leaf) (out []string) {
	for _, l := range leaves {
		text := string(AppendText(nil, data, l))
		switch l.Kind {
		case String:
			out = append(out, "string "+text)
		case Number:
			out = append(out, "number "+text)
		case Bool:
			out = append(out, "bool "+text)
		case Null:
			out = append(out, text)
		default:
			out = append(out, "empty "+text[len(text)-1:])
		}
	}
	return out
}

// check scans data and compares what comes out with encoding/json.
func check(t testing.TB, s *Scanner, data []byte) (id int) {
	t.Helper()
	id, leaves, err := s.Scan(data)
	var deep *DepthError
	if errors.As(err, &deep) {
		return id
	}
	if valid := json.Valid(data); valid != (err == nil) {
		t.Fatalf("%q: valid for encoding/json: %t, here: %v", data, valid, err)
	}
	if err != nil {
		return id
	}
	if id == Unknown {
		return id
	}
	_, want := oracle(t, data)
	if got := texts(data, leaves); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Fatalf("%q: leaves are %q, want %q", data, got, want)
	}
	for _, l := range leaves {
		text := data[l.Start:l.End]
		if changed := l.Kind == String && string(AppendText(nil, data, Leaf{l.Start, l.End, String, true, false, 0})) != string(text); changed && !l.Escaped {
			t.Fatalf("%q: text %q is not marked", data, text)
		}
		if l.Escaped && !bytes.ContainsRune(text, '\\') && strings.ToValidUTF8(string(text), "") == string(text) {
			t.Fatalf("%q: text %q is marked", data, text)
		}
	}
	return id
}

func TestScan(t *testing.T) {
	t.Parallel()
	s := NewScanner(Options{})
	for i, test := range []struct {
		in string
		id int
	}{
		{`{"a":1,"b":"x"}`, 0},
		{`{"a":22,"b":""}`, 0},
		{` { "a" : 1 , "b" : "long \" text that does not end soon" } `, 0},
		{"{\n\t\"a\": -1.5e+10,\n\t\"b\": \"x\"\n}\n", 0},
		{`{"a":1,"b":true}`, 1},
		{`{"b":1,"a":"x"}`, 2},
		{`{"a":0,"b":false}`, 1},
		{`{"a":1,"b":null}`, 3},
		{`{"a":1,"b":{}}`, 4},
		{`{"a":1,"b":{ }}`, 4},
		{`{"a":1,"b":[]}`, 5},
		{`{"a":1,"b":[1]}`, 6},
		{`{"a":1,"b":[1,2]}`, 7},
		{`{"a":1,"b":[[1],2]}`, 8},
		{`{"a":1,"b":[[1,2]]}`, 9},
		{`{"a":1,"b":["1","2"]}`, 10},
		{`{}`, 11},
		{`[]`, 12},
		{`{"\u0061":1,"b":"x"}`, 13},
		{`"x"`, 14}, {`1`, 15}, {`true`, 16}, {`null`, 17}, {`false`, 16}, {` 12 `, 15},
		{`{"a":1,"a":2}`, 18}, {`{"a":1}`, 19}, {`{"a":{"a":1}}`, 20}, {`{"a":{},"a":1}`, 21}, {`{"a":{"a":{}},"a":1}`, 22},
		{`{"a":1,"b":"x"}`, 0}, {`{"a" :{"a": { }},"a"  :1}`, 22},
		{`{"a":1,"b":{   }}`, 4}, {`{"a":1,"b":{   }}`, 4}, {`{"a":1,"b":{}}`, 4},
	} {
		for range 2 {
			if id := check(t, s, []byte(test.in)); id != test.id {
				t.Errorf("%d: %s is shape %d, want %d", i, test.in, id, test.id)
			}
		}
	}
	if s.Shapes() != 23 {
		t.Errorf("%d shapes", s.Shapes())
	}
}
