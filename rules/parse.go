package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

var sprintf = fmt.Sprintf

// Parse reads every YAML document of one file. It returns the documents that
// could be recognised, also those with errors (their Invalid is set), and all
// problems found. path is only used to name the file.
func Parse(path string, source []byte) ([]Document, Diagnostics) {
	docs, _, diags := parseFile(path, source, newShapeCache())
	return docs, diags
}

// parseFile returns the documents of a file and how many it holds besides, of which
// nothing could be made.
func parseFile(path string, source []byte, shapes *shapeCache) (docs []Document, lost int, diags Diagnostics) {
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	p := &parser{file: newFile(path, source), shapes: shapes}
	if !p.readable() {
		return nil, 1, p.diags
	}
	for _, node := range mergeActions(p, p.documents()) {
		if doc := p.document(node); doc != nil {
			docs = append(docs, doc)
		} else {
			p.lost++
		}
	}
	return docs, p.lost, p.diags.unique()
}

// documentKind is decided by the keys of a document, before anything else.
type documentKind uint8

const (
	ruleKind documentKind = iota
	correlationKind
	filterKind
)

// parser collects what is found in one file.
type parser struct {
	file   *File
	shapes *shapeCache
	kind   documentKind
	diags  Diagnostics
	lost   int  // documents of which nothing can be made
	failed bool // the document being parsed has an error
	flawed bool // its attributes have one that say nothing about events
}

func (p *parser) report(d Diagnostic) {
	p.failed = p.failed || d.Severity == Error
	p.diags = append(p.diags, d)
}

func (p *parser) errorf(code string, at Span, message, help string) {
	p.report(Diagnostic{Code: code, Severity: Error, Span: at, Message: message, Help: help})
}

func (p *parser) warnf(code string, at Span, message, help string) {
	p.report(Diagnostic{Code: code, Severity: Warning, Span: at, Message: message, Help: help})
}

// readable reports whether the file is UTF-8 text of an acceptable size.
func (p *parser) readable() bool {
	src := p.file.Source
	switch {
	case len(src) > MaxFileSize:
		p.errorf("schema/limit", p.file.span(0, 0), sprintf("file has %d bytes, more than %d", len(src), MaxFileSize), "split it")
	case wideOf(src) != "":
		// Without a place: what stands there is nothing to look at.
		p.errorf("schema/encoding", Span{File: &File{Path: p.file.Path}}, "file is "+wideOf(src), "save it as UTF-8")
	case !utf8.Valid(src):
		p.invalidByte()
	default:
		return true
	}
	return false
}

// wideOf names UTF-16 and UTF-32, "" for anything else: a mark tells them, or zeros beside the
// first character, which is ASCII in YAML without a mark.
func wideOf(src []byte) string {
	if len(src) < 2 {
		return ""
	}
	marked := src[0] == 0xff && src[1] == 0xfe || src[0] == 0xfe && src[1] == 0xff
	zeros := bytes.Count(src[:min(4, len(src))], []byte{0})
	switch {
	case zeros == 3 || zeros == 2 && (bytes.HasPrefix(src, []byte{0xff, 0xfe, 0, 0}) || bytes.HasPrefix(src, []byte{0, 0, 0xfe, 0xff})):
		return "UTF-32"
	case marked || (src[0] == 0) != (src[1] == 0):
		return "UTF-16"
	}
	return ""
}

func (p *parser) invalidByte() {
	if i := p.file.NotUTF8(); i >= 0 {
		p.errorf("schema/encoding", p.file.span(i, i), sprintf("byte 0x%02x is not UTF-8", p.file.Source[i]), "save the file as UTF-8")
	}
}

// documents splits the file and returns every document that is not empty. A
// syntax error ends the file, because what follows has no certain meaning.
func (p *parser) documents() []*Node {
	var nodes []*Node
	yamlFile := yamlLines(p.file)
	dec := yaml.NewDecoder(bytes.NewReader(asVersion11(p.file.Source)))
	for {
		var y yaml.Node
		err := p.decode(dec, &y)
		if errors.Is(err, io.EOF) {
			return nodes
		}
		if err != nil {
			p.syntaxError(err)
			p.lost++
			return nodes
		}
		if len(y.Content) == 0 || isEmptyDocument(y.Content[0]) {
			continue
		}
		b := nodeBuilder{file: p.file, yaml: yamlFile, report: p.report}
		p.failed = false
		n := b.build(y.Content[0], 1)
		n.invalid = p.failed
		if b.full { // it has parts only
			p.lost++
			continue
		}
		nodes = append(nodes, n)
	}
}

