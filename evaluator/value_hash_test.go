package evaluator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Values that differ in a byte, in their length, or in what else distinguishes them have
// different hashes, and all places of the cache are used.
func TestValueHash(t *testing.T) {
	t.Parallel()
	h := newValueHash()
	type hash struct{ first, other uint64 }
	known := map[hash]string{}
	slots := map[uint64]int{}
	enter := func(salt uint64, text string) {
		first, other := h.of(salt, text)
		if again, _ := h.of(salt, text); again != first {
			t.Fatalf("two hashes of %q", text)
		}
		value := fmt.Sprint(salt, " ", text)
		if before, taken := known[hash{first, other}]; taken && before != value {
			t.Fatalf("%q and %q have the same hash", before, value)
		}
		known[hash{first, other}] = value
		slots[first&(cacheSlots-1)]++
	}
	r := rand.New(rand.NewPCG(61, 62))
	for n := range maxShort + 20 {
		base := []byte(strings.Repeat("a", n))
		enter(1, string(base))
		enter(2, string(base))
		enter(1<<32|1, string(base))
		for i := range base {
			base[i] ^= byte(1 + r.IntN(255))
			enter(1, string(base))
			base[i] = 'a'
		}
		enter(1, string(base)+"\x00")
	}
	for i := range 1 << 16 { // values that are alike fall everywhere
		enter(3, strings.Repeat("x", i%40)+strings.Repeat("y", i/40))
	}
	if least := cacheSlots / 2; len(slots) < least {
		t.Errorf("%d slots in use, fewer than %d", len(slots), least)
	}
}

func BenchmarkValueHash(b *testing.B) {
	h := newValueHash()
	text := `C:\Windows\System32\backgroundTaskHost.exe`
	for range b.N {
		h.of(1, text)
	}
}
