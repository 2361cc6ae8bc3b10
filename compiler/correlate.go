package compiler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// correlator compiles the correlations of a set, inputs before those that
// refer to them.
type correlator struct {
	program *Program
	rules   map[*rules.Rule]int
	done    map[*rules.Correlation]int // -1 for one that cannot be evaluated
	diags   rules.Diagnostics
}

// correlate adds the correlations of a set to the program, and finds out which
// rules alert by themselves.
func (p *Program) correlate(set *rules.Set) rules.Diagnostics {
	c := correlator{program: p, rules: map[*rules.Rule]int{}, done: map[*rules.Correlation]int{}}
	for i, r := range p.Rules {
		c.rules[r.Source] = i
	}
	for _, source := range set.Correlations {
		c.correlation(source)
	}
	p.silence()
	return c.diags
}

// correlation returns the index of a correlation, -1 if it cannot be
// evaluated. Linking has made sure that there are no cycles.
func (c *correlator) correlation(source *rules.Correlation) int {
	if n, known := c.done[source]; known {
		return n
	}
	c.done[source] = -1
	if source.Invalid {
		return -1
	}
	out := &Correlation{ID: source.ID.Text, Title: source.Title.Text, Level: source.Level.Text, Type: correlationType(source.Type.Text), Source: source}
	for _, name := range source.GroupBy {
		out.GroupBy = append(out.GroupBy, name.Text)
	}
	if !c.inputs(out) || !c.timespan(out) || !c.condition(out) {
		return -1
	}
	out.Hash = c.hash(out)
	n := len(c.program.Correlations)
	c.program.Correlations = append(c.program.Correlations, out)
	c.done[source] = n
	return n
}

func correlationType(name string) CorrelationType {
	switch name {
	case "value_count":
		return ValueCount
	case "value_sum":
		return ValueSum
	case "value_avg":
		return ValueAvg
	case "value_percentile", "value_median":
		return ValuePercentile
	case "temporal":
		return Temporal
	case "temporal_ordered":
		return TemporalOrdered
	}
	return EventCount
}

func (c *correlator) errorf(code string, at rules.Span, message, help string) bool {
	c.diags = append(c.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
	return false
}

func (c *correlator) inputs(out *Correlation) bool {
	ok := true
	for i := range out.Source.Inputs {
		source := &out.Source.Inputs[i]
		in := Input{Rule: -1, Correlation: -1}
		known := false
		switch d := source.Document.(type) {
		case *rules.Rule:
			in.Rule, known = c.rules[d]
		case *rules.Correlation:
			in.Correlation = c.correlation(d)
			known = in.Correlation >= 0
		}
		if !known {
			ok = c.errorf("ref/invalid-rule", source.Ref.Span, strconv.Quote(source.Document.Meta().Label())+" cannot be evaluated, so it cannot be correlated", "mend it first")
			continue
		}
		if in.Correlation >= 0 {
			in.Rule = -1
		}
		for _, name := range out.GroupBy {
			in.GroupBy = append(in.GroupBy, aliased(out.Source, name, source))
		}
		if strings.HasPrefix(out.Source.Type.Text, "value_") {
			for _, f := range out.Source.Field {
				in.Fields = append(in.Fields, aliased(out.Source, f.Text, source))
			}
		}
		out.Inputs = append(out.Inputs, in)
	}
	return ok
}

// aliased returns the field that a name stands for in an input: that of the
// alias of this name, or without one the name itself (D47).
func aliased(c *rules.Correlation, name string, in *rules.Input) string {
	for _, a := range c.Aliases {
		if a.Name.Text != name {
			continue
		}
		for _, f := range a.Fields {
			if found := c.Input(f.Rule.Text); found != nil && found.Document == in.Document {
				return f.Field.Text
			}
		}
	}
	return name
}

// units of a timespan, in seconds; a month and a year are those of the
// Gregorian calendar on average, as in pySigma (D41).
var units = map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800, 'M': 2629746, 'y': 31556952}

func (c *correlator) timespan(out *Correlation) bool {
	text := out.Source.Timespan.Text
	n, err := strconv.ParseInt(text[:len(text)-1], 10, 64)
	unit := units[text[len(text)-1]]
	if err != nil || n > int64(math.MaxInt64/time.Second)/unit {
		return c.errorf("schema/invalid-duration", out.Source.Timespan.Span, text+" is longer than 292 years", "write a shorter timespan")
	}
	out.Timespan = time.Duration(n*unit) * time.Second
	return true
}

