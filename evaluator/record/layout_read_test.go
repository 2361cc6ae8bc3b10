package record

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is read as plain is what JSON says.
func FuzzPlainLayout(f *testing.F) {
	for _, l := range []layoutIn{{}, {Skeleton: `{"a\n<é\u2028":[null,"","<b>"]}`, Columns: []string{"a", "", `q"\`}}, {Skeleton: "x"}} {
		text, err := json.Marshal(&l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"skeleton":"\/","columns":["\ud83d\ude00"]}`)
	f.Add(`{"skeleton":"\x41","columns":["\a"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var plain, full layoutIn
		if !plain.readPlain(text) {
			return
		}
		if err := json.Unmarshal([]byte(text), &full); err != nil {
			t.Fatalf("%q is read, but %v", text, err)
		}
		if plain.Skeleton != full.Skeleton || !cmp.Equal(plain.Columns, full.Columns) {
			t.Fatalf("%q is read as %q, %q", text, plain.Skeleton, plain.Columns)
		}
	})
}

func TestLayoutsThatAreWrittenArePlain(t *testing.T) {
	t.Parallel()
	want := layoutIn{Skeleton: `{"Event":{"<a>":"","b\t":0}}` + strings.Repeat("é", 9), Columns: []string{"a", "", "b&c"}}
	text, err := json.Marshal(&want)
	if err != nil {
		t.Fatal(err)
	}
	var got layoutIn
	if !got.readPlain(string(text)) || got.Skeleton != want.Skeleton || !cmp.Equal(got.Columns, want.Columns) {
		t.Errorf("%s is read as %q, %q", text, got.Skeleton, got.Columns)
	}
}
