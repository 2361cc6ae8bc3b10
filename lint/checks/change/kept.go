package change

import (
	"bytes"
	"iter"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// byID returns the documents of a corpus by their id.
func byID(c *lint.Corpus) map[string]*lint.Subject {
	out := make(map[string]*lint.Subject, len(c.Subjects))
	for _, s := range c.Subjects {
		if id := s.Header.ID.Text; id != "" && out[id] == nil {
			out[id] = s
		}
	}
	return out
}

// kept yields the documents that are there before and after the change, by id.
// A file that did not change holds the same document twice, which is left out.
func kept(c *lint.Corpus) iter.Seq2[*lint.Subject, *lint.Subject] {
	return func(yield func(before, now *lint.Subject) bool) {
		now := byID(c)
		for _, before := range c.Base.Subjects {
			s := now[before.Header.ID.Text]
			if before.Header.ID.Text == "" || s == nil || s.Header.Span.File == before.Header.Span.File {
				continue
			}
			if !yield(before, s) {
				return
			}
		}
	}
}

// byTitle returns the documents of a corpus by their title.
func byTitle(c *lint.Corpus) map[string][]*lint.Subject {
	out := make(map[string][]*lint.Subject, len(c.Subjects))
	for _, s := range c.Subjects {
		out[s.Header.Title.Text] = append(out[s.Header.Title.Text], s)
	}
	return out
}

// successor returns the document that takes the place of one before the change,
// among those of the same title: in the same file, or with the same meaning.
func successor(c *lint.Corpus, titled []*lint.Subject, before *lint.Subject) *lint.Subject {
	for _, s := range titled {
		if s.Path() == before.Path() {
			return s
		}
	}
	hash := c.Base.Hashes[before.Document]
	for _, s := range titled {
		if hash != "" && c.Hashes[s.Document] == hash {
			return s
		}
	}
	return nil
}

// changedMeaning reports whether a document matches other events than before.
// A document that cannot be compiled is compared by its text.
func changedMeaning(c *lint.Corpus, before, now *lint.Subject) bool {
	from, to := c.Base.Hashes[before.Document], c.Hashes[now.Document]
	if from != "" && to != "" {
		return from != to
	}
	return rules.ContentHash(before.Document) != rules.ContentHash(now.Document)
}

// broken reports whether a document has errors, so that nobody knows what it matches. Filters
// are compiled as parts of rules alone.
func broken(c *lint.Corpus, s *lint.Subject) bool {
	return s.Header.Invalid || s.Filter == nil && c.Program != nil && c.Hashes[s.Document] == ""
}

// lineBehind returns the edit that adds a line behind that of an attribute.
func lineBehind(s rules.Scalar, text string) []lint.Edit {
	file := s.Span.File
	if file == nil || s.Span.Start.Line != s.Span.End.Line {
		return nil
	}
	end := "\n"
	if bytes.Contains(file.Source, []byte("\r\n")) {
		end = "\r\n"
	}
	at := rules.Position{Line: s.Span.Start.Line, Column: len([]rune(file.Line(s.Span.Start.Line))) + 1}
	return []lint.Edit{{Span: rules.Span{File: file, Start: at, End: at}, Text: end + text}}
}
