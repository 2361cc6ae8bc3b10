package lint

import (
	"runtime"
	"sync"
)

// memo keeps what checks share. The zero memo is ready to use.
type memo struct {
	mu     sync.Mutex
	values map[any]*shared
}

type shared struct {
	once  sync.Once
	value any
}

// get returns what build makes, which is called once for a key. Whoever comes
// meanwhile waits.
func (m *memo) get(key any, build func() any) any {
	m.mu.Lock()
	s := m.values[key]
	if s == nil {
		if m.values == nil {
			m.values = map[any]*shared{}
		}
		s = &shared{}
		m.values[key] = s
	}
	m.mu.Unlock()
	s.once.Do(func() { s.value = build() })
	return s.value
}

// Derived returns what build makes of the document. It is called once in a run for
// every key, which is of a type of the package that asks, so that several checks
// can share what it costs.
func (s *Subject) Derived(key any, build func() any) any { return s.memo.get(key, build) }

// Derived is Subject.Derived for what is made of the whole corpus.
func (c *Corpus) Derived(key any, build func() any) any { return c.memo.get(key, build) }

// Memory keeps what checks have learnt that may be of use for later runs about
// nearly the same rules. The zero Memory is ready to use, also by several runs at
// once.
type Memory struct{ memo memo }

// Lasting is Derived for what outlives the run, if Input.Memory is given to later
// ones. It must not depend on the corpus, and bounds itself.
func (c *Corpus) Lasting(key any, build func() any) any { return c.memory.memo.get(key, build) }

// Wanted reports whether findings about a document are asked for. Checks of scope
// corpus that compare each with each can leave out what concerns none that is.
func (c *Corpus) Wanted(s *Subject) bool { return c.only == nil || c.only(s.Path()) }

// Parallel calls do for 0 to n-1 on all workers of the run, and waits for them.
func (c *Corpus) Parallel(n int, do func(int)) {
	jobs := c.jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(jobs, n) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
