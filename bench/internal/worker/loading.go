package worker

import (
	"runtime"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Loading is what it takes to be ready for the first event, step by step.
type Loading struct {
	Parse   Took `json:"parse"` // reading the files included
	Compile Took `json:"compile"`
	Prepare Took `json:"prepare"` // the first evaluator of the program

	Predicates int `json:"predicates"`

	Documents int64 `json:"documents"` // bytes of the heap that parsing leaves
	Program   int64 `json:"program"`   // bytes left with the program, and the documents that it refers to
}

// Took is how long something took.
type Took struct {
	CPU  time.Duration `json:"cpu"`
	Wall time.Duration `json:"wall"`
}

// Load measures loading alone. Garbage is collected between the steps, so that
// none pays for another.
func Load(job Job) (*Report, error) {
	l := &Loading{}
	empty := heap()
	var set *rules.Set
	var diags rules.Diagnostics
	l.Parse = took(func() { set, diags = rules.LoadPaths(job.Rules) })
	if err := diags.Err(); err != nil {
		return nil, err
	}
	l.Documents = heap() - empty
	var program *compiler.Program
	l.Compile = took(func() { program, diags = compiler.Compile(set, compiler.Options{}) })
	if err := diags.Err(); err != nil {
		return nil, err
	}
	set = nil
	l.Program, l.Predicates = heap()-empty, len(program.Predicates)
	l.Prepare = took(func() { evaluator.New(program) })
	return &Report{Rules: len(program.Rules), Loading: l, Peak: peak()}, nil
}

func took(do func()) Took {
	cpu, wall := CPU(), time.Now()
	do()
	return Took{CPU() - cpu, time.Since(wall)}
}

// heap returns the bytes of the heap that are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
