package simd

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// plainMarks is Marks, by what is known of the halves of bytes.
func plainMarks(r *Runs, text []byte) (marks uint64) {
	for at := range BlockSize {
		for g := range 8 {
			all := true
			for i, c := range text[at : at+RunSize] {
				all = all && r.low[i][c&15]>>g&1 != 0 && r.high[i][c>>4]>>g&1 != 0
			}
			if all {
				marks |= 1 << at
			}
		}
	}
	return marks
}

// checkMarks compares both forms on all of a text, and holds that every run that was
// added is marked. It returns how many places are marked, and how many have to be.
func checkMarks(t *testing.T, added []uint32, length int, text []byte) (marked, due int) {
	t.Helper()
	var r Runs
	known := map[uint64]bool{}
	key := func(run uint32, length int) uint64 { return uint64(run)&(1<<(8*length)-1) | uint64(length)<<32 }
	lengthOf := func(i int) int { return min(length+i%3, RunSize) }
	for i, run := range added {
		r.Add(run, lengthOf(i))
		known[key(run, lengthOf(i))] = true
	}
	for at := 0; at+MarksSize <= len(text); at++ {
		block := (*[MarksSize]byte)(text[at:])
		got := r.Marks(block)
		if want := plainMarks(&r, text[at:]); got != want {
			t.Fatalf("%q: %x, want %x", block, got, want)
		}
		for i := range BlockSize {
			mark := got>>i&1 != 0
			if mark {
				marked++
			}
			there := false
			for n := range 3 {
				there = there || known[key(binary.LittleEndian.Uint32(block[i:]), lengthOf(n))]
			}
			if there {
				if due++; !mark {
					t.Fatalf("%q: the run at %d is not marked", block, i)
				}
			}
		}
	}
	return marked, due
}

func TestRuns(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	marked, due, places := 0, 0, 0
	for range 3000 {
		length, letters := 1+r.IntN(RunSize), 1+r.IntN(256)
		text := make([]byte, MarksSize+r.IntN(20))
		for i := range text {
			text[i] = byte(r.IntN(letters))
		}
		added := make([]uint32, r.IntN(60))
		for i := range added {
			if added[i] = r.Uint32(); i%2 == 0 {
				added[i] = binary.LittleEndian.Uint32(text[r.IntN(len(text)-RunSize):])
			}
		}
		m, d := checkMarks(t, added, length, text)
		marked, due, places = marked+m, due+d, places+(len(text)-MarksSize+1)*BlockSize
	}
	if due < 10_000 || marked > places/2 {
		t.Errorf("%d of %d places are marked, %d with a reason", marked, places, due)
	}
}

// A set of few runs marks hardly any other place.
func TestFewRunsMarkLittleElse(t *testing.T) {
	t.Parallel()
	var r Runs
	for _, word := range []string{"SHOW", "COPY", "LOGG", "PORT", "SPAN", "AUTH", "ARCH", "DELE", "CRYP", "ERAS", "FORM", "USER"} {
		r.Add(binary.LittleEndian.Uint32([]byte(word)), RunSize)
	}
	text := []byte("THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG AND GOES TO THE PORT OF CALL")
	if got := r.Marks((*[MarksSize]byte)(text)); got != 1<<60 {
		t.Errorf("marks %x", got)
	}
}

func TestMarksReadNothingElse(t *testing.T) {
	memory := guarded(t)
	for i := range memory {
		memory[i] = byte(i % 251)
	}
	checkMarks(t, []uint32{0x04030201}, RunSize, memory[:MarksSize])
	checkMarks(t, []uint32{0x04030201}, RunSize, memory[len(memory)-MarksSize:])
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte("show ip route"), []byte("SHOW"), byte(3))
	f.Fuzz(func(t *testing.T, text, runs []byte, length byte) {
		var added []uint32
		for at := 0; at+RunSize <= len(runs) && at < 400; at += RunSize {
			added = append(added, binary.LittleEndian.Uint32(runs[at:]))
		}
		checkMarks(t, added, 1+int(length)%RunSize, append(text, make([]byte, MarksSize)...))
	})
}
