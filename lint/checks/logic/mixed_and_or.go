package logic

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var mixedAndOr = &lint.Check{
	Name:  "logic/mixed-and-or",
	Title: `and beside or without parentheses`,
	Doc:   "`a or b and c` means `a or (b and c)`: `and` binds tighter. Readers, and some backends, take it otherwise. The fix writes down what it means.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_a:
        Image|endswith: '\whoami.exe'
    selection_b:
        Image|endswith: '\quser.exe'
    selection_c:
        CommandLine|contains: '/all'
    condition: selection_a or selection_b and selection_c
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection_a:
        Image|endswith: '\whoami.exe'
    selection_b:
        Image|endswith: '\quser.exe'
    selection_c:
        CommandLine|contains: '/all'
    condition: selection_a or (selection_b and selection_c)
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		var conditions []*rules.Condition
		if p.Detection != nil {
			conditions = p.Detection.Conditions
		}
		if p.Correlation != nil && p.Correlation.Expression != nil {
			conditions = append(conditions, p.Correlation.Expression)
		}
		for _, c := range conditions {
			if c.Root == nil {
				continue
			}
			edits := parentheses(c)
			if len(edits) == 0 {
				continue
			}
			p.Report(c.Text.Span, "the condition has and beside or without parentheses: and binds tighter", "put each and with its operands into parentheses").
				FixProven("write the parentheses", edits...)
		}
	},
}

// group is what stands between two parentheses of a condition, or all of it.
type group struct {
	from   int   // where the operands of an and begin
	ands   bool  // the last operands are joined by and
	or     bool  // there is an or
	joined []int // beginnings and ends of operands that are joined by and
}

// parentheses returns the edits that put the operands of each and that stands
// beside an or into parentheses.
func parentheses(c *rules.Condition) []lint.Edit {
	text := c.Text.Text
	var edits []lint.Edit
	stack := []group{{}}
	closing := func(at int) { // the operands up to here are complete
		g := &stack[len(stack)-1]
		if g.ands {
			g.joined = append(g.joined, g.from, len(strings.TrimRight(text[:at], " \t\r\n")))
		}
		g.ands = false
	}
	leave := func(at int) {
		closing(at)
		if g := stack[len(stack)-1]; g.or {
			for i := 0; i < len(g.joined); i += 2 {
				edits = append(edits, lint.Edit{Span: c.Text.At(g.joined[i], g.joined[i]), Text: "("}, lint.Edit{Span: c.Text.At(g.joined[i+1], g.joined[i+1]), Text: ")"})
			}
		}
		stack = stack[:len(stack)-1]
	}
	started := false // an operand has begun
	for i := 0; i < len(text); {
		word := nextWord(text[i:])
		at := i
		i += len(word)
		switch {
		case strings.TrimSpace(word) == "":
			continue
		case word == "or":
			closing(at)
			stack[len(stack)-1].or, started = true, false
			continue
		case word == "and":
			stack[len(stack)-1].ands = true
			continue
		case word == ")":
			if len(stack) == 1 {
				return nil
			}
			leave(at)
			started = true
			continue
		}
		if !started {
			stack[len(stack)-1].from, started = at, true
		}
		if word == "(" {
			stack, started = append(stack, group{}), false
			continue
		}
		started = true
	}
	leave(len(text))
	return edits
}

// nextWord returns the first word, parenthesis or run of blanks of a condition.
func nextWord(s string) string {
	blank := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
	n := 1
	switch {
	case blank(s[0]):
		for n < len(s) && blank(s[n]) {
			n++
		}
	case s[0] != '(' && s[0] != ')':
		for n < len(s) && !blank(s[n]) && s[n] != '(' && s[n] != ')' {
			n++
		}
	}
	return s[:n]
}
