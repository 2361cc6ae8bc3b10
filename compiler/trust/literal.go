package trust

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// literals returns what a text must hold, folded to lower case.
func literals(p *compiler.Predicate) []string {
	if p.Op != compiler.OpText {
		return nil
	}
	var out []string
	for _, l := range p.Pattern.Literals() {
		out = append(out, strings.ToLower(l))
	}
	return out
}

// headOf returns the text with which every value that satisfies p begins, in
// lower case. whole is set if it is all of the value, and anchored if there is
// such a text.
func headOf(p *compiler.Predicate) (head string, whole, anchored bool) {
	switch p.Op {
	case compiler.OpText:
		parts := p.Pattern.Parts()
		var b strings.Builder
		for i, part := range parts {
			switch {
			case part.Kind == compiler.LiteralPart:
				b.WriteString(strings.ToLower(part.Text))
			case part.Kind == compiler.QuestionPart && i == 0:
				b.WriteByte('?')
			default:
				return b.String(), false, i > 0
			}
		}
		return b.String(), true, len(parts) > 0
	case compiler.OpRegex:
		head = regexHead(p.Regex.String())
		return head, false, head != ""
	}
	return "", false, false
}

// tailOf returns the text with which every value that satisfies p ends, in lower
// case; "" if there is none.
func tailOf(p *compiler.Predicate) string {
	if p.Op != compiler.OpText {
		return ""
	}
	parts := p.Pattern.Parts()
	if n := len(parts); n > 0 && parts[n-1].Kind == compiler.LiteralPart {
		return strings.ToLower(parts[n-1].Text)
	}
	return ""
}

// regexHead returns the literal behind a leading ^.
func regexHead(expr string) string {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	for tree.Op == syntax.OpCapture {
		tree = tree.Sub[0]
	}
	if tree.Op != syntax.OpConcat || tree.Sub[0].Op != syntax.OpBeginText {
		return ""
	}
	var b strings.Builder
	for _, sub := range tree.Sub[1:] {
		if sub.Op != syntax.OpLiteral {
			break
		}
		b.WriteString(strings.ToLower(string(sub.Rune)))
	}
	return b.String()
}

// empties are what stands where there is nothing, the last one in Sysmon's Details.
var empties = []string{"", "-", "(EMPTY)"}

// isEmpty reports whether p asks for the empty text, or the dash that stands for it.
func isEmpty(p *compiler.Predicate) bool {
	if p.Op != compiler.OpText {
		return false
	}
	anchor, texts, ok := p.Pattern.Simple()
	return ok && anchor == compiler.Whole && len(texts) == 1 && slices.Contains(empties, texts[0])
}

// isZero reports whether p asks for the number 0, which stands for no port.
func isZero(p *compiler.Predicate) bool {
	if p.Op == compiler.OpNumber {
		return p.Number.Float() == 0
	}
	anchor, texts, ok := p.Pattern.Simple()
	return p.Op == compiler.OpText && ok && anchor == compiler.Whole && len(texts) == 1 && texts[0] == "0"
}

func presence(p *compiler.Predicate) string {
	switch {
	case p.Op == compiler.OpExists && p.Bool:
		return "with " + p.Field
	case p.Op == compiler.OpText && !isZero(p):
		return "with an empty " + p.Field
	}
	return "without " + p.Field
}

// text is what a predicate compares with, as people write it.
func text(p *compiler.Predicate) string {
	switch p.Op {
	case compiler.OpText:
		if _, texts, ok := p.Pattern.Simple(); ok {
			return quote(strings.ToLower(texts[0]))
		}
		return quote(strings.ToLower(p.Pattern.String()))
	case compiler.OpRegex:
		return "/" + p.Regex.String() + "/"
	case compiler.OpCIDR:
		return p.Prefix.String()
	case compiler.OpNumber, compiler.OpCompare, compiler.OpTime:
		return p.Number.String()
	case compiler.OpBool:
		return strconv.FormatBool(p.Bool)
	}
	return p.String()
}

// compared is what a predicate asks for, as the end of a sentence about its field.
func compared(p *compiler.Predicate) string {
	if p.Op == compiler.OpRegex {
		return "match " + text(p)
	}
	if p.Op == compiler.OpCompare {
		return "be " + p.Relation.String() + " " + text(p)
	}
	if p.Op != compiler.OpText {
		return "be " + text(p)
	}
	anchor, _, ok := p.Pattern.Simple()
	if !ok {
		return "look like " + text(p)
	}
	return [...]string{compiler.Whole: "be ", compiler.Anywhere: "contain ", compiler.AtStart: "begin with ", compiler.AtEnd: "end in "}[anchor] + text(p)
}

// Compared returns what a predicate asks of its field, as an infinitive such as
// "end in `x.exe`".
func Compared(p *compiler.Predicate) string { return compared(p) }

// Says returns what a predicate asks for, as a clause such as "Image ends in
// `\x.exe`", or its opposite. Texts are in lower case unless case matters.
func Says(p *compiler.Predicate, holds bool) string {
	field := p.Field
	if field == "" {
		field = "any value"
	}
	clause := field + " " + verbs(p)
	switch p.Op {
	case compiler.OpNull:
		clause = field + " is missing"
	case compiler.OpExists:
		clause = field + " is there"
		holds = holds == p.Bool
	case compiler.OpFieldRef:
		clause = p.String()
	}
	if holds {
		return clause
	}
	return "not: " + clause
}

// isAny reports whether p asks for a text, whatever it is.
func isAny(p *compiler.Predicate) bool {
	if p.Op != compiler.OpText {
		return false
	}
	anchor, texts, ok := p.Pattern.Simple()
	return ok && anchor != compiler.Whole && len(texts) == 1 && texts[0] == ""
}

// quote marks a literal in a sentence.
func quote(s string) string {
	if strings.Contains(s, "`") {
		return strconv.Quote(s)
	}
	return "`" + s + "`"
}
