package record

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Route is what there is in a file of events that the same rules are tried on, because
// their logsources are the same.
type Route struct {
	Logsources string     `json:"logsources"` // as in telemetry.Place
	Rows       int        `json:"rows"`
	Undated    int        `json:"undated,omitempty"` // of them without a time
	First      *time.Time `json:"first,omitempty"`
	Last       *time.Time `json:"last,omitempty"`
}

// maxRoutes is how many routes of a file are told: whoever writes records that state
// their logsource can make up any number of them.
const maxRoutes = 64

// routes returns what there is of each route, nil if that is too much.
func (p *part) routes() []Route {
	if len(p.route.texts) > maxRoutes {
		return nil
	}
	out := make([]Route, len(p.route.texts))
	for i, text := range p.route.texts {
		out[i].Logsources = text
	}
	for row, code := range p.route.code {
		out[code].add(p.times[row])
	}
	slices.SortFunc(out, func(a, b Route) int { return strings.Compare(a.Logsources, b.Logsources) })
	return out
}

func (r *Route) add(at time.Time) {
	r.Rows++
	if at.IsZero() {
		r.Undated++
		return
	}
	at = at.UTC()
	if r.First == nil || at.Before(*r.First) {
		r.First = &at
	}
	if r.Last == nil || at.After(*r.Last) {
		r.Last = &at
	}
}

// sources counts the events of each source.
func (p *part) sources() map[string]int {
	out := make(map[string]int, len(p.source.texts))
	for _, code := range p.source.code {
		out[p.source.texts[code]]++
	}
	return out
}

// router tells on which events of files some rule is tried. It is for one goroutine.
type router struct {
	program *compiler.Program
	key     string // of the routes that it can judge
	known   map[string]routed

	exposure bool        // as in ReplayOptions
	fields   askedFields // if there is exposure to tell of
	asking   map[string]*askedField
	looking  map[*compiler.Rule][]string // see looksAt
	about    map[telemetry.Logsource]*tried
}

// tried is the rules that are tried on events of a logsource, and the logsources of these.
type tried struct {
	rules []*compiler.Rule
	asked []Logsource
}

// routed is what becomes of a route.
type routed struct {
	wanted   bool // a rule is tried on its events
	unrouted bool // its events have no logsource

	judged bool               // it is worth asking an index
	habit  *judgement         // nil if it always is
	rules  [][]*compiler.Rule // that are tried on its events, by its logsources
	asked  []Logsource        // those of these rules, and the empty one
}

func newRouter(p *compiler.Program, o *ReplayOptions, fields askedFields) *router {
	if o.Anyway {
		return nil
	}
	return &router{p, o.Normaliser.RouteKey(), map[string]routed{}, o.Exposure, fields, map[string]*askedField{}, map[*compiler.Rule][]string{}, map[telemetry.Logsource]*tried{}}
}

// judges reports whether it can be told of a file by its routes which events matter.
func (w *router) judges(f *File) bool {
	return w != nil && f.Routing == w.key && len(f.Routes) > 0
}

// of judges a route. One that cannot be read is wanted: what it is comes to light when
// its events are made.
func (w *router) of(route string) routed {
	r, known := w.known[route]
	if !known {
		logsources, err := telemetry.ReadRoute(route)
		r = routed{wanted: err != nil || slices.ContainsFunc(logsources, func(l telemetry.Logsource) bool { return len(w.on(l).rules) > 0 }), unrouted: err == nil && len(logsources) == 0}
		w.judging(&r, logsources)
		w.known[strings.Clone(route)] = r
	}
	return r
}

// on returns the rules that are tried on events of a logsource. Many routes have the same ones.
func (w *router) on(l telemetry.Logsource) *tried {
	t := w.about[l]
	if t == nil {
		t = &tried{}
		w.about[l] = t
		for _, r := range w.program.Rules {
			if !asks(r, l) {
				continue
			}
			t.rules = append(t.rules, r)
			if s := logsourceOf(r); !slices.Contains(t.asked, s) {
				t.asked = append(t.asked, s)
			}
		}
	}
	return t
}

// asks reports whether a rule is about a logsource.
func asks(r *compiler.Rule, l telemetry.Logsource) bool {
	return (r.Category == "" || r.Category == l.Category) && (r.Product == "" || r.Product == l.Product) && (r.Service == "" || r.Service == l.Service)
}

// idle accounts for the events of a file that no rule is tried on, or can find anything in,
// and returns how many others there are.
func (w *router) idle(f *File, s *silence, into *Replayed) (others int) {
	all := into.Grounds[Logsource{}]
	for i := range f.Routes {
		r := &f.Routes[i]
		is := w.of(r.Logsources)
		if is.wanted {
			switch {
			case !s.of(i):
				others += r.Rows
			case all != nil:
				s.passed(i, is, r, w.fields, into)
			}
			continue
		}
		if all == nil {
			continue
		}
		if is.unrouted {
			into.Unrouted += r.Rows
			continue // not even rules of any logsource were tried
		}
		all.Events += r.Rows
		all.Undated += r.Undated
		if r.First != nil {
			all.note(dayOfTime(*r.First), Span{r.Rows - r.Undated, *r.First, *r.Last})
		}
	}
	return others
}

// unchanged reports whether a file is there as it was recorded, as far as one can see
// from without.
func unchanged(dir string, f File) bool {
	info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Path)))
	return err == nil && info.Size() == f.Bytes
}
