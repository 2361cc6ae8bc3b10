package solver

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
)

// glob is the automaton of a text pattern. Its positions are those between its
// units.
type glob struct {
	units []unit
	cased bool
}

// unit is one code point, or a star.
type unit struct {
	kind compiler.PartKind
	r    rune
}

// maxUnits bounds the length of a pattern.
const maxUnits = 20_000

// newGlob returns nil for a pattern that only bytes decide, or that is too long.
func newGlob(p *compiler.Pattern) *glob {
	g := &glob{cased: p.Cased()}
	for _, part := range p.Parts() {
		if part.Kind != compiler.LiteralPart {
			g.units = append(g.units, unit{kind: part.Kind})
			continue
		}
		if !utf8.ValidString(part.Text) || strings.ContainsRune(part.Text, utf8.RuneError) {
			return nil
		}
		for _, r := range part.Text {
			g.units = append(g.units, unit{compiler.LiteralPart, r})
		}
	}
	if len(g.units) > maxUnits {
		return nil
	}
	return g
}

func (g *glob) start() []uint16 { return g.closed([]uint16{0}) }

// closed adds the positions behind stars, and leaves out those before the last
// star: whatever they could still match, the star can.
func (g *glob) closed(set []uint16) []uint16 {
	var out []uint16
	for _, p := range set {
		if n := len(out); n > 0 && out[n-1] >= p {
			continue
		}
		out = append(out, p)
		if int(p) < len(g.units) && g.units[p].kind == compiler.StarPart {
			out = append(out, p+1)
		}
	}
	from := 0
	for i, p := range out {
		if int(p) < len(g.units) && g.units[p].kind == compiler.StarPart {
			from = i
		}
	}
	return out[from:]
}

func (g *glob) step(set []uint16, r rune) []uint16 {
	folded := r
	if !g.cased {
		folded = compiler.FoldRune(r)
	}
	next := make([]uint16, 0, len(set)+1)
	add := func(p uint16) {
		for i := len(next); i > 0; i-- {
			if next[i-1] == p {
				return
			}
			if next[i-1] < p {
				next = append(next, 0)
				copy(next[i+1:], next[i:])
				next[i] = p
				return
			}
		}
		next = append([]uint16{p}, next...)
	}
	for _, p := range set {
		if int(p) == len(g.units) {
			continue
		}
		switch u := g.units[p]; u.kind {
		case compiler.StarPart:
			add(p)
		case compiler.QuestionPart:
			add(p + 1)
		case compiler.DashPart:
			if strings.ContainsRune(compiler.Dashes, r) {
				add(p + 1)
			}
		default:
			if u.r == folded {
				add(p + 1)
			}
		}
	}
	return g.closed(next)
}

func (g *glob) accepts(set []uint16) bool { return int(set[len(set)-1]) == len(g.units) }

func (g *glob) sure(set []uint16) bool {
	last := len(g.units) - 1
	return last >= 0 && g.units[last].kind == compiler.StarPart && int(set[0]) >= last
}

func (g *glob) symbols(a *alphabet) {
	for _, u := range g.units {
		switch u.kind {
		case compiler.LiteralPart:
			if g.cased {
				a.exact(u.r)
			} else {
				a.orbit(u.r)
			}
		case compiler.DashPart:
			for _, r := range compiler.Dashes {
				a.orbit(r)
			}
		}
	}
}

// orbit calls visit for all code points that differ from r in letter case only,
// and r.
func orbit(r rune, visit func(rune)) {
	visit(r)
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		visit(f)
	}
}
