package rules

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// NodeKind is the shape of a Node.
type NodeKind uint8

// The shapes of a Node.
const (
	ScalarNode NodeKind = iota
	ListNode
	MapNode
)

// String returns the name that messages use.
func (k NodeKind) String() string { return [...]string{"scalar", "list", "map"}[k] }

// Node is a piece of a YAML document with aliases and merge keys resolved and
// the position of every key and value. Keys that Sigma does not know are kept
// as Nodes.
type Node struct {
	Kind    NodeKind
	Scalar  Scalar  // of a ScalarNode
	Items   []*Node // of a ListNode
	Entries []Entry // of a MapNode, in document order
	Span    Span

	invalid bool // building the document that this is the root of met an error
}

// Entry is one key of a map with its value.
type Entry struct {
	Key   Scalar
	Value *Node
}

// Get returns the value of a key, nil if n is no map or has no such key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, e := range n.Entries {
		if e.Key.Text == key {
			return e.Value
		}
	}
	return nil
}

// describe names what a node is, for messages of the form "expected x, found y".
func (n *Node) describe() string {
	if n.Kind != ScalarNode {
		return "a " + n.Kind.String()
	}
	switch n.Scalar.Kind {
	case NullScalar:
		return "nothing"
	case IntScalar, FloatScalar, BoolScalar:
		return n.Scalar.Kind.String() + " " + n.Scalar.Text
	}
	return "string " + quote(n.Scalar.Text)
}

// Limits of a document. They are far above what any real rule needs and keep a
// hostile one from using more than a few megabytes.
const (
	MaxFileSize  = 16 << 20 // bytes of a file
	MaxDepth     = 64       // nesting of lists and maps
	MaxNodes     = 200_000  // nodes of a document after alias expansion
	MaxText      = 32 << 20 // bytes of all scalars of a document after alias expansion
	maxMergeKeys = 10_000   // entries that merge keys may add to one document
)

// nodeBuilder turns yaml.v3 nodes into Nodes. It reports what Sigma forbids
// (duplicate keys, keys that are no scalars) and stops at the limits.
type nodeBuilder struct {
	file   *File
	yaml   *File // the same with the line breaks that yaml.v3 sees; nil if there are no others
	report func(Diagnostic)
	free   []Node // not yet used
	nodes  int
	text   int // bytes of scalars
	merged int
	full   bool // a limit was reached, and reported once
	open   map[*yaml.Node]bool
}

func (b *nodeBuilder) build(y *yaml.Node, depth int) *Node {
	if y.Kind == yaml.AliasNode {
		return b.alias(y, depth)
	}
	n := b.newNode()
	n.Span = b.spanOf(y)
	b.nodes++
	if b.nodes > MaxNodes {
		b.limit(n.Span, fmt.Sprintf("document has more than %d nodes after alias expansion", MaxNodes))
	}
	if depth > MaxDepth {
		b.limit(n.Span, fmt.Sprintf("document is nested more than %d levels deep", MaxDepth))
	}
	if b.text += len(y.Value); b.text > MaxText {
		b.limit(n.Span, fmt.Sprintf("document has more than %d bytes of text after alias expansion", MaxText))
	}
	if b.full {
		return n
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = MapNode
		b.entries(n, y, depth)
		b.close(n, y)
	case yaml.SequenceNode:
		n.Kind = ListNode
		n.Items = make([]*Node, 0, len(y.Content))
		for _, c := range y.Content {
			item := b.build(c, depth+1)
			n.Items = append(n.Items, item)
			n.Span = n.Span.to(item.Span)
		}
		b.close(n, y)
	default:
		n.Scalar = b.scalar(y)
		n.Span = n.Scalar.Span
	}
	return n
}

// newNode allocates a few nodes at a time.
func (b *nodeBuilder) newNode() *Node {
	if len(b.free) == 0 {
		b.free = make([]Node, 16)
	}
	n := &b.free[0]
	b.free = b.free[1:]
	return n
}

