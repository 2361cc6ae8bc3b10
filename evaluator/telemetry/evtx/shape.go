package evtx

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// node is one thing that a record will show, with its values still to be
// filled in.
type node struct {
	form   form
	number bool   // digits become a number
	name   string // as a member of an object
	fixed  evaluator.Value
	slot   int    // index of the value in the decoder
	parts  []node // of a mixture its pieces, of a list its items, of an object its members
}

type form uint8

const (
	formNull form = iota
	formFixed
	formSlot
	formMixed // pieces of text in a row
	formList  // an item that is a list itself stands for its items
	formObject
)

func fixedText(text string) node { return node{form: formFixed, fixed: evaluator.StringValue(text)} }

// shape returns the object that the elements of a script make. Its nodes refer
// to the values of the record, so it is good for others with the same
// signature, unless it is odd.
func (d *decoder) shape(w walk, f frame, depth int) (node, error) {
	_, children, err := d.content(&w, f, depth)
	if err == nil && len(children) == 0 {
		err = errEmpty
	}
	return node{form: formObject, parts: collect(children)}, err
}

// content shapes what stands up to the end of an element or of the script: its
// pieces of text, and the elements.
func (d *decoder) content(w *walk, f frame, depth int) (text pieces, children []node, err error) {
	base := len(d.stack)
	for err == nil {
		if err = d.spend(1); err != nil {
			break
		}
		switch w.peek() {
		case opText, opValue:
			var piece node
			var more []node
			piece, more, err = d.piece(w, f, depth)
			text.add(piece)
			d.stack = append(d.stack, more...)
		case opElement:
			var child node
			child, err = d.element(w, f, depth+1)
			d.stack = append(d.stack, child)
		case opInstance:
			var more []node
			more, err = d.inline(int(w.next()), depth+1)
			d.stack = append(d.stack, more...)
		default:
			return text, d.pop(base), nil
		}
	}
	d.pop(base)
	return pieces{}, nil, err
}

// pieces are pieces of text in a row, hardly ever more than one.
type pieces struct {
	first node
	all   []node // nil if there is but one
}

// add appends a piece, unless it is null.
func (p *pieces) add(n node) {
	switch {
	case n.form == formNull:
	case p.first.form == formNull:
		p.first = n
	case p.all == nil:
		p.all = []node{p.first, n}
	default:
		p.all = append(p.all, n)
	}
}

// pop takes the nodes from the stack that are above its base.
func (d *decoder) pop(base int) []node {
	nodes := slices.Clone(d.stack[base:])
	clear(d.stack[base:])
	d.stack = d.stack[:base]
	return nodes
}

// piece shapes a text or a value; a value may also be elements.
func (d *decoder) piece(w *walk, f frame, depth int) (text node, children []node, err error) {
	text = d.plain(w, f)
	if !d.isBinXML(text) {
		return text, nil, nil
	}
	children, err = d.fragment(d.values[text.slot], depth+1)
	return node{}, children, err
}

// plain shapes a text or a value.
func (d *decoder) plain(w *walk, f frame) node {
	if w.peek() == opText {
		text := d.symbols.text(w.next())
		if text == "" {
			return node{}
		}
		return fixedText(text)
	}
	index := int(w.next())
	if index >= f.count || d.values[f.base+index].class == kindNull {
		return node{}
	}
	return node{form: formSlot, slot: f.base + index}
}

func (d *decoder) isBinXML(n node) bool {
	return n.form == formSlot && d.values[n.slot].class == kindBinXML
}

// fragment shapes the elements of a value that is binary XML.
func (d *decoder) fragment(v value, depth int) ([]node, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	if v.frame > 0 {
		f := d.frames[v.frame-1]
		_, children, err := d.content(&walk{codes: f.template.codes}, f, depth)
		return children, err
	}
	c := d.cursor(v)
	codes, err := d.script(&c, false)
	if err != nil {
		return nil, err
	}
	_, children, err := d.content(&walk{codes: keep(codes)}, frame{}, depth)
	return children, err
}

