package pipeline

import (
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// params reads the keys of a map and knows which of them were asked for, so
// that finish can report the others.
type params struct {
	*parser
	node  *rules.Node
	what  string // the map, in messages
	asked map[string]bool
}

// params returns nil, and reports it, if n is no map.
func (p *parser) params(n *rules.Node, what string) *params {
	if n.Kind != rules.MapNode {
		p.errorf("pipeline/wrong-type", n.Span, what+" must be a map, found "+describe(n), "")
		return nil
	}
	return &params{parser: p, node: n, what: what, asked: map[string]bool{}}
}

// finish reports the keys that nobody asked for.
func (ps *params) finish() {
	for _, e := range ps.node.Entries {
		if ps.asked[e.Key.Text] {
			continue
		}
		known := slices.Sorted(maps.Keys(ps.asked))
		help := "known are " + strings.Join(known, ", ")
		if near := rules.Nearest(e.Key.Text, known); near != "" {
			help = "did you mean " + near + "?"
		}
		ps.errorf("pipeline/unknown-key", e.Key.Span, ps.what+" has no key "+e.Key.Text, help)
	}
}

func (ps *params) get(key string) *rules.Node {
	ps.asked[key] = true
	return ps.node.Get(key)
}

// required is get for a key that must be there; it reports if it is not.
func (ps *params) required(key string) *rules.Node {
	n := ps.get(key)
	if n == nil {
		at := ps.node.Span
		if len(ps.node.Entries) > 0 {
			at = ps.node.Entries[0].Key.Span
		}
		ps.errorf("pipeline/missing-key", at, ps.what+" has no key "+key, "add "+key+":")
	}
	return n
}

func (ps *params) wrongType(key string, n *rules.Node, want string) {
	ps.errorf("pipeline/wrong-type", n.Span, key+" must be "+want+", found "+describe(n), "")
}

// text reads a string that must be there.
func (ps *params) text(key string) rules.Scalar {
	if n := ps.required(key); n != nil {
		return ps.asText(key, n)
	}
	return rules.Scalar{}
}

// optionalText reads a string; null is the same as an absent one.
func (ps *params) optionalText(key string) rules.Scalar {
	if n := ps.get(key); n != nil && !isNull(n) {
		return ps.asText(key, n)
	}
	return rules.Scalar{}
}

func (ps *params) asText(key string, n *rules.Node) rules.Scalar {
	if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.StringScalar {
		ps.wrongType(key, n, "a string")
		return rules.Scalar{}
	}
	return n.Scalar
}

// scalar reads a scalar of a kind that may be absent.
func (ps *params) scalar(key string, kind rules.ScalarKind) rules.Scalar {
	n := ps.get(key)
	if n == nil {
		return rules.Scalar{}
	}
	if n.Kind != rules.ScalarNode || n.Scalar.Kind != kind {
		ps.wrongType(key, n, "of type "+kind.String())
		return rules.Scalar{}
	}
	return n.Scalar
}

func (ps *params) boolean(key string) bool { return ps.scalar(key, rules.BoolScalar).Bool() }

// anyScalar reads a value of any scalar type that must be there.
func (ps *params) anyScalar(key string) rules.Scalar {
	n := ps.required(key)
	switch {
	case n == nil:
		return rules.Scalar{}
	case n.Kind != rules.ScalarNode:
		ps.wrongType(key, n, "a single value")
		return rules.Scalar{}
	}
	return n.Scalar
}

// texts reads a list of strings that may be absent.
func (ps *params) texts(key string) []rules.Scalar {
	n := ps.get(key)
	if n == nil || isNull(n) {
		return nil
	}
	return ps.asTexts(key, n, false)
}

// textOrTexts reads a string or a list of them that must be there.
func (ps *params) textOrTexts(key string) []rules.Scalar {
	n := ps.required(key)
	if n == nil {
		return nil
	}
	return ps.asTexts(key, n, true)
}

// asTexts reads a list of at least one string, or a single one.
func (ps *params) asTexts(key string, n *rules.Node, single bool) []rules.Scalar {
	if single && n.Kind == rules.ScalarNode && n.Scalar.Kind == rules.StringScalar {
		return []rules.Scalar{n.Scalar}
	}
	if n.Kind != rules.ListNode {
		want := "a list of strings"
		if single {
			want = "a string or a list of strings"
		}
		ps.wrongType(key, n, want)
		return nil
	}
	out := make([]rules.Scalar, 0, len(n.Items))
	for _, item := range n.Items {
		if item.Kind != rules.ScalarNode || item.Scalar.Kind != rules.StringScalar {
			ps.errorf("pipeline/wrong-type", item.Span, "an entry of "+key+" must be a string, found "+describe(item), "put it in quotes")
			continue
		}
		out = append(out, item.Scalar)
	}
	return out
}

// one reads a string that must be one of a few; absent is the first of them.
func (ps *params) one(key string, allowed ...string) string {
	s := ps.optionalText(key)
	if !s.Present() {
		return allowed[0]
	}
	if !slices.Contains(allowed, s.Text) {
		ps.errorf("pipeline/invalid-value", s.Span, key+" cannot be "+s.Text, "it is one of "+strings.Join(allowed, ", "))
	}
	return s.Text
}

// lookup finds what a type stands for. It reports and returns nil if there is
// none, or if it is known and not supported, for the reason given.
func lookup[T any](p *parser, kind rules.Scalar, what string, known map[string]func(*params) T, unsupported map[string]string) func(*params) T {
	if build, ok := known[kind.Text]; ok {
		return build
	}
	names := slices.Sorted(maps.Keys(known))
	if reason, ok := unsupported[kind.Text]; ok {
		p.errorf("pipeline/unsupported", kind.Span, what+" "+kind.Text+" is not supported: "+reason, "supported are "+strings.Join(names, ", "))
		return nil
	}
	help := "supported are " + strings.Join(names, ", ")
	if near := rules.Nearest(kind.Text, names); near != "" {
		help = "did you mean " + near + "?"
	}
	p.errorf("pipeline/unknown-type", kind.Span, "there is no "+what+" "+kind.Text, help)
	return nil
}