func (b *nodeBuilder) alias(y *yaml.Node, depth int) *Node {
	if b.open[y.Alias] {
		b.report(Diagnostic{Code: "schema/yaml-syntax", Severity: Error, Span: b.spanOf(y),
			Message: fmt.Sprintf("alias *%s contains itself", y.Value)})
		return &Node{Span: b.spanOf(y), Scalar: Scalar{Kind: NullScalar}}
	}
	if b.open == nil {
		b.open = map[*yaml.Node]bool{}
	}
	b.open[y.Alias] = true
	defer delete(b.open, y.Alias)
	return b.build(y.Alias, depth)
}

func (b *nodeBuilder) limit(at Span, message string) {
	if !b.full {
		b.report(Diagnostic{Code: "schema/limit", Severity: Error, Span: at, Message: message,
			Help: "split the document"})
	}
	b.full = true
}

func (b *nodeBuilder) entries(n *Node, y *yaml.Node, depth int) {
	n.Entries = make([]Entry, 0, len(y.Content)/2)
	seen := keySet{node: n}
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content) && !b.full; i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			b.report(Diagnostic{Code: "schema/wrong-type", Severity: Error, Span: b.spanOf(k),
				Message: "a map key must be a scalar"})
			continue
		}
		if k.Value == "<<" && k.Style == 0 {
			merges = append(merges, v)
			continue
		}
		key := b.scalar(k)
		if first, dup := seen.find(key.Text); dup {
			b.report(Diagnostic{Code: "schema/duplicate-key", Severity: Error, Span: key.Span,
				Message: fmt.Sprintf("key %s is already defined in line %d", quote(key.Text), first.Start.Line),
				Help:    "a YAML parser keeps one of the two and drops the other: merge or rename them",
				Related: []Related{{first, "first defined here"}}})
			continue
		}
		value := b.build(v, depth+1)
		n.Entries = append(n.Entries, Entry{key, value})
		n.Span = n.Span.to(key.Span).to(value.Span)
	}
	for _, m := range merges {
		b.merge(n, m, &seen, depth)
	}
}

// keySet finds the keys of a map that is being built. Small maps need no index.
type keySet struct {
	node  *Node
	index map[string]Span
	done  int // entries in the index
}

func (k *keySet) find(key string) (Span, bool) {
	entries := k.node.Entries
	if len(entries) > 16 {
		if k.index == nil {
			k.index = make(map[string]Span, cap(entries))
		}
		for ; k.done < len(entries); k.done++ {
			k.index[entries[k.done].Key.Text] = entries[k.done].Key.Span
		}
		first, found := k.index[key]
		return first, found
	}
	for i := range entries {
		if entries[i].Key.Text == key {
			return entries[i].Key.Span, true
		}
	}
	return Span{}, false
}

// merge adds the keys of a merge key's map, or list of maps, that n has not.
func (b *nodeBuilder) merge(n *Node, from *yaml.Node, seen *keySet, depth int) {
	source := b.build(from, depth+1)
	maps := []*Node{source}
	if source.Kind == ListNode {
		maps = source.Items
	}
	for _, m := range maps {
		if m.Kind != MapNode {
			b.report(Diagnostic{Code: "schema/wrong-type", Severity: Error, Span: m.Span,
				Message: "a merge key << needs a map or a list of maps, found " + m.describe()})
			continue
		}
		for _, e := range m.Entries {
			if _, has := seen.find(e.Key.Text); has {
				continue
			}
			if b.merged++; b.merged > maxMergeKeys {
				b.limit(m.Span, fmt.Sprintf("merge keys add more than %d entries", maxMergeKeys))
				return
			}
			n.Entries = append(n.Entries, e)
		}
	}
}

