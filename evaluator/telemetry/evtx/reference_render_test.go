package evtx

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// record renders the record whose binary XML lies between two chunk offsets.
func (x *binXML) record(start, end int) (evaluator.Value, error) {
	x.members, x.values = x.members[:0], x.values[:0]
	x.quota = maxRecordText
	c := &cursor{chunk: x.chunk, at: start, end: end}
	parts, err := x.fragment(c, true, 0)
	if err != nil {
		return evaluator.Value{}, err
	}
	if err := x.children(parts, nil, 0); err != nil {
		return evaluator.Value{}, err
	}
	if len(x.members) == 0 {
		return evaluator.Value{}, errors.New("record without an element")
	}
	return evaluator.ObjectValue(x.collect(0)...), nil
}

// children renders the elements among parts and leaves them on x.members.
func (x *binXML) children(parts []binPart, values []binValue, depth int) error {
	if err := x.spend(len(parts)); err != nil {
		return err
	}
	for i := range parts {
		p := &parts[i]
		switch p.kind {
		case binElementPart:
			if err := x.child(p.element, values, depth+1); err != nil {
				return err
			}
		case binInstancePart:
			if err := x.children(p.instance.template.content, p.instance.values, depth+1); err != nil {
				return err
			}
		case binValuePart:
			if p.index < len(values) && values[p.index].kind == kindBinXML {
				if err := x.embedded(values[p.index], depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// embedded renders a value that is itself binary XML.
func (x *binXML) embedded(v binValue, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	c := &cursor{chunk: x.chunk, at: v.start, end: v.start + len(v.data)}
	parts, err := x.fragment(c, false, depth)
	if err != nil {
		return err
	}
	return x.children(parts, nil, depth)
}

// child renders an element and puts it on x.members.
func (x *binXML) child(e *binElement, values []binValue, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	if err := x.spend(1 + len(e.attrs)); err != nil {
		return err
	}
	base := len(x.members)
	name, err := x.attrsOf(e, values)
	if err != nil {
		return err
	}
	attrs := evaluator.ObjectValue(x.collect(base)...)
	if err := x.children(e.content, values, depth); err != nil {
		return err
	}
	text, err := x.joined(e.content, values)
	if err != nil {
		return err
	}
	v := binShape(attrs, text, x.collect(base))
	switch {
	case name != "":
	case e.name == "Data":
		name, v = e.name, unnamedData(v)
	case e.name == "EventID":
		name, v = e.name, asNumber(v)
	default:
		name = e.name
	}
	x.members = append(x.members, evaluator.Member{Name: name, Value: v})
	return nil
}

// attrsOf renders the attributes of an element and leaves them on x.members.
// Of a Data element with a name only the name matters; it is returned.
func (x *binXML) attrsOf(e *binElement, values []binValue) (name string, err error) {
	if e.name == "Data" && len(e.attrs) == 1 && len(e.attrs[0].value) == 1 {
		if a := &e.attrs[0]; a.name == "Name" && a.value[0].kind == binTextPart && a.value[0].text != "" {
			return a.value[0].text, nil // the usual case: a name that stands in the template
		}
	}
	base := len(x.members)
	for i := range e.attrs {
		a := &e.attrs[i]
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") {
			continue
		}
		v, err := x.joined(a.value, values)
		if err != nil {
			return "", err
		}
		if v.IsNull() {
			continue
		}
		if a.name == "Name" && e.name == "Data" && v.Text() != "" {
			x.members = x.members[:base]
			return v.Text(), nil
		}
		x.members = append(x.members, evaluator.Member{Name: a.name, Value: v})
	}
	return "", nil
}

// joined renders the text among parts: a single placeholder keeps the type of
// its value, anything else becomes one string, and nothing at all null.
func (x *binXML) joined(parts []binPart, values []binValue) (evaluator.Value, error) {
	if len(parts) == 1 {
		return x.textOf(&parts[0], values)
	}
	var single evaluator.Value
	var text strings.Builder
	count := 0
	for i := range parts {
		v, err := x.textOf(&parts[i], values)
		if err != nil {
			return v, err
		}
		if v.IsNull() {
			continue
		}
		if count++; count == 1 {
			single = v
			continue
		}
		if count == 2 {
			text.WriteString(single.Text())
		}
		text.WriteString(v.Text())
	}
	if count > 1 {
		return evaluator.StringValue(text.String()), nil
	}
	return single, nil
}

func (x *binXML) textOf(p *binPart, values []binValue) (evaluator.Value, error) {
	switch {
	case p.kind == binTextPart && p.text != "":
		return evaluator.StringValue(p.text), x.spendText(len(p.text))
	case p.kind == binValuePart && p.index < len(values) && values[p.index].kind != kindBinXML:
		v := values[p.index]
		if err := x.spendText(2 * len(v.data)); err != nil {
			return evaluator.Value{}, err
		}
		return x.value(v.kind, v.data), nil
	}
	return evaluator.Value{}, nil
}

func (x *binXML) spendText(n int) error {
	if x.quota -= n; x.quota < 0 {
		return errBudget
	}
	return nil
}

// binShape puts an element together as evtx_dump does: its text alone if there is
// nothing else, otherwise an object with "#attributes", "#text" and children.
func binShape(attrs, text evaluator.Value, children []evaluator.Member) evaluator.Value {
	named := len(attrs.Members()) > 0
	if !named && len(children) == 0 {
		return text
	}
	if len(children) > 0 && strings.TrimSpace(text.Text()) == "" {
		text = evaluator.NullValue()
	}
	if !named && text.IsNull() {
		return evaluator.ObjectValue(children...)
	}
	members := make([]evaluator.Member, 0, len(children)+2)
	if named {
		members = append(members, evaluator.Member{Name: "#attributes", Value: attrs})
	}
	if !text.IsNull() {
		members = append(members, evaluator.Member{Name: "#text", Value: text})
	}
	return evaluator.ObjectValue(append(members, children...)...)
}

// unnamedData makes the content of a Data element without a name a list. An
// empty one stays null, unless it turns out to be one of several.
func unnamedData(v evaluator.Value) evaluator.Value {
	switch v.Kind() {
	case evaluator.List, evaluator.Object, evaluator.Null:
		return v
	}
	return evaluator.ListValue(v)
}

// collect takes the members from base on off the stack; members of the same
// name become one with a list.
func (x *binXML) collect(base int) []evaluator.Member {
	in := x.members[base:]
	x.members = x.members[:base]
	if len(in) == 0 {
		return nil
	}
	out := make([]evaluator.Member, 0, len(in))
	find := memberFinder(len(in))
	var repeated map[int][]evaluator.Value
	for _, m := range in {
		i := find(out, m.Name)
		if i == len(out) {
			out = append(out, m)
			continue
		}
		if repeated == nil {
			repeated = map[int][]evaluator.Value{}
		}
		if repeated[i] == nil {
			repeated[i] = append(repeated[i], binItems(out[i])...)
		}
		repeated[i] = append(repeated[i], binItems(m)...)
	}
	for i, list := range repeated {
		out[i].Value = evaluator.ListValue(list...)
	}
	return out
}

// memberFinder returns a function that finds the index of a name among members, or
// their number; with many members it remembers where names are.
func memberFinder(n int) func([]evaluator.Member, string) int {
	if n <= 48 {
		return func(members []evaluator.Member, name string) int {
			for i := range members {
				if members[i].Name == name {
					return i
				}
			}
			return len(members)
		}
	}
	seen := make(map[string]int, n)
	return func(members []evaluator.Member, name string) int {
		if i, ok := seen[name]; ok {
			return i
		}
		seen[name] = len(members)
		return len(members)
	}
}

// itemsOf returns what a member contributes to the list of its name.
func binItems(m evaluator.Member) []evaluator.Value {
	switch {
	case m.Value.Kind() == evaluator.List:
		return m.Value.Items()
	case m.Value.IsNull() && m.Name == "Data":
		return []evaluator.Value{evaluator.StringValue("")}
	}
	return []evaluator.Value{m.Value}
}