// version12 is the directive at the head of a file that names the version of YAML
// that Sigma does. The parser knows that version, but only the name of the one before.
var version12 = regexp.MustCompile(`^(?:(?:[ \t]*(?:#.*)?|%.*)\r?\n)*%YAML[ \t]+1\.2`)

// asVersion11 returns the same text, with that directive as the parser takes it.
func asVersion11(source []byte) []byte {
	if m := version12.FindIndex(source[:min(len(source), markEvery)]); m != nil {
		source = bytes.Clone(source)
		source[m[1]-1] = '1'
	}
	return source
}

// decode turns the panics that yaml.v3 uses for malformed input into errors.
func (p *parser) decode(dec *yaml.Decoder, y *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return dec.Decode(y)
}

func isEmptyDocument(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Value == "" && y.Style == 0
}

func (p *parser) document(n *Node) Document {
	p.failed, p.flawed = n.invalid, false
	if n.Kind != MapNode {
		p.errorf("schema/not-a-mapping", n.Span, "a document must be a map of attributes, found "+n.describe(), "")
		return nil
	}
	if !sigmaLike(n) {
		p.errorf(codeNotRule, p.docSpan(n), "the document is not Sigma: it has neither title nor logsource nor detection",
			"keep other files out of the folders of rules")
		return nil
	}
	var doc Document
	switch {
	case n.Get("correlation") != nil:
		p.kind = correlationKind
		doc = p.correlation(n)
	case n.Get("filter") != nil:
		p.kind = filterKind
		doc = p.filter(n)
	default:
		p.kind = ruleKind
		doc = p.rule(n)
	}
	doc.Meta().Invalid, doc.Meta().Flawed = p.failed || p.flawed, p.flawed && !p.failed
	return doc
}

// sigmaLike reports whether a document has any attribute without which none is
// Sigma. One that has none is told so once, not what it lacks one by one.
func sigmaLike(n *Node) bool {
	for _, key := range []string{"title", "logsource", "detection", "correlation", "filter", "id"} {
		if n.Get(key) != nil {
			return true
		}
	}
	return len(n.Entries) == 0
}

// docSpan is where to point when something is missing from a document: its
// first key.
func (p *parser) docSpan(n *Node) Span {
	if len(n.Entries) > 0 {
		return n.Entries[0].Key.Span
	}
	return n.Span
}

func (p *parser) rule(n *Node) *Rule {
	r := &Rule{Header: p.header(n, "logsource", "detection")}
	r.Logsource = p.logsource(n)
	detection := n.Get("detection")
	if detection == nil {
		p.errorf("schema/missing-field", p.docSpan(n), "the rule has no detection", "add detection: with selections and a condition")
		return r
	}
	r.Detection = p.detection(detection, "detection")
	return r
}

func (p *parser) logsource(doc *Node) Logsource {
	n := doc.Get("logsource")
	if n == nil {
		p.errorf("schema/missing-field", p.docSpan(doc), "the document has no logsource", "add logsource: with category, product or service")
		return Logsource{}
	}
	l := Logsource{Span: n.Span}
	if n.Kind != MapNode {
		p.errorf("schema/wrong-type", n.Span, "logsource must be a map, found "+n.describe(), "")
		return l
	}
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "category":
			l.Category = p.text(e)
		case "product":
			l.Product = p.text(e)
		case "service":
			l.Service = p.text(e)
		case "definition":
			l.Definition = p.text(e)
		default:
			p.unknownKey(e, []string{"category", "product", "service", "definition"})
			l.Custom = append(l.Custom, e)
		}
	}
	if l.Category.Text == "" && l.Product.Text == "" && l.Service.Text == "" {
		p.errorf("schema/missing-field", n.Span, "logsource names neither category nor product nor service", "give at least one")
	}
	return l
}
