package evaluator

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"
)

// A plan says where the values are that rules look at, in all records of one
// shape in which some leaves have certain texts: those on which it depends what
// becomes of the record. It was found by making an event of one such record
// under a trace, so that what an event is has its only home in whoever makes
// events.
type plan struct {
	number   uint32
	form     uint32    // number of all that say the same, see formOf
	decisive []reading // what decides that this is the plan, in the order in which it does
	views    int       // of the event
	loads    []load
	runs     []run
	refused  bool // there can be no plan for records with these texts

	single   int            // see singleOf
	verdicts []*planVerdict // by the class of that load, as far as it is below maxDirect
	wave     int            // of verdicts, see Records.wave
}

// same reports whether two plans of one record are the same.
func (p *plan) same(other *plan) bool {
	return p.views == other.views && len(p.decisive) == len(other.decisive) &&
		!slices.ContainsFunc(p.decisive, func(r reading) bool { return !slices.Contains(other.decisive, r) }) &&
		slices.EqualFunc(p.loads, other.loads, load.same) && slices.EqualFunc(p.runs, other.runs, run.same)
}

// formOf returns the number of what a verdict on classes depends on besides these. Plans
// of different shapes often have the same. Only batches go by it: whoever reads a stream
// is promised matches of their own for each kind of records.
func (s *Records) formOf(p *plan) uint32 {
	var form []byte
	list := func(numbers []int32) {
		form = binary.AppendUvarint(form, uint64(len(numbers)))
		for _, n := range numbers {
			form = binary.AppendUvarint(form, uint64(n))
		}
	}
	form = binary.AppendUvarint(form, uint64(len(p.loads)))
	for i := range p.loads {
		l := &p.loads[i]
		form = binary.AppendUvarint(append(form, byte(l.kind)), uint64(l.field))
		list(l.atoms)
	}
	for _, r := range p.runs {
		form = binary.AppendUvarint(form, uint64(r.group.number))
		form = append(binary.AppendUvarint(form, uint64(len(r.name))), r.name...)
		list(r.loads)
		form = binary.AppendUvarint(form, uint64(len(r.joins)))
		for _, j := range r.joins {
			form = binary.AppendUvarint(form, uint64(j.atom))
		}
	}
	number, known := s.forms[string(form)]
	if !known {
		s.numbered++
		number = s.numbered
		s.forms[string(form)] = number
	}
	return number
}

// load is how a field comes to its value.
type load struct {
	field  int32
	kind   loadKind
	leaf   int32       // also of a constant, if held
	held   bool        // of a constant: it is the text of a leaf
	leaves []int32     // of severalLeaves; what a computation reads
	atoms  []int32     // that its constants satisfy, ascending
	words  wordFilters // of values of any field: tell texts without any word
	seen   int         // of values of any field: leaves that there are, in leaves or not
	pruned bool        // see prune
	sought *keywords   // of values of any field: what decides them
	reach  int         // bytes of a text that decide, see matcher.Matcher.Reach; negative if that is not known yet
	habits []habit     // by leaf
	clean  [][]byte    // by leaf: the latest text without any word, as it stood in the record
	view   int         // of a computation: which view computes it
	serial int32       // of a computation: which one it is
	sample uint64      // of a computation: hash of what it yielded when the plan was made
	guards []guard     // of a computation: it yields the text of leaf as long as they hold, and there are any
}

// guard is something that is derived of the text of the leaf that a computation yields.
type guard struct {
	by     *Derivation
	answer string
}

// guarded reports whether all guards hold.
func (l *load) guarded(derived func(by *Derivation) string) bool {
	for _, g := range l.guards {
		if derived(g.by) != g.answer {
			return false
		}
	}
	return len(l.guards) > 0
}

func (l load) same(other load) bool {
	return l.field == other.field && l.kind == other.kind && l.leaf == other.leaf && l.view == other.view && l.sample == other.sample &&
		slices.Equal(l.leaves, other.leaves) && slices.Equal(l.atoms, other.atoms) && slices.Equal(l.guards, other.guards)
}

type loadKind uint8

const (
	constant      loadKind = iota // the same for all records of the plan
	oneLeaf                       // the text of a leaf
	severalLeaves                 // any of the texts of some leaves, and constants
	computed                      // something that the event makes of the texts of leaves
)

// decided reports whether what was read is the same in all records of the plan.
func (p *plan) decided(r reading) bool {
	return slices.Contains(p.decisive, r) || slices.Contains(p.decisive, reading{r.leaf, nil})
}

