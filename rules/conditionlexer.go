package rules

import (
	"strings"
	"sync"

	"github.com/bradleyjkemp/sigma-go"
)

type tokenKind uint8

const (
	operatorToken   tokenKind = iota // and, or, not, ( and )
	nameToken                        // a selection
	quantifiedToken                  // "1 of" or "all of" with its target
)

// token is one word of a condition. A quantifier and its target are one token
// whose text, from and to are those of the target.
type token struct {
	kind     tokenKind
	text     string
	all      bool // of a quantifiedToken: all of, else 1 of
	from, to int  // bytes of the condition text
}

// lex splits a condition and reports everything that Sigma does not allow in one.
func (p *parser) lex(text located) ([]token, bool) {
	if len(text.Text) > MaxConditionLength {
		p.errorf("schema/limit", text.Span, sprintf("condition of %d bytes is longer than %d", len(text.Text), MaxConditionLength), "split the rule")
		return nil, false
	}
	words, ok := p.words(text)
	if !ok {
		return nil, false
	}
	if len(words) == 0 {
		p.errorf("condition/syntax", text.Span, "condition is empty", "write the name of a selection")
		return nil, false
	}
	tokens, ok := p.quantifiers(text, words)
	return tokens, ok && p.checkOrder(text, tokens)
}

// words splits a condition into names, patterns and parentheses.
func (p *parser) words(text located) ([]token, bool) {
	var out []token
	depth, nots, ok := 0, 0, true // open parentheses, and nots in a row
	s := text.Text
	for i := 0; i < len(s) && ok; {
		from := i
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '(' || c == ')':
			i++
		case c == '|':
			p.aggregation(text, i)
			return nil, false
		case isWordByte(c):
			for i < len(s) && isWordByte(s[i]) {
				i++
			}
		default:
			r := []rune(s[i:])[0]
			p.errorf("condition/syntax", text.At(i, i+len(string(r))), "unexpected character "+quote(string(r)),
				"names of selections consist of letters, digits, _ and -")
			return nil, false
		}
		t := token{kind: nameToken, text: s[from:i], from: from, to: i}
		switch t.text {
		case "not":
			t.kind, nots = operatorToken, nots+1
		case "(":
			t.kind, depth, nots = operatorToken, depth+1, 0
		case ")":
			t.kind, depth, nots = operatorToken, depth-1, 0
		case "and", "or":
			t.kind, nots = operatorToken, 0
		}
		out = append(out, t)
		ok = p.withinLimits(text, t, depth+nots, len(out))
	}
	return out, ok
}

func (p *parser) withinLimits(text located, t token, depth, count int) bool {
	switch {
	case depth > MaxConditionDepth:
		p.errorf("schema/limit", text.At(t.from, t.to), sprintf("condition is nested more than %d levels deep", MaxConditionDepth), "split the rule")
	case count > maxConditionTokens:
		p.errorf("schema/limit", text.At(t.from, t.to), sprintf("condition has more than %d words", maxConditionTokens), "split the rule")
	default:
		return true
	}
	return false
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '*'
}

func (p *parser) aggregation(text located, at int) {
	p.errorf("condition/deprecated-aggregation", text.At(at, len(text.Text)), "aggregations behind | are from Sigma 1 and are not evaluated",
		"write a correlation rule")
}

// quantifiers joins 1, any and all with of and the target behind it.
func (p *parser) quantifiers(text located, words []token) ([]token, bool) {
	out := make([]token, 0, len(words))
	ok := true
	for i := 0; i < len(words); i++ {
		t := words[i]
		if t.kind == nameToken && i+1 < len(words) && strings.EqualFold(words[i+1].text, "of") {
			joined, good := p.quantifier(text, words[i:])
			out, ok = append(out, joined), ok && good
			i += 2
			continue
		}
		if (t.text == "all" || t.text == "any") && i+1 < len(words) && words[i+1].kind == nameToken {
			p.withoutOf(text, words[i:])
			return nil, false // what follows is part of the same mistake
		}
		if t.kind == nameToken {
			ok = p.checkName(text, t) && ok
		}
		out = append(out, t)
	}
	return out, ok
}

// withoutOf reports all or any that is followed by something else than of.
func (p *parser) withoutOf(text located, words []token) {
	amount, target := words[0], words[1]
	if len(words) > 2 && words[2].kind == nameToken && Nearest(target.text, []string{"of"}) != "" {
		target = words[2]
	}
	p.errorf("condition/syntax", text.At(amount.from, amount.to), quote(amount.text)+" needs of behind it", "write "+amount.text+" of "+target.text)
}

