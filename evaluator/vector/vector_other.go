//go:build !amd64 || purego

package vector

const available = false

func index(*Block, *byte, int) uint64 { return uint64(Blind) }
