package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/rules"
)

// Kind is what became of a rule.
type Kind string

// The kinds, the most severe first for somebody who relies on the rules.
const (
	Removed    Kind = "removed"
	Disjoint   Kind = "disjoint"   // no event satisfies both versions
	Narrower   Kind = "narrower"   // matches less
	Both       Kind = "both"       // matches some events more, and others no longer
	Unknown    Kind = "unknown"    // not decided
	Wider      Kind = "wider"      // matches more
	Added      Kind = "added"      //
	Equivalent Kind = "equivalent" // written in another way, matches the same
	Metadata   Kind = "metadata"   // only what says nothing about events
	Moved      Kind = "moved"      // another file, otherwise the same
)

// Change is a rule that is not what it was.
type Change struct {
	Kind Kind
	Old  *compiler.Rule // nil for an added rule
	New  *compiler.Rule // nil for a removed one

	// Moved says that the file is another one. Metadata says so of what has nothing to
	// do with events, where nothing else changed.
	Moved, Metadata bool
	// Level is the old level, if it changed.
	Level string

	// Gained is an event that only the new version matches, Lost one that only the
	// old one does; nil if there is none, or none is known.
	Gained, Lost solver.Model

	// Single says that what was proven holds for events of which every field has one
	// value; on others the versions may differ in more ways.
	Single bool
	// Reason says why the answer is Unknown.
	Reason string
}

// Rule returns the new version, or the old one of a removed rule.
func (c *Change) Rule() *compiler.Rule {
	if c.New != nil {
		return c.New
	}
	return c.Old
}

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

// path returns where a rule stands within the side.
func (s *Side) path(r *rules.Rule) string { return s.within(r.Span.Path()) }

func (s *Side) within(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, s.Root), "/")
}

// Compare returns the changes from one side to another: pairs in the order of the
// new program, then what was removed, in the order of the old one. Rules are the
// same if they have the same id; without one, the same title and path. A rule of
// which one version does not compile is Unknown.
func Compare(old, new Side) []Change {
	before, brokenBefore, brokenAfter := map[string]*compiler.Rule{}, old.broken(), new.broken()
	unreadBefore, unreadAfter := old.unread(), new.unread()
	for _, r := range old.Program.Rules {
		before[old.identity(r.Source)] = r
	}
	d := NewComparer(old.Program, new.Program)
	var out []Change
	kept := map[*compiler.Rule]bool{}
	for _, r := range new.Program.Rules {
		was := before[new.identity(r.Source)]
		switch {
		case was == nil && (brokenBefore[new.identity(r.Source)] || unreadBefore[new.path(r.Source)]):
			out = append(out, Change{Kind: Unknown, New: r, Reason: "the old version does not compile"})
		case was == nil:
			out = append(out, Change{Kind: Added, New: r})
		default:
			kept[was] = true
			c := d.Pair(was, r)
			if c.Moved = old.path(was.Source) != new.path(r.Source); c.Moved && c.Kind == "" {
				c.Kind = Moved
			}
			if c.Kind != "" {
				out = append(out, c)
			}
		}
	}
	for _, r := range old.Program.Rules {
		switch {
		case kept[r]:
		case brokenAfter[old.identity(r.Source)] || unreadAfter[old.path(r.Source)]:
			out = append(out, Change{Kind: Unknown, Old: r, Reason: "the new version does not compile"})
		default:
			out = append(out, Change{Kind: Removed, Old: r})
		}
	}
	return out
}

// broken returns the rules of a side that are not in its program.
func (s *Side) broken() map[string]bool {
	out := map[string]bool{}
	if s.Set == nil {
		return out
	}
	for _, r := range s.Set.Rules {
		out[s.identity(r)] = true
	}
	for _, r := range s.Program.Rules {
		delete(out, s.identity(r.Source))
	}
	return out
}

// unread returns the files of Unread by their paths within the side.
func (s *Side) unread() map[string]bool {
	out := map[string]bool{}
	for path := range s.Unread {
		out[s.within(path)] = true
	}
	return out
}

func (s *Side) identity(r *rules.Rule) string {
	if r.ID.Text != "" {
		return strings.ToLower(r.ID.Text)
	}
	return strings.ToLower(r.Title.Text) + "\x00" + s.path(r)
}

// Comparer compares rules of two programs. It is for one goroutine.
type Comparer struct {
	old, new *compiler.Program
	single   *solver.Solver
	lists    *solver.Solver
	used     int
}

// NewComparer returns a Comparer of two programs, which may be the same.
func NewComparer(old, new *compiler.Program) *Comparer {
	d := &Comparer{old: old, new: new}
	d.renew()
	return d
}

func (d *Comparer) renew() {
	d.single, d.lists, d.used = solver.New(solver.Options{}), solver.New(solver.Options{Lists: true}), 0
}

// maxPairs is how many pairs of rules one solver is asked about: what it learns of
// one pair hardly helps with another, and takes memory.
const maxPairs = 50

