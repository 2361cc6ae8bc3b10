package matcher

import (
	"math"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
)

// builder sorts predicates by what finds them.
type builder struct {
	m *Matcher
	*workspace
}

// sought is a literal that makes a candidate.
type sought struct {
	text      string
	candidate int32
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
		c.machine = sync.OnceValue(func() *machine { return newMachine(tree) })
	}
}

func (b *builder) pattern(i int32, p *compiler.Pattern) {
	if anchor, literal, ok := p.Literal(); ok && !p.Cased() {
		b.literal(i, anchor, literal)
		return
	}
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
		b.literal(i, anchor, l)
	}
}

func (b *builder) literal(i int32, anchor compiler.Anchor, l string) {
	if l == "" && anchor != compiler.Whole {
		b.m.always = append(b.m.always, i)
		return
	}
	b.sought[anchor] = append(b.sought[anchor], sought{l, i})
}

func (b *builder) finish() {
	m, l := b.m, b.lister(int(b.m.marks))
	equal, _ := b.entries(compiler.Whole, l)
	m.equal = b.newTrie(equal, false)
	begin, _ := b.entries(compiler.AtStart, l)
	m.begin = b.newTrie(begin, false)
	end, _ := b.entries(compiler.AtEnd, l)
	m.end = b.newTrie(end, true)
	// Those that are ASCII come first.
	anywhere, wide := b.entries(compiler.Anywhere, l)
	m.ascii, m.wide = b.newGrams(anywhere[:wide]), b.newGrams(anywhere[wide:])
	m.inLines = !slices.ContainsFunc(b.sought[compiler.Anywhere], func(s sought) bool { return strings.Contains(s.text, "\n") })
	m.lists = lists{slices.Clone(l.flat)}
	for _, s := range b.sought {
		m.folds = m.folds || len(s) > 0
	}
	m.scalars = m.scalar.any()
	m.reach = b.reach()
}

// reach finds out how many bytes of a string decide: as many as the longest literal that
// one may begin with has, or one more than the longest that one may be.
func (b *builder) reach() (most int) {
	if len(b.m.checks) > 0 || b.m.scalars || len(b.sought[compiler.AtEnd]) > 0 || len(b.sought[compiler.Anywhere]) > 0 {
		return math.MaxInt
	}
	for _, s := range b.sought[compiler.AtStart] {
		most = max(most, len(s.text))
	}
	for _, s := range b.sought[compiler.Whole] {
		most = max(most, len(s.text)+1)
	}
	return most
}

// entries returns the literals of an anchor in the order in which they were found first,
// those before the others that are ASCII, and how many these are. They are valid until
// the next call.
func (b *builder) entries(anchor compiler.Anchor, l *lister) (out []trieEntry, ascii int) {
	b.group(b.sought[anchor])
	out, b.wide = room(b.found, len(b.texts)), b.wide[:0]
	for n := range b.counts {
		atoms := b.atoms[b.starts[n]:b.starts[n+1]]
		if len(atoms) > 1 {
			slices.Sort(atoms)
		}
		if e := (trieEntry{text: b.texts[n], list: l.add(atoms)}); isASCII(e.text) {
			out = append(out, e)
		} else {
			b.wide = append(b.wide, e)
		}
	}
	ascii = len(out)
	b.found = append(out, b.wide...)
	return b.found, ascii
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
