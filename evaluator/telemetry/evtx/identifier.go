package evtx

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendGUID renders a GUID, whose first three fields are little-endian.
func appendGUID(dst, b []byte) []byte {
	dst = append(dst, '{')
	for i, n := range [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15} {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, upperHex[b[n]>>4], upperHex[b[n]&15])
	}
	return append(dst, '}')
}

// appendSID renders a security identifier, and one that is cut as binary.
func appendSID(dst, b []byte) []byte {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return appendHex(dst, b)
	}
	var authority uint64
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	dst = strconv.AppendUint(append(dst, "S-"...), uint64(b[0]), 10)
	dst = append(dst, '-')
	if authority >= 1<<32 {
		dst = fmt.Appendf(dst, "0x%012X", authority)
	} else {
		dst = strconv.AppendUint(dst, authority, 10)
	}
	for i := range int(b[1]) {
		dst = strconv.AppendUint(append(dst, '-'), uint64(binary.LittleEndian.Uint32(b[8+4*i:])), 10)
	}
	return dst
}

// appendANSI decodes text in the code page of the machine that wrote it. That
// page is not recorded; UTF-8 is taken as such, anything else as Latin-1.
func appendANSI(dst, b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	for _, c := range b {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}
