package correlation_test

import (
	"fmt"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/correlation"
)

// State that an earlier version has written is refused, not guessed at.
func Example_olderState() {
	engine := correlation.New(&compiler.Program{}, correlation.Options{}, nil)
	_, err := engine.Load([]byte(`{"version": 2}`))
	fmt.Println(err)
	// Output: state of version 2, want 3: start without it
}
