package solver

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/socctl/socctl/compiler"
)

// guess tries texts that are put together from the wanted predicates. It finds
// one nearly always where there is one.
func (q *question) guess(field string) (string, bool) {
	tried := 0
	var hit string
	q.solver.proposals(field, q.all, func(text string) bool {
		tried++
		if _, isBroken := q.broken(text); !isBroken {
			hit = text
			return false
		}
		return tried < maxCandidates
	})
	if hit != "" {
		return hit, true
	}
	_, isBroken := q.broken("")
	return "", !isBroken
}

// pieces is what a text must hold according to patterns.
type pieces struct {
	whole        []string
	prefix, tail string
	inner        []string
}

// proposals yields texts that may satisfy wanted literals, until yield returns
// false. None is empty.
func (s *Solver) proposals(field string, wanted []literal, yield func(string) bool) {
	more := func(text string) bool { return text == "" || yield(text) }
	if s.options.Prefer != nil {
		for _, t := range s.options.Prefer(field) {
			if !more(t) {
				return
			}
		}
	}
	variants := 1
	if len(s.predicates(wanted, func(p *compiler.Predicate) bool { return p.Op == compiler.OpRegex })) > 0 {
		variants = sampleVariants
	}
	for v := range variants {
		if !s.propose(wanted, v, more) {
			return
		}
	}
}

// propose yields texts made of one variant of what regular expressions match; false
// if yield returned false, or nothing else is possible.
func (s *Solver) propose(wanted []literal, variant int, yield func(string) bool) bool {
	var p pieces
	for _, l := range wanted {
		switch pr := s.atoms[l.atom].predicate; pr.Op {
		case compiler.OpText:
			p.pattern(s, &pr.Pattern)
		case compiler.OpRegex:
			p.regex(pr.Regex.String(), variant)
		case compiler.OpBool:
			p.whole = append(p.whole, map[bool]string{true: "true", false: "false"}[pr.Bool])
		}
	}
	for _, t := range p.whole {
		if !yield(t) {
			return false
		}
	}
	if len(p.whole) > 0 {
		return true
	}
	for _, t := range s.scalarPoints(wanted) {
		if !yield(p.prefix+t+p.tail) || !yield(t) {
			return false
		}
	}
	return p.assemble(yield)
}

// pattern adds the literals of a pattern.
func (p *pieces) pattern(s *Solver, g *compiler.Pattern) {
	var fragments []string
	open, star := false, false
	var b strings.Builder
	for i, part := range g.Parts() {
		switch part.Kind {
		case compiler.StarPart:
			fragments = append(fragments, b.String())
			b.Reset()
			star = true
			open = open || i == 0
		case compiler.QuestionPart:
			b.WriteByte('0')
		case compiler.DashPart:
			b.WriteByte('-')
		default:
			if g.Cased() {
				b.WriteString(part.Text)
			} else {
				b.WriteString(s.spell(part.Text))
			}
		}
	}
	fragments = append(fragments, b.String())
	if !star {
		p.whole = append(p.whole, fragments[0])
		return
	}
	p.add(fragments[0], fragments[1:len(fragments)-1], fragments[len(fragments)-1])
}

func (p *pieces) add(prefix string, inner []string, tail string) {
	if len(prefix) > len(p.prefix) {
		p.prefix = prefix
	}
	if len(tail) > len(p.tail) {
		p.tail = tail
	}
	for _, f := range inner {
		if f != "" {
			p.inner = append(p.inner, f)
		}
	}
}

// regex adds a text that an expression matches.
func (p *pieces) regex(expr string, variant int) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return
	}
	b := sample{variant: variant}
	b.write(tree)
	text := b.text.String()
	switch {
	case b.atStart && b.atEnd:
		p.whole = append(p.whole, text)
	case b.atStart:
		p.add(text, nil, "")
	case b.atEnd:
		p.add("", nil, text)
	default:
		p.add("", []string{text}, "")
	}
}

// glues stand between pieces, heads and tails where nothing is asked for.
var (
	glues = []string{" ", "", "x", "0", "\\"}
	heads = []string{"", "x", `C:\x`, "0", "x "}
	tails = []string{"", "x", " x", "0"}
)

