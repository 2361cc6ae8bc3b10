package tuning

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

// A filter finds a field whether its name has dots or its objects are nested, so the values of
// an event are those that it finds.
func TestObserveNested(t *testing.T) {
	n := telemetry.NewNormaliser(logsource.Default())
	for text, want := range map[string]map[string]string{
		`{"a.b":"x","c":"y"}`:                           {"a.b": "x", "c": "y"},
		`{"a":{"b":"x"},"c":"y"}`:                       {"a.b": "x", "c": "y"},
		`{"a":{"b.c":{"d":"x"}}}`:                       {"a.b.c.d": "x"},
		`{"a.b":"x","a":{"b":"y","c":"z"}}`:             {"a.b": "x", "a.c": "z"},
		`{"a":["x"],"c":[],"d":[null],"e":{"f":["y"]}}`: {"a": "x", "e.f": "y"},
		`{"a":[{"b":"x"}],"c":{"d":null,"e":"-"}}`:      {"a.b": "x"},
	} {
		v, ok := telemetry.DecodeJSON(text)
		if !ok {
			t.Fatal(text)
		}
		got := Observe(n.Event(telemetry.Record{Value: v}), "", "")
		if diff := cmp.Diff(want, got.Values); diff != "" || len(got.Several) > 0 {
			t.Errorf("%s: several %q, values (- want, + got):\n%s", text, got.Several, diff)
		}
	}
}

// A filter compares spaces at the ends of a value too: without them, a clause would be said
// to cover events that the filter does not hide. Of nothing but spaces there is no value.
func TestObserveSpaces(t *testing.T) {
	v, _ := telemetry.DecodeJSON(`{"a":"x ","b":" ","c":" - "}`)
	e := Observe(telemetry.NewNormaliser(logsource.Default()).Event(telemetry.Record{Value: v}), "", "")
	if diff := cmp.Diff(map[string]string{"a": "x "}, e.Values); diff != "" {
		t.Error(diff)
	}
}

// A field that holds several values in an event is none that a clause can name: a filter
// compares each of them.
func TestObserveSeveral(t *testing.T) {
	n := telemetry.NewNormaliser(logsource.Default())
	b := NewBuilder(logsource.Default(), logsource.Logsource{}, []string{"a", "b.c", "d"})
	for _, text := range []string{`{"a":["x","y"],"b":[{"c":"x"},{"c":"y"}],"d":"x"}`, `{"a":"x","b":{"c":"x"},"d":"x"}`, `{"a":"x","d":"z"}`} {
		v, _ := telemetry.DecodeJSON(text)
		e := Observe(n.Event(telemetry.Record{Value: v}), "", "")
		if want := []string{"a", "b", "b.c"}; len(e.Several) > 0 && !slices.Equal(e.Several, want) {
			t.Errorf("%s: %q, want %q", text, e.Several, want)
		}
		b.Add(e)
	}
	if c := b.Corpus(); !slices.Equal(c.fields, []string{"d"}) {
		t.Errorf("clauses may name %q", c.fields)
	}
}

// Hosts and users count towards what stands behind an exclusion, whatever their fields are
// called.
func TestObserveWho(t *testing.T) {
	n := telemetry.NewNormaliser(logsource.Default())
	for _, text := range []string{`{"host":{"name":"web"},"user":{"name":"app"}}`, `{"host.name":"web","user.name":"app"}`, `{"Computer":"web","User":"app"}`} {
		v, _ := telemetry.DecodeJSON(text)
		if e := Observe(n.Event(telemetry.Record{Value: v}), "", ""); e.Host != "web" || e.User != "app" {
			t.Errorf("%s: host %q, user %q", text, e.Host, e.User)
		}
	}
}
