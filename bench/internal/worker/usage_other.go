//go:build !unix

package worker

import (
	"os"
	"time"
)

var began = time.Now()

// CPU returns the time since the process began: the system does not tell how
// much of it was used.
func CPU() time.Duration { return time.Since(began) }

func peak() int64 { return 0 }

// PeakOf returns 0: the system does not tell.
func PeakOf(*os.ProcessState) int64 { return 0 }
