package telemetry

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/socctl/socctl/evaluator"
)

// Types of values in binary XML.
const (
	winNull       = 0x00
	winString     = 0x01
	winANSI       = 0x02
	winInt8       = 0x03
	winUint8      = 0x04
	winInt16      = 0x05
	winUint16     = 0x06
	winInt32      = 0x07
	winUint32     = 0x08
	winInt64      = 0x09
	winUint64     = 0x0a
	winReal32     = 0x0b
	winReal64     = 0x0c
	winBool       = 0x0d
	winBinary     = 0x0e
	winGUID       = 0x0f
	winSize       = 0x10
	winFileTime   = 0x11
	winSystemTime = 0x12
	winSID        = 0x13
	winHex32      = 0x14
	winHex64      = 0x15
	winBinXML     = 0x21
	winXML        = 0x23
	winArray      = 0x80 // a bit beside the type of the elements
)

// winSizes of the types whose values have a fixed size.
var winSizes = [0x20]int{
	winInt8: 1, winUint8: 1, winInt16: 2, winUint16: 2, winInt32: 4, winUint32: 4, winInt64: 8, winUint64: 8,
	winReal32: 4, winReal64: 8, winBool: 4, winGUID: 16, winFileTime: 8, winSystemTime: 16, winHex32: 4, winHex64: 8,
}

// value renders a typed value as Windows does. Data that does not fit its type
// is rendered as binary, so that it is not lost.
func (x *binXML) value(kind byte, data []byte) evaluator.Value {
	if kind&winArray != 0 {
		return x.array(kind&^winArray, data)
	}
	switch kind {
	case winNull:
		return evaluator.NullValue()
	case winString, winXML:
		return evaluator.StringValue(x.string(trimNUL16(data)))
	case winANSI:
		return evaluator.StringValue(ansi(data))
	}
	if len(data) == 0 {
		return evaluator.NullValue()
	}
	if int(kind) < len(winSizes) && winSizes[kind] > len(data) && kind != winBool {
		return evaluator.StringValue(hexBytes(data))
	}
	switch kind {
	case winReal32:
		return real32(math.Float32frombits(binary.LittleEndian.Uint32(data)))
	case winReal64:
		return evaluator.FloatValue(math.Float64frombits(binary.LittleEndian.Uint64(data)))
	case winBool:
		return evaluator.BoolValue(littleEndian(data) != 0)
	case winGUID:
		return evaluator.StringValue(x.words.of(appendGUID(x.scratch[:0], data)))
	case winFileTime:
		return evaluator.StringValue(fileTime(binary.LittleEndian.Uint64(data)))
	case winSystemTime:
		return evaluator.StringValue(systemTime(data))
	case winSID:
		return evaluator.StringValue(x.words.of(appendSID(x.scratch[:0], data)))
	}
	return x.integer(kind, data)
}

func (x *binXML) integer(kind byte, data []byte) evaluator.Value {
	switch kind {
	case winInt8:
		return evaluator.IntValue(int64(int8(data[0])))
	case winInt16:
		return evaluator.IntValue(int64(int16(binary.LittleEndian.Uint16(data))))
	case winInt32:
		return evaluator.IntValue(int64(int32(binary.LittleEndian.Uint32(data))))
	case winInt64:
		return evaluator.IntValue(int64(binary.LittleEndian.Uint64(data)))
	case winUint8, winUint16, winUint32, winUint64:
		return evaluator.NumberValue(x.words.of(strconv.AppendUint(x.scratch[:0], littleEndian(data[:winSizes[kind]]), 10)))
	case winHex32, winHex64:
		return evaluator.StringValue(x.hex(littleEndian(data[:winSizes[kind]])))
	case winSize:
		if len(data) == 4 || len(data) == 8 {
			return evaluator.StringValue(x.hex(littleEndian(data)))
		}
	}
	return evaluator.StringValue(hexBytes(data)) // binary, handles, and types nobody has seen
}

func (x *binXML) hex(n uint64) string {
	return x.words.of(strconv.AppendUint(append(x.scratch[:0], "0x"...), n, 16))
}

// array renders an array as a list. Strings in it end with a NUL each.
func (x *binXML) array(kind byte, data []byte) evaluator.Value {
	var list []evaluator.Value
	for rest := data; len(rest) > 0; {
		n, skip := elementSize(kind, rest)
		if n < 0 || n+skip > len(rest) {
			return evaluator.StringValue(hexBytes(data))
		}
		list = append(list, x.value(kind, rest[:n]))
		rest = rest[n+skip:]
	}
	return evaluator.ListValue(list...)
}

// elementSize returns the size of the first element of an array and of the
// separator behind it, -1 if the data does not hold one.
func elementSize(kind byte, data []byte) (n, separator int) {
	switch kind {
	case winString:
		for n+1 < len(data) {
			if data[n] == 0 && data[n+1] == 0 {
				return n, 2
			}
			n += 2
		}
		return len(data), 0
	case winANSI:
		if n = bytes.IndexByte(data, 0); n >= 0 {
			return n, 1
		}
		return len(data), 0
	case winSID:
		if len(data) < 8 {
			return -1, 0
		}
		return 8 + 4*int(data[1]), 0
	}
	if int(kind) < len(winSizes) && winSizes[kind] > 0 {
		return winSizes[kind], 0
	}
	return -1, 0
}

// littleEndian reads up to eight bytes as a little-endian number.
func littleEndian(b []byte) uint64 {
	var n uint64
	for i, c := range b[:min(8, len(b))] {
		n |= uint64(c) << (8 * i)
	}
	return n
}

func trimNUL16(b []byte) []byte {
	b = b[:len(b)&^1]
	for len(b) > 0 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	return b
}

// ansi decodes text in the code page of the machine that wrote it. That page is
// not recorded; UTF-8 is taken as such, anything else as Latin-1.
func ansi(b []byte) string {
	text := strings.TrimRight(string(b), "\x00")
	if utf8.ValidString(text) {
		return text
	}
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

func real32(f float32) evaluator.Value {
	text := strconv.FormatFloat(float64(f), 'f', -1, 32)
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return evaluator.StringValue(text)
	}
	return evaluator.NumberValue(text)
}

const upperHex = "0123456789ABCDEF"

func hexBytes(b []byte) string {
	text := make([]byte, 0, 2*len(b))
	for _, c := range b {
		text = append(text, upperHex[c>>4], upperHex[c&15])
	}
	return string(text)
}

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

func appendSID(dst, b []byte) []byte {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return append(dst, hexBytes(b)...)
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

// fileTime renders a count of 100 ns since 1601 with all its digits.
func fileTime(ticks uint64) string {
	const toUnix = 11644473600 // seconds from 1601 to 1970
	t := time.Unix(int64(ticks/1e7)-toUnix, int64(ticks%1e7)*100).UTC()
	return t.Format("2006-01-02T15:04:05.0000000Z")
}

// systemTime renders a SYSTEMTIME, which counts milliseconds. Its fields are
// shown as they are, even if they are no date.
func systemTime(b []byte) string {
	field := func(i int) uint16 { return binary.LittleEndian.Uint16(b[2*i:]) }
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		field(0), field(1), field(3), field(4), field(5), field(6), field(7))
}
