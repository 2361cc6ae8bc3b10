package proof

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// maxQuoted bounds the texts of rules and events that words quote, in code points.
const maxQuoted = 60

// Quote returns a text of a rule or an event in quotes, cut off where it is long
// and escaped where it cannot be printed.
func Quote(s string) string {
	if utf8.RuneCountInString(s) > maxQuoted {
		s = string([]rune(s)[:maxQuoted-1]) + "…"
	}
	if strings.ContainsRune(s, '\'') || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return "'" + s + "'"
}

// String says what the literal demands, as in "Image ends with '\cmd.exe'".
func (l Literal) String() string {
	p := l.Predicate
	field := p.Field
	if field == "" {
		field = "the event"
	}
	verb := func(yes, no string) string {
		if l.Holds {
			return field + " " + yes
		}
		return field + " " + no
	}
	text := l.text()
	switch p.Op {
	case compiler.OpText:
		return verb(textVerb(&p.Pattern, true), textVerb(&p.Pattern, false)) + " " + text
	case compiler.OpRegex:
		return verb("matches", "does not match") + " the expression " + text
	case compiler.OpCIDR:
		return verb("is in", "is not in") + " " + p.Prefix.String()
	case compiler.OpNumber:
		return verb("is", "is not") + " " + p.Number.String()
	case compiler.OpCompare:
		return verb("is", "is not") + " " + p.Relation.String() + " " + p.Number.String()
	case compiler.OpBool:
		return verb("is", "is not") + " " + strconv.FormatBool(p.Bool)
	case compiler.OpNull:
		return verb("is null or missing", "is neither null nor missing")
	case compiler.OpExists:
		if p.Bool == l.Holds {
			return field + " exists"
		}
		return field + " does not exist"
	case compiler.OpTime:
		return "the " + p.Part.String() + " of " + verb("is", "is not") + " " + p.Relation.String() + " " + p.Number.String()
	}
	return verb("", "not ") + strings.ReplaceAll(strings.TrimPrefix(p.String(), strconv.Quote(p.Field)+" "), `"`, "'")
}

// text returns what the predicate compares with, as the rule spells it.
func (l Literal) text() string {
	if l.Place != nil && l.Place.Value != nil && l.Place.Op == compiler.Leaf {
		return Quote(l.Place.Value.Text)
	}
	if l.Predicate.Op == compiler.OpRegex {
		return Quote(l.Predicate.Regex.String())
	}
	if _, literals, ok := l.Predicate.Pattern.Simple(); ok && len(literals) == 1 {
		return Quote(literals[0])
	}
	return Quote(l.Predicate.Pattern.String())
}

func textVerb(p *compiler.Pattern, holds bool) string {
	anchor, _, simple := p.Simple()
	if !simple {
		if holds {
			return "matches"
		}
		return "does not match"
	}
	if holds {
		return [...]string{compiler.Whole: "is", compiler.Anywhere: "contains", compiler.AtStart: "begins with", compiler.AtEnd: "ends with"}[anchor]
	}
	return [...]string{compiler.Whole: "is not", compiler.Anywhere: "does not contain", compiler.AtStart: "does not begin with", compiler.AtEnd: "does not end with"}[anchor]
}

// String names the part for a message: a selection, a field, a value.
func (p *Part) String() string {
	switch {
	case p.Selection != nil:
		return p.Selection.Name.Text
	case p.Item != nil && p.Item.Keywords():
		return "the keywords"
	case p.Item != nil:
		return p.Item.Key.Text
	case p.Value != nil:
		return Quote(p.Value.Text)
	case p.Condition != nil && p.Condition.Span.Known():
		return "(" + balanced(strings.Join(strings.Fields(p.Condition.Span.Text()), " ")) + ")"
	case p.Parent == nil:
		return "the rule"
	}
	if at := p.Span(); at.Known() {
		return "the alternative at line " + strconv.Itoa(at.Start.Line)
	}
	return "an alternative"
}

// balanced adds the parentheses of a condition that stand outside of the place of its
// first or last operand.
func balanced(condition string) string {
	depth, lowest := 0, 0
	for _, r := range condition {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
			lowest = min(lowest, depth)
		}
	}
	return strings.Repeat("(", -lowest) + condition + strings.Repeat(")", depth-lowest)
}

// Describe writes an event in one line, its fields in the order of their names.
func Describe(m solver.Model) string {
	if len(m) == 0 {
		return "an event without any of its fields"
	}
	var parts []string
	for _, name := range sortedFields(m) {
		f := m[name]
		var values []string
		if f.Null {
			values = append(values, "null")
		}
		for _, t := range f.Texts {
			values = append(values, Quote(t))
		}
		if name == "" {
			name = "(any field)"
		}
		parts = append(parts, name+": "+strings.Join(values, " and "))
	}
	return strings.Join(parts, ", ")
}
