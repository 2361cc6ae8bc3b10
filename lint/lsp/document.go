package lsp

import (
	"bytes"
	"slices"
	"sync/atomic"

	"github.com/socctl/socctl/rules"
)

// document is one version of a text in the editor. It is immutable.
type document struct {
	uri     string // as the client wrote it
	path    string // see pathOf
	version int
	text    []byte      // as the client has it
	file    *rules.File // without a byte order mark

	parsed  atomic.Pointer[parsing]
	earlier []rules.Document // of the last version that could be parsed
}

// parsing is what the text of a document holds.
type parsing struct {
	docs  []rules.Document
	diags rules.Diagnostics
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func newDocument(uri string, version int, text []byte) *document {
	p := pathOf(uri)
	return &document{uri: uri, path: p, version: version, text: text, file: rules.NewFile(p, bytes.TrimPrefix(text, byteOrderMark))}
}

// change returns the next version of a document.
func (d *document) change(version int, changes []change, enc encoding) *document {
	file := rules.NewFile(d.path, d.text) // a byte order mark is a character of the first line
	for _, c := range changes {
		if c.Range == nil {
			file = rules.NewFile(d.path, []byte(c.Text))
			continue
		}
		from, to := enc.offset(file, c.Range.Start), enc.offset(file, c.Range.End)
		to = max(from, to)
		file = rules.NewFile(d.path, slices.Concat(file.Source[:from], []byte(c.Text), file.Source[to:]))
	}
	next := newDocument(d.uri, version, file.Source)
	next.earlier = d.earlier
	if p := d.parsed.Load(); p != nil && p.good() {
		next.earlier = p.docs
	}
	return next
}

// parse returns what the text holds, working it out once.
func (d *document) parse() *parsing {
	if p := d.parsed.Load(); p != nil {
		return p
	}
	docs, diags := rules.Parse(d.path, d.file.Source)
	p := &parsing{docs, diags}
	d.parsed.Store(p)
	return p
}

// good reports whether the text was YAML, so that all of it was seen.
func (p *parsing) good() bool {
	return len(p.docs) > 0 && !slices.ContainsFunc(p.diags, func(d rules.Diagnostic) bool { return d.Code == "schema/yaml-syntax" })
}

// documents returns what stands in the text or, while that is no YAML, what
// stood in it before. Places of the latter are not those of the text.
func (d *document) documents() []rules.Document {
	if p := d.parse(); p.good() || d.earlier == nil {
		return p.docs
	}
	return d.earlier
}

// current returns the documents whose places are those of the text.
func (d *document) current() []rules.Document { return d.parse().docs }

// around returns the document that a line, counted from 1, belongs to; nil
// without any.
func around(docs []rules.Document, line int) rules.Document {
	var found rules.Document
	for _, d := range docs {
		if h := d.Meta(); found == nil || firstLine(h) <= line {
			found = d
		}
	}
	return found
}

func firstLine(h *rules.Header) int {
	if h.Node != nil && len(h.Node.Entries) > 0 {
		return h.Node.Entries[0].Key.Span.Start.Line
	}
	return h.Span.Start.Line
}

// looksLikeSigma reports whether a text is meant to be a rule, and not the YAML
// of something else.
func (d *document) looksLikeSigma() bool {
	for _, doc := range d.documents() {
		n := doc.Meta().Node
		if n == nil {
			continue
		}
		for _, key := range []string{"detection", "correlation", "filter", "logsource"} {
			if n.Get(key) != nil {
				return true
			}
		}
	}
	for _, line := range []string{"detection:", "logsource:", "correlation:"} {
		if bytes.HasPrefix(d.file.Source, []byte(line)) || bytes.Contains(d.file.Source, []byte("\n"+line)) {
			return true
		}
	}
	return false
}

// hasTests reports whether tests stand in a rule itself.
func (d *document) hasTests() bool {
	for _, doc := range d.documents() {
		if h := doc.Meta(); h.CustomAttribute("tests") != nil || h.CustomAttribute("rsigma.exemplars") != nil {
			return true
		}
	}
	return false
}
