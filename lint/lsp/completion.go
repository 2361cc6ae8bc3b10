package lsp

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/layout"
	"github.com/socctl/socctl/rules/logsource"
)

// maxItems is how many completions are offered at once; with more, the client
// asks again as the word grows.
const maxItems = 200

// completer works out completions at one spot.
type completer struct {
	spot
	doc   *document
	line  int // counted from 1
	setup *setup
	in    *lint.Input // nil outside of a project
	items []completionItem
	start int // byte of the line from which an item replaces
}

// complete offers what may stand at a place.
func (s *server) complete(_ context.Context, p at) (*completionList, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	line := min(max(p.Position.Line, 0), d.file.Lines()-1) + 1
	column := s.enc.within(d.file.Line(line), p.Position.Character)
	c := &completer{spot: spotAt(d.file, line, column), doc: d, line: line}
	c.setup, c.in = s.knowledge(d.path)
	c.start = c.column
	switch {
	case c.comment != "":
		c.ignoreComment(column)
	case d.path == s.configPath(c.setup.cfg.Dir) || strings.HasSuffix(d.path, "/"+config.Name):
		c.configuration()
	case s.inTests(d, c.spot):
		c.tests()
	default:
		c.document()
	}
	return s.list(c, column), nil
}

// list gives the items the place that they replace, and leaves out those in
// which what is typed does not occur. Those that begin with it come first.
func (s *server) list(c *completer, column int) *completionList {
	typed := c.doc.file.Line(c.line)[min(c.start, column):column]
	lower := strings.ToLower(typed)
	out := &completionList{Items: []completionItem{}}
	from := lineStart(c.doc.file, c.line)
	place := s.enc.span(c.doc.file.Span(from+min(c.start, column), from+column))
	prefixed := func(i completionItem) int {
		if strings.HasPrefix(strings.ToLower(i.Label), lower) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(c.items, func(a, b completionItem) int { return prefixed(a) - prefixed(b) })
	for _, item := range c.items {
		if !strings.Contains(strings.ToLower(cmp.Or(item.FilterText, item.Label)), lower) {
			continue
		}
		if len(out.Items) == maxItems {
			out.IsIncomplete = true
			break
		}
		item.TextEdit = &textEdit{place, item.Label}
		if item.FilterText != "" {
			item.FilterText = typed + " " + item.FilterText
		}
		item.SortText = fmt.Sprintf("%04d", len(out.Items))
		out.Items = append(out.Items, item)
	}
	return out
}

func (c *completer) add(kind int, detail string, labels ...string) {
	for _, label := range labels {
		c.items = append(c.items, completionItem{Label: label, Kind: kind, Detail: detail})
	}
}

// keys offers the names of keys that are not there yet.
func (c *completer) keys(names ...string) {
	for _, name := range names {
		c.add(kindProperty, "", name)
	}
}

// document offers what may stand in a rule, a correlation or a filter.
func (c *completer) document() {
	above := ""
	if len(c.path) > 0 {
		above = c.path[0]
	}
	switch {
	case len(c.path) == 0 && c.inKey && !c.inItem:
		c.attributes()
	case len(c.path) == 0:
		c.attribute(c.key)
	case above == "logsource":
		c.logsource()
	case above == "detection", above == "filter":
		c.detection()
	case above == "correlation":
		c.correlation()
	case above == "related" && c.inKey:
		c.keys("id", "type")
	case above == "related" && c.key == "type":
		c.add(kindEnum, "", rules.Words("related")...)
	case above == "related" && c.key == "id":
		c.references(true)
	case c.inItem && len(c.path) == 1:
		c.attribute(above)
	}
}

func (c *completer) attributes() {
	have := map[string]bool{}
	from, to := bounds(c.doc.file, c.line)
	for n := from; n <= to; n++ {
		if key, _, ok := cutKey(c.doc.file.Line(n)); ok && n != c.line {
			have[key] = true
		}
	}
	for _, name := range layout.Order {
		if !have[name] {
			c.keys(name)
		}
	}
}

// attribute offers the values of an attribute of the document.
func (c *completer) attribute(name string) {
	switch name {
	case "status", "level":
		c.add(kindEnum, "", rules.Words(name)...)
	case "tags":
		c.tags()
	}
}

// tags offers the tactics and the techniques in force, and the namespaces of
// other tags.
func (c *completer) tags() {
	facts := c.setup.options.Facts
	if facts == nil {
		return
	}
	add := func(label, name, kind string) {
		c.items = append(c.items, completionItem{Label: label, Kind: kindEnum, Detail: name, FilterText: label + " " + name,
			Documentation: markdown(kind + " of ATT&CK " + facts.Version)})
	}
	for _, t := range facts.Tactics {
		add("attack."+t.Key, t.Name, "tactic")
	}
	facts.Techniques(func(t *attack.Technique) bool {
		add("attack."+strings.ToLower(t.ID), t.Name, "technique")
		return true
	})
	c.add(kindModule, "", "car.", "cve.", "d3fend.", "detection.dfir", "detection.emerging-threats", "detection.threat-hunting", "stp.", "tlp.")
}

func (c *completer) logsource() {
	if c.inKey {
		for _, name := range []string{"category", "product", "service", "definition"} {
			if value(c.doc.file, c.line, "logsource", name) == "" {
				c.keys(name)
			}
		}
		return
	}
	known := map[string]bool{}
	stated := c.source()
	part := func(l logsource.Logsource) string {
		switch c.key {
		case "category":
			stated.Category = ""
			return l.Category
		case "product":
			stated.Product = ""
			return l.Product
		case "service":
			stated.Service = ""
			return l.Service
		}
		return ""
	}
	for _, l := range c.logsources() {
		if p := part(l); p != "" && l.Satisfies(stated) {
			known[p] = true
		}
	}
	c.add(kindEnum, "", slices.Sorted(maps.Keys(known))...)
}

// logsources returns all that the table knows.
func (c *completer) logsources() []logsource.Logsource {
	var out []logsource.Logsource
	table := c.setup.options.Table
	for i := range table.Views {
		out = append(out, table.Views[i].Logsources()...)
	}
	for _, t := range table.Taxonomies {
		out = append(out, t.Logsource)
	}
	for _, u := range table.Unseen {
		out = append(out, u.Logsource)
	}
	return out
}

// source is the logsource of the document as it is written now.
func (c *completer) source() logsource.Logsource {
	of := func(key string) string { return strings.ToLower(value(c.doc.file, c.line, "logsource", key)) }
	return logsource.Logsource{Category: of("category"), Product: of("product"), Service: of("service")}
}

// detection offers fields and modifiers in a selection, and selections in a
// condition.
func (c *completer) detection() {
	switch {
	case len(c.path) == 1 && c.key == "condition", len(c.path) == 2 && c.path[1] == "condition" && c.inItem:
		c.condition()
	case len(c.path) == 1 && c.key == "rules", len(c.path) == 2 && c.path[1] == "rules":
		c.references(false)
	case len(c.path) == 1 && c.inKey:
		c.keys("selection", "filter", "condition")
		if c.path[0] == "filter" {
			c.keys("rules")
		}
	case len(c.path) > 1 && c.inKey:
		c.fields()
	}
}

// fields offers the fields of the logsource or, behind a bar, modifiers.
func (c *completer) fields() {
	if bar := strings.LastIndexByte(c.word, '|'); bar >= 0 {
		c.start = c.column + bar + 1
		used := strings.Split(c.word[:bar], "|")[1:]
		for _, name := range rules.ModifierNames() {
			if !slices.Contains(used, name) {
				c.items = append(c.items, completionItem{Label: name, Kind: kindOperator, Detail: rules.ModifierDoc(name)})
			}
		}
		return
	}
	source := c.source()
	names, _ := c.setup.options.Table.FieldNames(source)
	c.add(kindField, source.String(), names...)
}

var conditionWord = regexp.MustCompile(`[A-Za-z0-9_*-]*$`)

// condition offers selections, and patterns that stand for several.
func (c *completer) condition() {
	last := conditionWord.FindString(c.word)
	c.start = c.column + len(c.word) - len(last)
	groups := map[string]int{}
	for _, name := range childKeys(c.doc.file, c.line, c.path[0]) {
		if name == "condition" || name == "timeframe" || c.path[0] == "filter" && name == "rules" {
			continue
		}
		c.add(kindReference, "selection", name)
		if i := strings.IndexByte(name, '_'); i > 0 {
			groups[name[:i]+"_*"]++
		}
	}
	for _, pattern := range slices.Sorted(maps.Keys(groups)) {
		c.add(kindReference, fmt.Sprintf("%d selections", groups[pattern]), pattern)
	}
	c.add(kindKeyword, "", "and", "or", "not", "1 of", "all of", "them")
}

func (c *completer) correlation() {
	switch {
	case len(c.path) == 1 && c.inKey:
		c.keys("type", "rules", "group-by", "timespan", "condition", "aliases", "generate")
	case c.key == "type":
		c.add(kindEnum, "", rules.Words("correlation")...)
	case c.key == "rules", len(c.path) == 2 && c.path[1] == "rules":
		c.references(false)
	case len(c.path) == 2 && c.path[1] == "condition" && c.inKey:
		c.add(kindOperator, "", rules.Words("operator")...)
		c.keys("field")
	}
}

// references offers the names and ids of the documents of the project, under
// their titles.
func (c *completer) references(idsOnly bool) {
	docs := c.doc.current()
	if c.in != nil {
		docs = c.in.Set.Documents()
	}
	for _, d := range docs {
		h := d.Meta()
		for _, ref := range []rules.Scalar{h.Name, h.ID} {
			if ref.Text != "" && (!idsOnly || ref.Text == h.ID.Text) {
				c.items = append(c.items, completionItem{Label: ref.Text, Kind: kindReference, Detail: h.Title.Text, FilterText: ref.Text + " " + h.Title.Text})
				break
			}
		}
	}
}

var ignoreWord = regexp.MustCompile(`socctl:ignore[ \t]+(?:[^ \t]*,[ \t]*)?([^ \t,]*)$`)

// ignoreComment offers the directive and, in it, checks.
func (c *completer) ignoreComment(column int) {
	if m := ignoreWord.FindStringSubmatch(c.comment); m != nil {
		c.start = column - len(m[1])
		c.checks(false)
		return
	}
	word := strings.TrimLeft(c.comment, "# \t")
	c.start = column - len(word)
	if !strings.ContainsAny(word, " \t") {
		c.add(kindKeyword, "ignore findings of a check, with a reason", "socctl:ignore ")
	}
}

// checks offers the names of checks.
func (c *completer) checks(fixedToo bool) {
	groups := map[string]bool{}
	for _, check := range c.setup.known.Checks() {
		if check.Fixed && !fixedToo {
			continue
		}
		groups[check.Group()+"/*"] = true
		c.items = append(c.items, completionItem{Label: check.Name, Kind: kindEnum, Detail: check.Title, Documentation: markdown(check.Doc)})
	}
	c.add(kindEnum, "all checks of the group", slices.Sorted(maps.Keys(groups))...)
}
