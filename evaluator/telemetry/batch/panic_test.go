package batch

import "testing"

// Who is told of a result and panics is told so, not that a lock is not held.
func TestPanicOfWhoIsTold(t *testing.T) {
	t.Parallel()
	l := &Line[int]{deliver: func(int) { panic("theirs") }, results: make([]result[int], 1)}
	l.changed.L = &l.mu
	defer func() {
		if got := recover(); got != "theirs" {
			t.Errorf("got %v", got)
		}
	}()
	l.put(0, 0, 1)
}
