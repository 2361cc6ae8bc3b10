package record

import (
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// childProgram is a rule that finds one event in forty.
func childProgram() *compiler.Program {
	set, _ := rules.Load(fstest.MapFS{"r.yml": {Data: []byte("title: R\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4607}, condition: s}\n")}})
	p, _ := compiler.Compile(set, compiler.Options{})
	return p
}

// childHits counts what the rule finds.
func childHits(t *testing.T, dir string, cache bool) (hits int) {
	t.Helper()
	err := Replay(t.Context(), dir, childProgram(), ReplayOptions{Cache: cache, Workers: 1}, func(r *Replayed) error {
		hits += len(r.Hits)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hits
}
