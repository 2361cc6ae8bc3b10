package diff

import (
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Side is a set of rules with its program, before or after a change.
type Side struct {
	Set     *rules.Set // may be nil; it tells of rules that do not compile
	Program *compiler.Program
	// Unread are the files of which something could not be read as a document: rules of
	// the other side that are missing there are not removed.
	Unread map[string]bool
	// Root is what paths of rules begin with on this side, such as the folder that is
	// compared with another one; "" for nothing.
	Root string
}

// path returns where a document stands within the side.
func (s *Side) path(d rules.Document) string { return s.within(d.Meta().Span.Path()) }

func (s *Side) within(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, s.Root), "/")
}

// identity is what a document is known by on both sides: its id; without one, title
// and path.
func (s *Side) identity(d rules.Document) string {
	h := d.Meta()
	if h.ID.Text != "" {
		return strings.ToLower(h.ID.Text)
	}
	return strings.ToLower(h.Title.Text) + "\x00" + s.path(d)
}

// broken returns what tells of a document of the other side, which has no partner here,
// whether it is here and cannot be used.
func (s *Side) broken() func(d rules.Document, other Side) bool {
	flawed, unread := map[string]bool{}, map[string]bool{}
	if s.Set != nil {
		for _, r := range s.Set.Rules {
			flawed[s.identity(r)] = true
		}
		for _, x := range s.Set.Correlations {
			flawed[s.identity(x)] = true
		}
	}
	for _, r := range s.Program.Rules {
		delete(flawed, s.identity(r.Source))
	}
	for _, x := range s.Program.Correlations {
		delete(flawed, s.identity(x.Source))
	}
	for path := range s.Unread {
		unread[s.within(path)] = true
	}
	return func(d rules.Document, other Side) bool { return flawed[other.identity(d)] || unread[other.path(d)] }
}

// member is a rule or correlation of a side.
type member[T any] struct {
	of             T
	identity, hash string
}

func (s *Side) rules() (out []member[*compiler.Rule]) {
	for _, r := range s.Program.Rules {
		out = append(out, member[*compiler.Rule]{r, s.identity(r.Source), r.Hash})
	}
	return out
}

func (s *Side) correlations() (out []member[*compiler.Correlation]) {
	for _, x := range s.Program.Correlations {
		out = append(out, member[*compiler.Correlation]{x, s.identity(x.Source), x.Hash})
	}
	return out
}

// partners returns the old member of each new one. Several that nothing tells apart, as
// two documents of one file without ids, are paired by what they mean, and then in their
// order.
func partners[T comparable](old, new []member[T]) map[T]T {
	waiting := map[string][]member[T]{}
	for _, m := range old {
		waiting[m.identity] = append(waiting[m.identity], m)
	}
	out := map[T]T{}
	pair := func(suits func(was, is member[T]) bool) {
		for _, is := range new {
			if _, has := out[is.of]; has {
				continue
			}
			found := waiting[is.identity]
			for i, was := range found {
				if suits(was, is) {
					out[is.of] = was.of
					waiting[is.identity] = append(found[:i:i], found[i+1:]...)
					break
				}
			}
		}
	}
	pair(func(was, is member[T]) bool { return was.hash == is.hash })
	pair(func(was, is member[T]) bool { return true })
	return out
}
