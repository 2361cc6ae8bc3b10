//go:build linux || darwin

package simd

import (
	"os"
	"syscall"
	"testing"
)

// guarded returns memory with pages before and behind it that must not be touched.
func guarded(t *testing.T) []byte {
	page := os.Getpagesize()
	all, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip("no memory can be mapped here: ", err)
	}
	t.Cleanup(func() { syscall.Munmap(all) })
	for _, guard := range [][]byte{all[:page], all[2*page:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Skip("no memory can be protected here: ", err)
		}
	}
	return all[page : 2*page : 2*page]
}
