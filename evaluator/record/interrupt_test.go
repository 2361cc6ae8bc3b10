package record

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// A replay of one file with many hits ends soon after it is interrupted.
func TestReplayInterrupted(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 2000 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":4688,"NewProcessName":"C:\\a.exe","n":%d}`, i))
	}
	dir, _ := oneFile(t, records...)
	p := compiled(t, "title: a\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image|endswith: a.exe}, condition: s}")
	for _, cache := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		visited := 0
		err := Replay(ctx, dir, p, ReplayOptions{Workers: 1, Cache: cache, Visit: func(*Hit) error {
			visited++
			cancel()
			return nil
		}}, func(*Replayed) error {
			t.Error("a file is told of that was not finished")
			return nil
		})
		if !errors.Is(err, context.Canceled) || visited != 1 {
			t.Errorf("with a cache %t: %d hits visited: %v", cache, visited, err)
		}
	}
}
