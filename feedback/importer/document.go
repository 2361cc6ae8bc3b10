package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

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
func (l located) span() rules.Span { return l.in.between(l.from, l.to) }

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
	file  *rules.File
	lines []int // bytes at which lines begin

	// The latest position, from which the next one in the same line is counted: an
	// export may be one line of many megabytes.
	last   int
	lastAt rules.Position
}

func newDocument(f *rules.File) *document {
	d := &document{file: f, lines: []int{0}}
	for i, c := range f.Source {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

func (d *document) position(at int) rules.Position {
	at = min(at, len(d.file.Source))
	line := sort.SearchInts(d.lines, at+1) - 1
	from, column := d.lines[line], 1
	if d.lastAt.Line == line+1 && d.last <= at {
		from, column = d.last, d.lastAt.Column
	}
	d.last, d.lastAt = at, rules.Position{Line: line + 1, Column: column + utf8.RuneCount(d.file.Source[from:at])}
	return d.lastAt
}

func (d *document) between(from, to int) rules.Span {
	return rules.Span{File: d.file, Start: d.position(from), End: d.position(to)}
}

// jsonRecords returns the records of JSON: objects behind each other, in a list, or
// in a list within an object.
func (d *document) jsonRecords(m *Mapping) ([]record, *rules.Diagnostic) {
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
		visit(&values[i])
	}
	if bad == nil {
		return out, nil
	}
	return out, &rules.Diagnostic{Code: "verdict/not-json", Severity: rules.Error, Span: d.between(bad.At, bad.At+1), Message: bad.Message,
		Help: "what stands before it was read; export JSON, one document or one a line"}
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

// lookup returns the values at a path, through lists. A member may have dots in
// its name.
func lookup(v *jsontree.Value, path string) (out []*jsontree.Value) {
	switch v.Kind {
	case jsontree.Array:
		for i := range v.Items {
			out = append(out, lookup(&v.Items[i], path)...)
		}
	case jsontree.Object:
		for i := range v.Members {
			m := &v.Members[i]
			if m.Name == path {
				out = append(out, flat(&m.Value)...)
			} else if rest, ok := strings.CutPrefix(path, m.Name+"."); ok {
				out = append(out, lookup(&m.Value, rest)...)
			}
		}
	}
	return out
}

// flat returns the items of a list, or the value itself if it says anything.
func flat(v *jsontree.Value) (out []*jsontree.Value) {
	switch v.Kind {
	case jsontree.Null:
		return nil
	case jsontree.Array:
		for i := range v.Items {
			out = append(out, flat(&v.Items[i])...)
		}
		return out
	}
	return []*jsontree.Value{v}
}

type jsonRecord struct {
	in     *document
	value  *jsontree.Value
	within string
}

func (r jsonRecord) span() rules.Span { return r.in.between(r.value.At, r.value.At+1) }

func (r jsonRecord) get(path string) (out []located) {
	from := []*jsontree.Value{r.value}
	if r.within != "" {
		from = append(lookup(r.value, r.within), from...)
	}
	for _, v := range from {
		for _, found := range lookup(v, path) {
			if found.Kind != jsontree.Object && found.Text != "" {
				out = append(out, located{found.Text, r.in, found.At, found.End})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// csvRecords returns the lines of a table behind that of its names.
func (d *document) csvRecords() ([]record, *rules.Diagnostic) {
	if at := d.file.NotUTF8(); at >= 0 {
		return nil, &rules.Diagnostic{Code: "verdict/not-csv", Severity: rules.Error, Span: d.between(at, at+1), Message: "the file is no UTF-8 here",
			Help: "export it as UTF-8"}
	}
	in := csv.NewReader(bytes.NewReader(unixLines(d.file.Source)))
	in.Comma = separator(d.file.Source)
	names, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	columns := map[string]int{}
	for i, name := range names {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			continue // spreadsheets export empty columns
		}
		if _, twice := columns[name]; twice && err == nil {
			line, column := in.FieldPos(i)
			return nil, d.csvProblem(line, column, "the column "+name+" is there twice")
		}
		columns[name] = i
	}
	var out []record
	for err == nil {
		var fields []string
		if fields, err = in.Read(); err != nil {
			break
		}
		r := csvRecord{in: d, columns: columns, fields: fields}
		for i := range fields {
			line, column := in.FieldPos(i)
			r.places = append(r.places, [2]int{line, column})
		}
		out = append(out, r)
	}
	var bad *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return out, nil
	case errors.As(err, &bad):
		return out, d.csvProblem(bad.Line, bad.Column, bad.Err.Error())
	}
	return out, d.csvProblem(1, 1, err.Error())
}

// unixLines returns a table of the same length whose lines end with line feeds, if
// all of them end with carriage returns alone, as on old Macs.
func unixLines(table []byte) []byte {
	if bytes.IndexByte(table, '\n') >= 0 {
		return table
	}
	return bytes.ReplaceAll(table, []byte{'\r'}, []byte{'\n'})
}

// separator returns what stands between the columns of a table: a comma, unless its
// names have none, and semicolons or tabs instead.
func separator(table []byte) rune {
	names := table[:max(0, bytes.IndexAny(table, "\r\n"))]
	for _, c := range ",;\t" {
		if bytes.ContainsRune(names, c) {
			return c
		}
	}
	return ','
}

func (d *document) csvProblem(line, column int, message string) *rules.Diagnostic {
	return &rules.Diagnostic{Code: "verdict/not-csv", Severity: rules.Error, Span: d.at(line, column, 1), Message: message,
		Help: "what stands before it was read; every line has as many fields as the first, quotes are doubled"}
}

// at is the place of so many bytes at a line and a column in bytes.
func (d *document) at(line, column, size int) rules.Span {
	from := d.offset(line, column)
	return d.between(from, from+size)
}

func (d *document) offset(line, column int) int {
	return d.lines[min(max(line, 1), len(d.lines))-1] + max(column, 1) - 1
}

type csvRecord struct {
	in      *document
	columns map[string]int
	fields  []string
	places  [][2]int // line and column in bytes
}

func (r csvRecord) span() rules.Span { return r.in.at(r.places[0][0], r.places[0][1], 1) }

func (r csvRecord) get(path string) []located {
	i, ok := r.columns[strings.ToLower(path)]
	if !ok || strings.TrimSpace(r.fields[i]) == "" {
		return nil
	}
	from := r.in.offset(r.places[i][0], r.places[i][1])
	return []located{{strings.TrimSpace(r.fields[i]), r.in, from, from + len(r.fields[i])}}
}
