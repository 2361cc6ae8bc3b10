package synth

import (
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// noise is an event that satisfies a rule's selection and one of its exclusions.
// No rule matches it.
type noise struct {
	template template
	rule     int32
	source   string // of the event that it was made of
	role     role
}

// attempts is how many alternatives of a rule are tried.
const attempts = 12

// makeNoise makes one event for each rule that has an exclusion and can be
// satisfied by plain literals. One that needs more, such as a regular expression,
// is left out, and so is one whose events other rules match.
func (m *maker) makeNoise() {
	for i, rule := range m.library.Program.Rules {
		selection, exclusions := excluded(rule.Detection)
		if len(selection) == 0 || len(exclusions) == 0 {
			continue
		}
		bases := m.basesOf(rule)
		d := newDice(hashText(rule.ID), uint64(len(bases)))
		for range attempts {
			if len(bases) > 0 && m.attempt(int32(i), selection, exclusions[d.IntN(len(exclusions))], bases, d) {
				break
			}
		}
	}
}

func (m *maker) attempt(index int32, selection []*compiler.Expr, exclusion *compiler.Expr, bases []int, d dice) bool {
	p := m.library.Program
	w := &wish{fields: map[string]*wanted{}, number: map[string]string{}}
	for _, e := range append(slices.Clone(selection), exclusion) {
		if !w.satisfy(p, e, d) {
			return false
		}
	}
	b := m.fitting(w, bases, d)
	if b == nil {
		return false
	}
	line := b.with(w.members(), w.absent)
	if event := m.event(line); event == nil || !suppressed(m.judge.evaluator, p.Rules[index], event) {
		return false
	}
	t, ok := m.template(b, line)
	if !ok || !m.judge.try(&t, b.role, nil) {
		return false
	}
	// Names were replaced since.
	if event := m.event(m.judge.line[:len(m.judge.line)-1]); event == nil || !suppressed(m.judge.evaluator, p.Rules[index], event) {
		return false
	}
	m.library.noise = append(m.library.noise, noise{t, index, b.recording.source, b.role})
	return true
}

// fitting returns a base whose numbers are those wished for: the number of an event
// says what it is and is not changed. Nil if there is none.
func (m *maker) fitting(w *wish, bases []int, d dice) *base {
	from := d.IntN(len(bases))
	for i := range bases {
		b := &m.bases[bases[(from+i)%len(bases)]]
		if id, ok := w.number["EventID"]; !ok || id == b.id {
			return b
		}
	}
	return nil
}

// members are the fields that the wish is about. A program that is named is named
// on the command line too.
func (w *wish) members() (out []evaluator.Member) {
	for _, field := range w.order {
		out = append(out, text(field, w.fields[field].value(isPath(field))))
	}
	for _, pair := range [][2]string{{"Image", "CommandLine"}, {"ParentImage", "ParentCommandLine"}} {
		if image := w.fields[pair[0]]; image != nil && w.fields[pair[1]] == nil && !slices.Contains(w.absent, pair[1]) {
			out = append(out, text(pair[1], `"`+image.value(true)+`"`))
		}
	}
	for _, field := range sortedKeys(w.number) {
		if field != "EventID" {
			out = append(out, evaluator.Member{Name: field, Value: evaluator.NumberValue(w.number[field])})
		}
	}
	return out
}

// suppressed reports whether all of a rule holds on an event but for exclusions.
func suppressed(e *evaluator.Evaluator, rule *compiler.Rule, event evaluator.Event) bool {
	x := e.Explain(rule, event)
	if x.Matched || x.NoView {
		return false
	}
	held, excluded := true, false
	var walk func(n *evaluator.Node)
	walk = func(n *evaluator.Node) {
		for _, arg := range n.Args {
			switch {
			case strings.HasPrefix(arg.Label, "not"):
				excluded = excluded || !arg.Matched
			case arg.Label == "and" && arg.Kind == evaluator.ConditionNode:
				walk(arg)
			default:
				held = held && arg.Matched
			}
		}
	}
	if x.Root.Label == "and" {
		walk(x.Root)
	}
	return held && excluded
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
