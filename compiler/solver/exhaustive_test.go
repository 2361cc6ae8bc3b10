package solver_test

import (
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// TestExhaustive compares the answers about one field with all texts of up to five
// letters of a small alphabet: where one of them satisfies the predicates the answer
// must be yes, and it must be no if the predicates admit only short texts and none
// of them will do.
func TestExhaustive(t *testing.T) {
	texts := everyText("abA1.", 5)
	proofs, models, unknown := 0, 0, 0
	for n := range 4_000 {
		m := maker{rand.New(rand.NewPCG(5, uint64(n)))}
		s := solver.New(solver.Options{})
		var wanted, refused []*compiler.Predicate
		f := s.And()
		for range 1 + m.IntN(4) {
			p := m.predicate(t)
			if m.IntN(5) < 3 {
				wanted, f = append(wanted, p), s.And(f, s.Predicate(p))
			} else {
				refused, f = append(refused, p), s.And(f, s.Not(s.Predicate(p)))
			}
		}
		if len(wanted) == 0 {
			continue
		}
		got := s.Satisfiable(f)
		example, exists := "", false
		for _, text := range texts {
			if satisfiesAll(wanted, refused, text) {
				example, exists = text, true
				break
			}
		}
		short := m.short(wanted)
		switch {
		case got.Answer == solver.No && exists:
			t.Fatalf("%v and not %v: no, but %q", wanted, refused, example)
		case got.Answer == solver.Yes && !satisfiesAll(wanted, refused, got.Model["F"].Texts[0]):
			t.Fatalf("%v and not %v: model %v", wanted, refused, got.Model)
		case got.Answer == solver.Unknown:
			unknown++
		case got.Answer == solver.Yes && short && !exists && inAlphabet(got.Model["F"].Texts[0], "abA1."):
			t.Fatalf("%v and not %v: model %v, but enumeration finds none", wanted, refused, got.Model)
		}
		switch got.Answer {
		case solver.No:
			proofs++
		case solver.Yes:
			models++
		}
	}
	t.Logf("%d proofs, %d models, %d unknown", proofs, models, unknown)
	if unknown*100 > 5*(proofs+models) {
		t.Errorf("%d unknown", unknown)
	}
	if proofs < 300 || models < 300 {
		t.Errorf("%d proofs and %d models: the predicates are too much alike", proofs, models)
	}
}

func everyText(alphabet string, length int) []string {
	out := []string{""}
	for from := 0; length > 0; length-- {
		to := len(out)
		for _, text := range out[from:to] {
			for _, r := range alphabet {
				out = append(out, text+string(r))
			}
		}
		from = to
	}
	return out
}

// predicate returns a random predicate on F over the small alphabet.
func (m maker) predicate(t *testing.T) *compiler.Predicate {
	var p compiler.Predicate
	var err error
	switch m.IntN(8) {
	case 0:
		p, err = compiler.RegexPredicate("F", pick(m, `^a`, `b$`, `[ab]1`, `^.{3}$`, `a.*b`, `(a|1)+\.`, `^[^a]*$`, `\bab\b`, `^(ab)*$`, `\.`), m.IntN(3) == 0)
	case 1:
		n, _ := compiler.ParseNumber(pick(m, "1", "11", "1.1", "0.1", "111"))
		p = compiler.Predicate{Field: "F", Op: compiler.OpNumber, Number: n}
	case 2:
		n, _ := compiler.ParseNumber(pick(m, "1", "11", "1.1", "5", "112"))
		p = compiler.Predicate{Field: "F", Op: compiler.OpCompare, Relation: pick(m, compiler.Less, compiler.LessOrEqual, compiler.Greater, compiler.GreaterOrEqual), Number: n}
	default:
		text := ""
		for range m.IntN(4) {
			text += pick(m, "a", "b", "A", "1", ".", "a", "b", "*", "?")
		}
		p = compiler.TextPredicate("F", text, pick(m, compiler.Whole, compiler.Anywhere, compiler.AtStart, compiler.AtEnd), m.IntN(4) == 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

// short reports whether one of the predicates admits only texts that are listed.
func (m maker) short(wanted []*compiler.Predicate) bool {
	for _, p := range wanted {
		if p.Op != compiler.OpText {
			continue
		}
		if anchor, _, ok := p.Pattern.Simple(); ok && anchor == compiler.Whole {
			return true
		}
	}
	return false
}

func inAlphabet(text, alphabet string) bool {
	for _, r := range text {
		found := false
		for _, a := range alphabet {
			found = found || a == r
		}
		if !found {
			return false
		}
	}
	return len(text) <= 5
}

func satisfiesAll(wanted, refused []*compiler.Predicate, text string) bool {
	for _, p := range wanted {
		if !p.Accepts(compiler.StringKind, text, compiler.Fold(text)) {
			return false
		}
	}
	for _, p := range refused {
		if p.Accepts(compiler.StringKind, text, compiler.Fold(text)) {
			return false
		}
	}
	return true
}
