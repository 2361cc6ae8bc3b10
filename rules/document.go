package rules

import "time"

// Document is one YAML document: a *Rule, a *Correlation or a *Filter.
type Document interface {
	// Meta returns what all kinds of documents have in common.
	Meta() *Header
}

// Header holds the attributes that all kinds of documents share. A Scalar that
// is not Present stood nowhere in the document.
type Header struct {
	Title          Scalar
	ID             Scalar // UUID, lower case in ID.Text
	Name           Scalar // for references from correlations and filters
	Taxonomy       Scalar // absent means "sigma"
	Status         Scalar // stable, test, experimental, deprecated or unsupported; lower case
	Description    Scalar
	License        Scalar
	Author         Scalar
	Level          Scalar // informational, low, medium, high or critical; lower case
	Date           Scalar // YYYY-MM-DD
	Modified       Scalar // YYYY-MM-DD
	References     []Scalar
	Tags           []Scalar
	Fields         []Scalar
	FalsePositives []Scalar
	Scope          []Scalar
	Related        []Relation
	Custom         []Entry // attributes that Sigma does not define, in document order
	Generate       Scalar  // of a correlation: boolean
	Span           Span    // the whole document

	// Node is the document as it is written, with every key in its order. It is
	// nil for a document that was not read from a file, and in what Load and
	// LoadPaths return.
	Node *Node

	// Invalid is set if the document has an error. It is then only good for
	// finding more errors: it must not be evaluated.
	Invalid bool

	unlinkable bool // Invalid because of what the document refers to; linking anew decides it anew
}

// Relation is one entry of the attribute related.
type Relation struct {
	ID   Scalar // UUID, lower case
	Type Scalar // derived, obsolete, merged, renamed or similar
}

// Meta implements Document for every type that embeds a Header.
func (h *Header) Meta() *Header { return h }

// Label returns what to call the document in messages: its title, else its id,
// else its name, else its place.
func (h *Header) Label() string {
	for _, s := range []Scalar{h.Title, h.ID, h.Name} {
		if s.Text != "" {
			return s.Text
		}
	}
	return h.Span.String()
}

// CustomAttribute returns a custom attribute of the document, nil if absent.
func (h *Header) CustomAttribute(name string) *Node {
	for _, e := range h.Custom {
		if e.Key.Text == name {
			return e.Value
		}
	}
	return nil
}

// Logsource says which events a rule is about.
type Logsource struct {
	Category   Scalar
	Product    Scalar
	Service    Scalar
	Definition Scalar
	Custom     []Entry
	Span       Span
}

// String returns the category, product and service that are given, as
// product=windows category=process_creation.
func (l Logsource) String() string {
	text := ""
	for _, part := range []struct {
		name  string
		value Scalar
	}{{"product", l.Product}, {"category", l.Category}, {"service", l.Service}} {
		if part.value.Text == "" {
			continue
		}
		if text != "" {
			text += " "
		}
		text += part.name + "=" + part.value.Text
	}
	return text
}

// Rule is a detection rule.
type Rule struct {
	Header
	Logsource Logsource
	Detection Detection
	Filters   []*Filter // that apply to the rule, in the order of the set; filled by Set.Link
}

// Detection is the logic of a rule: named selections and how they combine.
type Detection struct {
	Selections []*Selection
	Conditions []*Condition // a rule with several matches if any of them does
	Timeframe  Scalar       // legacy attribute of aggregations; has no effect
	Span       Span
}

// Selection returns the selection of that name, nil if there is none.
func (d *Detection) Selection(name string) *Selection {
	for _, s := range d.Selections {
		if s.Name.Text == name {
			return s
		}
	}
	return nil
}

// Selection is a search identifier with its definition.
type Selection struct {
	Name Scalar
	Body *Block
	Span Span // name and definition
}

// Block is a node of a selection's definition: a map whose items must all
// match, or a list of which any element must match.
type Block struct {
	Items []*Item  // of a map, or one keyword item for the scalars of a list
	Any   []*Block // of a list; nil for a map
	Span  Span
}

// Item compares one field, or without a field name every value of the event,
// with a list of values.
type Item struct {
	Key       Scalar // as written, with modifiers
	Field     Scalar // field name; empty for keywords
	Modifiers []Modifier
	Values    []Scalar // any must match, or all with the modifier all
	List      bool     // the values were written as a list
	Span      Span     // key and values
}

// Keywords reports whether the item searches all values instead of one field.
func (i *Item) Keywords() bool { return i.Field.Text == "" }

// Has reports whether the item carries a modifier, by its canonical name.
func (i *Item) Has(name string) bool {
	for _, m := range i.Modifiers {
		if m.Name == name {
			return true
		}
	}
	return false
}

// Modifier is one modifier of an item's key.
type Modifier struct {
	Name string // canonical: aliases are resolved
	Span Span
}

// Correlation is a rule over the matches of other rules.
type Correlation struct {
	Header
	Type       Scalar
	Rules      []Scalar // ids or names
	GroupBy    []Scalar
	Timespan   Scalar
	Aliases    []Alias
	Operators  []Operator // of a map condition, all of them must hold
	Field      []Scalar   // of a map condition
	Percentile Scalar     // of a map condition
	Expression *Condition // of a string condition; nil otherwise
	Inputs     []Input    // what Rules, or without them the Expression, refers to; filled by Set.Link
}

// Input is a document that a correlation refers to.
type Input struct {
	Ref      Scalar // as the correlation writes it: an id or a name
	Document Document
}

// Alias maps a field of several rules to one name.
type Alias struct {
	Name   Scalar
	Fields []AliasField
}

// AliasField is the field that an alias stands for in one rule.
type AliasField struct {
	Rule  Scalar
	Field Scalar
}

// Operator is one comparison of a correlation's condition.
type Operator struct {
	Name  Scalar // gt, gte, lt, lte, eq or neq
	Value Scalar // number
}

// Filter excludes or narrows what other rules match.
type Filter struct {
	Header
	Logsource Logsource
	Rules     []Scalar // ids or names; empty means any
	Detection Detection

	// Owner and Expires stand in the custom attribute socctl: who answers for the
	// filter, and from which day on it is not applied any longer.
	Owner   Scalar
	Expires Scalar // YYYY-MM-DD
}

// Expired reports whether the filter has ended at a time: from the beginning, in
// UTC, of the day that Expires names. Without such a day, and at the zero time, it
// has not.
func (f *Filter) Expired(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, f.Expires.Text)
	return err == nil && !now.IsZero() && !now.Before(day)
}
