package evaluator

import (
	"slices"
	"strings"
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/matcher"
)

// tables are what all evaluators of a program share: the predicates by field,
// and the rules by logsource. They are built as far as events ask for them.
type tables struct {
	program *compiler.Program
	number  map[string]int32 // of a field by its name
	fields  []fieldTable     // by number; the first is of the values of any field
	atoms   []atomTable      // by predicate

	sources []source // of the rules
	keyed   []bool   // by rule: some part of it looks at any value

	mu      sync.Mutex
	tally   []int32                // by predicate; see watchersOf
	draft   condition              // see rule
	kept    condition              // conditions of rules, one behind the other
	rules   []*ruleTable           // as far as groups needed them
	groups  map[[3]string]*group   // by category, product, service
	unions  map[[2]int32]*group    // by the numbers of two
	filters map[string]wordFilters // by words
	every   keywords               // those of all rules
	sets    map[string]*keywords   // by predicates
	all     *group                 // every rule
	count   int32                  // of groups
}

// source is a logsource that rules state, with these.
type source struct {
	category, product, service string
	rules                      []int32 // indexes of the program, ascending
}

// sourcesOf returns the logsources of rules, of which there are few.
func sourcesOf(p *compiler.Program) (out []source) {
	known := map[[3]string]int{}
	for i, r := range p.Rules {
		key := [3]string{r.Category, r.Product, r.Service}
		n, ok := known[key]
		if !ok {
			n = len(out)
			known[key] = n
			out = append(out, source{r.Category, r.Product, r.Service, nil})
		}
		out[n].rules = append(out[n].rules, int32(i))
	}
	return out
}

// anyField is the number of the pseudo field of predicates over any value.
const anyField int32 = 0

// fieldTable is one field that predicates look at.
type fieldTable struct {
	name     string
	atoms    []int32 // decided by a value alone
	null     []int32 // OpNull
	presence bool    // some predicate asks whether the field is there

	once    sync.Once
	matcher *matcher.Matcher // of atoms; see tables.matcher

	sought sync.Once
	words  []string // one of which stands in every text that satisfies any of atoms; see tables.wordsOfField
	wordy  bool     // there are such words
}

// atomTable is one predicate.
type atomTable struct {
	field int32
	other int32 // that a predicate over two fields refers to
	kind  atomKind
}

// atomKind says what decides a predicate.
type atomKind uint8

const (
	byValue   atomKind = iota // the value of its field
	byNull                    // a null, or the lack of the field
	byPresent                 // the field is there
	byAbsent                  // the field is not there
	byFields                  // two fields together
)

// tablesOf returns the tables of a program, which are built once.
func tablesOf(p *compiler.Program) *tables {
	return p.Derived(func() any { return newTables(p) }).(*tables)
}

func newTables(p *compiler.Program) *tables {
	t := &tables{program: p, sources: sourcesOf(p), number: map[string]int32{"": anyField}, atoms: make([]atomTable, len(p.Predicates)), rules: make([]*ruleTable, len(p.Rules)), groups: map[[3]string]*group{}, unions: map[[2]int32]*group{}, filters: map[string]wordFilters{}, sets: map[string]*keywords{}}
	names := []string{""}
	for i := range p.Predicates {
		for _, name := range []string{p.Predicates[i].Field, p.Predicates[i].Ref} {
			if _, known := t.number[name]; !known {
				t.number[name] = int32(len(names))
				names = append(names, name)
			}
		}
	}
	t.fields = make([]fieldTable, len(names))
	for i, name := range names {
		t.fields[i].name = name
	}
	var used []bool
	used, t.keyed = usedBy(p)
	for i := range p.Predicates {
		if used[i] {
			t.enter(int32(i), &p.Predicates[i])
		}
	}
	return t
}

// usedBy tells which predicates the rules of a program look at: it may be a part of
// another one, whose predicates it has. It also tells which rules look at any value.
func usedBy(p *compiler.Program) (used, keyed []bool) {
	used, keyed = make([]bool, len(p.Predicates)), make([]bool, len(p.Rules))
	rule := 0
	mark := func(e *compiler.Expr) {
		used[e.Atom] = true
		keyed[rule] = keyed[rule] || p.Predicates[e.Atom].Field == ""
	}
	for i, r := range p.Rules {
		rule = i
		r.Expr.Each(mark)
		r.Detection.Each(mark)
		for _, f := range r.Filters {
			f.Each(mark)
		}
	}
	return used, keyed
}

