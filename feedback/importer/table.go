package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/feedback/internal/jsontree"
	"github.com/socctl/socctl/rules"
)

// csvRecords returns the lines of a table behind that of its names.
func (d *document) csvRecords() ([]record, rules.Diagnostics) {
	if at := d.file.NotUTF8(); at >= 0 {
		return nil, rules.Diagnostics{{Code: "verdict/not-csv", Severity: rules.Error, Span: d.file.Span(at, at+1), Message: "the file is no UTF-8 here",
			Help: "export it as UTF-8"}}
	}
	t := newTable(d.file)
	in := csv.NewReader(bytes.NewReader(t.file.Source))
	in.Comma = separator(t.file.Source)
	names, err := in.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, rules.Diagnostics{t.unreadable(err)}
	}
	columns := map[string]int{}
	for i, name := range names {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			continue // spreadsheets export empty columns
		}
		if _, twice := columns[name]; twice {
			line, column := in.FieldPos(i)
			return nil, rules.Diagnostics{t.problem(line, column, "the column "+name+" is there twice", endOfTable)}
		}
		columns[name] = i
	}
	return t.lines(in, columns)
}

// lines returns the records of a table. A line with too few or too many fields is left
// out, a wrong quote ends the table: nobody knows what stands behind it.
func (t *table) lines(in *csv.Reader, columns map[string]int) (out []record, diags rules.Diagnostics) {
	for {
		fields, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return out, diags
		case errors.Is(err, csv.ErrFieldCount):
			line, column := in.FieldPos(0)
			diags = append(diags, t.problem(line, column, fmt.Sprintf("the line has %d fields, that of the names has %d", len(fields), in.FieldsPerRecord), "it is left out"))
			continue
		case err != nil:
			return out, append(diags, t.unreadable(err))
		}
		r := csvRecord{in: t, columns: columns, fields: fields}
		for i := range fields {
			line, column := in.FieldPos(i)
			r.places = append(r.places, [2]int{line, column})
		}
		out = append(out, r)
	}
}

// table is a file whose lines end with line feeds.
type table struct {
	document
	starts []int // bytes at which lines begin
}

func newTable(f *rules.File) *table {
	if source := unixLines(f.Source); !bytes.Equal(source, f.Source) {
		f = rules.NewFile(f.Path, source)
	}
	t := &table{document{f}, []int{0}}
	for i, c := range f.Source {
		if c == '\n' {
			t.starts = append(t.starts, i+1)
		}
	}
	return t
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
// names have none outside of quotes, and semicolons or tabs instead.
func separator(table []byte) rune {
	table = bytes.TrimLeft(table, "\r\n")
	names := table[:max(0, bytes.IndexAny(table, "\r\n"))]
	for _, c := range ",;\t" {
		for i, part := range bytes.Split(names, []byte{'"'}) {
			if i%2 == 0 && bytes.ContainsRune(part, c) {
				return c
			}
		}
	}
	return ','
}

// endOfTable is the help for a problem behind which nothing is read.
const endOfTable = "what stands before it was read; every line has as many fields as the first, quotes are doubled"

func (t *table) problem(line, column int, message, help string) rules.Diagnostic {
	return rules.Diagnostic{Code: "verdict/not-csv", Severity: rules.Error, Span: t.at(line, column, 1), Message: message, Help: help}
}

// unreadable is the problem that an error of the reader of tables tells.
func (t *table) unreadable(err error) rules.Diagnostic {
	if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
		return t.problem(bad.Line, bad.Column, bad.Err.Error(), endOfTable)
	}
	return t.problem(1, 1, err.Error(), endOfTable)
}

// at is the place of so many bytes at a line and a column in bytes.
func (t *table) at(line, column, size int) rules.Span {
	from := t.offset(line, column)
	return t.file.Span(from, from+size)
}

func (t *table) offset(line, column int) int {
	return t.starts[min(max(line, 1), len(t.starts))-1] + max(column, 1) - 1
}

type csvRecord struct {
	in      *table
	columns map[string]int
	fields  []string
	places  [][2]int // line and column in bytes
}

func (r csvRecord) span() rules.Span { return r.in.at(r.places[0][0], r.places[0][1], 1) }

func (r csvRecord) get(path string) (out []located) {
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		i, ok := r.columns[strings.ToLower(path[:end])]
		if !ok || strings.TrimSpace(r.fields[i]) == "" {
			continue
		}
		from := r.in.offset(r.places[i][0], r.places[i][1])
		to := from + len(r.fields[i])
		if end == len(path) {
			return []located{{strings.TrimSpace(r.fields[i]), &r.in.document, from, to}}
		}
		cell := jsontree.Value{Kind: jsontree.String, Text: r.fields[i], At: from, End: to}
		if out = r.in.texts(lookup(&cell, path[end+1:])); len(out) > 0 {
			return out
		}
	}
	return nil
}
