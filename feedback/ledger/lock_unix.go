//go:build unix

package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/socctl/socctl/feedback/internal/filelock"
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
	err = filelock.Wait(ctx, f)
	switch {
	case err == nil:
		return func() { _ = f.Close() }, nil
	case ctx.Err() != nil:
		err = fmt.Errorf("%s is being written by another process: %w", l.path, ctx.Err())
	}
	return nil, errors.Join(err, f.Close())
}
