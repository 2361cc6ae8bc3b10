package lsp

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// maxBroken is how many files that are not open may show errors.
const maxBroken = 200

// publish tells the client what is wrong where, as far as that has changed.
func (s *server) publish(docs map[string]*document, found map[string]*result) {
	s.mu.Lock()
	s.results = found
	s.mu.Unlock()
	closed := 0
	told := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		r := found[name]
		if r.doc == nil && len(r.findings) > 0 {
			if closed++; closed > maxBroken {
				continue
			}
		}
		told[name] = true
		s.tell(name, docs[name])
	}
	if closed > maxBroken {
		s.log.Printf("%d files have errors; shown are %d, and those that are open", closed, maxBroken)
	}
	s.mu.Lock()
	var gone []string
	for name := range s.sent {
		if !told[name] && len(s.failed[name]) == 0 {
			gone = append(gone, name)
		}
	}
	s.mu.Unlock()
	for _, name := range gone {
		s.send(name, nil, nil)
	}
}

// tell sends the diagnostics of a file: what lint has found, and tests that
// failed.
func (s *server) tell(name string, d *document) {
	s.mu.Lock()
	r, failures := s.results[name], s.failed[name]
	s.mu.Unlock()
	list := []diagnostic{}
	if r != nil {
		for i := range r.findings {
			list = append(list, s.diagnostic(&r.findings[i]))
		}
	}
	for _, f := range failures {
		list = append(list, f.diagnostic)
	}
	s.send(name, d, list)
}

// delivery is what the client was told about a file.
type delivery struct {
	doc  *document
	list []diagnostic
}

// send publishes the diagnostics of a file unless they are those of before, or
// of a text that is gone. d is nil for a file that is not open.
func (s *server) send(name string, d *document, list []diagnostic) {
	s.mu.Lock()
	before := s.sent[name]
	same := before.doc == d && (reflect.DeepEqual(before.list, list) || len(before.list)+len(list) == 0 && (d == nil || before.list != nil))
	if same || s.docs[name] != d {
		s.mu.Unlock()
		return
	}
	s.sent[name] = delivery{d, list}
	if d == nil && len(list) == 0 {
		delete(s.sent, name)
	}
	s.mu.Unlock()
	p := publishParams{URI: uriOf(name), Diagnostics: list}
	if list == nil {
		p.Diagnostics = []diagnostic{}
	}
	if d != nil {
		p.URI, p.Version = d.uri, &d.version
	}
	s.notify("textDocument/publishDiagnostics", p)
}

// diagnostic returns a finding as the client wants it.
func (s *server) diagnostic(f *lint.Finding) diagnostic {
	d := diagnostic{Range: s.enc.span(f.Span), Severity: severityOf(f.Severity), Code: f.Code, Source: "socctl", Message: messageOf(f), Tags: tagsOf(f.Code)}
	setup, _ := s.knowledge(f.Span.Path())
	if check := setup.known.Find(f.Code); check != nil && check.Page() != "" {
		d.About = &codeDescription{check.Page()}
	}
	for _, r := range f.Related {
		if r.Span.Path() != "" {
			d.Related = append(d.Related, relatedLocation{s.location(r.Span), r.Message})
		}
	}
	return d
}

func messageOf(f *lint.Finding) string {
	if f.Help == "" {
		return f.Message
	}
	return f.Message + "\n" + f.Help
}

func (s *server) location(at rules.Span) location {
	return location{s.fileURI(at.Path()), s.enc.span(at)}
}

func severityOf(s rules.Severity) int {
	switch s {
	case rules.Error:
		return severityError
	case rules.Warning:
		return severityWarning
	}
	return severityInformation
}

// tagsOf returns how the client is to draw what a check has found.
func tagsOf(check string) []int {
	switch check {
	case "ref/unused-selection", "ref/unused-rule", "ref/empty-glob", "logic/duplicate-value", "logic/redundant-field", "meta/tag-duplicate", "meta/fields-duplicate",
		"meta/references-duplicate", "ref/duplicate-reference", lint.IgnoreUnused, "filter/superfluous-attribute":
		return []int{tagUnnecessary}
	case "attack/deprecated", "attack/revoked", "condition/deprecated-aggregation", "schema/deprecated-action", "schema/deprecated-timeframe":
		return []int{tagDeprecated}
	}
	return nil
}

// settled waits until the diagnostics are those of the current texts, or for so
// long that somebody who waits for an answer would lose patience.
func (s *server) settled(done <-chan struct{}) {
	s.mu.Lock()
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
	case <-done:
	case <-s.ctx.Done():
	case <-time.After(s.options.Patience):
	}
}

// findings returns what is wrong with a document, nil while that is unknown.
func (s *server) findings(d *document) []lint.Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.results[d.path]; r != nil && r.doc == d {
		return r.findings
	}
	return nil
}

func comparePositions(a, b position) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Character, b.Character))
}
