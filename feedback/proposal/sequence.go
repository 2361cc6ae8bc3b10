package proposal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/feedback/threshold"
)

// sequenceEvents is how many events a test of a correlation has at most: people read it.
const sequenceEvents = 100

// sequenceTest returns a test of a correlation with a threshold of a proposal: an attack
// is still told, and what was none is not. It is "" if the correlation has no name, or
// the windows are too large to be shown.
func (k *counted) sequenceTest(in *threshold.Input, p *threshold.Point) string {
	name := k.correlation.ID
	if name == "" {
		name = k.correlation.Source.Name.Text
	}
	attack, benign := in.Examples(p)
	if name == "" || len(attack) > sequenceEvents || len(benign) > sequenceEvents || len(attack)+len(benign) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "rule: %s\ntests:\n", quoted(name))
	of := in.At(p).Correlation
	if len(attack) > 0 {
		k.sequence(&b, of, fmt.Sprintf("an attack exceeds %d in %s", p.Threshold-1, p.Timespan), attack)
		b.WriteString("      alerts:\n")
		fmt.Fprintf(&b, "          - at: %s\n", k.at(attack, len(attack)-1))
		k.group(&b, of, attack[0])
	}
	if len(benign) > 0 {
		k.sequence(&b, of, fmt.Sprintf("what was no attack stays below %d in %s", p.Threshold, p.Timespan), benign)
		b.WriteString("      alerts: []\n")
	}
	return b.String()
}

func (k *counted) sequence(b *strings.Builder, of *compiler.Correlation, name string, hits []int) {
	fmt.Fprintf(b, "    - name: %s\n      sequence:\n", quoted(name))
	for i, n := range hits {
		event := k.hits[n].Event.(evaluator.Map)
		shown := append(k.shows(k.hits[n].Rule), threshold.Fields(of, k.hits[n].Rule)...)
		fmt.Fprintf(b, "          - at: %s\n            event:\n", k.at(hits, i))
		for _, f := range slices.Sorted(maps.Keys(event)) {
			if slices.Contains(shown, f) {
				fmt.Fprintf(b, "                %s: %s\n", quoted(f), yamlValue(evaluator.ValueOf(event[f])))
			}
		}
	}
}

// shows returns the fields that the correlation as it is and a rule look at.
func (k *counted) shows(rule int) []string {
	for _, of := range k.feeds {
		if of.rule == rule {
			return slices.Clone(of.fields)
		}
	}
	return nil
}

// at is when an event comes, from the first one on.
func (k *counted) at(hits []int, i int) string {
	return k.hits[hits[i]].Time.Sub(k.hits[hits[0]].Time).Round(time.Microsecond).String()
}

// group writes the group of an alert, if every part of it is there.
func (k *counted) group(b *strings.Builder, c *compiler.Correlation, hit int) {
	at := slices.IndexFunc(c.Inputs, func(in compiler.Input) bool { return in.Rule == k.hits[hit].Rule })
	var lines []string
	for i, name := range c.GroupBy {
		v, ok := k.hits[hit].Event.Field(c.Inputs[at].GroupBy[i])
		if !ok || v.IsNull() {
			return
		}
		lines = append(lines, fmt.Sprintf("                %s: %s\n", quoted(name), quoted(v.Text())))
	}
	if len(lines) > 0 {
		b.WriteString("            group:\n" + strings.Join(lines, ""))
	}
}

// yamlValue writes a value so that a test reads the same: what is no text as JSON, which
// is YAML too.
func yamlValue(v evaluator.Value) string {
	if v.Kind() == evaluator.String {
		return quoted(v.Text())
	}
	return string(v.AppendJSON(nil))
}
