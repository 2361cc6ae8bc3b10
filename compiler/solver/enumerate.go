package solver

import "slices"

// maxPaths bounds the texts that are listed.
const maxPaths = 20_000

// enumerate lists texts where automata accept more than the predicates do. If
// they accept only a few, that none of them will do is a proof.
func (q *question) enumerate() outcome {
	wanted, _ := q.machines(q.all)
	a := newAlphabet()
	a.sensitive = true
	for _, m := range wanted {
		m.automaton.symbols(a)
	}
	for _, r := range "0123456789abcdefABCDEF+-.:%TZtz " {
		a.exact(r)
	}
	symbols := a.symbols()
	queue := []path{{make([]int32, len(wanted)), ""}}
	complete := true
	for i := 0; i < len(queue) && len(queue) < maxPaths && q.solver.left() > 0; i++ {
		p := queue[i]
		q.solver.spent += len(symbols) * len(wanted)
		if p.accepted(wanted) {
			if _, isBroken := q.broken(p.text); !isBroken {
				return outcome{present: true, value: Field{Texts: []string{p.text}}}
			}
		}
		for _, r := range symbols {
			if next, alive := p.step(wanted, r); alive {
				queue = append(queue, next)
				complete = complete && a.single(r)
			}
		}
		if i == len(queue)-1 && complete {
			return q.conflict(slices.Concat(q.all, q.refused))
		}
	}
	return outcome{unknown: "no text found for " + q.solver.describe(slices.Concat(q.all, q.refused))}
}

// path is a text and where it leads in each machine.
type path struct {
	state []int32
	text  string
}

func (p *path) accepted(machines []*machine) bool {
	for k, m := range machines {
		if !m.accepts(p.state[k]) {
			return false
		}
	}
	return true
}

func (p *path) step(machines []*machine, r rune) (path, bool) {
	next := path{make([]int32, len(machines)), ""}
	for k, m := range machines {
		if next.state[k] = m.step(p.state[k], r); next.state[k] == dead {
			return next, false
		}
	}
	next.text = p.text + string(r)
	return next, true
}