// assemble puts pieces together in several ways.
func (p *pieces) assemble(yield func(string) bool) bool {
	inner := slices.Clone(p.inner)
	slices.SortStableFunc(inner, func(a, b string) int { return len(b) - len(a) })
	var kept []string
	for _, f := range inner {
		fold := compiler.Fold(f)
		if !slices.ContainsFunc(kept, func(k string) bool { return strings.Contains(compiler.Fold(k), fold) }) {
			kept = append(kept, f)
		}
	}
	// in the order in which they were asked for
	ordered := slices.DeleteFunc(slices.Clone(p.inner), func(f string) bool { return !slices.Contains(kept, f) })
	for _, order := range [][]string{compacted(ordered), kept} {
		for i, glue := range glues {
			middle := strings.Join(order, glue)
			for j, head := range heads {
				if p.prefix != "" {
					head = p.prefix
				}
				tail := tails[(i+j)%len(tails)]
				if i == 0 {
					tail = ""
				}
				if p.tail != "" {
					tail = p.tail
				}
				if middle != "" && i > 0 && p.prefix+p.tail != "" {
					middle = glue + middle + glue
				}
				if !yield(head + middle + tail) {
					return false
				}
				if p.prefix != "" {
					break
				}
			}
		}
	}
	if p.prefix != "" && p.tail != "" { // that overlap
		for n := min(len(p.prefix), len(p.tail)); n > 0; n-- {
			if strings.HasSuffix(compiler.Fold(p.prefix), compiler.Fold(p.tail[:n])) && !yield(p.prefix+p.tail[n:]) {
				return false
			}
		}
	}
	return true
}

// compacted leaves out what was there before.
func compacted(in []string) []string {
	var out []string
	for _, f := range in {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// sample writes a text that an expression matches. The variants differ in which
// alternatives they take, which code points of classes, and how often they repeat.
type sample struct {
	text           strings.Builder
	atStart, atEnd bool
	variant        int
}

// sampleVariants is how many variants there are: two numbers of repetitions, fewest
// and most, by three choices.
const sampleVariants = 6

// most bounds the repetitions of a part, and with parts within parts the text.
const (
	most       = 80
	maxSampled = 2_000
)

func (b *sample) write(x *syntax.Regexp) {
	switch x.Op {
	case syntax.OpLiteral:
		for _, r := range x.Rune {
			if x.Flags&syntax.FoldCase != 0 {
				r = unicode.ToLower(r)
			}
			b.text.WriteRune(r)
		}
	case syntax.OpCharClass:
		b.text.WriteRune(oneOf(x.Rune, b.variant/2))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.text.WriteByte("x0."[b.variant/2])
	case syntax.OpBeginText, syntax.OpBeginLine:
		b.atStart = b.atStart || b.text.Len() == 0
	case syntax.OpEndText, syntax.OpEndLine:
		b.atEnd = true
	case syntax.OpAlternate:
		b.write(x.Sub[b.variant/2%len(x.Sub)])
	case syntax.OpRepeat, syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		b.repeat(x)
	default:
		for _, sub := range x.Sub {
			b.write(sub)
		}
	}
}

// repeat writes a part as seldom as it may be, or often.
func (b *sample) repeat(x *syntax.Regexp) {
	low, high := x.Min, x.Max
	switch x.Op {
	case syntax.OpStar:
		low, high = 0, 2
	case syntax.OpPlus:
		low, high = 1, 2
	case syntax.OpQuest:
		low, high = 0, 1
	}
	n := low
	if b.variant%2 == 1 {
		if n = high; high < 0 || high > low+most {
			n = low + most
		}
	}
	for range n {
		if b.text.Len() > maxSampled {
			return
		}
		b.write(x.Sub[0])
	}
}

// oneOf returns a code point of a class that reads well: the n-th such.
func oneOf(ranges []rune, n int) rune {
	found := rune(-1)
	for _, r := range "ax01AZ.-_ /\\" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if r >= ranges[i] && r <= ranges[i+1] {
				if found = r; n == 0 {
					return r
				}
				n--
			}
		}
	}
	if found >= 0 {
		return found
	}
	if len(ranges) == 0 {
		return 'x'
	}
	return ranges[0]
}
