//go:build unix

package calibration

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Of runs that write at once one goes on. The others are told, and leave nothing behind: what
// they asked would count as asked before.
func TestRunsAtOnce(t *testing.T) {
	for range 300 {
		path := filepath.Join(t.TempDir(), "c.ndjson")
		var done atomic.Int32
		var runs sync.WaitGroup
		for n := range 8 {
			l := New(nil)
			r := l.Rule("r", now)
			r.Spend(sequence(fmt.Sprint(n), alerts(0, 3)))
			runs.Go(func() {
				if err := l.Append(path, r.Added()); err == nil {
					done.Add(1)
				} else if !strings.Contains(err.Error(), "another run") {
					t.Error(err)
				}
			})
		}
		runs.Wait()
		if l, err := Read(path); err != nil || done.Load() != 1 || l.Rule("r", now).Tests() != 1 {
			t.Fatalf("%d runs tested the same alerts: %v, %v", done.Load(), l, err)
		}
	}
}
