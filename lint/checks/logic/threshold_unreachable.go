package logic

import (
	"strconv"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var thresholdUnreachable = &lint.Check{
	Name:  "logic/threshold-unreachable",
	Title: `a number of different values that there cannot be`,
	Doc:   `The correlation counts different values of a field, and wants more of them than the rules that it correlates let through, or groups by that very field. Proven for fields that hold one value at a time and spell it in one way, so it is a warning.`,
	Bad: `
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: 4625
    condition: selection
-- many.yml --
title: Many
correlation:
    type: value_count
    rules: [failed_logon]
    group-by: [TargetUserName]
    timespan: 5m
    condition: {field: EventID, gte: 2}
`,
	Good: `
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: 4625
    condition: selection
-- many.yml --
title: Many
correlation:
    type: value_count
    rules: [failed_logon]
    group-by: [IpAddress]
    timespan: 5m
    condition: {field: TargetUserName, gte: 2}
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Run: func(p *lint.Pass) {
		c := compiled(p)
		if c == nil || c.Type != compiler.ValueCount || len(p.Correlation.Field) == 0 {
			return
		}
		limit, why, at := values(p, c)
		if limit < 0 {
			return
		}
		for i, compare := range c.Compare {
			if !unreachable(compare, limit) {
				continue
			}
			op := p.Correlation.Operators[i]
			finding := p.Report(op.Value.Span, why+unlessSpelt, "count another field")
			if at.Known() {
				finding.Also(at, "the values that there are")
			}
		}
	},
}

// values returns how many different values, or combinations of them, a group can
// have, and why; -1 if any number.
func values(p *lint.Pass, c *compiler.Correlation) (limit int64, why string, at rules.Span) {
	limit = 1
	grouped := true
	for k, field := range p.Correlation.Field {
		if isGrouped(c, k) {
			continue
		}
		grouped = false
		pins, ok := pinnedBy(p, c, func(in *compiler.Input) string { return in.Fields[k] })
		if !ok || limit > 1<<40 {
			return -1, "", rules.Span{}
		}
		limit *= int64(len(pins))
		why = field.Text + " can have " + count(len(pins), "value")
		at = pins[0].at
	}
	if grouped {
		why = "the values of one group are all the same, since it groups by what it counts"
	}
	return limit, why, at
}

// isGrouped reports whether a counted field is one that the correlation groups by.
func isGrouped(c *compiler.Correlation, k int) bool {
	for _, in := range c.Inputs {
		found := false
		for _, name := range in.GroupBy {
			found = found || k < len(in.Fields) && name == in.Fields[k]
		}
		if !found {
			return false
		}
	}
	return true
}

// unreachable reports whether no number from 1 to limit satisfies a comparison.
func unreachable(c compiler.Comparison, limit int64) bool {
	switch c.Op {
	case compiler.GreaterThan, compiler.AtLeast, compiler.EqualTo:
		return !c.Holds(compiler.IntNumber(limit)) && c.Value.Compare(compiler.IntNumber(limit)) >= 0
	}
	return false
}

func count(n int, noun string) string {
	if n == 1 {
		return "only one " + noun
	}
	return "only " + strconv.Itoa(n) + " " + noun + "s"
}
