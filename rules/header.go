package rules

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of the JSON schemas of Sigma 2.1, in code points.
const (
	maxTitle       = 256
	maxDescription = 65535
)

var (
	uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	datePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

	statuses  = []string{"stable", "test", "experimental", "deprecated", "unsupported"}
	levels    = []string{"informational", "low", "medium", "high", "critical"}
	relations = []string{"derived", "obsolete", "merged", "renamed", "similar"}
)

// Statuses and Levels return the words that a document may have as such, in order.
func Statuses() []string { return slices.Clone(statuses) }

// Levels is told at Statuses.
func Levels() []string { return slices.Clone(levels) }

// headerKeys are the attributes that header parses, for all kinds of documents.
var headerKeys = []string{"title", "id", "name", "taxonomy", "status", "description", "license", "author", "level",
	"date", "modified", "references", "tags", "fields", "falsepositives", "scope", "related", "generate"}

// header parses the shared attributes of a document and keeps the others,
// except those named in own, as custom attributes.
func (p *parser) header(doc *Node, own ...string) Header {
	h := Header{Span: doc.Span, Node: doc}
	failed := p.failed
	p.failed = false
	defer func() { p.failed, p.flawed = failed, p.flawed || p.failed }()
	for _, e := range doc.Entries {
		if slices.Contains(own, e.Key.Text) {
			continue
		}
		if !p.headerEntry(&h, e) {
			if !p.outdented(e, own) {
				p.unknownKey(e, append(headerKeys, own...))
			}
			h.Custom = append(h.Custom, e)
		}
	}
	p.checkTitle(doc, &h)
	return h
}

func (p *parser) headerEntry(h *Header, e Entry) bool {
	switch e.Key.Text {
	case "title":
		h.Title = p.text(e)
	case "id":
		h.ID = p.uuid(p.text(e))
	case "name":
		h.Name = p.nonEmpty(p.limited(p.text(e), maxTitle), "name")
	case "taxonomy":
		h.Taxonomy = p.nonEmpty(p.limited(p.text(e), maxTitle), "taxonomy")
	case "status":
		h.Status = p.enum(p.text(e), "status", statuses)
	case "description":
		h.Description = p.limited(p.text(e), maxDescription)
	case "license":
		h.License = p.text(e)
	case "author":
		h.Author = p.text(e)
	case "level":
		h.Level = p.enum(p.text(e), "level", levels)
	case "date":
		h.Date = p.date(p.text(e))
	case "modified":
		h.Modified = p.date(p.text(e))
	case "references":
		h.References = p.texts(e)
	case "tags":
		h.Tags = p.tags(e)
	case "fields":
		h.Fields = p.texts(e)
	case "falsepositives":
		h.FalsePositives = p.textOrTexts(e)
	case "scope":
		h.Scope = p.texts(e)
	case "related":
		h.Related = p.related(e)
	case "generate":
		h.Generate = p.boolean(e)
	default:
		return false
	}
	return true
}

// innerKeys are keys that say something within an attribute alone.
var innerKeys = map[string][]string{
	"logsource":   {"category", "product", "service"},
	"detection":   {"condition", "timeframe"},
	"correlation": {"condition", "timespan", "group-by", "aliases", "rules"},
}

// outdented warns of a key that stands beside the attribute that it belongs into: a
// rule whose product is not indented is one for all products.
func (p *parser) outdented(e Entry, attributes []string) bool {
	for _, within := range attributes {
		if slices.Contains(innerKeys[within], e.Key.Text) {
			p.warnf("schema/unknown-key", e.Key.Span, quote(e.Key.Text)+" stands outside of "+within+", where it has no effect", "indent it below "+within)
			return true
		}
	}
	return false
}

// unknownKey warns of a key that looks like a misspelt attribute; other keys
// are custom attributes, which Sigma allows.
func (p *parser) unknownKey(e Entry, known []string) {
	if near := Nearest(e.Key.Text, known); near != "" {
		p.warnf("schema/unknown-key", e.Key.Span, "unknown attribute "+quote(e.Key.Text)+" has no effect",
			"did you mean "+quote(near)+"?")
	}
}

func (p *parser) checkTitle(doc *Node, h *Header) {
	switch n := utf8.RuneCountInString(h.Title.Text); {
	case doc.Get("title") == nil:
		p.errorf("schema/missing-field", p.docSpan(doc), "the document has no title", "add title: <one line that names what is detected>")
	case n == 0 && h.Title.Present():
		p.errorf("schema/missing-field", h.Title.Span, "the title is empty", "")
	default:
		p.limited(h.Title, maxTitle)
	}
}

// text returns a string attribute. Numbers and booleans are taken by their
// text where a person would not think of quotes, such as license: 1.1 would be.
func (p *parser) text(e Entry) Scalar {
	if e.Value.Kind != ScalarNode || e.Value.Scalar.Kind == NullScalar && e.Key.Text != "description" {
		p.wrongType(e, "a string")
		return Scalar{}
	}
	return e.Value.Scalar
}

