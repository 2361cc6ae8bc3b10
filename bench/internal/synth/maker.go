package synth

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// maker makes events that nobody recorded, by writing other values into recorded
// ones.
type maker struct {
	*loader
	bases []base
	where map[[3]string][]int // bases by the logsource of a rule
}

// base is a recorded event of a kind, without its message: that would still tell
// the old values.
type base struct {
	kindKey
	recording *recording
	sampled
	members []evaluator.Member
	views   []map[string]string // logsources that it belongs to
}

// maxBases is how many events of a kind are tried.
const maxBases = 2

func newMaker(l *loader, kinds []*kind) *maker {
	m := &maker{loader: l, where: map[[3]string][]int{}}
	for _, k := range kinds {
		if k.role == cloud {
			continue
		}
		for _, run := range k.runs[:min(maxBases, len(k.runs))] {
			if len(run.lines) > 0 {
				m.addBase(k.kindKey, l.recordings[run.recording], run.lines[0])
			}
		}
	}
	return m
}

func (m *maker) addBase(k kindKey, r *recording, s sampled) {
	b := base{kindKey: k, recording: r, sampled: s}
	if len(m.judge.matchLine(s.line)) > 0 {
		return
	}
	event, err := m.judge.stream.Event()
	if err != nil {
		return
	}
	for _, v := range event.Views() {
		b.views = append(b.views, v.Logsource)
	}
	// A value from the event lives as long as its line, which stays.
	for _, member := range event.Record().Value.Members() {
		if !strings.EqualFold(member.Name, "message") {
			b.members = append(b.members, member)
		}
	}
	if len(b.members) > 0 {
		m.bases = append(m.bases, b)
	}
}

// basesOf returns the events that a rule looks at.
func (m *maker) basesOf(rule *compiler.Rule) []int {
	key := [3]string{rule.Category, rule.Product, rule.Service}
	if found, ok := m.where[key]; ok {
		return found
	}
	var out []int
	for i := range m.bases {
		if slices.ContainsFunc(m.bases[i].views, func(logsource map[string]string) bool { return evaluator.Satisfies(logsource, rule) }) {
			out = append(out, i)
		}
	}
	m.where[key] = out
	return out
}

// with returns the base's line with other values. An empty name removes nothing;
// fields that the base lacks are added.
func (b *base) with(fields []evaluator.Member, absent []string) []byte {
	var out []evaluator.Member
	used := make([]bool, len(fields))
	for _, member := range b.members {
		if slices.Contains(absent, member.Name) {
			continue
		}
		for i, f := range fields {
			if f.Name == member.Name {
				member.Value, used[i] = f.Value, true
			}
		}
		out = append(out, member)
	}
	for i, f := range fields {
		if !used[i] {
			out = append(out, f)
		}
	}
	return evaluator.ObjectValue(out...).AppendJSON(nil)
}

// template cuts a line that was made of a base.
func (m *maker) template(b *base, line []byte) (template, bool) {
	return m.cutter(b.recording, b.host).cut(line, time.Unix(0, b.base).UTC(), b.host)
}

// text is a field with a text.
func text(name, value string) evaluator.Member {
	return evaluator.Member{Name: name, Value: evaluator.StringValue(value)}
}

// event makes an event of a line as rules see it.
func (m *maker) event(line []byte) *telemetry.Event {
	m.judge.matchLine(bytes.Clone(line))
	event, err := m.judge.stream.Event()
	if err != nil {
		return nil
	}
	return event
}
