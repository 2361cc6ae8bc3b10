package evaluator

import (
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/compiler"
)

// A condition says what its expression does, whatever holds and whichever fields are there.
func TestCondition(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 6))
	tables := &tables{fields: make([]fieldTable, 3), program: &compiler.Program{}}
	for kind := range byFields + 1 {
		for field := range int32(3) {
			tables.atoms = append(tables.atoms, atomTable{field, (field + 1) % 3, kind})
		}
	}
	var random func(depth int) *compiler.Expr
	random = func(depth int) *compiler.Expr {
		e := &compiler.Expr{Op: compiler.ExprOp(g.IntN(4)), Atom: g.IntN(len(tables.atoms))}
		if depth == 0 {
			e.Op = compiler.Leaf
		}
		args := g.IntN(4)
		switch e.Op {
		case compiler.Leaf:
			args = 0
		case compiler.Not:
			args = 1
		}
		for range args {
			e.Args = append(e.Args, random(depth-1))
		}
		return e
	}
	j := newJury(tables)
	for range 20_000 {
		e := random(g.IntN(5))
		r := &ruleTable{}
		tables.describe(e, r)
		j.begin()
		for i := range j.marked {
			j.marked[i] = j.epoch - g.Uint32N(2)
		}
		for i := range j.there {
			j.there[i] = j.epoch - g.Uint32N(2)
		}
		got, end := j.hold(tables.keep(r.holds), 0)
		if want := j.holds(e); got != want || int(end) != len(r.holds) {
			t.Fatalf("%v is %t up to word %d of %d, want %t", r.holds, got, end, len(r.holds), want)
		}
	}
}
