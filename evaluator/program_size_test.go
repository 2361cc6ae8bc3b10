package evaluator_test

import (
	"runtime"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// maxProgram is what the public rules may keep in memory in all: documents, with how they
// are written, program and evaluator. docs/performance.md has what they take.
const maxProgram = 200 << 20

func TestProgramSize(t *testing.T) {
	corpus.Rules(t) // the texts of rules are read once for all tests
	before := liveHeap()
	p := corpusProgram(t)
	e := evaluator.New(p)
	held := liveHeap() - before
	t.Logf("%d rules, %.1f MB", len(p.Rules), float64(held)/(1<<20))
	if held > maxProgram {
		t.Errorf("%d rules keep %d bytes, more than %d", len(p.Rules), held, maxProgram)
	}
	runtime.KeepAlive(e)
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what pools have kept is gone only now
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
