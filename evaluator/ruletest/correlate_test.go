package ruletest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/ruletest"
)

// eachMatch is a correlation that raises an alert for every match of a rule.
const eachMatch = `-- rules/c.yml --
title: A
name: a
logsource: {product: windows, service: security}
detection: {s: {k: v}, condition: s}
---
title: Each
name: each
correlation: {type: event_count, rules: [a], group-by: [g, h], timespan: 1m, condition: {gte: 1}}
`

// An expected alert that names less of the group than another leaves that one its alert,
// wherever it stands in the list.
func TestOrderOfExpectedAlerts(t *testing.T) {
	t.Parallel()
	suite, _ := load(t, eachMatch+`-- tests/c.yml --
tests:
    - name: any of them first
      rule: each
      sequence:
          - {at: 0s, event: {Channel: Security, k: v, g: p, h: x}}
          - {at: 0s, event: {Channel: Security, k: v, g: p, h: y}}
          - {at: 0s, event: {Channel: Security, k: v, g: q, h: x}}
      alerts:
          - {at: 0s}
          - {at: 0s, group: {g: p}}
          - {at: 0s, group: {g: p, h: x}}
    - name: each by another name
      rule: each
      sequence:
          - {at: 0s, event: {Channel: Security, k: v, g: p, h: x}}
          - {at: 0s, event: {Channel: Security, k: v, g: p, h: y}}
          - {at: 0s, event: {Channel: Security, k: v, g: q, h: x}}
      alerts:
          - {at: 0s, group: {g: p}}
          - {at: 0s, group: {h: x}, count: 2}
    - name: too many of one
      rule: each
      sequence:
          - {at: 0s, event: {Channel: Security, k: v, g: p, h: x}}
          - {at: 0s, event: {Channel: Security, k: v, g: q, h: x}}
      alerts:
          - {at: 0s, group: {g: p}, count: 2}
    - name: one that nobody expects
      rule: each
      sequence:
          - {at: 0s, event: {Channel: Security, k: v, g: p, h: x}}
          - {at: 0s, event: {Channel: Security, k: v, g: q, h: x}}
      alerts:
          - {at: 0s}
`)
	want := []string{"pass", "pass", "fail", "fail"}
	if got := statuses(t, suite, ruletest.RunOptions{}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The advice on an event of another logsource is one that a sequence can follow.
func TestSequenceOfAnotherLogsource(t *testing.T) {
	t.Parallel()
	suite, _ := load(t, eachMatch+`-- tests/c.yml --
tests:
    - name: of another log
      rule: each
      sequence: [{at: 0s, event: {Channel: System, k: v}}]
      alerts: []
`)
	c := ruletest.Run(context.Background(), suite, ruletest.RunOptions{}).Cases[0]
	if c.Status != ruletest.Fail || strings.Contains(c.Help, "logsource") {
		t.Errorf("%s: %s (%s)", c.Status, c.Message, c.Help)
	}
}
