package evaluator

import (
	"encoding/binary"
	"reflect"
	"slices"
	"unsafe"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
)

// Option changes how New sets up an Evaluator.
type Option func(*Evaluator)

// IgnoreLogsource makes every rule be tried on every event, as if its logsource
// said nothing. A Routed event is tried as it is, and besides on those of its
// views that satisfy a rule.
func IgnoreLogsource() Option {
	return func(e *Evaluator) { e.ignoreLogsource = true }
}

// Evaluator matches events against a Program. It is for one goroutine; make
// one for each.
//
// What it costs follows the event and hardly the number of rules: each value is
// decided at once against all predicates of its field, or not at all if it was
// seen lately, and only rules are looked at of which something holds that they
// need.
type Evaluator struct {
	program         *compiler.Program
	tables          *tables
	ignoreLogsource bool

	routes   map[uintptr]route // by the address of a logsource
	classes  *classes
	cache    *valueCache
	verdicts map[string]*verdict // by the number of a group and the classes of the fields
	jury     *jury
	state    state // decides by the texts of an event; see verdict.open

	hits  []bool           // per rule: matched by the current event
	order []int32          // rules matched by the current event
	view  map[int32]string // rule -> name of the view it matched on

	key     []byte       // of the verdict on the current event
	heard   []heardField // what the key says
	atoms   []int32
	merged  []int32
	written []byte // a list or an object, as JSON
	scratch matcher.Scratch
	stopped []Suppression // of the last event
}

// heardField is a field of an event and the class of its value.
type heardField struct {
	field int32
	class uint32
}

// New returns an Evaluator for a program. What evaluators of one program have in
// common is built once, as far as events ask for it.
func New(p *compiler.Program, options ...Option) *Evaluator {
	t := tablesOf(p)
	e := &Evaluator{program: p, tables: t, routes: map[uintptr]route{}, classes: newClasses(), cache: newValueCache(cacheSlots),
		verdicts: map[string]*verdict{}, jury: newJury(t), hits: make([]bool, len(p.Rules)), view: map[int32]string{}}
	e.state = newState(p)
	for _, o := range options {
		o(e)
	}
	return e
}

// Match is a rule that an event satisfies.
type Match struct {
	Rule *compiler.Rule
	View string // name of the view of a Routed event on which the rule matched, else ""
}

// Match returns the rules that match an event, each once, in the order of the
// Program; nil if none does. The result holds until Match is called again. Nothing of the
// event is asked for later.
func (e *Evaluator) Match(event Event) []Match {
	e.stopped = e.stopped[:0]
	routed, isRouted := event.(Routed)
	if !isRouted || e.ignoreLogsource {
		e.try(e.tables.everyRule(), event, "")
	}
	if isRouted {
		e.tryViews(routed.Views())
	}
	if len(e.stopped) > 0 {
		e.settleSuppressed()
	}
	return e.matches()
}

// tryViews tries every view; those that show the same under the same name are
// tried together.
func (e *Evaluator) tryViews(views []View) {
	for len(views) > 0 {
		first := views[0]
		g, n := e.route(first.Logsource), 1
		for ; n < len(views) && views[n].Name == first.Name && sameEvent(views[n].Event, first.Event); n++ {
			g = e.tables.union(g, e.route(views[n].Logsource))
		}
		e.try(g, first.Event, first.Name)
		views = views[n:]
	}
}

// sameEvent reports whether two events are the same object.
func sameEvent(a, b Event) bool {
	t := reflect.TypeOf(a)
	return t == reflect.TypeOf(b) && t.Kind() == reflect.Pointer && a == b
}

// try evaluates the rules of a group that have not matched the current event yet.
func (e *Evaluator) try(g *group, event Event, view string) {
	if len(g.rules) == 0 {
		return
	}
	v := e.verdict(g, event)
	if v.empty() {
		return
	}
	e.take(v, view)
	if len(v.open) > 0 {
		e.settleOpen(v.open, event, view)
	}
}

