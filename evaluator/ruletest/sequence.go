package ruletest

import (
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// maxSequenceEvents bounds what repeat can make of a sequence.
const maxSequenceEvents = 1_000_000

// sequenceStart is when a sequence starts that does not say so.
var sequenceStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// sequence reads the events in virtual time, and the expected alerts, of a
// test of a correlation.
func (d *decoder) sequence(t *draft, n *rules.Node, known *fixtures) {
	t.start = sequenceStart
	if start := d.text(n.Get("start"), "start"); start.Text != "" {
		at, err := time.Parse(time.RFC3339, start.Text)
		if err != nil {
			d.errorf("test/wrong-type", start.Span, "write it as 2026-01-31T12:00:00Z", "start is no time: %q", start.Text)
		}
		t.start = at
	}
	e, _ := entry(n, "sequence")
	items := d.list(e.Value, "sequence")
	if len(items) == 0 && e.Value.Kind == rules.ListNode {
		d.errorf("test/missing-field", e.Key.Span, "", "sequence is empty")
	}
	events := 0
	for _, item := range items {
		s := d.step(item, known)
		t.steps = append(t.steps, s)
		if events += min(s.repeat, maxSequenceEvents); events > maxSequenceEvents {
			d.errorf("test/wrong-type", startOf(item), "repeat less", "the sequence has more than %d events", maxSequenceEvents)
			return
		}
	}
	d.alerts(t, n, e)
}

// alerts reads the exact list of alerts.
func (d *decoder) alerts(t *draft, n *rules.Node, sequence rules.Entry) {
	alerts, found := entry(n, "alerts")
	if !found {
		d.errorf("test/missing-field", sequence.Key.Span, "add alerts: with the exact list; [] for none", "the sequence expects nothing")
		return
	}
	t.want.alerts = []alertWant{}
	for _, item := range d.list(alerts.Value, "alerts") {
		t.want.alerts = append(t.want.alerts, d.alert(item))
	}
}

func (d *decoder) step(n *rules.Node, known *fixtures) step {
	s := step{repeat: 1}
	if !d.fields(n, "a step of the sequence", "at", "every", "repeat", "event") {
		return s
	}
	s.at = d.duration(n, "at", true)
	s.every = d.duration(n, "every", n.Get("repeat") != nil)
	if repeat, given := d.number(n.Get("repeat"), "repeat"); given {
		if s.repeat = repeat; repeat < 1 {
			d.errorf("test/wrong-type", n.Get("repeat").Span, "remove the step, or write a number from 1 on", "the step repeats %d times", repeat)
		}
	}
	if event := n.Get("event"); event != nil {
		s.event = inlineEvent{d.event(event, known), startOf(event)}
	} else {
		d.errorf("test/missing-field", startOf(n), "", "the step has no event")
	}
	return s
}

// testStep is a step of one event.
func testStep(at time.Duration, e inlineEvent) step { return step{at: at, repeat: 1, event: e} }

func (d *decoder) alert(n *rules.Node) alertWant {
	a := alertWant{count: 1, span: startOf(n)}
	if !d.fields(n, "an alert", "at", "group", "count") {
		return a
	}
	a.at = d.duration(n, "at", true)
	if count, given := d.number(n.Get("count"), "count"); given {
		a.count = count
	}
	group := n.Get("group")
	switch {
	case group == nil:
	case group.Kind != rules.MapNode:
		d.wrongType(group, "group", "a map of fields")
	default:
		for _, e := range group.Entries {
			v := valueOf(e.Value)
			a.group = append(a.group, groupWant{e.Key.Text, v.Text(), !v.IsNull()})
		}
	}
	return a
}

// duration reads a time since the start of a sequence.
func (d *decoder) duration(n *rules.Node, key string, needed bool) time.Duration {
	value := n.Get(key)
	if value == nil {
		if needed {
			d.errorf("test/missing-field", startOf(n), "", "%s is missing", key)
		}
		return 0
	}
	out, ok := parseDuration(value.Scalar.Text)
	if value.Kind != rules.ScalarNode || !ok {
		d.wrongType(value, key, "a duration such as 90s, 5m, 1h30m or 2d")
	}
	return out
}

// parseDuration knows days besides the units of the standard library.
func parseDuration(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n < 100_000
	}
	t, err := time.ParseDuration(text)
	return t, err == nil && t >= 0
}
