package tuning

import (
	"runtime"
	"sync"
)

// inParallel calls work for the numbers below n, on as many processors as there are,
// and returns when all are done. What work does must not depend on the order.
func inParallel(n int, work func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			work(i)
		}
		return
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
