package telemetry

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Limits of XML inside text fields. Text beyond them stays text.
const (
	maxXMLBytes = 4 << 20
	maxXMLDepth = 32
)

// parseXML returns the content of the root element: attributes as "@name",
// child elements under their names (a list if repeated), text as "#text". An
// element without attributes and children is its text. False means that s is
// not one well-formed XML element within the limits.
func parseXML(s string) (evaluator.Value, bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxXMLBytes || !strings.HasPrefix(s, "<") {
		return evaluator.Value{}, false
	}
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		token, err := d.Token()
		if err != nil {
			return evaluator.Value{}, false
		}
		if start, ok := token.(xml.StartElement); ok {
			root, ok := parseElement(d, start, 1)
			if !ok || root.Kind() != evaluator.Object {
				return evaluator.Value{}, false
			}
			_, err := d.Token()
			return root, err == io.EOF
		}
	}
}

func parseElement(d *xml.Decoder, start xml.StartElement, depth int) (evaluator.Value, bool) {
	if depth > maxXMLDepth {
		return evaluator.Value{}, false
	}
	var members []evaluator.Member
	for _, a := range start.Attr {
		members = append(members, evaluator.Member{Name: "@" + a.Name.Local, Value: evaluator.StringValue(a.Value)})
	}
	attributes := len(members)
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return evaluator.Value{}, false
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			child, ok := parseElement(d, t, depth+1)
			if !ok {
				return evaluator.Value{}, false
			}
			members = append(members, evaluator.Member{Name: t.Name.Local, Value: child})
		case xml.EndElement:
			return element(members, attributes, text.String()), true
		}
	}
}

// element makes the value of an element whose first members are its attributes.
func element(members []evaluator.Member, attributes int, text string) evaluator.Value {
	switch {
	case len(members) == 0:
		return evaluator.StringValue(text)
	case len(members) == attributes:
		members = append(members, evaluator.Member{Name: "#text", Value: evaluator.StringValue(text)})
	}
	return evaluator.ObjectValue(groupRepeated(members)...)
}

// groupRepeated joins members of one name into a list at the place of the first.
func groupRepeated(members []evaluator.Member) []evaluator.Member {
	at := make(map[string]int, len(members))
	lists := make(map[string][]evaluator.Value)
	var grouped []evaluator.Member
	for _, m := range members {
		i, repeated := at[m.Name]
		if !repeated {
			at[m.Name] = len(grouped)
			grouped = append(grouped, m)
			continue
		}
		if lists[m.Name] == nil {
			lists[m.Name] = []evaluator.Value{grouped[i].Value}
		}
		lists[m.Name] = append(lists[m.Name], m.Value)
	}
	for name, items := range lists {
		grouped[at[name]].Value = evaluator.ListValue(items...)
	}
	return grouped
}
