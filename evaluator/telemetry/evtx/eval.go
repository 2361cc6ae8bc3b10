package evtx

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// rendered renders a record without a plan.
func (d *decoder) rendered(root node) evaluator.Value { return d.eval(&root) }

// eval renders a node: the general way, which plans are a shortcut of. Once the
// record has spent what it may, values are null.
func (d *decoder) eval(n *node) evaluator.Value {
	var v evaluator.Value
	switch n.form {
	case formFixed:
		return n.fixed
	case formSlot:
		v = d.slot(n.slot)
	case formMixed:
		v = d.mixed(n.parts)
	case formList:
		return d.list(n.parts)
	case formObject:
		members := make([]evaluator.Member, len(n.parts))
		for i := range n.parts {
			members[i] = evaluator.Member{Name: n.parts[i].name, Value: d.eval(&n.parts[i])}
		}
		return evaluator.ObjectValue(members...)
	}
	if n.number {
		v = asNumber(v)
	}
	return v
}

// slot renders a value of the record.
func (d *decoder) slot(i int) evaluator.Value {
	v := &d.values[i]
	if d.quota -= 2 * int(v.size); d.quota < 0 {
		return evaluator.Value{}
	}
	return d.value(v.kind, d.chunk[v.start:v.start+uint32(v.size)])
}

func (d *decoder) mixed(pieces []node) evaluator.Value {
	var text strings.Builder
	for i := range pieces {
		s := d.eval(&pieces[i]).Text()
		if d.quota -= len(s); d.quota < 0 {
			return evaluator.Value{}
		}
		text.WriteString(s)
	}
	return evaluator.StringValue(text.String())
}

func (d *decoder) list(parts []node) evaluator.Value {
	items := make([]evaluator.Value, 0, len(parts))
	for i := range parts {
		v := d.eval(&parts[i])
		if v.Kind() == evaluator.List {
			items = append(items, v.Items()...)
			continue
		}
		items = append(items, v)
	}
	return evaluator.ListValue(items...)
}

// asNumber makes a number of a string of digits.
func asNumber(v evaluator.Value) evaluator.Value {
	if v.Kind() != evaluator.String {
		return v
	}
	text := v.Text()
	if len(text) == 0 || len(text) > 10 || len(text) > 1 && text[0] == '0' {
		return v
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return v
		}
	}
	return evaluator.NumberValue(text)
}
