package record

import (
	"math/rand/v2"
	"testing"
)

// What is taken is nobody else's until all is given back, and what stays then is bounded.
func TestRoom(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(8, 8))
	var a arena[uint32]
	most := itemsIn[uint32](slabBytes)
	for range 8 {
		var taken [][]uint32
		for i := range uint32(200) {
			n := dice.IntN(100)
			switch dice.IntN(40) {
			case 0:
				n = dice.IntN(most)
			case 1:
				n = dice.IntN(2 * most)
			}
			s := a.take(n)
			if len(s) != 0 || cap(s) < n {
				t.Fatalf("room for %d: %d of %d", n, len(s), cap(s))
			}
			taken = append(taken, filled(s, i, n))
		}
		for i, s := range taken {
			if len(s) > 0 && (s[0] != uint32(i) || s[len(s)/2] != uint32(i) || s[len(s)-1] != uint32(i)) {
				t.Fatalf("somebody else has written into what was taken as the %dth", i)
			}
		}
		a.release(true, 7)
		kept := 0
		for _, s := range append(a.own, a.shared...) {
			kept += cap(s.items)
		}
		if kept > 2*itemsIn[uint32](keptBytes) {
			t.Fatalf("%d items are kept", kept)
		}
		if one := a.take(1)[:1]; one[0] != 7 {
			t.Fatalf("what was given back has %d", one[0])
		}
		a.release(true, 7)
	}
}