func (b *nodeBuilder) scalar(y *yaml.Node) Scalar {
	s := Scalar{Text: y.Value, Span: b.spanOf(y)}
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		s.style = doubleQuoted
	case y.Style&yaml.SingleQuotedStyle != 0:
		s.style = singleQuoted
	case y.Style&yaml.LiteralStyle != 0:
		s.style = literalBlock
	case y.Style&yaml.FoldedStyle != 0:
		s.style = foldedBlock
	case y.Style&yaml.TaggedStyle != 0 && y.Tag != "!!null" && y.Tag != "!!bool" && y.Tag != "!!int" && y.Tag != "!!float":
		// An explicit tag that is no core type leaves the text a string.
	default:
		s.Kind = coreKind(y.Value)
	}
	s.Span.End = s.Span.Start
	if y.Value != "" || s.style != plainStyle {
		from := b.file.offset(s.Span.Start)
		s.Span.End = b.endPosition(s, from, s.endOf(from))
	}
	return s
}

// behindProperties skips the anchor and the tag in front of a value, which may
// stand on lines of their own.
func (b *nodeBuilder) behindProperties(p Position) Position {
	src, at := b.file.Source, b.file.offset(p)
	for at < len(src) {
		switch c := src[at]; {
		case c == '&' || c == '!':
			for at < len(src) && !isBlank(src[at]) && yamlBreak(src, at) == 0 {
				at++
			}
		case c == '#':
			for at < len(src) && yamlBreak(src, at) == 0 {
				at++
			}
		case isBlank(c):
			at++
		case yamlBreak(src, at) > 0:
			at += yamlBreak(src, at)
		default:
			return b.file.position(at)
		}
	}
	return b.file.position(at)
}

// endPosition converts the end offset of a scalar, cheaply where it stands on
// the line of the start.
func (b *nodeBuilder) endPosition(s Scalar, from, end int) Position {
	line := s.Span.Start.Line
	if line < len(b.file.starts) && end > b.file.starts[line] {
		return b.file.position(end)
	}
	return Position{line, s.Span.Start.Column + utf8.RuneCount(b.file.Source[from:end])}
}

// spanOf returns where a value starts, behind its anchor and its tag.
func (b *nodeBuilder) spanOf(y *yaml.Node) Span {
	at := Position{y.Line, y.Column}
	if b.yaml != nil {
		at = b.file.position(b.yaml.offset(at))
	}
	empty := y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0
	if off := b.file.offset(at); !empty && off < len(b.file.Source) && (b.file.Source[off] == '&' || b.file.Source[off] == '!') {
		at = b.behindProperties(at)
	}
	return Span{File: b.file, Start: at, End: at}
}

// close extends the span of a flow collection over its closing bracket.
func (b *nodeBuilder) close(n *Node, y *yaml.Node) {
	if y.Style&yaml.FlowStyle == 0 {
		return
	}
	src, at := b.file.Source, b.file.offset(n.Span.End)
	if n.Span.End == n.Span.Start {
		at++ // the opening bracket
	}
	for at < len(src) {
		switch c := src[at]; {
		case c == ']' || c == '}':
			n.Span.End = b.file.position(at + 1)
			return
		case c == '#' || c == '*' || c == '<':
			// A comment, or an alias whose node stands elsewhere.
			for at < len(src) && (c == '#' || !isBlank(src[at]) && !bytes.ContainsRune([]byte(",]}"), rune(src[at]))) && yamlBreak(src, at) == 0 {
				at++
			}
		case isBlank(c) || c == ',' || c == ':':
			at++
		case yamlBreak(src, at) > 0:
			at += yamlBreak(src, at)
		default:
			return
		}
	}
}

// yamlLines returns the file as yaml.v3 counts its lines, nil if that is as
// editors do. YAML 1.1 has three line breaks of its own.
func yamlLines(f *File) *File {
	src := f.Source
	if !bytes.Contains(src, []byte("\u0085")) && !bytes.Contains(src, []byte("\u2028")) && !bytes.Contains(src, []byte("\u2029")) {
		return nil
	}
	y := &File{Path: f.Path, Source: src, starts: []int{0}}
	y.splitLines(func(at int) int { return yamlBreak(src, at) })
	y.markLongLines()
	return y
}
