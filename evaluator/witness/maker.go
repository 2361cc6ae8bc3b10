package witness

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

// Event is an event that was made, and replayed.
type Event struct {
	Value evaluator.Value // an object
	View  string          // on which the rule sees it; "" if nothing in it tells a logsource
	// Decisive are the fields that the rule asks for, in the order of their names;
	// all others are filled in.
	Decisive []string
}

// ErrNone is the error for a question that no event answers: it is proven.
var ErrNone = errors.New("no event can")

// ErrUnknown is the error for a question that could not be decided.
var ErrUnknown = errors.New("not known whether an event can")

// Maker makes events for rules of one program. It is for one goroutine.
type Maker struct {
	program    *compiler.Program
	table      *logsource.Table
	normaliser *telemetry.Normaliser
	evaluator  *evaluator.Evaluator
	domain     Domain
	folders    []string // that end in a separator
	keepers    map[*logsource.Domain]func(string) bool
}

// Domain returns, for rules of a logsource, predicates that every value of a field
// satisfies; see solver.Options.
type Domain func(source logsource.Logsource) func(field string) []compiler.Predicate

// Within makes the values of events keep to domains: what only an event outside of
// them would answer has no answer. Where any folder will do, files stand in the first
// of those given that is a path of the field's kind. nil domains, the default, are for
// any value, and without folders those of usual values are taken.
func (m *Maker) Within(d Domain, folders ...string) *Maker {
	m.domain, m.folders = d, folders
	return m
}

// NewMaker returns a Maker for a program. A nil table is the built-in one.
func NewMaker(p *compiler.Program, table *logsource.Table) *Maker {
	if table == nil {
		table = logsource.Default()
	}
	return &Maker{program: p, table: table, normaliser: telemetry.NewNormaliser(table), evaluator: evaluator.New(p)}
}

// keeps returns what decides whether a value keeps to a domain.
func (m *Maker) keeps(d *logsource.Domain) func(string) bool {
	k := m.keepers[d]
	if k == nil {
		k = d.Keeps()
		if m.keepers == nil {
			m.keepers = map[*logsource.Domain]func(string) bool{}
		}
		m.keepers[d] = k
	}
	return k
}

// Matching returns an event that a rule matches. The error wraps ErrNone if no
// event can, ErrUnknown if that could not be decided.
func (m *Maker) Matching(r *compiler.Rule) (*Event, error) {
	return m.Find(r, func(s *solver.Solver) *solver.Formula { return s.Formula(m.program, r.Expr) },
		func(e evaluator.Event) bool { return m.evaluator.MatchRule(r, e) })
}

// Find returns an event of the logsource of a rule that satisfies a formula, which
// wanted makes, and of which shows is true when it is replayed: that is the
// evaluator's own answer to the same question. Errors are as for Matching.
func (m *Maker) Find(r *compiler.Rule, wanted func(*solver.Solver) *solver.Formula, shows func(evaluator.Event) bool) (*Event, error) {
	return m.find(&request{maker: m, rule: r, wanted: wanted, shows: shows})
}

// request is what an event is asked for.
type request struct {
	maker  *Maker
	rule   *compiler.Rule
	wanted func(*solver.Solver) *solver.Formula
	shows  func(evaluator.Event) bool
	never  func(evaluator.Event) bool // what must show on none of the views that the rule sees; nil for nothing
	like   map[string][]string        // values to keep where they do; nil for none
	lists  bool                       // a field may hold several values
}

// find tries the views of the rule's logsource, then an event without any.
func (m *Maker) find(q *request) (*Event, error) {
	s := solver.New(q.options())
	plain := s.Satisfiable(q.wanted(s))
	if plain.Answer != solver.Yes {
		return nil, failure(q.rule, plain)
	}
	possible := len(m.table.For(sourceOf(q.rule))) == 0
	for _, v := range m.viewsOf(q.rule) {
		possible = possible || s.Satisfiable(s.And(q.wanted(s), s.Or(q.routing(s, v)...))).Answer != solver.No
		for _, way := range q.routing(s, v) {
			if e := q.on(s, s.And(q.wanted(s), way), v); e != nil {
				return e, nil
			}
		}
	}
	if !possible && len(m.viewsOf(q.rule)) == len(m.table.For(sourceOf(q.rule))) {
		return nil, fmt.Errorf("%s: %w: whatever belongs to the logsource %s contradicts it", q.rule.Title, ErrNone, sourceOf(q.rule))
	}
	if e := q.on(s, q.wanted(s), nil); e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("%s: %w: the event that was found does not show it when it is replayed", q.rule.Title, ErrUnknown)
}

// on makes an event of one view; nil if it finds none. A view may show a field that
// the event does not hold under its name, so that second time every field that may
// be there is.
func (q *request) on(s *solver.Solver, f *solver.Formula, v *logsource.ViewDef) *Event {
	found := q.closest(s, f)
	if found.Answer != solver.Yes {
		return nil
	}
	if e := q.dress(found.Model, v); e != nil {
		return e
	}
	for _, field := range q.rule.Fields {
		there := s.And(f, s.Predicate(&compiler.Predicate{Field: field, Op: compiler.OpExists, Bool: true}))
		if s.Satisfiable(there).Answer == solver.Yes {
			f = there
		}
	}
	return q.dress(q.closest(s, f).Model, v)
}

// closest returns a model that keeps as many fields as can be kept, one after the
// other, of the event that it should be like.
func (q *request) closest(s *solver.Solver, f *solver.Formula) solver.Result {
	best := s.Satisfiable(f)
	if best.Answer != solver.Yes {
		return best
	}
	for _, field := range slices.Sorted(maps.Keys(q.like)) {
		if len(q.like[field]) != 1 {
			continue
		}
		p := compiler.LiteralPredicate(field, q.like[field][0], compiler.Whole, false)
		kept := s.And(f, s.Predicate(&p))
		if found := s.Satisfiable(kept); found.Answer == solver.Yes {
			f, best = kept, found
		}
	}
	return best
}

func failure(r *compiler.Rule, res solver.Result) error {
	if res.Answer == solver.No {
		return fmt.Errorf("%s: %w", r.Title, ErrNone)
	}
	return fmt.Errorf("%s: %w: %s", r.Title, ErrUnknown, res.Reason)
}

// maxViews bounds the views that are tried for one event.
const maxViews = 6

// viewsOf returns the views whose events the rule is tried on, those first that
// carry all its fields.
func (m *Maker) viewsOf(r *compiler.Rule) []*logsource.ViewDef {
	var whole, degraded []*logsource.ViewDef
	for _, v := range m.table.For(sourceOf(r)) {
		switch {
		case v.Each != "":
		case lacks(v, r.Fields):
			degraded = append(degraded, v)
		default:
			whole = append(whole, v)
		}
	}
	all := append(whole, degraded...)
	return all[:min(len(all), maxViews)]
}

func sourceOf(r *compiler.Rule) logsource.Logsource {
	return logsource.Logsource{Category: r.Category, Product: r.Product, Service: r.Service}
}

// lacks reports whether events of a view never carry one of the fields.
func lacks(v *logsource.ViewDef, fields []string) bool {
	return slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(v.Absent, f) })
}
