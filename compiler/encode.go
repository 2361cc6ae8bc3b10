package compiler

import (
	"encoding/base64"
	"encoding/binary"
	"unicode/utf16"
)

// encode applies an encoding modifier to plain text. Only base64offset yields
// more than one result, or none if the text is too short.
func encode(modifier, text string) []string {
	switch modifier {
	case "wide":
		return []string{encodeUTF16(nil, binary.LittleEndian, text)}
	case "utf16be":
		return []string{encodeUTF16(nil, binary.BigEndian, text)}
	case "utf16":
		return []string{encodeUTF16([]byte{0xff, 0xfe}, binary.LittleEndian, text)}
	case "base64":
		return []string{base64.StdEncoding.EncodeToString([]byte(text))}
	}
	return base64Offsets(text)
}

func encodeUTF16(mark []byte, order binary.AppendByteOrder, text string) string {
	for _, unit := range utf16.Encode([]rune(text)) {
		mark = order.AppendUint16(mark, unit)
	}
	return string(mark)
}

// base64Offsets returns what is sure to occur in the base64 of any text that
// contains the given one, for each of the three places where it can begin
// within a group of three bytes: the characters that neighbours have a share in
// are cut off, counted in bytes (D25).
func base64Offsets(text string) []string {
	var out []string
	for offset := range 3 {
		padded := append(make([]byte, offset), text...)
		encoded := base64.StdEncoding.EncodeToString(padded)
		from := [...]int{0, 2, 3}[offset]
		to := len(padded) * 8 / 6
		if from < to {
			out = append(out, encoded[from:to])
		}
	}
	return out
}
