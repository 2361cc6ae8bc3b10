package backtest

import (
	"cmp"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Flaw is an error that keeps a rule from being evaluated.
type Flaw struct {
	Code    string `json:"code,omitempty"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Help    string `json:"help,omitempty"`
}

// Flaws are those of the rules of one side, so that a rule with an error is not taken
// for one that is not there. Nil knows of none.
type Flaws struct {
	ofRule map[string]Flaw // by what the rule is known by
	ofFile map[string]Flaw // of files of which documents could not be read, by path
}

// FlawsOf finds what keeps documents of a set out of the program that was made of it.
// diags are all problems of the set, those of reading included.
func FlawsOf(set *rules.Set, program *compiler.Program, diags rules.Diagnostics) *Flaws {
	f := &Flaws{map[string]Flaw{}, map[string]Flaw{}}
	sound := map[string]bool{}
	for _, r := range program.Rules {
		sound[keyOf(r.Source, r.ID, r.Title)] = true
	}
	for _, c := range program.Correlations {
		sound[keyOf(c.Source, c.ID, c.Title)] = true
	}
	for _, d := range set.Documents() {
		h := d.Meta()
		if key := keyOf(d, h.ID.Text, h.Title.Text); !sound[key] {
			f.ofRule[key] = flawWithin(h.Span, diags)
		}
	}
	for path, d := range diags.Unread(set) {
		f.ofFile[path] = flawOf(d)
	}
	return f
}

// flawWithin is the first error of a document.
func flawWithin(document rules.Span, list rules.Diagnostics) Flaw {
	var first *rules.Diagnostic
	for i := range list {
		d := &list[i]
		if d.Severity == rules.Error && d.Span.StartsIn(document) && (first == nil || d.Span.Start.Before(first.Span.Start)) {
			first = d
		}
	}
	if first == nil {
		return Flaw{Path: document.Path(), Line: document.Start.Line, Message: "it cannot be evaluated", Help: "socctl lint says why"}
	}
	return flawOf(*first)
}

func flawOf(d rules.Diagnostic) Flaw {
	return Flaw{d.Code, d.Span.Path(), d.Span.Start.Line, d.Span.Start.Column, d.Message, d.Help}
}

// of returns what is wrong with a rule that the other side has, and this one has not;
// nil if it is not there at all.
func (f *Flaws) of(source rules.Document, id, title string) *Flaw {
	if f == nil {
		return nil
	}
	flaw, known := f.ofRule[keyOf(source, id, title)]
	if !known {
		flaw, known = f.ofFile[source.Meta().Span.Path()]
	}
	if !known {
		return nil
	}
	return &flaw
}

// keyOf tells rules by their ids, and those without by file and title.
func keyOf(source rules.Document, id, title string) string { return keyBelow("", source, id, title) }

// keyBelow is keyOf where paths begin with a root, which says nothing.
func keyBelow(root string, source rules.Document, id, title string) string {
	path := strings.TrimPrefix(strings.TrimPrefix(source.Meta().Span.Path(), root), "/")
	return cmp.Or(id, path+"\x00"+title)
}
