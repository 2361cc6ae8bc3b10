package rules_test

import (
	"encoding/binary"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/socctl/socctl/rules"
)

// A file in UTF-16 or UTF-32, with a mark or without, is told as such, without an excerpt of
// what nobody can read.
func TestWideFiles(t *testing.T) {
	const text = "title: Größe\n"
	write := func(size int, order binary.AppendByteOrder, mark string) (out []byte) {
		if size == 4 {
			for _, r := range mark + text {
				out = order.AppendUint32(out, uint32(r))
			}
			return out
		}
		for _, u := range utf16.Encode([]rune(mark + text)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	for size, name := range map[int]string{2: "UTF-16", 4: "UTF-32"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, mark := range []string{"", "\ufeff"} {
				_, diags := rules.Parse("a.yml", write(size, order, mark))
				if len(diags) != 1 || diags[0].String() != "a.yml: error[schema/encoding]: file is "+name+" (save it as UTF-8)" {
					t.Errorf("%s, %v, mark %q: %v", name, order, mark, diags)
				}
			}
		}
	}
	for _, other := range []string{"", "\x00", "a", "a:\x00b", text, "\ufeff" + text} {
		if _, diags := rules.Parse("a.yml", []byte(other)); slices.ContainsFunc(diags, func(d rules.Diagnostic) bool { return d.Code == "schema/encoding" }) {
			t.Errorf("%q: %v", other, diags)
		}
	}
}
