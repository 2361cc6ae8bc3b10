//go:build unix

package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lock makes this process the only one that writes to the ledger, once all others
// are done. The system drops the lock when the process ends, however it ends.
func (l *Ledger) lock(ctx context.Context) (unlock func(), err error) {
	name := l.path
	if !isFile(l.path) {
		name = filepath.Join(l.path, ".lock")
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("%s cannot be locked: %w", name, err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("%s is being written by another process: %w", l.path, ctx.Err()), f.Close())
		case <-time.After(wait):
		}
	}
}
