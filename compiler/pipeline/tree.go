package pipeline

import "github.com/socctl/socctl/rules"

// node is a selection, or a part of one, while a pipeline works on it: an item,
// or nodes of which all or any must match. A node with neither was dropped.
type node struct {
	item *item
	kids []*node
	any  bool
	span rules.Span
}

func newNode(b *rules.Block) *node {
	n := &node{span: b.Span, any: b.Any != nil}
	for _, i := range b.Items {
		n.kids = append(n.kids, &node{item: newItem(i), span: i.Span})
	}
	for _, alternative := range b.Any {
		n.kids = append(n.kids, newNode(alternative))
	}
	return n
}

// empty reports whether nothing is left of a node.
func (n *node) empty() bool { return n.item == nil && len(n.kids) == 0 }

// items calls visit for all items in their order.
func (n *node) items(visit func(*item)) {
	if n.item != nil {
		visit(n.item)
	}
	for _, kid := range n.kids {
		kid.items(visit)
	}
}

// stand gives a node and what is below it a place.
func (n *node) stand(at rules.Span) {
	n.span = at
	for _, kid := range n.kids {
		kid.stand(at)
	}
}

// replace puts what f returns in the place of every item; nil leaves it. A node
// whose last item is dropped is dropped too, as pySigma does.
func (n *node) replace(f func(*item) *node) {
	kept := n.kids[:0]
	for _, kid := range n.kids {
		if kid.item == nil {
			kid.replace(f)
		} else if r := f(kid.item); r != nil {
			r.stand(kid.span)
			kid = r
		}
		if !kid.empty() {
			kept = append(kept, kid)
		}
	}
	n.kids = kept
}

// maxAlternatives bounds what one map of a selection may become. A selection of
// Sigma is a map of items, or a list of maps; where a field stands for one of
// several, the maps are multiplied.
const maxAlternatives = 4096

// block writes a node as a block of a rule. ok is false if it has too many
// alternatives.
func (n *node) block() (b *rules.Block, ok bool) {
	if n.any {
		b = &rules.Block{Span: n.span, Any: []*rules.Block{}}
		for _, kid := range n.kids {
			k, ok := kid.block()
			if !ok {
				return nil, false
			}
			b.Any = append(b.Any, k)
		}
		return b, true
	}
	alternatives, ok := n.alternatives()
	if !ok {
		return nil, false
	}
	if len(alternatives) == 1 {
		return &rules.Block{Span: n.span, Items: alternatives[0]}, true
	}
	b = &rules.Block{Span: n.span}
	for _, items := range alternatives {
		b.Any = append(b.Any, &rules.Block{Span: n.span, Items: items})
	}
	return b, true
}

// alternatives returns a node as a list of lists of items: any of the lists
// must match, with all of its items.
func (n *node) alternatives() (out [][]*rules.Item, ok bool) {
	if n.item != nil {
		items, any := n.item.written()
		if !any {
			return [][]*rules.Item{items}, true
		}
		for _, i := range items {
			out = append(out, []*rules.Item{i})
		}
		return out, true
	}
	if !n.any {
		out = [][]*rules.Item{nil}
	}
	for _, kid := range n.kids {
		more, ok := kid.alternatives()
		if !ok {
			return nil, false
		}
		if n.any {
			out = append(out, more...)
		} else {
			out = product(out, more)
		}
		if len(out) > maxAlternatives {
			return nil, false
		}
	}
	return out, true
}

func product(a, b [][]*rules.Item) [][]*rules.Item {
	if len(b) == 1 && len(a) == 1 {
		return [][]*rules.Item{append(a[0], b[0]...)}
	}
	if len(a)*len(b) > maxAlternatives {
		return make([][]*rules.Item, maxAlternatives+1)
	}
	out := make([][]*rules.Item, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, append(x[:len(x):len(x)], y...))
		}
	}
	return out
}
