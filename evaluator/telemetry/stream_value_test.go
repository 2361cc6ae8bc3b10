package telemetry

import (
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// single is an object of one member.
func single(name string, v evaluator.Value) evaluator.Value {
	return evaluator.ObjectValue(evaluator.Member{Name: name, Value: v})
}

// What is remembered of structures is bounded in number and in bytes, however
// long their names are.
func TestStructuresAreBounded(t *testing.T) {
	t.Parallel()
	null := evaluator.NullValue()
	for _, test := range []struct {
		name  string
		count int
		of    func(i int) evaluator.Value
	}{
		{"names", 60_000, func(i int) evaluator.Value { return single(fmt.Sprint("n", i/3), null) }}, // each thrice
		{"long names", 15_000, func(i int) evaluator.Value { return single(fmt.Sprint(i/3, strings.Repeat("x", 10_000)), null) }},
		{"huge names", 1000, func(i int) evaluator.Value { return single(fmt.Sprint(i, strings.Repeat("x", largestStructure)), null) }},
		{"leaves", 1000, func(i int) evaluator.Value { return evaluator.ListValue(nulls(i%2*maxStructureLeaves + i%300)...) }},
	} {
		var s structures
		for i := range test.count {
			s.take(test.of(i))
		}
		total := 0
		for text := range s.ids {
			total += len(text)
		}
		if total != s.size || total > maxStructureText || len(s.ids) > maxStructures || len(s.leaves) > maxStructureLeaves {
			t.Errorf("%s: %d structures of %d bytes, said to be %d, %d leaves", test.name, len(s.ids), total, s.size, len(s.leaves))
		}
		if cap(s.text) > 4*largestStructure || cap(s.leaves) > 4*maxStructureLeaves {
			t.Errorf("%s: keeps %d bytes of text and %d leaves", test.name, cap(s.text), cap(s.leaves))
		}
	}
}

func nulls(n int) []evaluator.Value { return make([]evaluator.Value, n) }

// Structures that are met once do not take all the room from those that repeat.
func TestRepeatedStructuresHaveRoom(t *testing.T) {
	t.Parallel()
	var s structures
	null := evaluator.NullValue()
	for i := range 2 * maxStructures {
		s.take(single(fmt.Sprint("once", i), null))
	}
	known := 0
	for range 4 {
		for i := range 500 {
			if s.take(single(fmt.Sprint("again", i), null)) != jsonshape.Unknown {
				known++
			}
		}
	}
	if known < 1100 {
		t.Errorf("%d of 2000 are known, want all from the second time on, but for those that fall on one place", known)
	}
}
