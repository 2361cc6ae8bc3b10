package telemetry

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A raw record keeps its text until it is released, in whatever order others are,
// and memory is used again.
func TestArena(t *testing.T) {
	t.Parallel()
	const records = 20_000
	var input strings.Builder
	text := func(i int) string {
		return fmt.Sprintf(`{"n":%d,"pad":%q}`, i, strings.Repeat("x", 100+i%300))
	}
	for i := range records {
		input.WriteString(text(i) + "\n")
		if i == 50 {
			fmt.Fprintf(&input, "{\"n\":\"large\",\"pad\":%q}\n", strings.Repeat("y", arenaSize))
		}
	}
	dice := rand.New(rand.NewPCG(1, 4))
	held := map[int]Record{}
	release := func(n int) {
		r := held[n]
		if got := string(r.Raw); got != text(n) {
			t.Fatalf("record %d is %.80s", n, got)
		}
		r.Release()
		if r.Raw != nil {
			t.Fatalf("record %d has a text after its release", n)
		}
		delete(held, n)
	}
	seen, used := 0, map[*arena]bool{}
	for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: strings.NewReader(input.String()), Raw: true, Format: "json"}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Raw == nil || strings.Contains(string(r.Raw[:20]), "large") {
			continue
		}
		var n int
		if _, err := fmt.Sscanf(string(r.Raw), `{"n":%d,`, &n); err != nil {
			t.Fatal(err)
		}
		held[n], seen = r, seen+1
		used[r.place.arena] = true
		for len(held) > 500 || len(held) > 0 && dice.IntN(40) == 0 {
			for n := range held {
				release(n)
				break
			}
		}
	}
	for n := range held {
		release(n)
	}
	if seen < records-100 {
		t.Errorf("%d records, want nearly %d", seen, records)
	}
	// How often memory is used again is up to the pool: with -race it forgets some.
	t.Logf("%d arenas for %d KiB", len(used), records*270>>10)
}
