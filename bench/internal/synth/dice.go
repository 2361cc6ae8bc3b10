package synth

import "math/rand/v2"

// Version says which bytes belong to a seed. Raise it with every change of them.
const Version = 1

// dice make random choices, the same for the same seed on every machine.
type dice struct{ *rand.Rand }

func newDice(seed, purpose uint64) dice {
	return dice{rand.New(rand.NewPCG(mix(seed, Version), mix(purpose, Version)))}
}

// mix makes one number of two, such that each bit depends on all of theirs. What
// belongs to a host and a name is computed by it and not remembered.
func mix(a, b uint64) uint64 {
	x := a + 0x9e3779b97f4a7c15*(b+1)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func hashText[T string | []byte](text T) uint64 {
	n := uint64(14695981039346656037)
	for i := range len(text) {
		n = (n ^ uint64(text[i])) * 1099511628211
	}
	return mix(n, 0)
}
