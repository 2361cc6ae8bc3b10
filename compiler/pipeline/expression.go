package pipeline

import (
	"regexp"
	"slices"

	"github.com/socctl/socctl/rules"
)

// expression combines conditions by their place in a list.
type expression struct {
	op   string // and, or, not, or "" for a condition
	args []*expression
	leaf int
}

func (e *expression) holds(match func(int) bool) bool {
	switch e.op {
	case "":
		return match(e.leaf)
	case "not":
		return !e.args[0].holds(match)
	case "and":
		return e.args[0].holds(match) && e.args[1].holds(match)
	}
	return e.args[0].holds(match) || e.args[1].holds(match)
}

// Limits of an expression.
const (
	maxExpressionTokens = 10_000
	maxExpressionDepth  = 200
)

var expressionToken = regexp.MustCompile(`^(?:[A-Za-z0-9_-]+|[()])`)

// expressionParser reads not, and and or, binding in this order, over names.
type expressionParser struct {
	*parser
	text   rules.Scalar
	names  []string
	tokens []string
	places []int // offsets of tokens
	next   int
	used   map[int]bool
	failed bool
}

// expression reports and returns nil if the text is none, or if it leaves out a
// condition.
func (p *parser) expression(text rules.Scalar, names []string) *expression {
	ep := &expressionParser{parser: p, text: text, names: names, used: map[int]bool{}}
	ep.split()
	if ep.failed {
		return nil
	}
	e := ep.or(0)
	if !ep.failed && ep.next < len(ep.tokens) {
		ep.fail("unexpected " + ep.tokens[ep.next])
	}
	for i, name := range names {
		if !ep.failed && !ep.used[i] {
			ep.errorf("pipeline/expression", text.Span, "the expression does not use the condition "+name, "use it or remove it")
		}
	}
	return e
}

func (ep *expressionParser) split() {
	s := ep.text.Text
	for at := 0; at < len(s); {
		if s[at] == ' ' || s[at] == '\t' || s[at] == '\n' {
			at++
			continue
		}
		token := expressionToken.FindString(s[at:])
		if token == "" || len(ep.tokens) == maxExpressionTokens {
			ep.errorf("pipeline/expression", ep.text.At(at, at+1), "the expression cannot be read from here on",
				"names of conditions are joined by and, or, not and parentheses")
			ep.failed = true
			return
		}
		ep.tokens, ep.places = append(ep.tokens, token), append(ep.places, at)
		at += len(token)
	}
}

func (ep *expressionParser) fail(message string) *expression {
	if !ep.failed {
		at := ep.text.Span
		if ep.next < len(ep.tokens) {
			at = ep.text.At(ep.places[ep.next], ep.places[ep.next]+len(ep.tokens[ep.next]))
		}
		ep.errorf("pipeline/expression", at, message, "names of conditions are joined by and, or, not and parentheses")
	}
	ep.failed = true
	return nil
}

func (ep *expressionParser) take(token string) bool {
	if ep.next < len(ep.tokens) && ep.tokens[ep.next] == token {
		ep.next++
		return true
	}
	return false
}

func (ep *expressionParser) or(depth int) *expression {
	left := ep.and(depth)
	for !ep.failed && ep.take("or") {
		left = &expression{op: "or", args: []*expression{left, ep.and(depth)}}
	}
	return left
}

func (ep *expressionParser) and(depth int) *expression {
	left := ep.not(depth)
	for !ep.failed && ep.take("and") {
		left = &expression{op: "and", args: []*expression{left, ep.not(depth)}}
	}
	return left
}

func (ep *expressionParser) not(depth int) *expression {
	switch {
	case depth > maxExpressionDepth:
		return ep.fail("the expression is nested too deeply")
	case ep.take("not"):
		return &expression{op: "not", args: []*expression{ep.not(depth + 1)}}
	case ep.take("("):
		e := ep.or(depth + 1)
		if !ep.failed && !ep.take(")") {
			return ep.fail("a parenthesis is never closed")
		}
		return e
	case ep.next == len(ep.tokens):
		return ep.fail("the expression ends too early")
	}
	name := ep.tokens[ep.next]
	i := slices.Index(ep.names, name)
	if i < 0 {
		return ep.fail("there is no condition " + name)
	}
	ep.used[i] = true
	ep.next++
	return &expression{leaf: i}
}
