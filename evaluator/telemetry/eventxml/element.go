package eventxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// MaxDepth is how deep elements may be nested.
const MaxDepth = 64

// MaxBytes is the size limit of Element and Parse.
const MaxBytes = 4 << 20

// element is an element of XML, without its name space.
type element struct {
	name       string
	attributes []xml.Attr
	children   []element
	text       string // all text directly inside
}

// parse reads text that is one element, with white space, comments and
// processing instructions around it.
func parse(text string) (*element, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("XML of %d bytes exceeds the limit of %d", len(text), MaxBytes)
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now, whatever it says
	var root *element
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && root != nil:
			return root, nil
		case err != nil:
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if root != nil {
				return nil, errors.New("more than one element")
			}
			if root, err = parseElement(d, t, 1); err != nil {
				return nil, err
			}
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, errors.New("text outside the element")
			}
		case xml.Directive:
			return nil, errors.New("a document type is not allowed")
		}
	}
}

func parseElement(d *xml.Decoder, start xml.StartElement, depth int) (*element, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("elements are nested deeper than %d levels", MaxDepth)
	}
	e := &element{name: start.Name.Local}
	for _, a := range start.Attr {
		if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
			e.attributes = append(e.attributes, a)
		}
	}
	var text strings.Builder // comments and CDATA can cut a text into very many pieces
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			child, err := parseElement(d, t, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, *child)
		case xml.EndElement:
			if e.text = text.String(); len(e.children) > 0 && strings.TrimSpace(e.text) == "" {
				e.text = "" // layout
			}
			return e, nil
		}
	}
}

func (e *element) attribute(name string) (string, bool) {
	for _, a := range e.attributes {
		if a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// Element returns the content of the one element that text is: attributes as
// "@name", child elements under their names (a list if repeated), text as
// "#text". An element without attributes and children is its text. False means
// that text is not one well-formed element with content within the limits.
func Element(text string) (evaluator.Value, bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "<") {
		return evaluator.Value{}, false
	}
	root, err := parse(text)
	if err != nil {
		return evaluator.Value{}, false
	}
	v := root.generic()
	return v, v.Kind() == evaluator.Object
}

func (e *element) generic() evaluator.Value {
	var members []evaluator.Member
	for _, a := range e.attributes {
		members = append(members, evaluator.Member{Name: "@" + a.Name.Local, Value: evaluator.StringValue(a.Value)})
	}
	for i := range e.children {
		members = append(members, evaluator.Member{Name: e.children[i].name, Value: e.children[i].generic()})
	}
	switch {
	case len(members) == 0:
		return evaluator.StringValue(e.text)
	case e.text != "" || len(e.children) == 0:
		members = append(members, evaluator.Member{Name: "#text", Value: evaluator.StringValue(e.text)})
	}
	return evaluator.ObjectValue(grouped(members)...)
}

// grouped joins members of one name into a list at the place of the first.
func grouped(members []evaluator.Member) []evaluator.Member {
	at := make(map[string]int, len(members))
	lists := make(map[string][]evaluator.Value)
	out := members[:0:0]
	for _, m := range members {
		i, repeated := at[m.Name]
		if !repeated {
			at[m.Name] = len(out)
			out = append(out, m)
			continue
		}
		if lists[m.Name] == nil {
			lists[m.Name] = []evaluator.Value{out[i].Value}
		}
		lists[m.Name] = append(lists[m.Name], m.Value)
	}
	for name, items := range lists {
		out[at[name]].Value = evaluator.ListValue(items...)
	}
	return out
}
