//go:build !purego

package vector

// index is Index for a text of 64 bytes or more.
//
//go:noescape
func index(blocks *Block, text *byte, size int) (findings uint64)
