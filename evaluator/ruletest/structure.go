package ruletest

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// The methods in this file tell what a test is without running it.

// Positive reports whether the test wants its rule to match something.
func (c *Case) Positive() bool {
	w := &c.want
	switch {
	case w.match != nil:
		return *w.match
	case w.count != nil:
		return w.count.min > 0 || w.count.max != 0
	case c.sequence:
		return len(w.alerts) > 0
	}
	return w.golden.Present()
}

// Negative reports whether the test wants its rule to stay silent.
func (c *Case) Negative() bool {
	w := &c.want
	switch {
	case w.match != nil:
		return !*w.match
	case w.count != nil:
		return w.count.max == 0
	}
	return c.sequence && w.alerts != nil && len(w.alerts) == 0
}

// Missing returns the name of the recording that the test needs and that is not
// there, with what to do about it; false if nothing is missing.
func (c *Case) Missing() (rules.Diagnostic, bool) {
	if c.obstacle == nil || c.obstacle.status != MissingRecording {
		return rules.Diagnostic{}, false
	}
	return rules.Diagnostic{Span: c.obstacle.span, Message: c.obstacle.message, Help: c.obstacle.help}, true
}

// Strays returns the places of the inline events that do not belong to the
// logsource of the rule, and so cannot be what the test takes them for. rule
// must be the compiled rule of the test.
func (c *Case) Strays(rule *compiler.Rule, n *telemetry.Normaliser) []rules.Span {
	if c.ignoreLogsource || c.sequence {
		return nil
	}
	var out []rules.Span
	for i, e := range c.events {
		views := n.Event(telemetry.Record{Source: c.Path, Index: i, Value: e.value}).Views()
		stray := len(views) > 0
		for _, v := range views {
			stray = stray && !evaluator.Satisfies(v.Logsource, rule)
		}
		if stray {
			out = append(out, e.span)
		}
	}
	return out
}
