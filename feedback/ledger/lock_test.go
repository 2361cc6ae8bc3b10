//go:build unix

package ledger_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/socctl/socctl/feedback/ledger"
)

// TestAddWaitsForOthers: while somebody else writes, whoever does not wait is told so,
// and whoever waits gets his turn.
func TestAddWaitsForOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v.ndjson")
	add(t, ledger.Open(path, ledger.Options{}), verdict("me", 1))
	held, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ledger.Open(path, ledger.Options{}).Add(ctx, verdict("me", 2)); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "is being written by another process") {
		t.Errorf("it does not wait, and yet: %v", err)
	}
	type outcome struct {
		receipt *ledger.Receipt
		err     error
	}
	ended := make(chan outcome)
	go func() {
		r, err := ledger.Open(path, ledger.Options{}).Add(context.Background(), verdict("me", 3))
		ended <- outcome{r, err}
	}()
	if got := len(contents(t, path).Verdicts); got != 1 {
		t.Errorf("%d verdicts while somebody else holds the ledger", got)
	}
	select {
	case o := <-ended:
		t.Errorf("it ended while somebody else holds the ledger: %+v", o)
	default:
	}
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if o := <-ended; o.err != nil || len(o.receipt.Stored) != 1 {
		t.Errorf("got %+v", o)
	}
}
