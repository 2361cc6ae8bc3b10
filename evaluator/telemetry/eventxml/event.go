package eventxml

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Parse is Decode for text that may well be something else.
func Parse(text string) (evaluator.Value, bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "<") {
		return evaluator.Value{}, false
	}
	v, err := Decode(text)
	return v, err == nil
}

// Decode returns the event that text is, in the shape in which EVTX records are
// read: {"Event": {"System": {…}, "EventData": {…}}}. The error says why text
// is no event.
func Decode(text string) (evaluator.Value, error) {
	root, err := parse(text)
	if err != nil {
		return evaluator.Value{}, err
	}
	if root.name != "Event" {
		return evaluator.Value{}, fmt.Errorf("found the element %q, want Event", root.name)
	}
	return evaluator.ObjectValue(evaluator.Member{Name: "Event", Value: root.shaped()}), nil
}

// shaped renders an element: attributes as "#attributes", text as "#text", or
// alone. Named Data become members of that name, unnamed ones the list Data,
// and any other element that is repeated a list.
func (e *element) shaped() evaluator.Value {
	var attributes []evaluator.Member
	for _, a := range e.attributes {
		if e.name != "Data" || a.Name.Local != "Name" {
			attributes = append(attributes, evaluator.Member{Name: a.Name.Local, Value: evaluator.StringValue(a.Value)})
		}
	}
	var members []evaluator.Member
	if len(attributes) > 0 && !e.isNamedData() {
		members = append(members, evaluator.Member{Name: "#attributes", Value: evaluator.ObjectValue(attributes...)})
	}
	switch {
	case len(e.children) > 0:
		members = append(members, e.content()...)
		if e.text != "" {
			members = append(members, evaluator.Member{Name: "#text", Value: evaluator.StringValue(e.text)})
		}
	case len(members) == 0:
		return e.value()
	case e.text != "":
		members = append(members, evaluator.Member{Name: "#text", Value: e.value()})
	}
	return evaluator.ObjectValue(members...)
}

func (e *element) isNamedData() bool {
	_, named := e.attribute("Name")
	return e.name == "Data" && named
}

// content renders the children.
func (e *element) content() []evaluator.Member {
	var members []evaluator.Member
	var unnamed []evaluator.Value
	at := -1
	for i := range e.children {
		child := &e.children[i]
		name, v := child.name, child.shaped()
		if key, named := child.attribute("Name"); named && name == "Data" {
			name = key
		} else if name == "Data" {
			if unnamed = append(unnamed, v); at < 0 {
				at = len(members)
				members = append(members, evaluator.Member{Name: "Data"})
			}
			continue
		}
		members = append(members, evaluator.Member{Name: name, Value: v})
	}
	if at >= 0 {
		members[at].Value = evaluator.ListValue(unnamed...)
	}
	return grouped(members)
}

// value is the text of an element, null if there is none, and a number where
// System has numbers.
func (e *element) value() evaluator.Value {
	if e.text == "" && e.name != "Data" {
		return evaluator.NullValue()
	}
	switch e.name {
	case "EventID", "Version", "Level", "Task", "Opcode", "EventRecordID":
		if n, err := strconv.ParseUint(strings.TrimSpace(e.text), 10, 64); err == nil {
			return evaluator.UintValue(n)
		}
	}
	return evaluator.StringValue(e.text)
}
