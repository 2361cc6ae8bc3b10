package solver

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// outcome is what a field can do about literals: hold values that satisfy them
// all, or not, and then core is a part of them that it cannot satisfy already.
type outcome struct {
	present bool
	value   Field
	core    []literal // not nil if there is no value
	domain  bool      // of a core: only within Options.Domain
	unknown string    // why neither is known; "" otherwise
}

func conflicting(core ...literal) outcome { return outcome{core: core} }

// maxLearnt bounds the outcomes that are remembered.
const maxLearnt = 200_000

// fieldsOf looks for values that satisfy literals. If there are none, the lessons
// say why.
func (s *Solver) fieldsOf(f *Formula, literals []literal) (Model, []lesson, bool) {
	of := map[int][]literal{}
	for _, l := range literals {
		a := &s.atoms[l.atom]
		of[a.field] = append(of[a.field], l)
		if a.ref >= 0 && l.sign && a.ref != a.field {
			of[a.ref] = append(of[a.ref], l)
		}
	}
	m := Model{}
	var lessons []lesson
	words := s.unwanted(of)
	for _, n := range slices.Sorted(maps.Keys(of)) {
		out := s.field(n, of[n], words)
		switch {
		case out.unknown != "":
			lessons = append(lessons, lesson{literals: of[n], unknown: out.unknown})
		case out.core != nil:
			lessons = append(lessons, lesson{literals: out.core, domain: out.domain})
		case out.present:
			m[s.fields[n]] = out.value
		}
	}
	if lessons != nil {
		return nil, lessons, false
	}
	if s.holds(f, m.read()) || s.link(of, m) && s.holds(f, m.read()) {
		return m, nil, true
	}
	return nil, []lesson{{literals: slices.Clone(literals), unknown: "fields that depend on each other, by fieldref or by keywords"}}, false
}

// unwanted returns the keywords that no value of the event may have.
func (s *Solver) unwanted(of map[int][]literal) []literal {
	var out []literal
	if n, known := s.fieldNumbers[""]; known {
		for _, l := range of[n] {
			if !l.sign {
				out = append(out, l)
			}
		}
	}
	return out
}

// field returns what one field can do about literals. Words are literals that its
// texts should satisfy besides, if they can.
func (s *Solver) field(n int, literals, words []literal) outcome {
	if len(words) > 0 && s.fields[n] != "" {
		if out := s.field(n, slices.Concat(literals, words), nil); out.core == nil && out.unknown == "" {
			return out
		}
	}
	key := literalKey(n, literals)
	if out, known := s.learnt[key]; known {
		return out
	}
	var out outcome
	if s.fields[n] == "" {
		out = s.words(literals)
	} else {
		out = s.named(n, literals)
	}
	if len(s.learnt) >= maxLearnt {
		clear(s.learnt)
	}
	if out.unknown == "" || s.left() > 0 { // else another question may find out
		s.learnt[key] = out
	}
	return out
}

func literalKey(field int, literals []literal) string {
	codes := make([]uint32, len(literals))
	for i, l := range literals {
		codes[i] = uint32(l.atom) << 1
		if l.sign {
			codes[i]++
		}
	}
	slices.Sort(codes)
	key := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+4*len(codes)), uint32(field))
	for _, c := range slices.Compact(codes) {
		key = binary.LittleEndian.AppendUint32(key, c)
	}
	return string(key)
}

// presence sorts the literals of a field by what they ask for.
type presence struct {
	absent, present, null, notNull *literal  // one of each kind that demands it
	wanted, refused                []literal // about texts
}

func (s *Solver) presence(literals []literal) presence {
	var p presence
	for i := range literals {
		l := &literals[i]
		pr := s.atoms[l.atom].predicate
		switch pr.Op {
		case compiler.OpExists:
			if pr.Bool == l.sign {
				p.present = l
			} else {
				p.absent = l
			}
		case compiler.OpNull:
			if l.sign {
				p.null = l
			} else {
				p.notNull = l
			}
		default:
			if l.sign {
				p.wanted = append(p.wanted, *l)
			} else if pr.Op != compiler.OpFieldRef {
				p.refused = append(p.refused, *l)
			}
		}
	}
	return p
}

