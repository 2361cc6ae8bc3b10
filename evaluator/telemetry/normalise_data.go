package telemetry

import (
	"strconv"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/eventxml"
)

// addData adds the fields of EventData: named data under its name, unnamed
// data as the list Data. Data may also be the XML of the element.
func (e *Event) addData(data evaluator.Value) {
	switch data.Kind() {
	case evaluator.String:
		if root, ok := eventxml.Element(data.Text()); ok {
			e.addData(root)
		} else if data.Text() != "" {
			e.addField("Data", evaluator.ListValue(data))
		}
	case evaluator.List:
		e.addItems(data.Items())
	case evaluator.Object:
		for _, m := range data.Members() {
			switch {
			case isAttribute(m.Name):
			case m.Name == "Data":
				e.addDataElement(m.Value)
			case m.Name == "EventData" && m.Value.Kind() == evaluator.Object: // Azure Monitor wraps it in a DataItem
				e.addData(m.Value)
			default:
				e.addField(m.Name, plainText(m.Value))
			}
		}
	}
}

// addDataElement adds the Data elements, which converters write as one text, a
// list of texts, or objects with a Name.
func (e *Event) addDataElement(v evaluator.Value) {
	if v.Kind() == evaluator.List {
		e.addItems(v.Items())
		return
	}
	e.addItems([]evaluator.Value{v})
}

func (e *Event) addItems(items []evaluator.Value) {
	var unnamed []evaluator.Value
	for _, item := range items {
		if name, value, ok := namedData(item); ok {
			e.addField(name, value)
			continue
		}
		if text := plainText(item); text.Kind() == evaluator.List {
			unnamed = append(unnamed, text.Items()...)
		} else if !text.IsNull() {
			unnamed = append(unnamed, text)
		}
	}
	if unnamed != nil {
		e.addField("Data", evaluator.ListValue(unnamed...))
	}
}

// namedData takes an element such as {"@Name": "Image", "#text": "…"} apart.
func namedData(v evaluator.Value) (name string, value evaluator.Value, ok bool) {
	if v.Kind() != evaluator.Object {
		return "", value, false
	}
	for _, m := range v.Members() {
		switch m.Name {
		case "#attributes":
			if n, has := m.Value.Member("Name"); has {
				name = n.Text()
			}
		case "@Name", "-Name", "Name":
			name = m.Value.Text()
		case "#text", "Value", "$", "content":
			value = m.Value
		}
	}
	return name, value, name != ""
}

// addUserData adds the children of the one element inside UserData, and the
// whole under the name UserData for searches in its text.
func (e *Event) addUserData(data evaluator.Value) {
	if data.Kind() == evaluator.String {
		if root, ok := eventxml.Element(data.Text()); ok {
			data = root
		}
	}
	for _, m := range data.Members() {
		switch {
		case isAttribute(m.Name):
		case m.Value.Kind() == evaluator.Object:
			e.addUserElement(m.Value)
		case !m.Value.IsNull():
			e.addField(m.Name, m.Value)
		}
	}
	if data.Kind() != evaluator.Null {
		e.setBack("UserData", data)
	}
}

func (e *Event) addUserElement(element evaluator.Value) {
	for _, m := range element.Members() {
		switch {
		case m.Name == "#attributes":
			e.addUserElement(m.Value)
		case isNamespace(m.Name):
		case m.Name == "Data":
			e.addDataElement(m.Value)
		case m.Name == "#text" || m.Value.IsNull():
		default:
			e.addField(trimAttribute(m.Name), plainText(m.Value))
		}
	}
}

func trimAttribute(name string) string {
	if isAttribute(name) && len(name) > 1 && name[0] != '#' {
		return name[1:]
	}
	return name
}

// listParams adds the list Data of an event whose unnamed data a shipper has
// numbered: param1, param2 …
func (e *Event) listParams(data []evaluator.Member) {
	var values []evaluator.Value
	find := finderOf(data)
	for {
		v, ok := find("param" + strconv.Itoa(len(values)+1))
		if !ok {
			break
		}
		values = append(values, v)
	}
	if values != nil {
		e.setBack("Data", evaluator.ListValue(values...))
	}
}
