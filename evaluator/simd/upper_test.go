package simd

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"
)

// checkUpper compares what is written with what is meant, and looks for more.
func checkUpper(t *testing.T, text string) {
	t.Helper()
	if len(text) < UpperSize {
		return
	}
	const mark = 0xa5
	dst := bytes.Repeat([]byte{mark}, len(text)+UpperSize)
	isASCII := strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 }) < 0
	if got := Upper(dst, text); got != isASCII {
		t.Fatalf("%q: ascii %v", text, got)
	}
	if isASCII && string(dst[:len(text)]) != strings.ToUpper(text) {
		t.Fatalf("%q: %q", text, dst[:len(text)])
	}
	if len(bytes.Trim(dst[len(text):], "\xa5")) > 0 {
		t.Fatalf("%q: written beyond: %x", text, dst[len(text):])
	}
}

// Every byte stands at every place.
func TestUpper(t *testing.T) {
	t.Parallel()
	for size := UpperSize; size < 140; size++ {
		text := []byte(strings.Repeat("x", size))
		for at := range text {
			for c := range 256 {
				if size < 70 || c%16 == size%16 {
					text[at] = byte(c)
					checkUpper(t, string(text))
				}
			}
			text[at] = "xX0"[at%3]
		}
	}
	r := rand.New(rand.NewPCG(11, 12))
	for range 20_000 {
		text := make([]byte, UpperSize+r.IntN(300))
		for i := range text {
			text[i] = byte(r.IntN(128 + r.IntN(2)))
		}
		checkUpper(t, string(text))
	}
}

func TestUpperReadsNothingElse(t *testing.T) {
	memory := guarded(t)
	for i := range memory {
		memory[i] = byte(i % 128)
	}
	for size := UpperSize; size < 200; size++ {
		checkUpper(t, unsafe.String(&memory[0], size))
		checkUpper(t, unsafe.String(&memory[len(memory)-size], size))
	}
}

func FuzzUpper(f *testing.F) {
	f.Add("C:\\Windows\\System32\\cmd.exe /c echo {}[]`~@ é")
	f.Fuzz(func(t *testing.T, text string) { checkUpper(t, text) })
}