// Pair compares two versions of a rule. The kind is "" if nothing changed but,
// perhaps, the path.
func (d *Comparer) Pair(old, new *compiler.Rule) Change {
	c := Change{Old: old, New: new}
	if old.Level != new.Level {
		c.Level = cmp.Or(old.Level, "none")
	}
	if old.Hash == new.Hash && sameText(old.Source, new.Source) {
		return c
	}
	if old.Hash == new.Hash {
		rewritten := rules.ContentHash(old.Source) != rules.ContentHash(new.Source)
		c.Metadata = !rewritten && printed(old) != printed(new)
		switch {
		case rewritten:
			c.Kind = Equivalent
		case c.Metadata:
			c.Kind = Metadata
		}
		return c
	}
	if d.used++; d.used > maxPairs {
		d.renew()
	}
	d.decide(&c)
	return c
}

// sameText reports whether two rules are copies of one that was read once, so that
// nothing of what is written differs; both sides of a change share most of theirs.
func sameText(a, b *rules.Rule) bool {
	return a.Node != nil && a.Node == b.Node && slices.Equal(a.Detection.Selections, b.Detection.Selections)
}

// printed is everything that a rule says.
func printed(r *compiler.Rule) string {
	var b strings.Builder
	if err := rules.Print(&b, r.Source); err != nil {
		panic("unreachable: a builder takes everything: " + err.Error())
	}
	return b.String()
}

// decide proves how the versions differ: first for events of single values, then,
// where those show no difference in one direction, for all.
func (d *Comparer) decide(c *Change) {
	one := d.ask(d.single, c)
	if one.unknown != "" {
		c.Kind, c.Reason, c.Gained, c.Lost = Unknown, one.unknown, one.gained, one.lost
		return
	}
	all := one
	if one.gained == nil || one.lost == nil {
		all = d.ask(d.lists, c)
	}
	c.Gained, c.Lost = one.gained, one.lost
	switch {
	case one.gained == nil && one.lost == nil:
		c.Kind = Equivalent
		if all.unknown != "" || all.gained != nil || all.lost != nil {
			c.Single = true
		}
	case one.lost == nil:
		c.Kind, c.Single = Wider, all.unknown != "" || all.lost != nil
	case one.gained == nil:
		c.Kind, c.Single = Narrower, all.unknown != "" || all.gained != nil
	default:
		c.Kind = Both
		if d.apart(c) {
			c.Kind = Disjoint
		}
	}
}

// difference is what one solver finds out about two versions.
type difference struct {
	gained, lost solver.Model // nil if it is proven that there is none
	unknown      string
}

func (d *Comparer) ask(s *solver.Solver, c *Change) difference {
	before, after := d.formula(s, d.old, c.Old), d.formula(s, d.new, c.New)
	var out difference
	gained, lost := s.Implies(after, before), s.Implies(before, after)
	for _, r := range []solver.Result{gained, lost} {
		if r.Answer == solver.Unknown {
			out.unknown = r.Reason
		}
	}
	out.gained, out.lost = gained.Model, lost.Model
	return out
}

// apart reports whether it is proven that no event satisfies both versions.
func (d *Comparer) apart(c *Change) bool {
	return d.single.Disjoint(d.formula(d.single, d.old, c.Old), d.formula(d.single, d.new, c.New)).Answer == solver.Yes
}

// formula is the expression of a rule together with what its logsource demands.
func (d *Comparer) formula(s *solver.Solver, p *compiler.Program, r *compiler.Rule) *solver.Formula {
	parts := []*solver.Formula{s.Formula(p, r.Expr)}
	demand := func(name, value string) {
		if value != "" {
			p := compiler.LiteralPredicate(LogsourceField+name, value, compiler.Whole, false)
			parts = append(parts, s.Predicate(&p))
		}
	}
	demand("category", r.Category)
	demand("product", r.Product)
	demand("service", r.Service)
	for _, e := range r.Source.Logsource.Custom {
		demand(e.Key.Text, strings.ToLower(e.Value.Scalar.Text))
	}
	return s.And(parts...)
}

// LogsourceField begins the names of fields of a Model that say of which logsource
// an event is: what follows is category, product, service or a custom key.
const LogsourceField = "\x00logsource "

// Plain returns a model without what it says of the logsource.
func Plain(m solver.Model) solver.Model {
	out := solver.Model{}
	for name, f := range m {
		if !strings.HasPrefix(name, LogsourceField) {
			out[name] = f
		}
	}
	return out
}

// Covering returns the rules of a program that match whatever a rule of another
// program matches: what still catches it when that rule is gone. candidates limits
// them; nil means all.
func (d *Comparer) Covering(gone *compiler.Rule, candidates []*compiler.Rule) []*compiler.Rule {
	if candidates == nil {
		candidates = d.new.Rules
	}
	before := d.formula(d.single, d.old, gone)
	seen := d.single.Satisfiable(before)
	if seen.Answer != solver.Yes {
		return nil
	}
	var out []*compiler.Rule
	for _, r := range candidates {
		if !related(gone, r) {
			continue
		}
		after := d.formula(d.single, d.new, r)
		if d.single.Holds(after, seen.Model) && d.single.Implies(before, after).Answer == solver.Yes {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *compiler.Rule) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return out
}

// related reports whether events of a rule's logsource are tried on another rule.
func related(r, other *compiler.Rule) bool {
	return (other.Category == "" || other.Category == r.Category) && (other.Product == "" || other.Product == r.Product) &&
		(other.Service == "" || other.Service == r.Service)
}
