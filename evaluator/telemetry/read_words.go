package telemetry

import "encoding/binary"

// words turns bytes into strings and hands out the same string again for what
// it saw lately: telemetry repeats itself, so most names and short values cost
// no allocation. Every string has its own memory; keeping one value of a
// record does not keep the record.
type words struct {
	slots [4096]string
}

const longestWord = 64

func (w *words) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if w == nil || len(b) > longestWord {
		return string(b)
	}
	slot := &w.slots[wordHash(b)%uint64(len(w.slots))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

func wordHash(b []byte) uint64 {
	const prime = 0x9e3779b97f4a7c15
	h := uint64(len(b)) * prime
	for len(b) >= 8 {
		h = (h ^ binary.LittleEndian.Uint64(b)) * prime
		h ^= h >> 32
		b = b[8:]
	}
	var tail uint64
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	h = (h ^ tail) * prime
	return h ^ h>>29
}
