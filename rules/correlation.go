package rules

import (
	"regexp"
	"slices"
	"strings"
)

var (
	correlationTypes = []string{"event_count", "value_count", "temporal", "temporal_ordered",
		"value_sum", "value_avg", "value_percentile", "value_median"}
	operatorNames   = []string{"gt", "gte", "lt", "lte", "eq", "neq"}
	timespanPattern = regexp.MustCompile(`^[1-9][0-9]*[smhdwMy]$`)
)

func (p *parser) correlation(doc *Node) *Correlation {
	c := &Correlation{Header: p.header(doc, "correlation")}
	n := doc.Get("correlation")
	if n.Kind != MapNode {
		p.errorf("schema/wrong-type", n.Span, "correlation must be a map, found "+n.describe(), "")
		return c
	}
	for _, e := range n.Entries {
		p.correlationEntry(c, e)
	}
	p.checkCorrelation(c, n)
	p.lintCorrelation(c, n)
	return c
}

func (p *parser) correlationEntry(c *Correlation, e Entry) {
	switch e.Key.Text {
	case "type":
		c.Type = p.enum(p.text(e), "correlation type", correlationTypes)
	case "rules":
		c.Rules = p.oneOrMore(e)
	case "group-by":
		c.GroupBy = p.oneOrMore(e)
	case "timespan":
		c.Timespan = p.timespan(p.text(e))
	case "timeframe":
		p.errorf("schema/unknown-key", e.Key.Span, "a correlation has no timeframe", "write timespan")
	case "aliases":
		c.Aliases = p.aliases(e)
	case "condition":
		p.correlationCondition(c, e)
	case "generate":
		if c.Generate.Present() && c.Generate.Bool() != p.boolean(e).Bool() {
			p.errorf("schema/conflict", e.Key.Span, "generate contradicts the attribute of the document", "give it once")
		}
		c.Generate = p.boolean(e)
	default:
		p.errorf("schema/unknown-key", e.Key.Span, "a correlation has no key "+quote(e.Key.Text),
			didYouMean(e.Key.Text, []string{"type", "rules", "group-by", "timespan", "aliases", "condition", "generate"}))
	}
}

func (p *parser) timespan(s Scalar) Scalar {
	if s.Present() && !timespanPattern.MatchString(s.Text) {
		p.errorf("schema/invalid-duration", s.Span, quote(s.Text)+" is no timespan", "write a number and s, m, h or d, for example 5m")
	}
	return s
}

// oneOrMore accepts a string or a list of strings.
func (p *parser) oneOrMore(e Entry) []Scalar {
	if e.Value.Kind == ScalarNode && e.Value.Scalar.Kind != NullScalar {
		return []Scalar{e.Value.Scalar}
	}
	return p.texts(e)
}

func (p *parser) aliases(e Entry) []Alias {
	if e.Value.Kind != MapNode {
		p.wrongType(e, "a map of names to maps of rule and field")
		return nil
	}
	var out []Alias
	for _, name := range e.Value.Entries {
		a := Alias{Name: name.Key}
		if name.Value.Kind != MapNode {
			p.wrongType(name, "a map of rule and field")
			continue
		}
		for _, f := range name.Value.Entries {
			a.Fields = append(a.Fields, AliasField{Rule: f.Key, Field: p.text(f)})
		}
		out = append(out, a)
	}
	return out
}

// correlationCondition parses a map of operators, or an expression over rules.
func (p *parser) correlationCondition(c *Correlation, e Entry) {
	switch {
	case e.Value.Kind == ScalarNode && e.Value.Scalar.Kind == StringScalar:
		c.Expression = p.condition(e.Value.Scalar)
		return
	case e.Value.Kind != MapNode:
		p.wrongType(e, "a map of operators, or a string over rule names")
		return
	}
	for _, op := range e.Value.Entries {
		switch {
		case op.Key.Text == "field":
			c.Field = p.oneOrMore(op)
		case op.Key.Text == "percentile":
			c.Percentile = p.number(op)
		case slices.Contains(operatorNames, op.Key.Text):
			c.Operators = append(c.Operators, Operator{op.Key, p.number(op)})
		default:
			p.errorf("schema/unknown-key", op.Key.Span, "unknown operator "+quote(op.Key.Text), "known are "+strings.Join(operatorNames, ", "))
		}
	}
}

// operators reports a condition without anything to compare with.
func (p *parser) operators(c *Correlation, condition *Node) {
	if condition != nil && condition.Kind == MapNode && len(c.Operators) == 0 {
		p.errorf("schema/missing-field", condition.Span, "the condition compares with nothing", "add for example gte: 10")
	}
}

func (p *parser) number(e Entry) Scalar {
	if e.Value.Kind != ScalarNode || e.Value.Scalar.Kind != IntScalar && e.Value.Scalar.Kind != FloatScalar {
		p.wrongType(e, "a number")
		return Scalar{}
	}
	return e.Value.Scalar
}

// checkCorrelation reports what is missing from a correlation.
func (p *parser) checkCorrelation(c *Correlation, n *Node) {
	missing := func(key, help string) {
		p.errorf("schema/missing-field", p.docSpan(n), "the correlation has no "+key, help)
	}
	temporal := strings.HasPrefix(c.Type.Text, "temporal")
	if n.Get("type") == nil {
		missing("type", "known are "+strings.Join(correlationTypes, ", "))
	}
	if n.Get("timespan") == nil && n.Get("timeframe") == nil {
		missing("timespan", "add for example timespan: 5m")
	}
	if len(c.Rules) == 0 && (c.Expression == nil || !temporal) {
		missing("rules", "list the ids or names of the rules to correlate")
	}
	p.operators(c, n.Get("condition"))
	if n.Get("condition") == nil && !temporal {
		missing("condition", "add for example condition: with gte: 10")
	}
	if c.Expression != nil && !temporal && c.Type.Present() {
		p.errorf("schema/wrong-type", c.Expression.Text.Span, "only temporal correlations take a condition string", "write a map such as gte: 10")
	}
	if strings.HasPrefix(c.Type.Text, "value_") && len(c.Field) == 0 && n.Get("condition") != nil {
		missing("condition field", "name the field whose values are meant")
	}
}
