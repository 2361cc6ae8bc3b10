//go:build unix

package record

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock makes this process the only one that writes to a folder. The system drops
// the lock when the process ends, however it ends.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written to: %w; let it be written to, or work on a copy", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s %w", dir, ErrLocked)
	}
	return func() { _ = f.Close() }, nil
}
