package solver

import (
	"encoding/binary"
	"slices"
)

// verdict is what a search through automata found.
type verdict uint8

const (
	tooLarge verdict = iota
	empty
	found
)

// product looks for a shortest text that all the wanted automata accept and none
// of the refused ones. Automata that accept too much may only be wanted.
func (s *Solver) product(wanted, refused []*machine) (string, verdict) {
	a := newAlphabet()
	machines := slices.Concat(wanted, refused)
	for _, m := range machines {
		m.automaton.symbols(a)
	}
	p := &walk{machines: machines, wanted: len(wanted), index: map[string]int{}}
	start := make([]int32, len(machines))
	if !p.add(start, -1, 0) {
		return "", empty
	}
	symbols := a.symbols()
	next := make([]int32, len(machines))
	steps := min(s.options.States*60, s.left())
	defer func(before int) { s.spent += before - steps }(steps)
	for i := 0; i < len(p.nodes); i++ {
		state := p.state(i)
		if p.accepting(state) {
			return p.text(i), found
		}
		for _, r := range symbols {
			state = p.state(i)
			for k, m := range machines {
				next[k] = m.step(state[k], r)
			}
			p.add(next, i, r)
		}
		if steps -= len(symbols) * len(machines); steps < 0 || len(p.nodes) > s.options.States || i%64 == 63 && s.stopped() {
			return "", tooLarge
		}
	}
	return "", empty
}

// walk is a breadth-first search through the product of machines.
type walk struct {
	machines []*machine
	wanted   int
	states   []int32 // of all nodes, one after the other
	nodes    []node
	index    map[string]int
	key      []byte
}

// node is how a state was reached first.
type node struct {
	parent int
	r      rune
}

func (w *walk) state(n int) []int32 {
	return w.states[n*len(w.machines) : (n+1)*len(w.machines)]
}

// add appends a state unless it is known, or nothing behind it can be accepted.
func (w *walk) add(state []int32, parent int, r rune) bool {
	w.key = w.key[:0]
	for k, n := range state {
		m := w.machines[k]
		if n == dead && k < w.wanted || n != dead && k >= w.wanted && m.sure[n] {
			return false
		}
		w.key = binary.LittleEndian.AppendUint32(w.key, uint32(n))
	}
	if _, known := w.index[string(w.key)]; known {
		return false
	}
	w.index[string(w.key)] = len(w.nodes)
	w.states = append(w.states, state...)
	w.nodes = append(w.nodes, node{parent, r})
	return true
}

func (w *walk) accepting(state []int32) bool {
	for k, n := range state {
		if w.machines[k].accepts(n) != (k < w.wanted) {
			return false
		}
	}
	return true
}

// text returns what leads to a node.
func (w *walk) text(n int) string {
	var runes []rune
	for ; w.nodes[n].parent >= 0; n = w.nodes[n].parent {
		runes = append(runes, w.nodes[n].r)
	}
	slices.Reverse(runes)
	return string(runes)
}
