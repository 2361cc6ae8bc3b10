package backtest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numbered(n int) cause {
	var c cause
	binary.BigEndian.PutUint64(c.key[:], uint64(n))
	c.fields = []ContextField{{"n", fmt.Sprint(n)}}
	return c
}

// The most frequent causes are told in whatever order causes occur, and those alone.
func TestTopCauses(t *testing.T) {
	var alerts []int
	for n := range 5_000 {
		for range 1 + 40*max(0, n-4_980)/10 + n%2 {
			alerts = append(alerts, n)
		}
	}
	var first *Causes
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		var tally causeTally
		for _, n := range alerts {
			tally.add(numbered(n))
		}
		got := tally.report()
		if got.Distinct != 5_000 || got.More || len(got.Top) != shownTop || got.Top[0].Count != 78 || got.Top[0].Fields[0].Value != "4999" {
			t.Fatalf("%+v", got)
		}
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("another order, other causes:\n%s", diff)
		}
		r.Shuffle(len(alerts), func(i, k int) { alerts[i], alerts[k] = alerts[k], alerts[i] })
	}
}

// Beyond the limit it is told how many alerts are of causes that are not told apart: no
// cause that is missing has more.
func TestMoreCauses(t *testing.T) {
	var tally causeTally
	for n := range maxCauses + 5 {
		tally.add(numbered(n))
	}
	tally.add(numbered(maxCauses))
	tally.add(numbered(7))
	got := tally.report()
	if got.Distinct != maxCauses || !got.More || got.Uncounted != 6 || got.Top[0].Count != 2 {
		t.Errorf("%d distinct, more %t, %d uncounted, %v", got.Distinct, got.More, got.Uncounted, got.Top[0])
	}
	var hosts names
	for n := range maxNames + 3 {
		hosts.add(fmt.Sprint(n))
	}
	if got := hosts.report(); got.Distinct != maxNames || !got.More || got.Uncounted != 3 {
		t.Errorf("%d distinct, more %t, %d uncounted", got.Distinct, got.More, got.Uncounted)
	}
}
