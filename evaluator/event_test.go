package evaluator_test

import (
	"testing"

	"github.com/socctl/socctl/evaluator"
)

// A field that is an empty list is there, also below a list on its path.
func TestEmptyListBelowAList(t *testing.T) {
	t.Parallel()
	none := []any{}
	for _, c := range []struct {
		name  string
		event evaluator.Map
		want  string // of the field, "" if it is missing
	}{
		{"alone", evaluator.Map{"a": map[string]any{"b": none}}, "[]"},
		{"below a list", evaluator.Map{"a": []any{map[string]any{"b": none}}}, "[[]]"},
		{"beside a value", evaluator.Map{"a": []any{map[string]any{"b": none}, map[string]any{"b": []any{"x"}}}}, `[[],"x"]`},
		{"of nothing", evaluator.Map{"a": none}, ""},
		{"elsewhere", evaluator.Map{"a": []any{map[string]any{"c": none}}}, ""},
	} {
		got := ""
		if v, present := c.event.Field("a.b"); present {
			got = v.Text()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
