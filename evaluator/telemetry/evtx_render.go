package telemetry

import (
	"errors"

	"github.com/socctl/socctl/evaluator"
)

// record renders the record whose binary XML lies between two chunk offsets.
func (x *binXML) record(start, end int) (evaluator.Value, error) {
	x.members, x.values = x.members[:0], x.values[:0]
	x.text = maxRecordText
	c := &binCursor{chunk: x.chunk, at: start, end: end}
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
			if p.index < len(values) && values[p.index].kind == winBinXML {
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
	if depth > maxBinaryDepth {
		return errDeep
	}
	c := &binCursor{chunk: x.chunk, at: v.start, end: v.start + len(v.data)}
	parts, err := x.fragment(c, false, depth)
	if err != nil {
		return err
	}
	return x.children(parts, nil, depth)
}

// child renders an element and puts it on x.members.
func (x *binXML) child(e *binElement, values []binValue, depth int) error {
	if depth > maxBinaryDepth {
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