// quantifier checks words[0] of words[2].
func (p *parser) quantifier(text located, words []token) (token, bool) {
	amount, of := words[0], words[1]
	if len(words) < 3 || words[2].kind != nameToken {
		p.errorf("condition/syntax", text.At(of.from, of.to), "nothing stands behind of", "write them, the name of a selection or a pattern such as selection_*")
		return token{}, false
	}
	target := words[2]
	target.kind, target.all = quantifiedToken, amount.text == "all"
	lower := strings.ToLower(amount.text)
	switch {
	case of.text != "of":
		p.keywordCase(text, of)
	case amount.text == "1" || amount.text == "any" || amount.text == "all":
		if !isReserved(target.text) || target.text == "them" {
			return target, true
		}
		p.errorf("condition/syntax", text.At(target.from, target.to), quote(target.text)+" is a reserved word and names no selection", "")
	case lower == "any" || lower == "all":
		p.keywordCase(text, amount)
	default:
		p.errorf("condition/syntax", text.At(amount.from, amount.to), "unknown quantifier "+quote(amount.text), "Sigma knows 1 of, any of and all of")
	}
	return target, false
}

func (p *parser) checkName(text located, t token) bool {
	switch lower := strings.ToLower(t.text); {
	case isReserved(t.text):
		p.errorf("condition/syntax", text.At(t.from, t.to), quote(t.text)+" is a reserved word and names no selection", "")
	case lower == "and" || lower == "or" || lower == "not":
		p.keywordCase(text, t)
	case strings.Contains(t.text, "*"):
		p.errorf("condition/syntax", text.At(t.from, t.to), "pattern "+quote(t.text)+" needs a quantifier", "write 1 of "+t.text+" or all of "+t.text)
	default:
		return true
	}
	return false
}

func (p *parser) keywordCase(text located, t token) {
	p.errorf("condition/keyword-case", text.At(t.from, t.to), "operator "+quote(t.text)+" must be lower case", "write "+strings.ToLower(t.text))
}

func isReserved(word string) bool {
	switch word {
	case "of", "them", "and", "or", "not", "all", "any":
		return true
	}
	return false
}

// shapeOf writes a condition with aliases in place of the names, so that
// conditions of the same form become the same text.
func shapeOf(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case t.kind == operatorToken:
			b.WriteString(t.text)
		case t.kind == nameToken:
			b.WriteString("i_x")
		case t.all:
			b.WriteString("all of p_x*")
		default:
			b.WriteString("1 of p_x*")
		}
	}
	return b.String()
}

// checkOrder reports the first token at a place where the grammar has none like
// it. sigma-go would take an operator for a name there.
func (p *parser) checkOrder(text located, tokens []token) bool {
	var open []token
	operand := true // whether an operand, not an operator, comes next
	for _, t := range tokens {
		opens := t.kind != operatorToken || t.text == "not" || t.text == "("
		if opens != operand {
			return p.unexpected(text, t, operand)
		}
		switch {
		case t.kind != operatorToken:
			operand = false
		case t.text == "(":
			open = append(open, t)
		case t.text == ")" && len(open) == 0:
			return p.conditionSyntax(text.At(t.from, t.to), "this parenthesis was never opened")
		case t.text == ")":
			open = open[:len(open)-1]
		default:
			operand = true
		}
	}
	switch {
	case operand:
		last := tokens[len(tokens)-1]
		return p.conditionSyntax(text.At(last.from, last.to), "condition ends behind "+quote(last.text))
	case len(open) > 0:
		last := open[len(open)-1]
		return p.conditionSyntax(text.At(last.from, last.to), "this parenthesis is never closed")
	}
	return true
}

// unexpected reports a token where another is due, which it may misspell.
func (p *parser) unexpected(text located, t token, operand bool) bool {
	if help := didYouMean(t.text, []string{"and", "or"}); help != "" && t.kind == nameToken && !operand {
		p.errorf("condition/syntax", text.At(t.from, t.to), "unexpected "+quote(t.text), help)
		return false
	}
	return p.conditionSyntax(text.At(t.from, t.to), "unexpected "+quote(t.text))
}

func (p *parser) conditionSyntax(at Span, message string) bool {
	p.errorf("condition/syntax", at, message, "selections are joined by and, or, not and parentheses")
	return false
}

// shapeCache remembers the trees of conditions of the same form: a rule set has
// a few hundred forms for thousands of conditions. It is safe for concurrent use.
type shapeCache struct{ trees sync.Map }

type shape struct {
	tree sigma.SearchExpr
	err  error
}

func newShapeCache() *shapeCache { return &shapeCache{} }

func (c *shapeCache) parse(text string) (sigma.SearchExpr, error) {
	if known, ok := c.trees.Load(text); ok {
		return known.(shape).tree, known.(shape).err
	}
	parsed, err := sigma.ParseCondition(text)
	c.trees.Store(text, shape{parsed.Search, err})
	return parsed.Search, err
}
