//go:build !unix

package vector

import "testing"

func guarded(*testing.T) []byte { return make([]byte, 4096) }
