//go:build !linux

package solver_test

import "time"

var start = time.Now()

// clock returns the time since the tests began.
func clock() time.Duration { return time.Since(start) }
