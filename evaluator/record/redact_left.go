package record

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Redacted says what a redaction has done.
type Redacted struct {
	Before, After int      // files
	Missing       []string // fields that no event has, by any of their names
	Left          []Left   // by field and place
}

// Left is a place where the text of a field still stands: a message that repeats it, or
// the member of the record that the field is made of.
type Left struct {
	Field  string // as it was named
	In     string // path in the record, without numbers of items
	Events int
}

// Texts that are shorter say nothing: hardly a record is without a 1.
const (
	shortestSame = 2 // which all of another text is
	shortestPart = 4 // which another text contains
)

// residue looks for what a redaction leaves behind.
type residue struct {
	normaliser *telemetry.Normaliser
	names      []string
	found      map[string]bool
	left       map[Left]int // without Events
}

func (r *Redaction) residue(n *telemetry.Normaliser) *residue {
	if n == nil {
		n = telemetry.NewNormaliser(nil)
	}
	return &residue{n, slices.Concat(r.Drop, r.Hash), map[string]bool{}, map[Left]int{}}
}

// look compares a record as it was with what has become of it.
func (l *residue) look(before telemetry.Record, after evaluator.Value) {
	event := l.normaliser.Event(before)
	places := map[Left]bool{}
	for _, name := range l.names {
		gone := l.texts(event, name)
		if len(gone) == 0 {
			continue
		}
		l.found[name] = true
		eachLeaf(after, "", func(path string, v evaluator.Value) {
			if sayAny(readings(v.Text()), gone) {
				places[Left{Field: name, In: path}] = true
			}
		})
	}
	for place := range places {
		l.left[place]++
	}
}

// sayAny reports whether one of the readings of a text still says anything of what is gone.
func sayAny(readings, gone []string) bool {
	return slices.ContainsFunc(gone, func(g string) bool {
		return slices.ContainsFunc(readings, func(text string) bool { return repeats(text, g) })
	})
}

// repeats reports whether a text still says what is gone. Letter case does not count, for
// it does not for rules, nor for whoever reads it; both are in lower case.
func repeats(text, gone string) bool {
	return len(gone) >= shortestSame && text == gone || len(gone) >= shortestPart && strings.Contains(text, gone)
}

// texts returns, in lower case, what stands under a name in an event, in any of its views, and at any
// place of its record where a redaction takes it from.
func (l *residue) texts(event *telemetry.Event, name string) (texts []string) {
	add := func(_ string, v evaluator.Value) { texts = append(texts, strings.ToLower(v.Text())) }
	take := func(e evaluator.Event) {
		if v, ok := e.Field(name); ok {
			eachLeaf(v, "", add)
		}
	}
	take(event)
	for _, view := range event.Views() {
		take(view.Event)
	}
	eachSpot(event.Record().Value, spot{}, func(p spot, v evaluator.Value) {
		if p.named([]string{name}) {
			eachLeaf(v, "", add)
		}
	})
	return texts
}

// told sums up what was seen.
func (l *residue) told() (missing []string, left []Left) {
	for _, name := range l.names {
		if !l.found[name] {
			missing = append(missing, name)
		}
	}
	for _, place := range slices.SortedFunc(maps.Keys(l.left), func(a, b Left) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.In, b.In))
	}) {
		place.Events = l.left[place]
		left = append(left, place)
	}
	return missing, left
}

// eachLeaf calls f for each text, number and boolean at any depth.
func eachLeaf(v evaluator.Value, path string, f func(path string, v evaluator.Value)) {
	switch v.Kind() {
	case evaluator.Null:
	case evaluator.List:
		for _, item := range v.Items() {
			eachLeaf(item, path, f)
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			eachLeaf(m.Value, below(path, m.Name), f)
		}
	default:
		f(path, v)
	}
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
