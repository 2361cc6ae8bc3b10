package record

import (
	"encoding/binary"
	"slices"
)

// hybrid appends count numbers of width bits each, as Parquet writes indexes: in runs, which
// are one number repeated, or groups of eight numbers packed. All must be less than most.
func hybrid(out []uint32, src []byte, width, count, most int) ([]uint32, error) {
	if width < 0 || width > 32 {
		return out, errDamaged
	}
	for count > 0 {
		header, n := binary.Uvarint(src)
		if n <= 0 {
			return out, errDamaged
		}
		src = src[n:]
		size := (width + 7) / 8
		if header&1 == 1 {
			if width > 0 && header>>1 > uint64(len(src)) {
				return out, errDamaged
			}
			size = width * int(min(header>>1, uint64(len(src)+count)))
		}
		if size > len(src) {
			return out, errDamaged
		}
		largest := uint32(0)
		if header&1 == 0 {
			times := int(min(header>>1, uint64(count)))
			largest = codeIn(src[:size])
			out = filled(out, largest, times)
			count -= times
		} else {
			values := min(8*int(min(header>>1, uint64(count))), count)
			out, largest = packed(out, src[:size], width, values)
			count -= values
		}
		if int64(largest) >= int64(most) {
			return out, errDamaged
		}
		src = src[size:]
	}
	return out, nil
}

// codeIn is the number that bytes are, the lowest first.
func codeIn(src []byte) uint32 {
	n := uint32(0)
	for i, b := range src {
		n |= uint32(b) << (8 * i)
	}
	return n
}

// filled appends a number some times.
func filled(out []uint32, value uint32, times int) []uint32 {
	from := len(out)
	out = slices.Grow(out, times)[:from+times]
	to := out[from:]
	for i := range to[:min(len(to), 16)] {
		to[i] = value
	}
	for done := 16; done < len(to); done *= 2 { // which is faster than one by one
		copy(to[done:], to[:done])
	}
	return out
}

// packed appends numbers that are packed without gaps, the lowest bits first, and returns the
// largest.
func packed(out []uint32, src []byte, width, count int) (_ []uint32, largest uint32) {
	from := len(out)
	out = slices.Grow(out, count)[:from+count]
	to := out[from:]
	switch width { // whole bytes, as this package writes them
	case 8:
		for i, b := range src[:count] {
			to[i], largest = uint32(b), max(largest, uint32(b))
		}
	case 16:
		for i := range to {
			n := uint32(binary.LittleEndian.Uint16(src[2*i:]))
			to[i], largest = n, max(largest, n)
		}
	default:
		unpackBits(to, src, width)
		for _, n := range to {
			largest = max(largest, n)
		}
	}
	return out, largest
}

// unpackBits is packed for any width.
func unpackBits(to []uint32, src []byte, width int) {
	mask := uint64(1)<<width - 1
	held, have := uint64(0), 0
	for i := range to {
		for have < width {
			if len(src) >= 4 {
				held |= uint64(binary.LittleEndian.Uint32(src)) << have
				src, have = src[4:], have+32
				continue
			}
			held |= uint64(src[0]) << have
			src, have = src[1:], have+8
		}
		to[i] = uint32(held & mask)
		held >>= width
		have -= width
	}
}
