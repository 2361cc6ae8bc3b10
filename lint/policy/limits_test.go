package policy

import (
	"runtime"
	"testing"
)

// Evaluations that follow each other closely are watched by one goroutine, not by
// one each that never ends as there is always another.
func TestOneWatches(t *testing.T) {
	var w memoryWatch
	before, most := runtime.NumGoroutine(), 0
	for range 20000 {
		w.leave(w.enter(func(error) {}, 1<<30))
		most = max(most, runtime.NumGoroutine()-before)
	}
	if most > 2 {
		t.Errorf("%d goroutines at the same time", most)
	}
}

// What the heap had grown to before an evaluation began is not held against it,
// though others have been running all the time.
func TestHeldAgainstItsBeginning(t *testing.T) {
	var w memoryWatch
	w.watching = true // the test looks
	cancelled := map[string]error{}
	enter := func(name string) int {
		return w.enter(func(cause error) { cancelled[name] = cause }, 1<<20)
	}
	first := enter("first")
	grown := heap() + 4<<20
	w.running[0] = watched{func(cause error) { cancelled["later"] = cause }, grown + 1<<20}
	if !w.look(grown) || cancelled["first"] != errMemory || cancelled["later"] != nil {
		t.Errorf("cancelled %v", cancelled)
	}
	w.leave(first)
	w.leave(0)
	if w.look(grown) {
		t.Error("nothing runs, and it is watched on")
	}
}
