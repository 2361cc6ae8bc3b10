package matcher

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
)

// builder sorts predicates by what finds them.
type builder struct {
	m      *Matcher
	places [4]map[string][]int32 // by anchor: literal -> candidates
}

func (b *builder) add(i int32) {
	p := &b.m.predicates[b.m.atoms[i]]
	switch p.Op {
	case compiler.OpText:
		b.pattern(i, &p.Pattern)
	case compiler.OpRegex:
		b.regex(i, p.Regex)
	case compiler.OpNumber, compiler.OpCompare, compiler.OpCIDR, compiler.OpBool:
		b.m.scalar.add(i, p)
	default:
		b.narrow(i, compiler.Anywhere, nil)
	}
}

// regex runs an expression as an automaton if it can be read as package regexp
// reads it.
func (b *builder) regex(i int32, re *compiler.Regex) {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		b.narrow(i, compiler.Anywhere, nil)
		return
	}
	c := b.narrow(i, compiler.Anywhere, required(tree))
	if c.run = newRun(tree); c.run == nil {
		c.machine = newMachine(tree)
	}
}

func (b *builder) pattern(i int32, p *compiler.Pattern) {
	anchor, literals, simple := p.Simple()
	if simple && !p.Cased() {
		b.literals(i, anchor, literals)
		return
	}
	if !simple {
		b.glob(i, p)
		return
	}
	for n, l := range literals {
		if literals[n] = compiler.Fold(l); !utf8.ValidString(l) {
			b.narrow(i, anchor, nil) // its bytes may fold together with those around them
			return
		}
	}
	b.narrow(i, anchor, []clause{literals})
}

func (b *builder) glob(i int32, p *compiler.Pattern) {
	b.m.folds = b.m.folds || !p.Cased()
	var clauses []clause
	for _, l := range p.Literals() {
		if !p.Cased() {
			clauses = append(clauses, clause{l})
		} else if utf8.ValidString(l) {
			clauses = append(clauses, clause{compiler.Fold(l)})
		}
	}
	slices.SortStableFunc(clauses, func(a, b clause) int { return len(b[0]) - len(a[0]) })
	b.narrow(i, compiler.Anywhere, clauses[:min(len(clauses), maxClauses)])
}

// narrow makes a predicate a candidate on the texts for which all clauses hold,
// and returns how it is confirmed.
func (b *builder) narrow(i int32, anchor compiler.Anchor, clauses []clause) *check {
	m := b.m
	m.unsure[i>>6] |= 1 << (i & 63)
	m.number[i] = int32(len(m.checks))
	c := check{slot: len(m.checks)}
	if len(clauses) == 0 {
		m.always = append(m.always, i)
	} else {
		b.literals(i, anchor, clauses[0])
		for _, other := range clauses[1:] {
			c.marks = append(c.marks, m.marks)
			b.literals(m.marks, anchor, other)
			m.marks++
		}
	}
	m.checks = append(m.checks, c)
	return &m.checks[c.slot]
}

func (b *builder) literals(i int32, anchor compiler.Anchor, literals []string) {
	for _, l := range literals {
		if l == "" && anchor != compiler.Whole {
			b.m.always = append(b.m.always, i)
			continue
		}
		if b.places[anchor] == nil {
			b.places[anchor] = map[string][]int32{}
		}
		b.places[anchor][l] = append(b.places[anchor][l], i)
	}
}

func (b *builder) finish() {
	m, l := b.m, newLister()
	m.equal = newTrie(b.entries(compiler.Whole, l, nil), false)
	m.begin = newTrie(b.entries(compiler.AtStart, l, nil), false)
	m.end = newTrie(b.entries(compiler.AtEnd, l, nil), true)
	m.ascii = newGrams(b.entries(compiler.Anywhere, l, isASCII))
	m.wide = newGrams(b.entries(compiler.Anywhere, l, func(s string) bool { return !isASCII(s) }))
	m.inLines = true
	for text := range b.places[compiler.Anywhere] {
		m.inLines = m.inLines && !strings.Contains(text, "\n")
	}
	m.lists = l.lists
	for _, p := range b.places {
		m.folds = m.folds || len(p) > 0
	}
}

// entries returns the literals of an anchor, those that fit, in their order.
func (b *builder) entries(anchor compiler.Anchor, l *lister, fits func(string) bool) []trieEntry {
	var out []trieEntry
	for text := range b.places[anchor] {
		if fits == nil || fits(text) {
			out = append(out, trieEntry{text: text})
		}
	}
	slices.SortFunc(out, func(a, b trieEntry) int { return strings.Compare(a.text, b.text) })
	for i := range out {
		out[i].list = l.add(b.places[anchor][out[i].text])
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
