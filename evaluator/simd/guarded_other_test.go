//go:build !unix

package simd

import "testing"

func guarded(*testing.T) []byte { return make([]byte, 4096) }