func (c *correlator) condition(out *Correlation) bool {
	ok := true
	for _, op := range out.Source.Operators {
		value, isNumber := ParseNumber(op.Value.DecimalText())
		if !isNumber {
			ok = c.errorf("value/wrong-type", op.Value.Span, "found "+strconv.Quote(op.Value.Text)+", want a decimal number", "")
			continue
		}
		kind := CompareOp(slices.Index([]string{"gt", "gte", "lt", "lte", "eq", "neq"}, op.Name.Text))
		out.Compare = append(out.Compare, Comparison{kind, value})
		out.AtClose = out.AtClose || kind > AtLeast
	}
	switch out.Type {
	case ValuePercentile:
		out.Percentile = 50
		if p := out.Source.Percentile; p.Present() && out.Source.Type.Text == "value_percentile" {
			out.Percentile, _ = strconv.ParseFloat(p.Text, 64)
		}
	case TemporalOrdered:
		out.Compare, out.AtClose = nil, false
	case Temporal:
		if out.Compare == nil {
			out.Condition = inputExpr(out.Source)
			out.AtClose = !out.Condition.monotone()
		}
	}
	return ok
}

// inputExpr returns the condition over the inputs: the one written, else all
// of them (D46).
func inputExpr(c *rules.Correlation) *InputExpr {
	if c.Expression != nil && c.Expression.Root != nil {
		return lowerInputExpr(c, c.Expression.Root)
	}
	all := &InputExpr{Op: And}
	for i := range c.Inputs {
		all.Args = append(all.Args, &InputExpr{Op: Leaf, Input: i})
	}
	return all
}

func lowerInputExpr(c *rules.Correlation, e *rules.Expr) *InputExpr {
	if e.Op == rules.Ref {
		found := c.Input(e.Name)
		return &InputExpr{Op: Leaf, Input: slices.IndexFunc(c.Inputs, func(in rules.Input) bool { return in.Document == found.Document })}
	}
	out := &InputExpr{Op: [...]ExprOp{rules.And: And, rules.Or: Or, rules.Not: Not}[e.Op]}
	for _, arg := range e.Args {
		out.Args = append(out.Args, lowerInputExpr(c, arg))
	}
	return out
}

// silence finds the rules and correlations that alert by themselves: those to
// which no correlation refers, and those of which one says generate (D48).
func (p *Program) silence() {
	type target struct{ rule, correlation int }
	referred, generated := map[target]bool{}, map[target]bool{}
	for _, c := range p.Correlations {
		for _, in := range c.Inputs {
			t := target{in.Rule, in.Correlation}
			referred[t] = true
			if c.Source.Generate.Bool() {
				generated[t] = true
			}
		}
	}
	for i, r := range p.Rules {
		t := target{i, -1}
		r.Alerts = !referred[t] || generated[t]
	}
	for i, c := range p.Correlations {
		t := target{-1, i}
		c.Alerts = !referred[t] || generated[t]
	}
}

// hash identifies what the correlation means, whatever its names and metadata. What a
// correlation below it calls its groups is part of that: its alerts have these fields (D54).
func (c *correlator) hash(out *Correlation) string {
	var inputs []string
	for i, in := range out.Inputs {
		hash := ""
		if in.Rule >= 0 {
			hash = c.program.Rules[in.Rule].Hash
		} else {
			child := c.program.Correlations[in.Correlation]
			hash = fmt.Sprintf("%s names=%q", child.Hash, child.GroupBy)
		}
		inputs = append(inputs, fmt.Sprintf("%d %s group=%q fields=%q", i, hash, in.GroupBy, in.Fields))
	}
	text := fmt.Sprintf("correlation %s %d\n%s\npercentile=%v\n", out.Type, out.Timespan/time.Second, strings.Join(inputs, "\n"), out.Percentile)
	for _, cmp := range out.Compare {
		text += fmt.Sprintf("%d %s\n", cmp.Op, cmp.Value)
	}
	if out.Condition != nil {
		text += out.Condition.String()
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}
