package evaluator_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// engine matches events against the rules of now. It is safe for concurrent use:
// whoever matches takes an evaluator of the program that is in force, and rules that
// are loaded meanwhile hold from the next event on.
type engine struct {
	current atomic.Pointer[generation]
}

// generation is a program with the evaluators that nobody uses at the moment.
type generation struct {
	program    *compiler.Program
	evaluators sync.Pool
}

// Load puts other rules in the place of those that are in force.
func (e *engine) Load(program *compiler.Program) {
	g := &generation{program: program}
	g.evaluators.New = func() any { return evaluator.New(program) }
	e.current.Store(g)
}

// Match calls do for every rule of one program, the one in force when it was called.
func (e *engine) Match(event evaluator.Event, do func(evaluator.Match)) {
	g := e.current.Load()
	ev := g.evaluators.Get().(*evaluator.Evaluator)
	defer g.evaluators.Put(ev)
	for _, m := range ev.Match(event) {
		do(m) // what Match returned holds until the evaluator is used again
	}
}

// Rules are exchanged while other goroutines match.
func Example_reload() {
	var e engine
	load := func(text string) {
		set, problems := rules.Load(fstest.MapFS{"rules.yml": {Data: []byte(text)}})
		program, more := compiler.Compile(set, compiler.Options{})
		if err := append(problems, more...).Err(); err != nil {
			fmt.Println(err) // rules with problems do not replace those that work
			return
		}
		e.Load(program)
	}
	load(whoami)
	event := evaluator.Map{"Image": `C:\Windows\System32\whoami.exe`, "User": `NT AUTHORITY\SYSTEM`}
	count := func() (n int) {
		e.Match(event, func(evaluator.Match) { n++ })
		return n
	}
	before := count()
	load("title: Nobody\nlogsource: {product: windows}\ndetection: {s: {Image: nobody}, condition: s}\n")
	fmt.Println(before, count())
	// Output: 1 0
}

// TestReload exchanges rules under goroutines that match. No event is matched by
// parts of two programs: every program of this test has three rules that match
// together or not at all. Run with -race it shows that nothing is shared unguarded.
func TestReload(t *testing.T) {
	programs := make([]*compiler.Program, 2)
	for i := range programs {
		text := ""
		for n := range 3 {
			text += fmt.Sprintf("---\ntitle: v%d\nname: v%d_%d\nlogsource: {product: windows}\ndetection: {s: {Image|endswith: 'a.exe'}, condition: s}\n", i, i, n)
		}
		set, diags := rules.Load(fstest.MapFS{"rules.yml": {Data: []byte(text[len("---\n"):])}})
		var problems rules.Diagnostics
		if programs[i], problems = compiler.Compile(set, compiler.Options{}); len(diags)+len(problems) > 0 {
			t.Fatal(diags, problems)
		}
	}
	var e engine
	e.Load(programs[0])
	seen := [2]atomic.Int64{}
	var workers sync.WaitGroup
	var stop atomic.Bool
	for w := range 4 {
		workers.Go(func() {
			for n := 0; !stop.Load(); n++ {
				titles := map[string]int{}
				e.Match(evaluator.Map{"Image": fmt.Sprintf(`C:\%d\%d\a.exe`, w, n)}, func(m evaluator.Match) { titles[m.Rule.Title]++ })
				switch {
				case len(titles) == 1 && titles["v0"] == 3:
					seen[0].Add(1)
				case len(titles) == 1 && titles["v1"] == 3:
					seen[1].Add(1)
				default:
					t.Errorf("matched by %v", titles)
					return
				}
			}
		})
	}
	for n := 0; n < 200 || seen[0].Load() < 100 || seen[1].Load() < 100; n++ {
		e.Load(programs[n%2])
		if t.Failed() {
			break
		}
	}
	stop.Store(true)
	workers.Wait()
}
