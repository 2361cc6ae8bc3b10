package ruletest

import (
	"path/filepath"

	"github.com/socctl/socctl/rules"
)

// expectations reads what a test wants. That it wants nothing is not said of a
// test with an error, which may be the reason.
func (d *decoder) expectations(t *draft, n *rules.Node, failed bool) {
	w, before := &t.want, len(d.diags)
	if e, found := entry(n, "match"); found {
		w.match, w.matchSpan = d.boolean(e.Value, "match"), e.Value.Span
	}
	w.selections = d.selections(n.Get("selections"))
	w.because = d.text(n.Get("because"), "because")
	w.count = d.countRange(n.Get("count"))
	if w.golden = d.text(n.Get("golden"), "golden"); w.golden.Text != "" {
		w.goldenPath = beside(t.Path, w.golden.Text)
	}
	d.because(w)
	if !failed && !d.failed(before) && !t.sequence && w.match == nil && w.because.Text == "" && w.count == nil && len(w.selections) == 0 && w.golden.Text == "" {
		d.errorf("test/missing-field", t.Span, "add match: true or match: false", "the test expects nothing")
	}
}

// because implies that the event does not match.
func (d *decoder) because(w *want) {
	switch {
	case w.because.Text == "":
	case w.match == nil:
		no := false
		w.match, w.matchSpan = &no, w.because.Span
	case *w.match:
		d.errorf("test/conflict", w.because.Span, "", "because gives the reason of match: false, and the test has match: true")
	}
}

func (d *decoder) selections(n *rules.Node) []selectionWant {
	if n == nil {
		return nil
	}
	if n.Kind != rules.MapNode || len(n.Entries) == 0 {
		d.wrongType(n, "selections", "a map from names of selections to true or false")
		return nil
	}
	var out []selectionWant
	for _, e := range n.Entries {
		if holds := d.boolean(e.Value, "a selection"); holds != nil {
			out = append(out, selectionWant{e.Key, *holds})
		}
	}
	return out
}

// countRange reads count: a number, or a map with min, max or both.
func (d *decoder) countRange(n *rules.Node) *countRange {
	if n == nil {
		return nil
	}
	c := &countRange{max: -1, span: n.Span}
	if n.Kind != rules.MapNode {
		count, _ := d.number(n, "count")
		c.min, c.max = count, count
		return c
	}
	d.fields(n, "count", "min", "max")
	var hasMin, hasMax bool
	var limit int
	c.min, hasMin = d.number(n.Get("min"), "min")
	if limit, hasMax = d.number(n.Get("max"), "max"); hasMax {
		c.max = limit
	}
	switch {
	case !hasMin && !hasMax:
		d.errorf("test/missing-field", n.Span, "", "count needs min, max or both")
	case hasMax && c.max < c.min:
		d.errorf("test/conflict", n.Span, "", "count wants at least %d and at most %d", c.min, c.max)
	}
	return c
}

// beside resolves a path that is relative to the file it stands in.
func beside(file, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(filepath.FromSlash(file)), path)
}
