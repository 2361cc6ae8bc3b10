package record

import (
	"encoding/binary"
	"slices"
)

// hybrid appends count numbers of width bits each, as Parquet writes indexes and levels:
// in runs, which are one number repeated, or groups of eight numbers packed.
func hybrid(out []uint32, src []byte, width, count int) ([]uint32, error) {
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
		if header&1 == 0 {
			times := int(min(header>>1, uint64(count)))
			out = repeated(out, src[:size], times)
			count -= times
		} else {
			values := min(8*int(min(header>>1, uint64(count))), count)
			out = packed(out, src[:size], width, values)
			count -= values
		}
		src = src[size:]
	}
	return out, nil
}

func repeated(out []uint32, src []byte, times int) []uint32 {
	value := uint32(0)
	for i, b := range src {
		value |= uint32(b) << (8 * i)
	}
	return filled(out, value, times)
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

// packed appends numbers that are packed without gaps, the lowest bits first.
func packed(out []uint32, src []byte, width, count int) []uint32 {
	mask := uint64(1)<<width - 1
	out = slices.Grow(out, count)
	for ; width <= 8 && count >= 8 && len(src) >= 8; count -= 8 {
		// The next eight are in one word.
		w, b := binary.LittleEndian.Uint64(src), uint(width)
		out = append(out, uint32(w&mask), uint32(w>>b&mask), uint32(w>>(2*b)&mask), uint32(w>>(3*b)&mask),
			uint32(w>>(4*b)&mask), uint32(w>>(5*b)&mask), uint32(w>>(6*b)&mask), uint32(w>>(7*b)&mask))
		src = src[width:]
	}
	held, have := uint64(0), 0
	for range count {
		for have < width {
			if len(src) >= 4 {
				held |= uint64(binary.LittleEndian.Uint32(src)) << have
				src, have = src[4:], have+32
				continue
			}
			held |= uint64(src[0]) << have
			src, have = src[1:], have+8
		}
		out = append(out, uint32(held&mask))
		held >>= width
		have -= width
	}
	return out
}

// levelled appends a code for each of count rows, of which src tells which have a text: the
// next of codes, or noText. It must use all codes up.
func levelled(out []uint32, src []byte, count int, codes []uint32) ([]uint32, error) {
	for count > 0 {
		header, n := binary.Uvarint(src)
		if n <= 0 {
			return out, errDamaged
		}
		src = src[n:]
		if header&1 == 0 {
			times := int(min(header>>1, uint64(count)))
			switch {
			case len(src) == 0:
				return out, errDamaged
			case src[0]&1 == 0:
				out = filled(out, noText, times)
			case times > len(codes):
				return out, errDamaged
			default:
				out, codes = append(out, codes[:times]...), codes[times:]
			}
			count, src = count-times, src[1:]
			continue
		}
		size := int(min(header>>1, uint64(len(src)+1)))
		if size > len(src) {
			return out, errDamaged
		}
		rows := min(8*size, count)
		var err error
		if out, codes, err = levelledBits(out, src[:size], rows, codes); err != nil {
			return out, err
		}
		count, src = count-rows, src[size:]
	}
	if len(codes) > 0 {
		return out, errDamaged
	}
	return out, nil
}

// levelledBits is levelled for rows of which each has a bit. It returns the codes that are
// left.
func levelledBits(out []uint32, src []byte, count int, codes []uint32) ([]uint32, []uint32, error) {
	from := len(out)
	out = slices.Grow(out, count)[:from+count]
	left := out[from:]
	for ; len(left) >= 8 && len(codes) >= 8; src = src[1:] {
		// Without a branch for each row, of which nobody could tell what it will be.
		to, next, b := (*[8]uint32)(left), (*[8]uint32)(codes), uint32(src[0])
		at := uint32(0)
		for i := range to {
			there := b >> i & 1
			to[i] = next[at&7] | (there - 1) // which is noText or nothing
			at += there
		}
		left, codes = left[8:], codes[at:]
	}
	for i := range left {
		left[i] = noText
		if src[i>>3]>>(i&7)&1 == 0 {
			continue
		}
		if len(codes) == 0 {
			return out, codes, errDamaged
		}
		left[i], codes = codes[0], codes[1:]
	}
	return out, codes, nil
}
