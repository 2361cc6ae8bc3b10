package telemetry

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// Every name that an event has a field of is yielded, in the order of the list.
func TestFieldNames(t *testing.T) {
	t.Parallel()
	n := NewNormaliser(nil)
	events := 0
	for record, err := range Read(t.Context(), []string{corpus.Path(t, "cloud"), corpus.Path(t, "network"), corpus.Path(t, "evtx/DeepBlueCLI"), corpus.Path(t, "sigma/regression_data")}, ReadOptions{}) {
		if err != nil {
			continue
		}
		if events++; events%7 != 0 {
			continue
		}
		e := n.Event(record)
		for _, list := range []*fieldNames{timeFields, ownTimes} {
			has := func(name string) bool { _, ok := e.Field(name); return ok }
			want := slices.DeleteFunc(slices.Clone(list.names), func(name string) bool { return !has(name) })
			got := slices.DeleteFunc(slices.Collect(list.of(e)), func(name string) bool { return !has(name) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s record %d (-want +got):\n%s", record.Source, record.Index, diff)
			}
		}
	}
	if events < 1000 {
		t.Errorf("only %d events", events)
	}
}

func TestFieldNamesFit(t *testing.T) {
	t.Parallel()
	for _, list := range []*fieldNames{timeFields, ownTimes} {
		if len(list.names) > 64 || len(list.at) != len(list.names) {
			t.Errorf("%d names, %d different", len(list.names), len(list.at))
		}
	}
	e := NewNormaliser(nil).Event(Record{Value: evaluator.ObjectValue()})
	if got := slices.Collect(newFieldNames("a", "b.c").of(e)); !slices.Equal(got, []string{"b.c"}) {
		t.Errorf("an event without fields has %q", got)
	}
}
