package evtx

import (
	"encoding/binary"
	"math/rand/v2"
)

// mutate damages the first chunk of a log in one to six ways: bits and bytes
// changed, sizes and offsets replaced by others, blocks swapped or overwritten.
// Most of it happens where there are records.
func mutate(random *rand.Rand, data []byte) {
	end := min(len(data), headerBlock+chunkSize)
	if used := int(binary.LittleEndian.Uint32(data[headerBlock+48:])); random.IntN(8) > 0 && used > chunkHeaderSize && headerBlock+used < end {
		end = headerBlock + used
	}
	start := headerBlock
	if random.IntN(4) > 0 {
		start += chunkHeaderSize
	}
	place := func(size int) int { return start + random.IntN(max(1, end-start-size)) }
	for range 1 + random.IntN(6) {
		switch random.IntN(6) {
		case 0, 1:
			data[place(1)] ^= 1 << random.IntN(8)
		case 2:
			data[place(1)] = byte(random.IntN(256))
		case 3:
			sizes := []uint32{0, 1, 4, 0xffff, 0x10000, 0x7fffffff, 0xffffffff, uint32(random.IntN(chunkSize))}
			binary.LittleEndian.PutUint32(data[place(4):], sizes[random.IntN(len(sizes))])
		case 4:
			size := 1 + random.IntN(512)
			copy(data[place(size):end], append([]byte(nil), data[place(size):end]...)[:size])
		case 5:
			tokens := []byte{tokenOpen, tokenOpen | tokenMore, tokenClose, tokenEndElement, tokenText, tokenAttribute, tokenInstance, tokenValue, tokenOptional, tokenFragment, kindBinXML}
			data[place(1)] = tokens[random.IntN(len(tokens))]
		}
	}
}
