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
	var p pieces
	for _, l := range wanted {
		switch pr := s.atoms[l.atom].predicate; pr.Op {
		case compiler.OpText:
			p.pattern(s, &pr.Pattern)
		case compiler.OpRegex:
			p.regex(pr.Regex.String())
		case compiler.OpBool:
			p.whole = append(p.whole, map[bool]string{true: "true", false: "false"}[pr.Bool])
		}
	}
	for _, t := range p.whole {
		if !more(t) {
			return
		}
	}
	if len(p.whole) > 0 {
		return
	}
	for _, t := range s.scalarPoints(wanted) {
		if !more(p.prefix+t+p.tail) || !more(t) {
			return
		}
	}
	p.assemble(more)
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
func (p *pieces) regex(expr string) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return
	}
	var b sample
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
func (p *pieces) assemble(yield func(string) bool) {
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
					return
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
				return
			}
		}
	}
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

// sample writes a text that an expression matches: of alternatives the first, of
// repetitions as few as may be.
type sample struct {
	text           strings.Builder
	atStart, atEnd bool
}

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
		b.text.WriteRune(oneOf(x.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.text.WriteByte('x')
	case syntax.OpBeginText, syntax.OpBeginLine:
		b.atStart = b.atStart || b.text.Len() == 0
	case syntax.OpEndText, syntax.OpEndLine:
		b.atEnd = true
	case syntax.OpRepeat:
		for range x.Min {
			b.write(x.Sub[0])
		}
	case syntax.OpStar, syntax.OpQuest:
	case syntax.OpAlternate:
		b.write(x.Sub[0])
	default:
		for _, sub := range x.Sub {
			b.write(sub)
		}
	}
}

// oneOf returns a code point of a class that reads well.
func oneOf(ranges []rune) rune {
	for _, r := range "ax01AZ.-_ /\\" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if r >= ranges[i] && r <= ranges[i+1] {
				return r
			}
		}
	}
	if len(ranges) == 0 {
		return 'x'
	}
	return ranges[0]
}
