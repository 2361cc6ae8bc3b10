package evtx

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUTF8 decodes UTF-16; surrogates without a partner become U+FFFD, and a
// single byte at the end is ignored.
func appendUTF8(dst, b []byte) []byte {
	for len(b) > 1 {
		n := asciiUnits(b)
		if n == 0 {
			dst, b = appendUnit(dst, b)
			continue
		}
		dst = appendASCII(dst, b[:2*n])
		b = b[2*n:]
	}
	return dst
}

// highBits of four code units are those that ASCII does not have.
const highBits = 0xff80ff80ff80ff80

// asciiUnits counts the ASCII characters that UTF-16 starts with.
func asciiUnits(b []byte) int {
	n := 0
	for len(b)-2*n >= 8 && binary.LittleEndian.Uint64(b[2*n:])&highBits == 0 {
		n += 4
	}
	for len(b)-2*n >= 2 && binary.LittleEndian.Uint16(b[2*n:]) < utf8.RuneSelf {
		n++
	}
	return n
}

// appendASCII narrows code units, all of which are ASCII, eight at a time.
func appendASCII(dst, b []byte) []byte {
	for ; len(b) >= 16; b = b[16:] {
		low, high := narrow(binary.LittleEndian.Uint64(b)), narrow(binary.LittleEndian.Uint64(b[8:]))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(low)|uint64(high)<<32)
	}
	for i := 0; i+1 < len(b); i += 2 {
		dst = append(dst, b[i])
	}
	return dst
}

// narrow makes four bytes of four code units that are ASCII.
func narrow(units uint64) uint32 {
	units = (units | units>>8) & 0x0000ffff0000ffff
	return uint32(units | units>>16)
}

// appendUnit decodes one character of one or two code units.
func appendUnit(dst, b []byte) ([]byte, []byte) {
	r, size := rune(binary.LittleEndian.Uint16(b)), 2
	if utf16.IsSurrogate(r) {
		low := rune(0)
		if len(b) >= 4 {
			low = rune(binary.LittleEndian.Uint16(b[2:]))
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			size = 4
		}
	}
	return utf8.AppendRune(dst, r), b[size:]
}

// trimNUL leaves the zeros at the end of UTF-16 out, and half a code unit.
func trimNUL(b []byte) []byte {
	b = b[:len(b)&^1]
	for len(b) > 0 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	return b
}
