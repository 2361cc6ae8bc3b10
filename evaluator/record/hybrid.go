package record

import "encoding/binary"

// hybrid appends count numbers of some bits each, as Parquet writes indexes and levels:
// in runs, which are one number repeated, or groups of eight numbers packed.
func hybrid(out []uint32, src []byte, bits, count int) ([]uint32, error) {
	if bits < 0 || bits > 32 {
		return out, errDamaged
	}
	for count > 0 {
		header, n := binary.Uvarint(src)
		if n <= 0 {
			return out, errDamaged
		}
		src = src[n:]
		size := (bits + 7) / 8
		if header&1 == 1 {
			if bits > 0 && header>>1 > uint64(len(src)) {
				return out, errDamaged
			}
			size = bits * int(min(header>>1, uint64(len(src)+count)))
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
			out = packed(out, src[:size], bits, values)
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
	for range times {
		out = append(out, value)
	}
	return out
}

// packed appends numbers that are packed without gaps, the lowest bits first.
func packed(out []uint32, src []byte, bits, count int) []uint32 {
	mask := uint64(1)<<bits - 1
	held, have := uint64(0), 0
	for range count {
		for have < bits {
			if len(src) >= 4 {
				held |= uint64(binary.LittleEndian.Uint32(src)) << have
				src, have = src[4:], have+32
				continue
			}
			held |= uint64(src[0]) << have
			src, have = src[1:], have+8
		}
		out = append(out, uint32(held&mask))
		held >>= bits
		have -= bits
	}
	return out
}
