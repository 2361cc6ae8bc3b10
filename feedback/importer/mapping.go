package importer

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

//go:embed mappings/*.yml
var embedded embed.FS

// Mapping says how a product writes down what was found.
type Mapping struct {
	Name    string
	Title   string
	Records []string // paths to lists of records in a document; without any, or where there is none, the document is one
	Within  string   // path of a member of a record that is looked into first

	// Scope of the verdicts. ScopeField, if it is set, names the field that decides,
	// and Scopes its values.
	Scope      string
	ScopeField string
	Scopes     map[string]string

	Fields map[string][]string // paths by field; the first that a record has holds the value
	Key    [][]string          // fields that decide on the verdict, each as paths
	Rows   []Row               // the first that fits decides
}

// Row gives the outcome for values of the key: as they are but for letter case;
// "" is that there is none, * is any or none.
type Row struct {
	When []string
	Is   feedback.Outcome
}

// Open is the outcome of a Row for records that still wait for their verdict.
const Open feedback.Outcome = "open"

// Any is the value of a Row that fits all values.
const Any = "*"

// fieldNames are the fields that a mapping can fill.
var fieldNames = []string{"rule_id", "rule_hash", "event_fp", "context_fp", "alert_uid", "incident", "time", "event_time", "investigator",
	"kind", "version", "session", "confidence", "host", "user", "reason"}

// Mappings returns the mappings of the products that are known, by name.
func Mappings() []*Mapping {
	entries, err := embedded.ReadDir("mappings")
	if err != nil {
		panic(err) // embedded
	}
	var out []*Mapping
	for _, e := range entries {
		data, err := embedded.ReadFile(path.Join("mappings", e.Name()))
		if err != nil {
			panic(err)
		}
		m, diags := ParseMapping(e.Name(), data)
		if err := diags.Err(); err != nil {
			panic(err) // a test reads them all
		}
		out = append(out, m)
	}
	return out
}

