package textlog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCSVRows reads rows with quotes in them, over several lines or not.
func TestCSVRows(t *testing.T) {
	tests := []struct {
		rows string
		want []string // the column b
	}{
		{"1,\"x\n\n \ny\"\n2,z\n", []string{"x\n\n \ny", "z"}},
		{"1,5\" disk\n2,y\n3,6\" disk\n", []string{`5" disk`, "y", `6" disk`}},
		{"1,\"a \"\"b\"\"\n\"\"c\"\"\"\n2,\"\"\"\"\n", []string{"a \"b\"\n\"c\"", `"`}},
		{"\"1\n\",\"x\ny,z\"\n2,y\n", []string{"x\ny,z", "y"}},
		{"1,\"\n2,never closed\n", []string{"\n2,never closed"}},
	}
	for _, test := range tests {
		var got []string
		for _, record := range decode("a,b\n"+test.rows, nil) {
			v, _ := objectOf(strings.TrimPrefix(record, "csv "))
			b, _ := v.Member("b")
			got = append(got, b.Text())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.rows, diff)
		}
	}
}

// TestCSVLongRow reads a row over many lines in time that grows with its size.
func TestCSVLongRow(t *testing.T) {
	began := time.Now()
	decode("a,b\n1,\""+strings.Repeat("x\n", 1<<18)+"\"\n", nil)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("half a MiB took %v", took)
	}
}