// take notes what a verdict says of the current event.
func (e *Evaluator) take(v *verdict, view string) {
	for _, n := range v.rules {
		e.hit(n, view)
	}
	for _, s := range v.suppressed {
		if !e.hits[s.rule] {
			e.stopped = append(e.stopped, Suppression{Rule: e.program.Rules[s.rule], View: view, By: s.by, rule: int(s.rule)})
		}
	}
}

// hit notes that a rule matches the current event.
func (e *Evaluator) hit(rule int32, view string) {
	if e.hits[rule] {
		return
	}
	e.hits[rule] = true
	e.order = append(e.order, rule)
	e.view[rule] = view
}

// settleOpen decides rules by the texts of the event.
func (e *Evaluator) settleOpen(open []int32, event Event, view string) {
	e.state.begin(event)
	for _, n := range open {
		rule := e.program.Rules[n]
		switch {
		case e.hits[n]:
		case e.state.holds(rule.Expr):
			e.hit(n, view)
		case rule.Filters != nil:
			e.suppress(int(n), view)
		}
	}
}

func (e *Evaluator) matches() []Match {
	if len(e.order) == 0 {
		return nil
	}
	slices.Sort(e.order)
	out := make([]Match, len(e.order))
	for n, i := range e.order {
		out[n] = Match{e.program.Rules[i], e.view[i]}
		e.hits[i] = false
	}
	e.order = e.order[:0]
	clear(e.view)
	return out
}

// verdict returns what the values of an event decide about the rules of a group.
func (e *Evaluator) verdict(g *group, event Event) *verdict {
	e.renew()
	e.key, e.heard = binary.LittleEndian.AppendUint32(e.key[:0], uint32(g.number)), e.heard[:0]
	for _, f := range g.fields {
		if v, ok := event.Field(e.tables.fields[f].name); ok {
			e.hear(f, e.classOf(f, v))
		}
	}
	if g.words {
		if w, ok := event.(Walker); ok {
			e.hear(anyField, e.classOfWords(w, e.tables.wordsOf(g).plain))
		}
	}
	if known := e.verdicts[string(e.key)]; known != nil {
		return known
	}
	e.jury.begin()
	for _, h := range e.heard {
		e.jury.hear(g, h.field, e.classes.atoms[h.class])
	}
	v := e.jury.decide(g)
	e.verdicts[string(e.key)] = v
	return v
}

// renew forgets what has grown too large. Whatever is known by the numbers of
// classes is forgotten with them, which it reports.
func (e *Evaluator) renew() (renewed bool) {
	renewed = e.classes.full()
	if renewed {
		e.classes.forget()
		e.cache.forget()
	}
	if renewed || len(e.verdicts) >= maxVerdicts {
		clear(e.verdicts)
	}
	return renewed
}

// hear adds what a field holds to the key of the verdict. A value that satisfies
// nothing counts only where rules ask whether the field is there.
func (e *Evaluator) hear(field int32, class uint32) {
	if class == 0 && !e.tables.fields[field].presence {
		return
	}
	e.key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(e.key, uint32(field)), class)
	e.heard = append(e.heard, heardField{field, class})
}

// classOf returns the class of the value of a field: for a list the predicates
// that any of its elements satisfies. An empty list counts as its text (D14, D16).
func (e *Evaluator) classOf(field int32, v Value) uint32 {
	if v.Kind() != List || len(v.Items()) == 0 {
		return e.classOfElement(field, v)
	}
	e.merged = e.merged[:0]
	e.mergeItems(field, v)
	return e.classes.of(e.ascending())
}

func (e *Evaluator) mergeItems(field int32, v Value) {
	for _, item := range v.Items() {
		if item.Kind() == List && len(item.Items()) > 0 {
			e.mergeItems(field, item)
			continue
		}
		e.merged = append(e.merged, e.classes.atoms[e.classOfElement(field, item)]...)
	}
}

// ascending returns what was merged, each once.
func (e *Evaluator) ascending() []int32 {
	slices.Sort(e.merged)
	e.merged = slices.Compact(e.merged)
	return e.merged
}

