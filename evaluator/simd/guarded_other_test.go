//go:build !linux && !darwin

package simd

import "testing"

func guarded(*testing.T) []byte { return make([]byte, 4096) }
