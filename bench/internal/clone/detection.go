package clone

import (
	"path"

	"github.com/socctl/socctl/rules"
)

// changeDetection changes the literals of all selections; but of those that the
// condition excludes only if the others look for something else by then. An
// exclusion that does not exclude any more, of a rule that else looks for numbers,
// would make a copy match far more than its original.
func changeDetection(d *rules.Detection, n int) {
	some, all := false, true
	for _, s := range d.Selections {
		if !excluded(d, s.Name.Text) {
			some, all = true, changeBlock(s.Body, n) && all
		}
	}
	for _, s := range d.Selections {
		if some && all && excluded(d, s.Name.Text) {
			changeBlock(s.Body, n)
		}
	}
}

// excluded reports whether a condition names the selection behind a not.
func excluded(d *rules.Detection, name string) (yes bool) {
	for _, c := range d.Conditions {
		c.Root.Walk(func(e *rules.Expr) {
			if e.Op != rules.Not {
				return
			}
			e.Walk(func(e *rules.Expr) {
				matched, _ := path.Match(e.Name, name)
				yes = yes || matched || e.Name == "them"
			})
		})
	}
	return yes
}

// changeBlock reports whether nothing satisfies the block any more that did:
// one item has changed, or all alternatives.
func changeBlock(b *rules.Block, n int) bool {
	items, alternatives := false, b.Any != nil
	for _, item := range b.Items {
		items = changeItem(item, n) || items
	}
	for _, alternative := range b.Any {
		alternatives = changeBlock(alternative, n) && alternatives
	}
	return items || alternatives
}

// changeItem reports whether all values have changed.
func changeItem(item *rules.Item, n int) bool {
	if item.Has("cidr") || item.Has("fieldref") || item.Has("expand") {
		return false
	}
	change := literal
	if item.Has("re") {
		change = regex
	}
	all := true
	for i := range item.Values {
		v := &item.Values[i]
		was := v.Text
		if v.Kind == rules.StringScalar {
			v.Text = change(was, n)
		}
		all = all && v.Text != was
	}
	return all
}
