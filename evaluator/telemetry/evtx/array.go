package evtx

import (
	"bytes"

	"github.com/socctl/socctl/evaluator"
)

// array renders an array as a list. Strings in it end with a NUL each.
func (t *texts) array(kind byte, data []byte) evaluator.Value {
	var list []evaluator.Value
	for rest := data; len(rest) > 0; {
		n, skip := elementSize(kind, rest)
		if n < 0 || n+skip > len(rest) {
			return evaluator.StringValue(string(appendHex(nil, data)))
		}
		list = append(list, t.value(kind, rest[:n]))
		rest = rest[n+skip:]
	}
	return evaluator.ListValue(list...)
}

// elementSize returns the size of the first element of an array and of the
// separator behind it, -1 if the data does not hold one.
func elementSize(kind byte, data []byte) (n, separator int) {
	switch kind {
	case kindString:
		for n+1 < len(data) {
			if data[n] == 0 && data[n+1] == 0 {
				return n, 2
			}
			n += 2
		}
		return len(data), 0
	case kindANSI:
		if n = bytes.IndexByte(data, 0); n >= 0 {
			return n, 1
		}
		return len(data), 0
	case kindSID:
		if len(data) < 8 {
			return -1, 0
		}
		return 8 + 4*int(data[1]), 0
	}
	if int(kind) < len(sizes) && sizes[kind] > 0 {
		return sizes[kind], 0
	}
	return -1, 0
}
