package evaluator

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// verdict is what the classes of an event's fields decide about the rules of a
// group. It is never changed once it is made.
type verdict struct {
	rules      []int32      // that match
	suppressed []suppressed // whose detections match, and which filters hold back
	open       []int32      // that the texts of the event have to decide
}

type suppressed struct {
	rule int32
	by   []*rules.Filter
}

// empty reports whether the verdict says nothing.
func (v *verdict) empty() bool { return len(v.rules)+len(v.suppressed)+len(v.open) == 0 }

// jury reaches verdicts. What it is told of an event is valid until the next
// call of begin.
type jury struct {
	tables *tables
	epoch  uint32
	marked []uint32 // predicate -> epoch in which it holds
	there  []uint32 // field -> epoch in which the event has it
	told   []uint32 // predicate over two fields -> epoch in which it is known
	tried  []uint32 // rule -> epoch in which it was looked at
	woken  []int32
}

func newJury(t *tables) *jury {
	return &jury{tables: t, marked: make([]uint32, len(t.atoms)), told: make([]uint32, len(t.atoms)), there: make([]uint32, len(t.fields)), tried: make([]uint32, len(t.program.Rules))}
}

func (j *jury) begin() {
	if j.epoch++; j.epoch == 0 {
		clear(j.marked)
		clear(j.there)
		clear(j.told)
		clear(j.tried)
		j.epoch = 1
	}
	j.woken = j.woken[:0]
}

// hear takes in that the event has a field, and what its value satisfies.
func (j *jury) hear(g *group, field int32, atoms []int32) {
	j.there[field] = j.epoch
	for _, a := range atoms {
		j.marked[a] = j.epoch
		for _, rule := range g.watch.of(a) {
			j.wake(rule)
		}
	}
}

func (j *jury) wake(rule int32) {
	if j.tried[rule] != j.epoch {
		j.tried[rule] = j.epoch
		j.woken = append(j.woken, rule)
	}
}

// decide reaches the verdict on what was heard.
func (j *jury) decide(g *group) *verdict {
	for _, rule := range g.always {
		j.wake(rule)
	}
	slices.Sort(j.woken)
	v := &verdict{}
	for _, n := range j.woken {
		r := j.tables.rules[n] // it is there since the rule is in a group
		if len(r.joins) > 0 {
			j.decideJoined(v, n, j.tables.program.Rules[n])
		} else if holds, _ := j.hold(r.holds, 0); holds {
			v.rules = append(v.rules, n)
		} else if r.filtered {
			j.decideFiltered(v, n, j.tables.program.Rules[n])
		}
	}
	return v
}

// decideFiltered tells whether filters suppress a rule that does not match.
func (j *jury) decideFiltered(v *verdict, n int32, rule *compiler.Rule) {
	if j.holds(rule.Detection) {
		v.suppressed = append(v.suppressed, suppressed{n, j.filters(rule)})
	}
}

// decideJoined decides a rule with predicates over two fields, as far as these are
// known or do not matter.
func (j *jury) decideJoined(v *verdict, n int32, rule *compiler.Rule) {
	holds, detected := j.judge(rule.Expr), no
	if rule.Filters != nil {
		detected = j.judge(rule.Detection)
	}
	switch {
	case holds == yes:
		v.rules = append(v.rules, n)
	case holds == unknown || detected == unknown:
		v.open = append(v.open, n)
	case detected == yes:
		v.suppressed = append(v.suppressed, suppressed{n, j.filters(rule)})
	}
}

// tell takes in whether a predicate over two fields holds.
func (j *jury) tell(atom int32, holds bool) {
	j.told[atom] = j.epoch
	if holds {
		j.marked[atom] = j.epoch
	}
}

// answer is what is known of an expression.
type answer uint8

const (
	no answer = iota
	yes
	unknown
)

// judge is holds for an expression with predicates over two fields, of which some
// may not be known.
func (j *jury) judge(e *compiler.Expr) answer {
	switch e.Op {
	case compiler.Leaf:
		a := j.tables.atoms[e.Atom]
		if a.kind == byFields && j.told[e.Atom] != j.epoch && j.there[a.field] == j.epoch && j.there[a.other] == j.epoch {
			return unknown
		}
		if j.atom(e.Atom) {
			return yes
		}
		return no
	case compiler.Not:
		return [...]answer{no: yes, yes: no, unknown: unknown}[j.judge(e.Args[0])]
	}
	decisive, out := no, yes
	if e.Op == compiler.Or {
		decisive, out = yes, no
	}
	for _, arg := range e.Args {
		switch a := j.judge(arg); a {
		case decisive:
			return decisive
		case unknown:
			out = unknown
		}
	}
	return out
}

// filters returns the filters of a rule that do not hold.
func (j *jury) filters(rule *compiler.Rule) []*rules.Filter {
	var by []*rules.Filter
	for _, f := range rule.Filters {
		if !j.holds(f) {
			by = append(by, f.Filter)
		}
	}
	return by
}

func (j *jury) holds(e *compiler.Expr) bool {
	switch e.Op {
	case compiler.Leaf:
		return j.atom(e.Atom)
	case compiler.Not:
		return !j.holds(e.Args[0])
	case compiler.And:
		for _, arg := range e.Args {
			if !j.holds(arg) {
				return false
			}
		}
		return true
	}
	for _, arg := range e.Args {
		if j.holds(arg) {
			return true
		}
	}
	return false
}

func (j *jury) atom(n int) bool {
	a := j.tables.atoms[n]
	switch a.kind {
	case byNull:
		return j.marked[n] == j.epoch || j.there[a.field] != j.epoch
	case byPresent:
		return j.there[a.field] == j.epoch
	case byAbsent:
		return j.there[a.field] != j.epoch
	}
	return j.marked[n] == j.epoch
}
