//go:build unix

package calibration

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock waits until no other run writes to the file. Closing it drops the lock.
func lock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s cannot be locked: %w", f.Name(), err)
		}
		return nil
	}
}