// named is field for a field that has a name.
func (s *Solver) named(n int, literals []literal) outcome {
	p := s.presence(literals)
	if p.absent != nil {
		switch {
		case p.present != nil:
			return conflicting(*p.absent, *p.present)
		case p.notNull != nil:
			return conflicting(*p.absent, *p.notNull)
		case len(p.wanted) > 0:
			return conflicting(*p.absent, p.wanted[0])
		}
		return outcome{}
	}
	if p.null != nil {
		switch {
		case p.notNull != nil:
			return conflicting(*p.null, *p.notNull)
		case len(p.wanted) == 0:
			return outcome{present: p.present != nil, value: Field{Null: true}}
		case !s.several(s.fields[n]):
			return conflicting(*p.null, p.wanted[0])
		}
	}
	if len(p.wanted) == 0 && p.present == nil && p.notNull == nil {
		return outcome{}
	}
	out := s.values(n, p.wanted, p.refused, p.notNull)
	if out.core != nil && len(p.wanted) == 0 && p.notNull == nil {
		return outcome{present: true, value: Field{Null: true}} // null satisfies nothing
	}
	out.value.Null = p.null != nil
	return out
}

// values finds the texts of a field that is present.
func (s *Solver) values(n int, wanted, refused []literal, notNull *literal) outcome {
	domain := s.domain(n)
	if len(wanted) > 1 && s.several(s.fields[n]) {
		var all []string
		for _, w := range wanted {
			out := s.text(n, []literal{w}, refused, domain)
			if out.core != nil || out.unknown != "" {
				return out
			}
			if !slices.Contains(all, out.value.Texts[0]) {
				all = append(all, out.value.Texts[0])
			}
		}
		return outcome{present: true, value: Field{Texts: all}}
	}
	out := s.text(n, wanted, refused, domain)
	if out.core != nil && len(wanted) == 0 && notNull != nil {
		out.core = append(out.core, *notNull)
	}
	return out
}

// words is field for keywords: any value of the event may satisfy them, and each
// another one.
func (s *Solver) words(literals []literal) outcome {
	p := s.presence(literals)
	var all []string
	for _, w := range p.wanted {
		out := s.text(s.fieldNumbers[""], []literal{w}, p.refused, nil)
		if out.core != nil || out.unknown != "" {
			return out
		}
		all = append(all, out.value.Texts...)
	}
	return outcome{present: len(all) > 0, value: Field{Texts: all}}
}

// domain returns what every value of a field satisfies.
func (s *Solver) domain(n int) []literal {
	if s.options.Domain == nil {
		return nil
	}
	d, known := s.domains[n]
	if !known {
		for _, p := range s.options.Domain(s.fields[n]) {
			d = append(d, literal{s.leaf(&p).atom, true})
		}
		s.domains[n] = d
	}
	return d
}

// link changes the values of fields that refer to one another until they agree;
// false if it does not find any.
func (s *Solver) link(of map[int][]literal, m Model) bool {
	linked := false
	for _, n := range slices.Sorted(maps.Keys(of)) {
		for _, l := range of[n] {
			if a := &s.atoms[l.atom]; a.ref >= 0 && a.field == n {
				linked = true
				if s.atomHolds(a, m.read()) != l.sign && !s.tie(a, l.sign, of, m) {
					return false
				}
			}
		}
	}
	return linked
}

// tie makes one reference between two fields hold, or not.
func (s *Solver) tie(a *atom, sign bool, of map[int][]literal, m Model) bool {
	own, other := s.presence(of[a.field]), s.presence(of[a.ref])
	if sign && a.predicate.Anchor == compiler.Whole {
		out := s.text(a.field, slices.Concat(own.wanted, other.wanted), slices.Concat(own.refused, other.refused), s.domain(a.field))
		if !out.present {
			return false
		}
		m[s.fields[a.field]], m[s.fields[a.ref]] = out.value, out.value
		return true
	}
	texts := m[s.fields[a.ref]].Texts
	if len(texts) != 1 {
		return false
	}
	bound := compiler.LiteralPredicate(a.predicate.Field, texts[0], a.predicate.Anchor, a.predicate.Cased)
	l := literal{s.leaf(&bound).atom, sign}
	if sign {
		own.wanted = append(own.wanted, l)
	} else {
		own.refused = append(own.refused, l)
	}
	out := s.text(a.field, own.wanted, own.refused, s.domain(a.field))
	if out.present {
		m[s.fields[a.field]] = out.value
	}
	return out.present
}

// describe lists literals for a reason.
func (s *Solver) describe(literals []literal) string {
	var parts []string
	for _, l := range literals {
		text := s.atoms[l.atom].predicate.String()
		if !l.sign {
			text = "not " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " and ")
}
