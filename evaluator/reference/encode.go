package reference

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// encode applies an encoding to the text of p. There is no encoding of a
// wildcard (D24); of a dash of windash, every variant is encoded.
func encode(p pattern, encoding func(string) []string) ([]pattern, error) {
	var out []pattern
	for _, variant := range dashVariants(p) {
		plain, err := variant.plainText()
		if err != nil {
			return nil, fmt.Errorf("cannot encode the value: %w", err)
		}
		for _, encoded := range encoding(plain) {
			out = append(out, literal(encoded))
		}
	}
	return out, nil
}

// encodeUTF16 returns the bytes of s in a dialect of UTF-16: wide is little
// endian, utf16 is that behind a byte order mark (D26).
func encodeUTF16(dialect, s string) string {
	var b []byte
	if dialect == "utf16" {
		b = []byte{0xff, 0xfe}
	}
	for _, unit := range utf16.Encode([]rune(s)) {
		if dialect == "utf16be" {
			b = binary.BigEndian.AppendUint16(b, unit)
		} else {
			b = binary.LittleEndian.AppendUint16(b, unit)
		}
	}
	return string(b)
}

func encodeBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// base64Offsets returns what the encoding of any text that contains s must
// contain, for each of the three ways in which s can lie in the groups of three
// bytes. Of each only the characters whose six bits all come from s stay; what
// leaves none is dropped (D25).
func base64Offsets(s string) []string {
	var out []string
	for before := range 3 {
		encoded := encodeBase64(string(make([]byte, before)) + s)
		first := (8*before + 5) / 6
		end := 8 * (before + len(s)) / 6
		if first < end {
			out = append(out, encoded[first:end])
		}
	}
	return out
}
