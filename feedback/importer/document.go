package importer

import (
	"strings"

	"github.com/socctl/socctl/feedback/internal/jsontree"
	"github.com/socctl/socctl/rules"
)

// located is a text of a document with its place.
type located struct {
	text     string
	in       *document
	from, to int // bytes of the document
}

// span is the place, which takes time to compute: only problems ask for it.
func (l located) span() rules.Span { return l.in.file.Span(l.from, l.to) }

// listed returns the items of a text that is a list as JSON, or else the text.
func (l located) listed() []located {
	list := unwrapped(l.text)
	if list == nil || list.Kind != jsontree.Array {
		return []located{l}
	}
	items := l.in.texts(flat(list))
	for i := range items {
		items[i].from, items[i].to = l.from, l.to
	}
	return items
}

// record is one alert or incident of a document.
type record interface {
	// get returns the texts at a path, none if there are none.
	get(path string) []located
	span() rules.Span
}

// maxDepth is how deep an exported document may be nested.
const maxDepth = 64

// document is a file that is being read.
type document struct {
	file *rules.File
}

// jsonRecords returns the records of JSON: objects behind each other, in a list, or
// in a list within an object.
func (d *document) jsonRecords(m *Mapping) ([]record, rules.Diagnostics) {
	values, bad := jsontree.Sequence(d.file.Source, maxDepth)
	var out []record
	var visit func(v *jsontree.Value)
	visit = func(v *jsontree.Value) {
		if v.Kind == jsontree.Array {
			for i := range v.Items {
				visit(&v.Items[i])
			}
			return
		}
		for _, path := range m.Records {
			if found := lookup(v, path); len(found) > 0 {
				for _, item := range found {
					out = append(out, jsonRecord{d, item, m.Within})
				}
				return
			}
			if hasEmptyList(v, path) {
				return
			}
		}
		out = append(out, jsonRecord{d, v, m.Within})
	}
	for i := range values {
		nameRows(&values[i])
		visit(&values[i])
	}
	if bad == nil {
		return out, nil
	}
	return out, rules.Diagnostics{{Code: "verdict/not-json", Severity: rules.Error, Span: d.file.Span(bad.At, bad.At+1), Message: bad.Message,
		Help: "what stands before it was read; export JSON, one document or one a line"}}
}

// hasEmptyList reports whether an export says that there are no records.
func hasEmptyList(v *jsontree.Value, path string) bool {
	head, rest, more := strings.Cut(path, ".")
	m := v.Member(head)
	switch {
	case m == nil:
		return false
	case more:
		return hasEmptyList(m, rest)
	}
	return m.Kind == jsontree.Array && len(m.Items) == 0
}

// texts returns what values say that are no objects.
func (d *document) texts(values []*jsontree.Value) (out []located) {
	for _, v := range values {
		if v.Kind != jsontree.Object && v.Text != "" {
			out = append(out, located{v.Text, d, v.At, v.End})
		}
	}
	return out
}

type jsonRecord struct {
	in     *document
	value  *jsontree.Value
	within string
}

func (r jsonRecord) span() rules.Span { return r.in.file.Span(r.value.At, r.value.At+1) }

func (r jsonRecord) get(path string) (out []located) {
	from := []*jsontree.Value{r.value}
	if r.within != "" {
		from = append(lookup(r.value, r.within), from...)
	}
	for _, v := range from {
		if out = r.in.texts(lookup(v, path)); len(out) > 0 {
			return out
		}
	}
	return nil
}
