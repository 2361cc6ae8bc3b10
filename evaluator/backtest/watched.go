package backtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/correlation"
)

// RaisedAlert is an alert of a correlation that is watched.
type RaisedAlert struct {
	Correlation string // hash
	Context     string // fingerprint of its root cause, as that of Cause
	Time        time.Time
	Events      []string // fingerprints of all that it is made of
}

// feeding returns the rules of a program that correlations with one of some hashes are
// about, also by way of others.
func feeding(p *compiler.Program, hashes map[string]bool) map[int]bool {
	out := map[int]bool{}
	if len(hashes) == 0 {
		return out
	}
	var visit func(c *compiler.Correlation)
	visit = func(c *compiler.Correlation) {
		for _, in := range c.Inputs {
			if in.Rule >= 0 {
				out[in.Rule] = true
			} else {
				visit(p.Correlations[in.Correlation])
			}
		}
	}
	for _, c := range p.Correlations {
		if hashes[c.Hash] {
			visit(c)
		}
	}
	return out
}

// whence is what an event is called in correlations.
type whence struct {
	source      string
	record      int
	baseline    bool
	fingerprint string // "" unless somebody wants to know it
}

// origin is that of the current event for a rule of a side.
func (m *measurement) origin(s *side, rule int) whence {
	h := m.current.hit
	out := whence{source: h.Source, record: h.Record, baseline: h.Baseline}
	if s.watched[rule] {
		out.fingerprint = m.current.print()
	}
	return out
}

func (o whence) text() string {
	return fmt.Sprintf("%d %t %s %s", o.record, o.baseline, o.fingerprint, o.source)
}

// readOrigin reads what text has written; the fingerprint and the source are text of others,
// and only the source has blanks.
func readOrigin(text string) (o whence, ok bool) {
	parts := strings.SplitN(text, " ", 4)
	if len(parts) < 4 {
		return o, false
	}
	record, err := strconv.Atoi(parts[0])
	return whence{parts[3], record, parts[1] == "true", parts[2]}, err == nil
}

// eventsOf returns the fingerprints of the events that an alert is made of.
func eventsOf(a *correlation.Alert) (out []string) {
	for _, c := range a.Contributors {
		if c.Alert != nil {
			out = append(out, eventsOf(c.Alert)...)
		} else if o, ok := readOrigin(c.Origin); ok && o.fingerprint != "" {
			out = append(out, o.fingerprint)
		}
	}
	return out
}