func (p *parser) texts(e Entry) []Scalar {
	if e.Value.Kind != ListNode {
		if e.Value.Kind == ScalarNode && e.Value.Scalar.Kind == NullScalar {
			p.warnf("schema/wrong-type", e.Key.Span, e.Key.Text+" is empty", "remove it or add a list")
			return nil
		}
		p.wrongType(e, "a list of strings")
		return nil
	}
	out := make([]Scalar, 0, len(e.Value.Items))
	for _, item := range e.Value.Items {
		if item.Kind != ScalarNode || item.Scalar.Kind == NullScalar {
			p.errorf("schema/wrong-type", item.Span, "an entry of "+e.Key.Text+" must be a string, found "+item.describe(), "")
			continue
		}
		out = append(out, item.Scalar)
	}
	return out
}

func (p *parser) textOrTexts(e Entry) []Scalar {
	if e.Value.Kind == ScalarNode && e.Value.Scalar.Kind == StringScalar && p.kind == correlationKind {
		return []Scalar{e.Value.Scalar}
	}
	return p.texts(e)
}

func (p *parser) boolean(e Entry) Scalar {
	if e.Value.Kind != ScalarNode || e.Value.Scalar.Kind != BoolScalar {
		p.wrongType(e, "true or false")
		return Scalar{}
	}
	return e.Value.Scalar
}

func (p *parser) tags(e Entry) []Scalar {
	tags := p.texts(e)
	for _, t := range tags {
		if !strings.Contains(t.Text, ".") {
			p.errorf("schema/invalid-tag", t.Span, "tag "+quote(t.Text)+" has no namespace",
				"write <namespace>.<name>, for example attack.t1059")
		}
	}
	return tags
}

func (p *parser) related(e Entry) []Relation {
	if e.Value.Kind != ListNode {
		p.wrongType(e, "a list of maps with id and type")
		return nil
	}
	var out []Relation
	for _, item := range e.Value.Items {
		if item.Kind != MapNode {
			p.errorf("schema/wrong-type", item.Span, "an entry of related must be a map with id and type, found "+item.describe(), "")
			continue
		}
		var r Relation
		for _, key := range item.Entries {
			switch key.Key.Text {
			case "id":
				r.ID = p.uuid(p.text(key))
			case "type":
				r.Type = p.relation(p.text(key))
			default:
				p.errorf("schema/unknown-key", key.Key.Span, "related has no key "+quote(key.Key.Text), "it has id and type")
			}
		}
		if !r.ID.Present() || !r.Type.Present() {
			p.errorf("schema/missing-field", item.Span, "an entry of related needs both id and type", "")
		}
		out = append(out, r)
	}
	return out
}

func (p *parser) relation(s Scalar) Scalar {
	if s.Text == "obsoletes" {
		p.errorf("schema/invalid-enum", s.Span, "related type obsoletes is from Sigma 1", "write obsolete")
		return s
	}
	return p.enum(s, "related type", relations)
}

func (p *parser) uuid(s Scalar) Scalar {
	if s.Present() && !uuidPattern.MatchString(s.Text) {
		p.errorf("schema/invalid-id", s.Span, "id "+quote(s.Text)+" is no UUID",
			"write 8-4-4-4-12 hexadecimal digits; uuidgen makes one")
	}
	s.Text = strings.ToLower(s.Text)
	return s
}

func (p *parser) date(s Scalar) Scalar {
	if !s.Present() {
		return s
	}
	if _, err := time.Parse("2006-01-02", s.Text); err == nil && datePattern.MatchString(s.Text) {
		return s
	}
	help := "write YYYY-MM-DD"
	if t, err := time.Parse("2006/1/2", s.Text); err == nil {
		help = "write " + t.Format("2006-01-02")
	}
	p.errorf("schema/invalid-date", s.Span, quote(s.Text)+" is no date of the form YYYY-MM-DD", help)
	return s
}

func (p *parser) enum(s Scalar, what string, allowed []string) Scalar {
	lower := strings.ToLower(s.Text)
	if s.Present() && !slices.Contains(allowed, lower) {
		help := didYouMean(s.Text, allowed)
		if help == "" {
			help = "allowed: " + strings.Join(allowed, ", ")
		}
		p.errorf("schema/invalid-enum", s.Span, "unknown "+what+" "+quote(s.Text), help)
	}
	s.Text = lower
	return s
}

func (p *parser) limited(s Scalar, limit int) Scalar {
	if n := utf8.RuneCountInString(s.Text); n > limit {
		p.errorf("schema/limit", s.Span, sprintf("text of %d characters is longer than the %d that Sigma allows", n, limit), "shorten it")
	}
	return s
}

func (p *parser) nonEmpty(s Scalar, what string) Scalar {
	if s.Span.Known() && s.Text == "" {
		p.errorf("schema/missing-field", s.Span, "the "+what+" is empty", "remove it or fill it in")
	}
	return s
}

func (p *parser) wrongType(e Entry, want string) {
	p.errorf("schema/wrong-type", e.Value.Span, e.Key.Text+" must be "+want+", found "+e.Value.describe(), "")
}