// enter notes a predicate under its field.
func (t *tables) enter(atom int32, p *compiler.Predicate) {
	number := t.number[p.Field]
	f := &t.fields[number]
	kind := byValue
	switch {
	case p.Op == compiler.OpFieldRef:
		kind = byFields
	case p.Op == compiler.OpNull:
		kind, f.presence = byNull, true
		f.null = append(f.null, atom)
	case p.Op == compiler.OpExists && p.Bool:
		kind, f.presence = byPresent, true
	case p.Op == compiler.OpExists:
		kind, f.presence = byAbsent, true
	default:
		f.atoms = append(f.atoms, atom)
	}
	t.atoms[atom] = atomTable{number, number, kind}
	if kind == byFields {
		other := t.number[p.Ref]
		t.atoms[atom].other = other
		f.presence, t.fields[other].presence = true, true
	}
}

// matcher returns what decides the predicates of a field.
func (t *tables) matcher(field int32) *matcher.Matcher {
	f := &t.fields[field]
	f.once.Do(func() { f.matcher = matcher.New(t.program.Predicates, f.atoms, decide) })
	return f.matcher
}

// decide is what a matcher asks.
func decide(p *compiler.Predicate, kind matcher.Kind, text, folded string) bool {
	return p.Accepts(kind, text, folded)
}

// group returns the rules that events of a logsource are tried on.
func (t *tables) group(category, product, service string) *group {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := [3]string{category, product, service}
	g := t.groups[key]
	if g == nil {
		var rules []int32
		for _, s := range t.sources {
			if (s.category == "" || s.category == category) && (s.product == "" || s.product == product) && (s.service == "" || s.service == service) {
				rules = append(rules, s.rules...)
			}
		}
		slices.Sort(rules)
		g = t.newGroup(rules)
		t.groups[[3]string{strings.Clone(category), strings.Clone(product), strings.Clone(service)}] = g // they may be parts of a record
	}
	return g
}

// union returns the group of the rules of two.
func (t *tables) union(a, b *group) *group {
	switch {
	case a == b || len(b.rules) == 0:
		return a
	case len(a.rules) == 0:
		return b
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	key := [2]int32{a.number, b.number}
	g := t.unions[key]
	if g == nil {
		g = t.newGroup(ascending(slices.Concat(a.rules, b.rules)))
		t.unions[key] = g
	}
	return g
}

// everyRule returns the group of all rules.
func (t *tables) everyRule() *group {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		all := make([]int32, len(t.program.Rules))
		for i := range all {
			all[i] = int32(i)
		}
		t.all = t.newGroup(all)
	}
	return t.all
}

// group is a set of rules that are tried together, with what wakes them.
type group struct {
	number int32
	rules  []int32  // indexes of the program, ascending
	fields []int32  // that some of the rules look at, without anyField
	words  bool     // some of the rules look at any value
	watch  watchers // predicate -> rules that may hold only if it, or another that they watch, does
	always []int32  // rules that nothing wakes
	joins  []int32  // predicates over two fields, ascending

	once    sync.Once
	filters wordFilters // see tables.wordsOf

	keyed    sync.Once
	keywords *keywords // see tables.keywordsOf
}

// newGroup returns the group of some rules, which are ascending.
func (t *tables) newGroup(rules []int32) *group {
	t.count++
	g := &group{number: t.count, rules: rules}
	fields := make([]bool, len(t.fields))
	for _, n := range rules {
		g.add(n, t.rule(int(n)), fields)
	}
	g.watch = t.watchersOf(g.rules)
	g.words, fields[anyField] = fields[anyField], false
	for f, there := range fields {
		if there {
			g.fields = append(g.fields, int32(f))
		}
	}
	g.joins = ascending(g.joins)
	return g
}

func (g *group) add(n int32, r *ruleTable, fields []bool) {
	for _, f := range r.fields {
		fields[f] = true
	}
	g.joins = append(g.joins, r.joins...)
	if !r.woken {
		g.always = append(g.always, n)
	}
}

// ruleTable is what there is to know of a rule in any group.
type ruleTable struct {
	holds    condition // when it matches
	filtered bool      // it has filters

	fields  []int32 // that it looks at
	joins   []int32 // its predicates over two fields
	witness []int32 // predicates of which one holds on every event that its detection matches
	woken   bool    // there are such predicates
}

// rule returns the table of a rule.
func (t *tables) rule(n int) *ruleTable {
	if t.rules[n] == nil {
		rule := t.program.Rules[n]
		r := &ruleTable{holds: t.draft[:0], filtered: rule.Filters != nil}
		t.describe(rule.Expr, r)
		t.draft, r.holds = r.holds, t.keep(r.holds)
		r.fields = ascending(r.fields)
		r.witness, r.woken = t.witness(rule)
		t.rules[n] = r
	}
	return t.rules[n]
}
