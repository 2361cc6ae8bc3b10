package lint

import (
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Subject is the document that a check of scope rule looks at. Documents with
// errors are looked at too, so any part may be missing.
type Subject struct {
	Document    rules.Document
	Header      *rules.Header
	Rule        *rules.Rule        // nil for other kinds
	Correlation *rules.Correlation // nil for other kinds
	Filter      *rules.Filter      // nil for other kinds
	Detection   *rules.Detection   // of a rule or a filter, else nil
	Logsource   *rules.Logsource   // of a rule or a filter, else nil
	Compiled    *compiler.Rule     // nil for other kinds, and for a rule that could not be compiled
	Tests       []*ruletest.Case   // of the document; see Corpus.HasTests

	memo memo
}

// NewSubject returns the parts of a document.
func NewSubject(d rules.Document) *Subject {
	s := &Subject{Document: d, Header: d.Meta()}
	switch d := d.(type) {
	case *rules.Rule:
		s.Rule, s.Detection, s.Logsource = d, &d.Detection, &d.Logsource
	case *rules.Correlation:
		s.Correlation = d
	case *rules.Filter:
		s.Filter, s.Detection, s.Logsource = d, &d.Detection, &d.Logsource
	}
	return s
}

// Kind returns rule, correlation or filter.
func (s *Subject) Kind() string {
	switch {
	case s.Correlation != nil:
		return "correlation"
	case s.Filter != nil:
		return "filter"
	}
	return "rule"
}

// Path returns the path of the file, with forward slashes.
func (s *Subject) Path() string { return s.Header.Span.Path() }

// Place returns where to point when something is missing from the document:
// its title, else its first key.
func (s *Subject) Place() rules.Span {
	if s.Header.Title.Span.Known() {
		return s.Header.Title.Span
	}
	if n := s.Header.Node; n != nil && len(n.Entries) > 0 {
		return n.Entries[0].Key.Span
	}
	return s.Header.Span
}

// Entry returns the attribute of the document as it is written, nil if absent.
func (s *Subject) Entry(key string) *rules.Entry {
	if s.Header.Node == nil {
		return nil
	}
	for i, e := range s.Header.Node.Entries {
		if e.Key.Text == key {
			return &s.Header.Node.Entries[i]
		}
	}
	return nil
}

// Items yields the items of all selections, in document order.
func (s *Subject) Items() iter.Seq2[*rules.Selection, *rules.Item] {
	return func(yield func(*rules.Selection, *rules.Item) bool) {
		if s.Detection == nil {
			return
		}
		for _, sel := range s.Detection.Selections {
			if !eachItem(sel.Body, func(i *rules.Item) bool { return yield(sel, i) }) {
				return
			}
		}
	}
}

func eachItem(b *rules.Block, yield func(*rules.Item) bool) bool {
	if b == nil {
		return true
	}
	for _, i := range b.Items {
		if !yield(i) {
			return false
		}
	}
	for _, inner := range b.Any {
		if !eachItem(inner, yield) {
			return false
		}
	}
	return true
}

// Source returns the logsource in the form of the tables, in lower case.
func (s *Subject) Source() logsource.Logsource {
	if s.Logsource == nil {
		return logsource.Logsource{}
	}
	return logsource.Logsource{Category: strings.ToLower(s.Logsource.Category.Text),
		Product: strings.ToLower(s.Logsource.Product.Text), Service: strings.ToLower(s.Logsource.Service.Text)}
}

// Corpus is everything that is linted, and what is known about it.
type Corpus struct {
	Subjects []*Subject // all documents, in the order of their paths and places
	Set      *rules.Set
	Program  *compiler.Program // nil if nothing was compiled

	// Hashes tell what documents mean, see compiler.Rule.Hash. Documents that
	// could not be compiled have none.
	Hashes map[rules.Document]string

	// Unread are the files of which something could not be read as a document: what was
	// there before a change is not gone.
	Unread map[string]bool

	Tests    []*ruletest.Case // all tests; nil if HasTests is not set
	HasTests bool             // tests were looked for

	Base *Corpus // before the change; nil if there is none to compare with

	Facts *attack.Facts    // of the configured release
	Table *logsource.Table // views and taxonomies
	Now   time.Time

	// Gone is Input.Gone for the time of the run; nil if nobody may be asked.
	Gone func(url string) string

	at     map[rules.Span]*Subject
	only   func(path string) bool // Input.Only
	jobs   int                    // Input.Jobs
	memory *Memory
	memo   memo

	once       sync.Once
	normaliser *telemetry.Normaliser
}

// Normaliser returns what makes events of records by the table of the corpus. It
// is made when it is first asked for.
func (c *Corpus) Normaliser() *telemetry.Normaliser {
	c.once.Do(func() { c.normaliser = telemetry.NewNormaliser(c.Table) })
	return c.normaliser
}

// FieldNames is Table.FieldNames, found out once for each logsource.
func (c *Corpus) FieldNames(source logsource.Logsource) (names []string, closed bool) {
	found := c.Derived(fieldNamesKey{source}, func() any {
		names, closed := c.Table.FieldNames(source)
		return fieldNames{names, closed}
	}).(fieldNames)
	return found.names, found.closed
}

type (
	fieldNamesKey struct{ source logsource.Logsource }
	fieldNames    struct {
		names  []string
		closed bool
	}
)

// Find returns the document of an id or a name, nil if there is none.
func (c *Corpus) Find(ref string) *Subject {
	for _, s := range c.Subjects {
		if ref != "" && (s.Header.ID.Text == strings.ToLower(ref) || s.Header.Name.Text == ref) {
			return s
		}
	}
	return nil
}

// Pass is one run of a check. Checks of scope rule are run on every document,
// and find it in Subject; for others Subject is nil.
type Pass struct {
	*Subject
	Corpus *Corpus
	Check  *Check

	options  map[string]any
	findings []*Finding
}

// Report adds a finding at a place. message is one line in lower case that says
// what was found, help what to do about it ("" if the message says it all).
func (p *Pass) Report(at rules.Span, message, help string) *Finding {
	f := &Finding{Diagnostic: rules.Diagnostic{Code: p.Check.Name, Severity: p.Check.Severity, Span: at, Message: message, Help: help}}
	if p.Subject != nil {
		f.Document = p.Subject.Document
	}
	p.findings = append(p.findings, f)
	return f
}

// ReportOn is Report for a finding about a document, in checks of other scopes.
func (p *Pass) ReportOn(s *Subject, at rules.Span, message, help string) *Finding {
	f := p.Report(at, message, help)
	f.Document = s.Document
	return f
}

// Int returns the value of an option with a default of that type; it panics if
// the check declares none. So do Bool, Text and Texts.
func (p *Pass) Int(option string) int { return p.option(option).(int) }

// Bool returns the value of an option, see Int.
func (p *Pass) Bool(option string) bool { return p.option(option).(bool) }

// Text returns the value of an option, see Int.
func (p *Pass) Text(option string) string { return p.option(option).(string) }

// Texts returns the value of an option, see Int.
func (p *Pass) Texts(option string) []string { return p.option(option).([]string) }

func (p *Pass) option(name string) any {
	if v, set := p.options[name]; set {
		return v
	}
	return p.Check.Option(name).Default
}
