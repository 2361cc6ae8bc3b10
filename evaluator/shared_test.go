package evaluator_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Evaluators of one program build together what they have in common, each in its own
// goroutine and in its own order.
func TestShared(t *testing.T) {
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "title: %d\nlogsource: {category: c%d}\ndetection:\n  a: {F%d: x%d}\n  b: {F%d|fieldref: G}\n  condition: a or b\nlevel: low\n---\n", i, i%7, i%11, i%5, i%3)
	}
	set, problems := rules.Load(fstest.MapFS{"rules.yml": {Data: []byte(strings.TrimSuffix(text.String(), "---\n"))}})
	program, more := compiler.Compile(set, compiler.Options{})
	if err := append(problems, more...).Err(); err != nil {
		t.Fatal(err)
	}
	matched := func(i int) (event ofCategory, want int) {
		event = ofCategory{evaluator.Map{"G": "y", fmt.Sprint("F", i%11): fmt.Sprint("x", i%5)}, fmt.Sprint("c", i%7)}
		for n := range 200 {
			if n%7 == i%7 && n%11 == i%11 && n%5 == i%5 {
				want++
			}
		}
		return event, want
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			e := evaluator.New(program)
			for i := range 400 {
				event, want := matched(i*(worker+1) + worker)
				if got := len(e.Match(event)); got != want {
					t.Errorf("event %d has %d matches, want %d", i, got, want)
				}
			}
		})
	}
	wg.Wait()
}

// ofCategory is an event of one logsource.
type ofCategory struct {
	evaluator.Event
	category string
}

// Views implements evaluator.Routed.
func (r ofCategory) Views() []evaluator.View {
	return []evaluator.View{{Name: "only", Logsource: map[string]string{"category": r.category}, Event: r.Event}}
}