// classOfElement returns the class of a value that is no list of values.
func (e *Evaluator) classOfElement(field int32, v Value) uint32 {
	if v.Kind() == Null {
		return e.classes.of(e.tables.fields[field].null)
	}
	if len(e.tables.fields[field].atoms) == 0 {
		return 0 // without writing down a list or an object
	}
	if k := v.Kind(); k == List || k == Object {
		written := v.AppendJSON(e.written[:0])
		if e.written = written[:0]; cap(written) > maxWritten {
			e.written = nil
		}
		return e.classOfText(field, kindOf(k), unsafe.String(unsafe.SliceData(written), len(written)))
	}
	return e.classOfText(field, kindOf(v.Kind()), v.Text())
}

// maxWritten is how many bytes are kept for the next list or object, or folded text.
const maxWritten = 1 << 20

func (e *Evaluator) classOfText(field int32, kind matcher.Kind, text string) uint32 {
	if len(e.tables.fields[field].atoms) == 0 {
		return 0
	}
	first, other := e.cache.key(field, uint32(kind), text)
	if class, known := e.cache.get(first, other); known {
		return class
	}
	e.atoms = e.tables.matcher(field).Match(e.atoms[:0], kind, text, &e.scratch)
	class := e.classes.of(e.atoms)
	e.cache.put(first, other, class)
	return class
}

// classOfWords returns the class of all scalar values of an event (D17). A filter
// tells texts without any word that counts; nil tells none.
func (e *Evaluator) classOfWords(w Walker, filter *wordFilter) uint32 {
	e.merged = e.merged[:0]
	w.Walk(func(v Value) bool {
		e.mergeWords(v, filter)
		return true
	})
	return e.classes.of(e.ascending())
}

func (e *Evaluator) mergeWords(v Value, filter *wordFilter) {
	switch v.Kind() {
	case Null:
	case List:
		for _, item := range v.Items() {
			e.mergeWords(item, filter)
		}
	case Object:
		for _, m := range v.Members() {
			e.mergeWords(m.Value, filter)
		}
	default:
		if leaf := v.tracedLeaf(); leaf != nil && filter != nil && leaf.lacks(e.tables, filter) {
			return
		}
		text := v.scalar()
		if filter != nil && filter.lacks(text) {
			return
		}
		if class := e.classOfText(anyField, kindOf(v.Kind()), text); class != 0 {
			e.merged = append(e.merged, e.classes.atoms[class]...)
		}
	}
}

// MatchRule reports whether one rule of the program matches an event. A rule of another
// program has other predicates: what comes of it is wrong, or a panic.
func (e *Evaluator) MatchRule(rule *compiler.Rule, event Event) bool {
	routed, isRouted := event.(Routed)
	if !isRouted || e.ignoreLogsource {
		e.state.begin(event)
		if e.state.holds(rule.Expr) || !isRouted {
			return e.state.holds(rule.Expr)
		}
	}
	for _, v := range routed.Views() {
		if Satisfies(v.Logsource, rule) {
			e.state.begin(v.Event)
			if e.state.holds(rule.Expr) {
				return true
			}
		}
	}
	return false
}

// Satisfies reports whether a rule applies to events of a logsource: each of
// category, product and service that the rule gives must be equal (D61).
func Satisfies(logsource map[string]string, rule *compiler.Rule) bool {
	return (rule.Category == "" || rule.Category == logsource["category"]) &&
		(rule.Product == "" || rule.Product == logsource["product"]) &&
		(rule.Service == "" || rule.Service == logsource["service"])
}

// route is a logsource and the rules that it satisfies. It keeps the logsource,
// so that no other one can have its address.
type route struct {
	logsource map[string]string
	group     *group
}

// maxRoutes bounds the logsources that are remembered by their addresses.
const maxRoutes = 4096

// route returns the rules that a logsource satisfies. Views share the maps of
// their logsources, which must not change.
func (e *Evaluator) route(logsource map[string]string) *group {
	at := reflect.ValueOf(logsource).Pointer()
	if r, known := e.routes[at]; known && at != 0 {
		return r.group
	}
	if len(e.routes) >= maxRoutes {
		clear(e.routes)
	}
	g := e.tables.group(logsource["category"], logsource["product"], logsource["service"])
	e.routes[at] = route{logsource, g}
	return g
}
