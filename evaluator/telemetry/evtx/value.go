package evtx

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/socctl/socctl/evaluator"
)

// Types of values in binary XML.
const (
	kindNull       = 0x00
	kindString     = 0x01
	kindANSI       = 0x02
	kindInt8       = 0x03
	kindUint8      = 0x04
	kindInt16      = 0x05
	kindUint16     = 0x06
	kindInt32      = 0x07
	kindUint32     = 0x08
	kindInt64      = 0x09
	kindUint64     = 0x0a
	kindReal32     = 0x0b
	kindReal64     = 0x0c
	kindBool       = 0x0d
	kindBinary     = 0x0e
	kindGUID       = 0x0f
	kindSize       = 0x10
	kindFileTime   = 0x11
	kindSystemTime = 0x12
	kindSID        = 0x13
	kindHex32      = 0x14
	kindHex64      = 0x15
	kindBinXML     = 0x21
	kindXML        = 0x23
	kindArray      = 0x80 // a bit beside the type of the elements
)

// sizes of the types whose values have a fixed size.
var sizes = [0x20]int{
	kindInt8: 1, kindUint8: 1, kindInt16: 2, kindUint16: 2, kindInt32: 4, kindUint32: 4, kindInt64: 8, kindUint64: 8,
	kindReal32: 4, kindReal64: 8, kindBool: 4, kindGUID: 16, kindFileTime: 8, kindSystemTime: 16, kindHex32: 4, kindHex64: 8,
}

// value renders a typed value as Windows does. Data that does not fit its type
// is rendered as binary, so that it is not lost.
func (t *texts) value(kind byte, data []byte) evaluator.Value {
	switch {
	case kind&kindArray != 0:
		return t.array(kind&^kindArray, data)
	case classOf(kind, len(data)) == kindNull:
		return evaluator.NullValue()
	case kind == kindBool:
		return evaluator.BoolValue(littleEndian(data) != 0)
	case int(kind) < len(sizes) && sizes[kind] > len(data):
		return evaluator.StringValue(string(appendHex(nil, data)))
	case kind == kindReal32:
		return real32(math.Float32frombits(binary.LittleEndian.Uint32(data)))
	case kind == kindReal64:
		return evaluator.FloatValue(math.Float64frombits(binary.LittleEndian.Uint64(data)))
	}
	return t.of(kind, data)
}

func real32(f float32) evaluator.Value {
	text := strconv.FormatFloat(float64(f), 'f', -1, 32)
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return evaluator.StringValue(text)
	}
	return evaluator.NumberValue(text)
}

// isInteger reports whether a type is shown as a number.
func isInteger(kind byte) bool { return kindInt8 <= kind && kind <= kindUint64 }

// appendText renders a value whose look is a text or an integer.
func (t *texts) appendText(dst []byte, kind byte, data []byte) []byte {
	switch kind {
	case kindString, kindXML:
		return appendUTF8(dst, trimNUL(data))
	case kindANSI:
		return appendANSI(dst, data)
	case kindInt8:
		return strconv.AppendInt(dst, int64(int8(data[0])), 10)
	case kindInt16:
		return strconv.AppendInt(dst, int64(int16(binary.LittleEndian.Uint16(data))), 10)
	case kindInt32:
		return strconv.AppendInt(dst, int64(int32(binary.LittleEndian.Uint32(data))), 10)
	case kindInt64:
		return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint64(data)), 10)
	case kindUint8, kindUint16, kindUint32, kindUint64:
		return strconv.AppendUint(dst, littleEndian(data[:sizes[kind]]), 10)
	case kindHex32, kindHex64:
		return strconv.AppendUint(append(dst, "0x"...), littleEndian(data[:sizes[kind]]), 16)
	case kindSize:
		if len(data) == 4 || len(data) == 8 {
			return strconv.AppendUint(append(dst, "0x"...), littleEndian(data), 16)
		}
	case kindGUID:
		return appendGUID(dst, data)
	case kindSID:
		return appendSID(dst, data)
	case kindFileTime:
		return t.appendFileTime(dst, binary.LittleEndian.Uint64(data))
	case kindSystemTime:
		return appendSystemTime(dst, data)
	}
	return appendHex(dst, data) // binary, handles, and types nobody has seen
}

// littleEndian reads up to eight bytes as a little-endian number.
func littleEndian(b []byte) uint64 {
	switch len(b) {
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	var n uint64
	for i, c := range b[:min(8, len(b))] {
		n |= uint64(c) << (8 * i)
	}
	return n
}
