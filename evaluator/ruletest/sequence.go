package ruletest

import (
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// sequence checks the events in virtual time, and the expected alerts, of a
// test of a correlation.
func (d *decoder) sequence(n *rules.Node, known *fixtures) {
	if start := d.text(n.Get("start"), "start"); start.Text != "" {
		if _, err := time.Parse(time.RFC3339, start.Text); err != nil {
			d.errorf("test/wrong-type", start.Span, "write it as 2026-01-31T12:00:00Z", "start is no time: %q", start.Text)
		}
	}
	e, _ := entry(n, "sequence")
	items := d.list(e.Value, "sequence")
	if len(items) == 0 && e.Value.Kind == rules.ListNode {
		d.errorf("test/missing-field", e.Key.Span, "", "sequence is empty")
	}
	for _, item := range items {
		d.step(item, known)
	}
	alerts, found := entry(n, "alerts")
	if !found {
		d.errorf("test/missing-field", e.Key.Span, "add alerts: with the exact list; [] for none", "the sequence expects nothing")
		return
	}
	for _, item := range d.list(alerts.Value, "alerts") {
		d.alert(item)
	}
}

func (d *decoder) step(n *rules.Node, known *fixtures) {
	if !d.fields(n, "a step of the sequence", "at", "every", "repeat", "event") {
		return
	}
	d.duration(n, "at", true)
	d.duration(n, "every", n.Get("repeat") != nil)
	d.number(n.Get("repeat"), "repeat")
	if event := n.Get("event"); event != nil {
		d.event(event, known)
	} else {
		d.errorf("test/missing-field", startOf(n), "", "the step has no event")
	}
}

func (d *decoder) alert(n *rules.Node) {
	if !d.fields(n, "an alert", "at", "group", "count") {
		return
	}
	d.duration(n, "at", true)
	d.number(n.Get("count"), "count")
	if group := n.Get("group"); group != nil && group.Kind != rules.MapNode {
		d.wrongType(group, "group", "a map of fields")
	}
}

// duration checks a time since the start of a sequence.
func (d *decoder) duration(n *rules.Node, key string, needed bool) {
	value := n.Get(key)
	if value == nil {
		if needed {
			d.errorf("test/missing-field", startOf(n), "", "%s is missing", key)
		}
		return
	}
	if _, ok := parseDuration(value.Scalar.Text); value.Kind != rules.ScalarNode || !ok {
		d.wrongType(value, key, "a duration such as 90s, 5m, 1h30m or 2d")
	}
}

// parseDuration knows days besides the units of the standard library.
func parseDuration(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0
	}
	t, err := time.ParseDuration(text)
	return t, err == nil && t >= 0
}
