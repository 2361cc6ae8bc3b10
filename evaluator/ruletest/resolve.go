package ruletest

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/rules"
)

// ruleIndex finds rules by what tests call them.
type ruleIndex struct {
	docs   []rules.Document // rules and correlations
	byPath map[string][]rules.Document
	byName map[string][]rules.Document // id and name
	byLook map[string][]rules.Document // file name without extension, title
	names  []string
}

func newRuleIndex(set *rules.Set, absolute func(string) string) ruleIndex {
	x := ruleIndex{byPath: map[string][]rules.Document{}, byName: map[string][]rules.Document{}, byLook: map[string][]rules.Document{}}
	for _, doc := range set.Documents() {
		if _, filter := doc.(*rules.Filter); filter {
			continue
		}
		h := doc.Meta()
		x.docs = append(x.docs, doc)
		file := h.Span.Path()
		at := absolute(file)
		x.byPath[at] = append(x.byPath[at], doc)
		stem := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		seen := map[string]bool{"": true}
		for i, name := range []string{h.ID.Text, h.Name.Text, stem, h.Title.Text} {
			if !seen[name] {
				by := x.byName
				if i > 1 {
					by = x.byLook
				}
				by[name] = append(by[name], doc)
				x.names = append(x.names, name)
			}
			seen[name] = true
		}
	}
	return x
}

// resolvable is a test file with what is needed to find its rules.
type resolvable struct {
	*testFile
	found    foundTest
	mirrored []string // where the rule lies unless the file says otherwise
}

// resolveFile gives every test of a file its rule and takes it into the suite.
func (l *loader) resolveFile(r *resolvable) {
	d := &decoder{diags: r.diags}
	mirror := ""
	if at := l.firstLoaded(r.mirrored); at != "" {
		mirror = l.index.byPath[at][0].Meta().Span.Path()
	}
	reported := map[string]bool{}
	for _, t := range r.drafts {
		quiet := &decoder{}
		l.resolveDraft(quiet, t, func() (rules.Document, bool) { return l.ruleOf(quiet, t, r) })
		for _, p := range quiet.diags { // the rule of a file is missing once, not once for every test
			if !reported[p.String()] && (!l.stranger(p, r)) {
				d.diags = append(d.diags, p)
			}
			reported[p.String()] = true
		}
	}
	l.addOthers(r)
	l.testDiags(r.path, mirror, d.diags)
}

// addOthers adds the tests of rules that a file of expectations does not name.
func (l *loader) addOthers(r *resolvable) {
	if r.others == nil {
		return
	}
	named := map[rules.Document]bool{}
	for _, c := range l.cases {
		named[c.Rule] = named[c.Rule] || c.Path == r.path
	}
	for _, doc := range l.index.docs {
		if t := r.others(doc); !named[doc] && len(t.sources) > 0 {
			l.add(t, doc)
		}
	}
}

// stranger reports whether a problem says no more than that a file, which was
// read only because it may test a wanted rule, tests another.
func (l *loader) stranger(p rules.Diagnostic, r *resolvable) bool {
	return p.Code == "test/unknown-rule" && !inAny(r.path, l.wanted.tests)
}

// resolveDraft checks a test against its rule and adds it.
func (l *loader) resolveDraft(d *decoder, t *draft, find func() (rules.Document, bool)) {
	doc, ok := find()
	if !ok {
		return
	}
	if t.recording.Text != "" && t.sources == nil && t.obstacle == nil {
		l.record(&t.Case, beside(t.Path, t.recording.Text))
	}
	rule, isRule := doc.(*rules.Rule)
	before := len(d.diags)
	switch {
	case isRule:
		d.againstRule(t, rule)
	case !t.sequence && t.recording.Text == "":
		d.errorf("test/conflict", t.Span, "write sequence: with the times of the events, or file: with a recording",
			"a correlation needs events with times, and the test has none")
	case t.recording.Text != "" && (len(t.want.selections) > 0 || t.want.because.Text != ""):
		d.errorf("test/conflict", t.Span, "write match: or count:", "a correlation has no selections")
	}
	if !d.failed(before) {
		l.add(t, doc)
	}
}

// againstRule checks what a test says about the parts of its rule.
func (d *decoder) againstRule(t *draft, rule *rules.Rule) {
	if t.sequence {
		d.errorf("test/conflict", t.Span, "write event: or events:", "sequence is for correlations, and %q is a rule", rule.Label())
	}
	var names []string
	for _, s := range rule.Detection.Selections {
		names = append(names, s.Name.Text)
	}
	check := func(name rules.Scalar) {
		if name.Text != "" && rule.Detection.Selection(name.Text) == nil && !rule.Invalid {
			d.errorf("test/unknown-selection", name.Span, suggestion(name.Text, names), "the rule has no selection %q", name.Text)
		}
	}
	for _, s := range t.want.selections {
		check(s.name)
	}
	check(t.want.because)
}

// ruleOf finds the rule of a test: the one it names, else the mirrored one.
func (l *loader) ruleOf(d *decoder, t *draft, r *resolvable) (rules.Document, bool) {
	if t.rule.Text == "" {
		return l.mirroredRule(d, t, r)
	}
	if at := l.firstLoaded(r.candidates(t.rule.Text)); at != "" && isYAML(t.rule.Text) {
		return d.only(l.index.byPath[at], t.rule.Span, t.rule.Text)
	}
	for _, by := range []map[string][]rules.Document{l.index.byName, l.index.byLook} {
		if docs := by[t.rule.Text]; len(docs) > 0 {
			return d.only(docs, t.rule.Span, t.rule.Text)
		}
	}
	help := ""
	if near := rules.Nearest(t.rule.Text, l.index.names); near != "" {
		help = fmt.Sprintf("did you mean %q?", near)
	}
	d.errorf("test/unknown-rule", t.rule.Span, help, "no rule has the path, id, name or title %q", t.rule.Text)
	return nil, false
}

func (l *loader) mirroredRule(d *decoder, t *draft, r *resolvable) (rules.Document, bool) {
	if at := l.firstLoaded(r.mirrored); at != "" {
		return d.only(l.index.byPath[at], t.Span, filepath.ToSlash(r.mirrored[0]))
	}
	at := t.Span
	at.Start = rules.Position{Line: 1, Column: 1}
	at.End = at.Start
	if len(r.mirrored) == 0 {
		d.errorf("test/unknown-rule", at, "add rule: with a path, an id or a name", "the file does not say which rule it tests")
	} else {
		d.errorf("test/unknown-rule", at, "move the file, or add rule: with a path, an id or a name",
			"no rule can be loaded from %s, which the place of this file stands for", filepath.ToSlash(r.mirrored[0]))
	}
	return nil, false
}

// firstLoaded returns the first path from which rules were loaded.
func (l *loader) firstLoaded(paths []string) string {
	for _, p := range paths {
		if at := l.absolute(p); len(l.index.byPath[at]) > 0 {
			return at
		}
	}
	return ""
}

// only returns the single document that a name stands for.
func (d *decoder) only(docs []rules.Document, at rules.Span, name string) (rules.Document, bool) {
	if len(docs) == 1 {
		return docs[0], true
	}
	d.errorf("test/unknown-rule", at, "add rule: with an id", "%q stands for %d rules", name, len(docs))
	return nil, false
}