// run is rules that are tried on what one view shows.
type run struct {
	group *group
	name  string  // of the view
	loads []int32 // indexes of the plan, each of another field
	joins []join
}

func (r run) same(other run) bool {
	return r.group == other.group && r.name == other.name && slices.Equal(r.loads, other.loads) && slices.Equal(r.joins, other.joins)
}

// join is a predicate over two fields whose values are leaves.
type join struct {
	atom, leaf, other int32
	loads             [2]int32 // of the two fields: those with guards yield the leaf only while these hold
}

// unsettled is what is known of a join whose guards do not hold: nothing. Otherwise it is 1
// if the predicate holds, else 0.
const unsettled = 2

// planner makes the plan of a record.
type planner struct {
	records *Records
	trace   *Trace
	plan    *plan
	known   map[loadKey]int32
}

// loadKey is what loads with the same value have in common.
type loadKey struct {
	field, leaf int32
	kind        loadKind
}

// newPlan makes a plan of an event, of which the trace knows what making it has
// read.
func (s *Records) newPlan(event Routed, t *Trace) *plan {
	views := event.Views()
	p := planner{records: s, trace: t, known: map[loadKey]int32{}, plan: &plan{views: len(views), decisive: slices.Clone(t.reads), loads: s.draft[:0]}}
	if s.ignoreLogsource {
		p.run(s.tables.everyRule(), event, "", -1)
	}
	for i := 0; i < len(views); {
		first := views[i]
		g, n := s.route(first.Logsource), i+1
		for ; n < len(views) && views[n].Name == first.Name && sameEvent(views[n].Event, first.Event); n++ {
			g = s.tables.union(g, s.route(views[n].Logsource))
		}
		p.run(g, first.Event, first.Name, i)
		i = n
	}
	s.draft = p.plan.loads
	p.plan.loads = slices.Clone(s.draft)
	p.plan.single = singleOf(p.plan)
	return p.plan
}

func (p *planner) run(g *group, event Event, name string, view int) {
	if len(g.rules) == 0 {
		return
	}
	r := run{group: g, name: name}
	for _, field := range g.fields {
		if n, ok := p.field(field, event, view); ok {
			r.loads = append(r.loads, n)
		}
	}
	for _, atom := range g.joins {
		a := p.records.tables.atoms[atom]
		one, other := p.leafOf(&r, a.field), p.leafOf(&r, a.other)
		if one >= 0 && other >= 0 {
			r.joins = append(r.joins, join{atom, p.plan.loads[one].leaf, p.plan.loads[other].leaf, [2]int32{one, other}})
		}
	}
	if w, ok := event.(Walker); ok && g.words {
		r.loads = append(r.loads, p.words(w, g))
	}
	p.plan.runs = append(p.plan.runs, r)
}

// leafOf returns the load of a field of a run if it is a leaf, at least as long as guards
// hold; -1 if it is something else.
func (p *planner) leafOf(r *run, field int32) int32 {
	for _, n := range r.loads {
		if l := &p.plan.loads[n]; l.field == field && (l.kind == oneLeaf || l.held || l.kind == computed && len(l.guards) > 0) {
			return n
		}
	}
	return -1
}

// field finds out how a field comes to its value; false if the event never has it.
func (p *planner) field(field int32, event Event, view int) (int32, bool) {
	p.trace.forget()
	v, ok := event.Field(p.records.tables.fields[field].name)
	l := load{field: field}
	switch {
	case !ok:
	case p.holds(field, v):
		l.leaf, l.held = v.tracedLeaf().leaf, true
		p.constant(&l, v)
	default:
		p.elements(&l, v)
	}
	if reads := p.indecisive(); len(reads) > 0 {
		made := load{field: field, kind: computed, view: view, leaves: ascending(append(reads, l.leaves...))}
		made.leaf, made.guards = p.guards(v)
		made.sample = p.records.sample(v) // which reads the value
		return p.add(made), true
	}
	if !ok {
		return 0, false
	}
	return p.add(l.settled()), true
}

// holds reports whether a value is a leaf that satisfies the same predicates of a field in
// all records of the plan: it has one text in them, or there are no such predicates.
func (p *planner) holds(field int32, v Value) bool {
	leaf := v.tracedLeaf()
	return leaf != nil && (p.plan.decided(reading{leaf.leaf, nil}) || len(p.records.tables.fields[field].atoms) == 0)
}

