package telemetry

import (
	"bytes"
	"errors"
	"testing"

	"github.com/socctl/socctl/evaluator"
	scan "github.com/socctl/socctl/evaluator/shape"
)

// FuzzShape compares the scanner of shapes with the decoder: they accept the
// same records, report the same errors at the same place, and see the same
// leaves in the same order.
func FuzzShape(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e+3,true,false,null,"x\u00e9\ud83d\ude00\ud800\n"],"b":{}}`, `[]`, `"\ud800\udc00\ud800"`, "\"\xff\xe2\x82\"", `{"a":{"b":[[],{},""]}}`,
		`01`, `-`, `1.`, `1e`, `{"a":1,}`, `[1,]`, `{"a" 1}`, `nul`, `trux`, ` 1 `, `{"a":1}{}`, "\"\x1f\"", `"\u12"`, `"\ud800\u"`, `"\ud800\u00zz"`, `{"a":1,"a":2}`, ``,
		`{"Channel":"Security","Message":"A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n","Path":"C:\\Windows\\é\\ü"}`,
		`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[`,
	} {
		f.Add([]byte(seed))
	}
	var w words
	old := scan.NewScanner(scan.Options{MaxNodes: 1000})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &jsonDecoder{words: &w}
		v, n, want := d.decode(data, true)
		if at := skipSpace(data, n); want == nil && at < len(data) {
			want = &syntaxError{at, "unexpected " + describe(data[at:]) + ", want nothing behind the value"}
		}
		fresh := scan.NewScanner(scan.Options{})
		for range 2 {
			for _, s := range []*scan.Scanner{fresh, old} {
				id, leaves, err := s.Scan(data)
				compareErrors(t, data, err, want)
				if err == nil && id != scan.Unknown {
					if rest := compareLeaves(t, data, leaves, v); len(rest) > 0 {
						t.Fatalf("%q: %d leaves too many", data, len(rest))
					}
				}
			}
		}
	})
}

func compareErrors(t *testing.T, data []byte, got, want error) {
	t.Helper()
	var syntax *syntaxError
	var deep *depthError
	var gotSyntax *scan.SyntaxError
	var gotDeep *scan.DepthError
	switch {
	case errors.As(want, &syntax):
		if !errors.As(got, &gotSyntax) || gotSyntax.Offset != syntax.offset || got.Error() != syntax.text {
			t.Fatalf("%q: error %v, want %q at %d", data, got, syntax.text, syntax.offset)
		}
	case errors.As(want, &deep):
		if !errors.As(got, &gotDeep) || gotDeep.Offset != deep.offset || got.Error() != deep.Error() {
			t.Fatalf("%q: error %v, want %v at %d", data, got, want, deep.offset)
		}
	case got != nil:
		t.Fatalf("%q: error %v, want none", data, got)
	}
}

// compareLeaves takes the leaves of v from leaves, and returns the others.
func compareLeaves(t *testing.T, data []byte, leaves []scan.Leaf, v evaluator.Value) []scan.Leaf {
	t.Helper()
	for _, item := range v.Items() {
		leaves = compareLeaves(t, data, leaves, item)
	}
	for _, member := range v.Members() {
		leaves = compareLeaves(t, data, leaves, member.Value)
	}
	if len(v.Items())+len(v.Members()) > 0 {
		return leaves
	}
	if len(leaves) == 0 {
		t.Fatalf("%q: no leaf for %s", data, v.Text())
	}
	l := leaves[0]
	text := string(scan.AppendText(nil, data, l))
	var got evaluator.Value
	switch l.Kind {
	case scan.String:
		got = evaluator.StringValue(text)
	case scan.Number:
		got = evaluator.NumberValue(text)
	case scan.Bool:
		got = evaluator.BoolValue(text == "true")
	case scan.Null:
		got = evaluator.NullValue()
	case scan.EmptyObject:
		got = evaluator.ObjectValue()
	case scan.EmptyList:
		got = evaluator.ListValue()
	}
	if got.Kind() != v.Kind() || got.Text() != v.Text() || !bytes.Equal(got.AppendJSON(nil), v.AppendJSON(nil)) {
		t.Fatalf("%q: leaf %+v is %s, want %s", data, l, got.Text(), v.Text())
	}
	return leaves[1:]
}
