package backtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseBudget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want float64 // a day; negative: none
	}{
		{"1", 1}, {"5/day", 5}, {" 7 / week ", 1}, {"1/hour", 24}, {"3/month", 0.1}, {"0", 0},
		{"", -1}, {"x", -1}, {"1/year", -1}, {"-1", -1}, {"NaN", -1}, {"Inf", -1}, {"1e300", -1}, {"1/", -1},
	} {
		b, err := ParseBudget("high", c.text)
		if (err != nil) != (c.want < 0) || err == nil && b != (Budget{"high", c.want}) {
			t.Errorf("%q: %v %v, want %g", c.text, b, err, c.want)
		}
	}
	if _, err := ParseBudget("hihg", "1"); err == nil {
		t.Error("a level that does not exist has a budget")
	}
}

func TestMergeBudgets(t *testing.T) {
	t.Parallel()
	got := MergeBudgets([]Budget{{"critical", 1}, {"high", 1}}, []Budget{{"total", 9}, {"high", 2}})
	if diff := cmp.Diff([]Budget{{"critical", 1}, {"high", 2}, {"total", 9}}, got); diff != "" {
		t.Error(diff)
	}
}

// A budget is exceeded or kept only if the whole interval says so.
func TestVerify(t *testing.T) {
	t.Parallel()
	rate := &Rate{PerDay: 5, Lower: 3, Upper: 8}
	for limit, want := range map[float64]State{2.9: Exceeded, 3: Undecided, 5: Undecided, 7.9: Undecided, 8: Within} {
		if got := verify([]Budget{{"high", limit}}, "high", rate); got == nil || got.State != want {
			t.Errorf("budget %g: %v, want %s", limit, got, want)
		}
	}
	if verify([]Budget{{"high", 1}}, "low", rate) != nil || verify([]Budget{{"high", 1}}, "high", nil) != nil {
		t.Error("a budget of another level, or without a rate, is judged")
	}
}