// Find returns the mapping of a name, nil if there is none.
func Find(name string) *Mapping {
	for _, m := range Mappings() {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// ParseMapping reads a mapping in YAML, such as those that come with this package.
// With errors among the diagnostics it must not be used.
func ParseMapping(path string, data []byte) (*Mapping, rules.Diagnostics) {
	docs, diags := rules.ParseNodes(path, data)
	p := mappingParser{diags: diags, out: &Mapping{Scope: feedback.ScopeAlert, Fields: map[string][]string{}}}
	if len(docs) != 1 {
		p.fail(rules.Span{File: rules.NewFile(path, data)}, "verdict/mapping", fmt.Sprintf("a mapping is one document, found %d", len(docs)), "")
		return p.out, p.diags
	}
	p.mapping(docs[0])
	p.diags.Sort()
	return p.out, p.diags
}

type mappingParser struct {
	out   *Mapping
	diags rules.Diagnostics
}

func (p *mappingParser) fail(at rules.Span, code, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (p *mappingParser) mapping(doc *rules.Node) {
	known := map[string]func(n *rules.Node){
		"name": func(n *rules.Node) { p.out.Name = p.text(n) }, "title": func(n *rules.Node) { p.out.Title = p.text(n) },
		"records": func(n *rules.Node) { p.out.Records = p.texts(n) }, "within": func(n *rules.Node) { p.out.Within = p.text(n) },
		"scope": p.scope, "fields": p.fields, "verdicts": p.rows,
		"key": func(n *rules.Node) {
			for _, item := range n.Items {
				p.out.Key = append(p.out.Key, p.texts(item))
			}
		},
	}
	p.each(doc, "a mapping", known)
	for _, name := range []string{"name", "key", "verdicts", "fields"} {
		if doc.Get(name) == nil || doc.Get(name).Kind == rules.ScalarNode && name != "name" {
			p.fail(doc.Span, "verdict/mapping", "the mapping has no "+name, "")
		}
	}
	for _, r := range p.out.Rows {
		if len(r.When) != len(p.out.Key) {
			p.fail(doc.Get("verdicts").Span, "verdict/mapping", fmt.Sprintf("the row of %q has %d values, the key has %d", strings.Join(r.When, ", "), len(r.When), len(p.out.Key)), "a row is the values of the key, and the verdict")
		}
	}
	for _, name := range []string{"rule_id", "time"} {
		if len(p.out.Fields[name]) == 0 {
			p.fail(doc.Span, "verdict/mapping", "the mapping does not say where "+name+" is", "")
		}
	}
}

func (p *mappingParser) each(n *rules.Node, what string, known map[string]func(*rules.Node)) {
	if n.Kind != rules.MapNode {
		p.fail(n.Span, "verdict/mapping", what+" must be a map", "")
		return
	}
	for _, e := range n.Entries {
		if read := known[e.Key.Text]; read != nil {
			read(e.Value)
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		p.fail(e.Key.Span, "verdict/mapping", what+" has no key "+e.Key.Text, "known are "+strings.Join(names, ", "))
	}
}

func (p *mappingParser) text(n *rules.Node) string {
	if n.Kind != rules.ScalarNode {
		p.fail(n.Span, "verdict/mapping", "a text is expected", "")
	}
	return n.Scalar.Text
}

func (p *mappingParser) texts(n *rules.Node) (out []string) {
	if n.Kind == rules.ScalarNode {
		return []string{n.Scalar.Text}
	}
	if n.Kind != rules.ListNode {
		p.fail(n.Span, "verdict/mapping", "a text or a list of them is expected", "")
	}
	for _, item := range n.Items {
		out = append(out, p.text(item))
	}
	return out
}

func (p *mappingParser) fields(n *rules.Node) {
	known := map[string]func(*rules.Node){}
	for _, name := range fieldNames {
		known[name] = func(n *rules.Node) { p.out.Fields[name] = p.texts(n) }
	}
	p.each(n, "fields", known)
}

// scope is a scope, or a field with what its values mean.
func (p *mappingParser) scope(n *rules.Node) {
	check := func(n *rules.Node) string {
		text := p.text(n)
		if text != feedback.ScopeAlert && text != feedback.ScopeIncident {
			p.fail(n.Span, "verdict/mapping", fmt.Sprintf("%q is no scope", text), "write alert or incident")
		}
		return text
	}
	if n.Kind == rules.ScalarNode {
		p.out.Scope = check(n)
		return
	}
	if len(n.Items) != 2 || n.Items[1].Kind != rules.MapNode {
		p.fail(n.Span, "verdict/mapping", "scope is a scope, or a list of a field and what its values mean", "")
		return
	}
	p.out.ScopeField, p.out.Scopes = p.text(n.Items[0]), map[string]string{}
	for _, e := range n.Items[1].Entries {
		p.out.Scopes[strings.ToLower(e.Key.Text)] = check(e.Value)
	}
}

func (p *mappingParser) rows(n *rules.Node) {
	for _, item := range n.Items {
		texts := p.texts(item)
		if len(texts) < 2 {
			p.fail(item.Span, "verdict/mapping", "a row has values and a verdict", "")
			continue
		}
		last := len(texts) - 1
		r := Row{When: texts[:last], Is: feedback.Outcome(texts[last])}
		if r.Is != Open && !slices.Contains(feedback.Outcomes(), r.Is) {
			p.fail(item.Items[last].Span, "verdict/mapping", fmt.Sprintf("%q is no verdict", texts[last]), "see the list in docs/verdicts.md")
		}
		p.out.Rows = append(p.out.Rows, r)
	}
}

// outcome returns what the values of the key mean.
func (m *Mapping) outcome(values []string) (feedback.Outcome, bool) {
	for _, r := range m.Rows {
		if slices.EqualFunc(r.When, values, func(when, have string) bool {
			return when == Any || strings.EqualFold(when, strings.TrimSpace(have))
		}) {
			return r.Is, true
		}
	}
	return "", false
}
