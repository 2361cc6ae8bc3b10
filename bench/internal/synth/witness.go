package synth

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// wish is what an event must say to satisfy predicates that look for plain
// literals, by field; and which fields it must not have.
type wish struct {
	fields map[string]*wanted
	order  []string
	number map[string]string
	absent []string
}

// wanted is the text of a field.
type wanted struct {
	whole, begin, end string
	within            []string
}

// excluded returns a rule's selection and what it excludes: the parts of a
// conjunction that are not negated, and those that are.
func excluded(e *compiler.Expr) (selection, exclusions []*compiler.Expr) {
	if e.Op != compiler.And {
		return nil, nil
	}
	for _, arg := range e.Args {
		switch {
		case arg.Op == compiler.Not && arg.Item == nil:
			exclusions = append(exclusions, arg.Args[0])
		case arg.Op == compiler.And && arg.Selection == nil:
			s, x := excluded(arg)
			selection, exclusions = append(selection, s...), append(exclusions, x...)
		default:
			selection = append(selection, arg)
		}
	}
	return selection, exclusions
}

// satisfy adds what makes e true. Of alternatives it takes one by lot. It returns
// false if that needs more than plain literals.
func (w *wish) satisfy(p *compiler.Program, e *compiler.Expr, d dice) bool {
	switch e.Op {
	case compiler.And:
		for _, arg := range e.Args {
			if !w.satisfy(p, arg, d) {
				return false
			}
		}
		return true
	case compiler.Or:
		return len(e.Args) > 0 && w.satisfy(p, e.Args[d.IntN(len(e.Args))], d)
	case compiler.Leaf:
		return w.leaf(&p.Predicates[e.Atom], e.Value)
	}
	return true // a negation holds mostly; whether it does is tried
}

func (w *wish) leaf(p *compiler.Predicate, written *rules.Scalar) bool {
	if p.Field == "" {
		return false
	}
	switch p.Op {
	case compiler.OpText:
		anchor, literals, ok := p.Pattern.Simple()
		return ok && w.text(p.Field, anchor, spelled(literals[0], written))
	case compiler.OpNumber:
		was, ok := w.number[p.Field]
		w.number[p.Field] = p.Number.String()
		return !ok || was == p.Number.String()
	case compiler.OpNull:
		w.absent = append(w.absent, p.Field)
		return true
	case compiler.OpExists:
		return p.Bool
	}
	return false
}

// spelled returns a literal in the letter case in which the rule has it.
func spelled(folded string, written *rules.Scalar) string {
	if written != nil {
		text := strings.ReplaceAll(written.Text, `\\`, `\`)
		if i := strings.Index(compiler.Fold(text), folded); i >= 0 && len(compiler.Fold(text)) == len(text) {
			return text[i : i+len(folded)]
		}
	}
	return strings.ToLower(folded)
}

func (w *wish) text(field string, anchor compiler.Anchor, literal string) bool {
	f := w.fields[field]
	if f == nil {
		f = &wanted{}
		w.fields[field] = f
		w.order = append(w.order, field)
	}
	at := &f.whole
	switch anchor {
	case compiler.Anywhere:
		f.within = append(f.within, literal)
		return true
	case compiler.AtStart:
		at = &f.begin
	case compiler.AtEnd:
		at = &f.end
	}
	// Of two that stand at one end the longer may contain the other; if not, trying
	// tells.
	if len(literal) >= len(*at) {
		*at = literal
	}
	return true
}

// value returns a text that has everything.
func (f *wanted) value(path bool) string {
	if f.whole != "" {
		return f.whole
	}
	begin, missing := f.begin, slices.DeleteFunc(slices.Clone(f.within), func(s string) bool { return strings.Contains(f.begin+f.end, s) })
	if path && begin == "" && !slices.ContainsFunc(missing, func(s string) bool { return strings.HasPrefix(s, `C:\`) }) {
		begin = `C:\Program Files\Quarry`
	}
	separator := " "
	if path {
		separator = `\`
	}
	middle := strings.Join(missing, separator)
	for _, s := range []string{middle, f.end} {
		if begin != "" && s != "" && path && !strings.HasSuffix(begin, `\`) && !strings.HasPrefix(s, `\`) {
			begin += `\`
		} else if begin != "" && s != "" && !path && !strings.HasPrefix(s, " ") && !strings.HasPrefix(s, `\`) {
			begin += " "
		}
		if path && strings.HasSuffix(begin, `\`) && strings.HasPrefix(s, `\`) {
			s = s[1:]
		}
		begin += s
	}
	return begin
}

// isPath reports whether a field holds the path of a file.
func isPath(field string) bool {
	return strings.HasSuffix(field, "Image") || strings.HasSuffix(field, "ImageLoaded") || strings.HasSuffix(field, "Filename") || strings.HasSuffix(field, "ProcessName")
}
