package matcher

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A table finds what was put in, with its latest number, and nothing else.
func TestTable(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	key := func() (uint64, uint32) { return g.Uint64N(200), g.Uint32N(4) }
	for entries := range 300 {
		type pair struct {
			word uint64
			low  uint32
		}
		want, found := map[pair]int32{}, newTable(entries)
		for len(want) < entries {
			word, low := key()
			value := g.Int32N(1000)
			want[pair{word, low}] = value
			found.put(word, low, value)
		}
		for _, table := range []table{found, found.shrunk()} {
			for word := range uint64(200) {
				for low := range uint32(4) {
					value, known := want[pair{word, low}]
					if !known {
						value = absent
					}
					if got := table.get(word, low); got != value {
						t.Fatalf("of %d entries (%d, %d) has %d, want %d", entries, word, low, got, value)
					}
				}
			}
		}
	}
}

// The literals of a workspace are in the order in which they were sought first, and have
// their candidates in the order of these, whatever it was used for before.
func TestGroup(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 4))
	var w workspace
	for range 200 {
		var all []sought
		var texts []string
		atoms := map[string][]int32{}
		for i := range g.IntN(100) {
			text := fmt.Sprint(g.IntN(40))
			if atoms[text] == nil {
				texts = append(texts, text)
			}
			all, atoms[text] = append(all, sought{text, int32(i)}), append(atoms[text], int32(i))
		}
		w.group(all)
		if !slices.Equal(w.texts, texts) {
			t.Fatalf("literals are %q, want %q", w.texts, texts)
		}
		for n, text := range texts {
			if got := w.atoms[w.starts[n]:w.starts[n+1]]; !slices.Equal(got, atoms[text]) {
				t.Fatalf("%q has the candidates %v, want %v", text, got, atoms[text])
			}
		}
	}
}
