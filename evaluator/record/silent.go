package record

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// maxJudged is how many rules are judged by an index: with many, one of them may find
// something nearly everywhere, and the file is read anyway.
const maxJudged = 256

// Where more rules than a few are judged and one of them may find something, the index is
// not asked in the next file that has such events, and if it was in vain again, not in the
// next two, four and so on.
const (
	fewJudged = 24
	maxRest   = 64
)

// judgement is what became of asking indexes about a route.
type judgement struct{ rest, next int }

// due reports whether an index is to be asked.
func (j *judgement) due() bool {
	if j.rest > 0 {
		j.rest--
		return false
	}
	return true
}

// heard notes whether asking was in vain.
func (j *judgement) heard(vain bool) {
	if !vain {
		*j = judgement{}
		return
	}
	j.next = min(max(1, 2*j.next), maxRest)
	j.rest = j.next
}

// silence is the routes of a file on whose events rules are tried, and can find nothing.
type silence struct {
	routes []bool          // by number
	fields []askedFields   // that rules look at and events have, if there is exposure to tell of
	names  map[string]bool // routes by what they are called
}

func (s *silence) of(n int) bool { return s != nil && s.routes[n] }

func (s *silence) called(route string) bool { return s != nil && s.names[route] }

// silent asks the index of a file; nil if nothing is known.
func (w *router) silent(dir string, f *File) (*silence, error) {
	var x *index
	s := &silence{routes: make([]bool, len(f.Routes)), fields: make([]askedFields, len(f.Routes)), names: map[string]bool{}}
	for n := range f.Routes {
		route := w.of(f.Routes[n].Logsources)
		if !route.judged || route.habit != nil && !route.habit.due() {
			continue
		}
		if x == nil {
			var err error
			if x, err = openIndex(dir, f); err != nil {
				return nil, err
			}
		}
		fields, silent, err := w.hears(x, n, route)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", x.path, err), x.close())
		}
		s.routes[n], s.fields[n] = silent, fields
		if route.habit != nil {
			route.habit.heard(!silent)
		}
		if silent {
			s.names[f.Routes[n].Logsources] = true
		}
	}
	if x == nil {
		return nil, nil
	}
	return s, x.close()
}

// hears reports whether no rule can find anything in a route, and if that is so and there
// is exposure to tell of, which fields there are.
func (w *router) hears(x *index, n int, route routed) (fields askedFields, silent bool, err error) {
	for l, rules := range route.rules {
		if len(rules) == 0 {
			continue
		}
		g, known := x.of(n, l)
		if !known {
			return nil, false, g.err
		}
		at := slices.IndexFunc(rules, func(r *compiler.Rule) bool {
			return evaluator.Possible(w.program, r, func(field string) *evaluator.Hint {
				h, _ := g.hint(w.field(field))
				return h
			})
		})
		if at >= 0 {
			rules[0], rules[at] = rules[at], rules[0] // it may find something in the next file as well
			return nil, false, g.err
		}
	}
	if !w.exposure {
		return nil, true, nil
	}
	return w.fieldsIn(x, n, route)
}

// fieldsIn returns which fields that rules look at there are in a route, by the logsources of
// these rules: each logsource of an event has fields of its own. It is false if that is not known.
func (w *router) fieldsIn(x *index, n int, route routed) (fields askedFields, known bool, err error) {
	fields = askedFields{}
	for l, rules := range route.rules {
		g, _ := x.of(n, l)
		for _, r := range rules {
			for _, name := range w.looksAt(r) {
				_, there := g.hint(w.field(name))
				if g.err != nil || there == perhaps {
					return nil, false, g.err
				}
				if there == some {
					fields.add(logsourceOf(r), name)
				}
			}
		}
	}
	return fields, true, nil
}

// field returns a field as indexes know it.
func (w *router) field(name string) *askedField {
	a := w.asking[name]
	if a == nil {
		a = newAskedField(name)
		w.asking[name] = a
	}
	return a
}

// looksAt returns the fields that a rule looks at, filters included.
func (w *router) looksAt(r *compiler.Rule) []string {
	names, known := w.looking[r]
	if known {
		return names
	}
	r.Expr.Each(func(e *compiler.Expr) {
		if e.Op != compiler.Leaf {
			return
		}
		for _, name := range []string{w.program.Predicates[e.Atom].Field, w.program.Predicates[e.Atom].Ref} {
			if name != "" {
				names = append(names, name)
			}
		}
	})
	slices.Sort(names)
	names = slices.Compact(names)
	w.looking[r] = names
	return names
}

// judging fills in what is needed to judge a route by indexes.
func (w *router) judging(r *routed, logsources []telemetry.Logsource) {
	total := 0
	r.asked = []Logsource{{}} // what is told of all events
	for _, l := range logsources {
		t := w.on(l)
		total += len(t.rules)
		for _, s := range t.asked {
			if !slices.Contains(r.asked, s) {
				r.asked = append(r.asked, s)
			}
		}
	}
	r.judged = r.wanted && len(logsources) > 0 && total <= maxJudged
	for _, l := range logsources {
		if r.judged {
			r.rules = append(r.rules, slices.Clone(w.on(l).rules)) // each route has its own order of them
		}
	}
	if total > fewJudged {
		r.habit = &judgement{}
	}
}

// passed accounts for a route that is silent.
func (s *silence) passed(n int, is routed, r *Route, asked askedFields, into *Replayed) {
	part := newGround()
	part.Events, part.Undated = r.Rows, r.Undated
	if r.First != nil {
		part.note(dayOfTime(*r.First), Span{r.Rows - r.Undated, *r.First, *r.Last})
	}
	for _, l := range is.asked {
		into.ground(l).add(part)
		into.ground(l).found(slices.Collect(maps.Keys(s.fields[n][l])), asked[l])
	}
}
