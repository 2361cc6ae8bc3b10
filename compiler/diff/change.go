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
	Feeding    Kind = "feeding"    // matches the same, and raises no alerts of its own any more: only correlations count it
	Both       Kind = "both"       // matches some events more, and others no longer
	Unknown    Kind = "unknown"    // not decided
	Wider      Kind = "wider"      // matches more
	Alerting   Kind = "alerting"   // matches the same, and raises alerts of its own, which it did not
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

// Compare returns the changes from one side to another: pairs in the order of the
// new program, then what was removed, in the order of the old one. Rules are the
// same if they have the same id; without one, the same title and path. A rule of
// which one version does not compile is Unknown.
func Compare(old, new Side) []Change {
	pairs := partners(old.rules(), new.rules())
	brokenBefore, brokenAfter := old.broken(), new.broken()
	d := NewComparer(old.Program, new.Program)
	var out []Change
	kept := map[*compiler.Rule]bool{}
	for _, r := range new.Program.Rules {
		was := pairs[r]
		switch {
		case was == nil && brokenBefore(r.Source, new):
			out = append(out, Change{Kind: Unknown, New: r, Reason: oldBroken})
		case was == nil:
			out = append(out, Change{Kind: Added, New: r})
		default:
			kept[was] = true
			c := d.Pair(was, r)
			c.Moved = old.path(was.Source) != new.path(r.Source)
			if c.Kind = withoutEvents(c.Kind, c.Moved, was.Alerts, r.Alerts); c.Kind != "" {
				out = append(out, c)
			}
		}
	}
	for _, r := range old.Program.Rules {
		switch {
		case kept[r]:
		case brokenAfter(r.Source, old):
			out = append(out, Change{Kind: Unknown, Old: r, Reason: newBroken})
		default:
			out = append(out, Change{Kind: Removed, Old: r})
		}
	}
	return out
}

// Why a rule is Unknown that is there on one side.
const (
	oldBroken = "the old version does not compile"
	newBroken = "the new version does not compile"
)

// withoutEvents is the kind of a change that may have nothing to do with events: of one
// that does not, whether it raises alerts matters more than how it is written, and that
// more than where.
func withoutEvents(k Kind, moved, did, does bool) Kind {
	switch {
	case k != "" && k != Equivalent && k != Metadata:
		return k
	case did && !does:
		return Feeding
	case does && !did:
		return Alerting
	case k == "" && moved:
		return Moved
	}
	return k
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
		c.Metadata = !rewritten && printed(old.Source) != printed(new.Source)
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

// printed is everything that a document says.
func printed(d rules.Document) string {
	var b strings.Builder
	if err := rules.Print(&b, d); err != nil {
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
		if d.apart(d.single, c) {
			c.Kind, c.Single = Disjoint, !d.apart(d.lists, c)
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
func (d *Comparer) apart(s *solver.Solver, c *Change) bool {
	return s.Disjoint(d.formula(s, d.old, c.Old), d.formula(s, d.new, c.New)).Answer == solver.Yes
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

// Cover is a rule that is proven to match all that another one matches.
type Cover struct {
	Rule *compiler.Rule
	// Single says that the proof holds for events of which every field has one value.
	Single bool
}

// Covering returns the rules of a program that match whatever a rule of another
// program matches: what still catches it when that rule is gone, and raises alerts if
// that did. candidates limits them; nil means all. Those that are proven for lists of values too come first.
func (d *Comparer) Covering(gone *compiler.Rule, candidates []*compiler.Rule) []Cover {
	if candidates == nil {
		candidates = d.new.Rules
	}
	before := d.formula(d.single, d.old, gone)
	seen := d.single.Satisfiable(before)
	if seen.Answer != solver.Yes {
		return nil
	}
	var out []Cover
	for _, r := range candidates {
		if !related(gone, r) || gone.Alerts && !r.Alerts {
			continue
		}
		after := d.formula(d.single, d.new, r)
		if d.single.Holds(after, seen.Model) && d.single.Implies(before, after).Answer == solver.Yes {
			all := d.lists.Implies(d.formula(d.lists, d.old, gone), d.formula(d.lists, d.new, r))
			out = append(out, Cover{r, all.Answer != solver.Yes})
		}
	}
	slices.SortFunc(out, func(a, b Cover) int {
		switch {
		case a.Single && !b.Single:
			return 1
		case b.Single && !a.Single:
			return -1
		}
		return cmp.Or(cmp.Compare(a.Rule.Title, b.Rule.Title), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return out
}

// related reports whether events of a rule's logsource are tried on another rule.
func related(r, other *compiler.Rule) bool {
	return (other.Category == "" || other.Category == r.Category) && (other.Product == "" || other.Product == r.Product) &&
		(other.Service == "" || other.Service == r.Service)
}
