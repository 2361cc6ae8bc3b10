//go:build !purego

package simd

// available tells whether the processor has AVX2 and BMI, and the system saves the
// registers that they need.
var available = detect()

func detect() bool {
	const (
		saved  = 1 << 27 // OSXSAVE
		avx    = 1 << 28
		bmi1   = 1 << 3
		avx2   = 1 << 5
		bmi2   = 1 << 8
		states = 1<<1 | 1<<2 // of SSE and AVX
	)
	most, _, _, _ := cpuid(0, 0)
	if most < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	if c&saved == 0 || c&avx == 0 || xgetbv()&states != states {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0 && b&bmi1 != 0 && b&bmi2 != 0
}

// sums tells whether the processor goes through rounds of SHA-256 by itself.
var sums = detectSums()

func detectSums() bool {
	const (
		ssse3 = 1 << 9
		sse41 = 1 << 19
		sha   = 1 << 29
	)
	if most, _, _, _ := cpuid(0, 0); most < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	_, b, _, _ := cpuid(7, 0)
	return c&ssse3 != 0 && c&sse41 != 0 && b&sha != 0
}

// cpuid asks the processor what it is.
//
//go:noescape
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// xgetbv returns which registers the system saves.
//
//go:noescape
func xgetbv() uint32
