package rules

import (
	"strconv"
	"strings"
)

// lintCorrelation warns of what the specification allows, or says nothing of,
// but what will hardly do what its author wants.
func (p *parser) lintCorrelation(c *Correlation, n *Node) {
	temporal := strings.HasPrefix(c.Type.Text, "temporal")
	if len(c.GroupBy) == 0 {
		p.warnf("correlation/no-group", p.docSpan(n), "the correlation has no group-by, so all events are one group", "add for example group-by: [ComputerName]")
	}
	if temporal && len(c.Rules) == 1 {
		p.warnf("logic/temporal-needs-two-rules", c.Rules[0].Span, "a temporal correlation of one rule fires on every match of it", "list at least two rules")
	}
	if c.Type.Text == "temporal_ordered" && (len(c.Operators) > 0 || c.Expression != nil) {
		p.warnf("correlation/ordered-condition", p.docSpan(n), "temporal_ordered asks for all of its rules in their order, whatever its condition", "remove the condition, or use temporal")
	}
	if c.Type.Text == "value_median" {
		p.warnf("correlation/value-median", c.Type.Span, "value_median is not part of the specification", "value_percentile with percentile: 50 is the same, and as little standard")
	}
	if unit := c.Timespan.Text; unit != "" && strings.ContainsAny(unit[len(unit)-1:], "wMy") {
		p.warnf("correlation/timespan-unit", c.Timespan.Span, quote(c.Timespan.Text)+" has a unit that the specification does not know", "write it in days (d) for other tools")
	}
	p.lintPercentile(c, n)
	p.lintFields(c)
	p.lintRange(c)
	p.lintTogether(c)
}

// lintPercentile checks which percentile is meant (D44).
func (p *parser) lintPercentile(c *Correlation, n *Node) {
	switch {
	case c.Type.Text != "value_percentile":
		if c.Percentile.Present() {
			p.warnf("correlation/percentile", c.Percentile.Span, "percentile means nothing for "+c.Type.Text, "remove it")
		}
	case !c.Percentile.Present():
		p.warnf("correlation/percentile", p.docSpan(n), "the condition does not say which percentile; 50, the median, is taken", "add percentile: to the condition")
	default:
		if v, err := strconv.ParseFloat(c.Percentile.Text, 64); err != nil || v < 0 || v > 100 {
			p.errorf("value/out-of-range", c.Percentile.Span, "a percentile lies between 0 and 100, found "+c.Percentile.Text, "")
		}
	}
}

// lintFields checks the fields of the condition (D43).
func (p *parser) lintFields(c *Correlation) {
	if len(c.Field) == 0 {
		return
	}
	switch kind := c.Type.Text; {
	case !strings.HasPrefix(kind, "value_"):
		p.warnf("correlation/field", c.Field[0].Span, "the condition's field means nothing for "+kind, "remove it, or use a value_ type")
	case kind != "value_count" && len(c.Field) > 1:
		p.errorf("schema/wrong-type", c.Field[1].Span, kind+" takes one field", "name one field; only value_count takes several")
	}
}