// inline shapes an instance that stands among the tokens themselves.
func (d *decoder) inline(at, depth int) ([]node, error) {
	d.odd = true
	f, err := d.instance(&cursor{chunk: d.chunk, at: at + 1, end: len(d.chunk)}, depth)
	if err != nil {
		return nil, err
	}
	_, children, err := d.content(&walk{codes: f.template.codes}, f, depth)
	return children, err
}

func (d *decoder) element(w *walk, f frame, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errDeep
	}
	name := d.symbols.text(w.next())
	attributes, dataName, err := d.attributes(w, f, name == "Data")
	if err != nil {
		return node{}, err
	}
	w.next() // opBody
	text, children, err := d.content(w, f, depth)
	if err != nil {
		return node{}, err
	}
	w.next() // opEnd
	n := d.whole(collect(attributes), d.joined(text), collect(children))
	switch {
	case dataName != "":
		name = dataName
	case name == "Data":
		n = d.unnamed(n)
	case name == "EventID":
		n = n.asNumber()
	}
	n.name = name
	return n, nil
}

// attributes shapes the attributes of an element. Of a Data element with a name
// only the name matters; it is returned.
func (d *decoder) attributes(w *walk, f frame, data bool) (attributes []node, dataName string, err error) {
	for w.peek() == opAttribute {
		if err := d.spend(1); err != nil {
			return nil, "", err
		}
		name := d.symbols.text(w.next())
		var text pieces
		for w.peek() == opText || w.peek() == opValue {
			if piece := d.plain(w, f); !d.isBinXML(piece) {
				text.add(piece)
			}
		}
		n := d.joined(text)
		n.name = name
		switch {
		case n.form == formNull || name == "xmlns" || strings.HasPrefix(name, "xmlns:"):
		case data && dataName == "" && name == "Name" && d.lookInto(&n) != "":
			dataName = d.lookInto(&n)
		default:
			attributes = append(attributes, n)
		}
	}
	if dataName != "" {
		attributes = nil
	}
	return attributes, dataName, nil
}

// lookInto returns the text of a node, on which more than that node depends.
func (d *decoder) lookInto(n *node) string {
	if n.form != formFixed {
		d.odd = true
	}
	return d.eval(n).Text()
}

// joined makes one node of pieces of text: a single one keeps its type, more
// become one string, and none null.
func (d *decoder) joined(text pieces) node {
	if text.all == nil {
		return text.first
	}
	n := node{form: formMixed, parts: text.all}
	if n.isFixed() {
		n = node{form: formFixed, fixed: d.eval(&n)}
	}
	return n
}

// whole puts an element together as evtx_dump does: its text alone if there is
// nothing else, otherwise an object with "#attributes", "#text" and children.
func (d *decoder) whole(attributes []node, text node, children []node) node {
	if len(attributes) == 0 && len(children) == 0 {
		return text
	}
	if len(children) > 0 && text.form != formNull && strings.TrimSpace(d.lookInto(&text)) == "" {
		text = node{}
	}
	if len(attributes) == 0 && text.form == formNull {
		return node{form: formObject, parts: children}
	}
	members := make([]node, 0, len(children)+2)
	if len(attributes) > 0 {
		members = append(members, node{form: formObject, name: "#attributes", parts: attributes})
	}
	if text.form != formNull {
		text.name = "#text"
		members = append(members, text)
	}
	return node{form: formObject, parts: append(members, children...)}
}

// unnamed makes the content of a Data element without a name a list. An empty
// one stays null, unless it turns out to be one of several.
func (d *decoder) unnamed(n node) node {
	switch n.form {
	case formFixed, formSlot, formMixed:
		return node{form: formList, parts: []node{n}}
	}
	return n
}

// asNumber makes a number of digits that stand as text.
func (n node) asNumber() node {
	switch n.form {
	case formFixed:
		n.fixed = asNumber(n.fixed)
	case formSlot, formMixed:
		n.number = true
	}
	return n
}

// isFixed reports whether a node is the same in every record.
func (n *node) isFixed() bool {
	switch n.form {
	case formSlot:
		return false
	case formNull, formFixed:
		return true
	}
	for i := range n.parts {
		if !n.parts[i].isFixed() {
			return false
		}
	}
	return true
}