// guards tells of a value that is a leaf of which nothing was read but derivations: others
// that are the same yield the leaf as well. Of any other value there are none.
func (p *planner) guards(v Value) (leaf int32, of []guard) {
	t := v.tracedLeaf()
	if t == nil {
		return 0, nil
	}
	for _, r := range p.trace.reads {
		switch {
		case p.plan.decided(r):
		case r.leaf != t.leaf || r.by == nil:
			return 0, nil
		default:
			of = append(of, guard{r.by, strings.Clone(r.by.of(t.value()))})
		}
	}
	return t.leaf, of
}

// sample returns a hash of the text of a value.
func (s *Records) sample(v Value) uint64 { return maphash.String(s.cache.hash.first, v.Text()) }

// words finds out which values predicates over any value look at. Where a view makes
// values of its own, which are others in every record, there is no plan.
func (p *planner) words(w Walker, g *group) int32 {
	p.trace.forget()
	l := load{field: anyField, words: p.records.tables.wordsOf(g), sought: p.records.tables.keywordsOf(g)}
	w.Walk(func(v Value) bool {
		p.scalars(&l, v)
		return true
	})
	p.plan.refused = p.plan.refused || len(p.indecisive()) > 0
	return p.add(l.settled())
}

// indecisive returns the leaves that were read and may have other texts in other
// records of the plan.
func (p *planner) indecisive() []int32 {
	var out []int32
	for _, r := range p.trace.reads {
		if !p.plan.decided(r) {
			out = append(out, r.leaf)
		}
	}
	return out
}

// elements adds what counts as the value of a field, see content.add.
func (p *planner) elements(l *load, v Value) {
	switch {
	case v.Kind() == List && len(v.Items()) > 0:
		for _, item := range v.Items() {
			p.elements(l, item)
		}
	case v.Kind() == Null:
		l.atoms = append(l.atoms, p.records.tables.fields[l.field].null...)
	default:
		p.text(l, v)
	}
}

// scalars adds every scalar within a value, see content.scalars.
func (p *planner) scalars(l *load, v Value) {
	switch v.Kind() {
	case Null:
	case List:
		for _, item := range v.Items() {
			p.scalars(l, item)
		}
	case Object:
		for _, m := range v.Members() {
			p.scalars(l, m.Value)
		}
	default:
		p.text(l, v)
	}
}

// text adds a leaf, or what a constant satisfies.
func (p *planner) text(l *load, v Value) {
	if leaf := v.tracedLeaf(); leaf != nil {
		l.seen++
		if l.field != anyField || !p.plan.decided(reading{leaf.leaf, nil}) {
			l.leaves = append(l.leaves, leaf.leaf)
			return
		}
	}
	p.constant(l, v)
}

// constant adds what a value satisfies that all records of the plan have.
func (p *planner) constant(l *load, v Value) {
	e := p.records
	if len(e.tables.fields[l.field].atoms) == 0 {
		return
	}
	text := v.Text()
	if l.words.plain != nil && l.words.plain.lacks(text) {
		return
	}
	l.atoms = append(l.atoms, e.matcherOf(l).Match(nil, kindOf(v.Kind()), text, &e.scratch)...)
}

// settled gives a load its kind.
func (l load) settled() load {
	l.atoms, l.leaves = ascending(l.atoms), ascending(l.leaves)
	switch {
	case len(l.leaves) == 0:
		l.kind = constant
	case len(l.leaves) == 1 && len(l.atoms) == 0:
		l.kind, l.leaf = oneLeaf, l.leaves[0]
	default:
		l.kind = severalLeaves
	}
	return l
}

// ascending sorts numbers and leaves out those that repeat.
func ascending(numbers []int32) []int32 {
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// add returns the number of a load. Views often show the same leaf.
func (p *planner) add(l load) int32 {
	l.reach = -1
	key := loadKey{l.field, l.leaf, l.kind}
	if n, known := p.known[key]; known && l.kind == oneLeaf {
		return n
	}
	if l.kind == severalLeaves {
		for n := range p.plan.loads {
			if of := &p.plan.loads[n]; of.same(l) && of.sought == l.sought && of.words == l.words {
				return int32(n)
			}
		}
	}
	n := int32(len(p.plan.loads))
	if l.kind == computed {
		p.records.serial++
		l.serial = p.records.serial
	}
	p.plan.loads = append(p.plan.loads, l)
	p.known[key] = n
	return n
}
