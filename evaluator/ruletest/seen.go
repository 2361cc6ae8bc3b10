package ruletest

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Seen is an event that a test showed its rule, on the view that counted: the one
// on which the rule matches, else the first of its logsource. Unless the rule
// searches keywords, it holds no other fields than those the rule asks for, and Image.
type Seen struct {
	Event   evaluator.Event
	Value   evaluator.Value // the event as it stands in the test; of a recording nothing
	Matched bool
	Times   int // how often the test showed it; events that a rule cannot tell apart are one
}

// excerpt is the part of an event that a rule asks for.
type excerpt struct {
	names  []string
	values []evaluator.Value
}

// Field implements evaluator.Event.
func (x *excerpt) Field(name string) (evaluator.Value, bool) {
	if i, found := slices.BinarySearch(x.names, name); found {
		return x.values[i], true
	}
	return evaluator.Value{}, false
}

// kept returns the fields of a rule, and besides the one that tells which program an
// event is about, sorted.
func kept(rule *compiler.Rule) []string {
	at, known := slices.BinarySearch(rule.Fields, "Image")
	if known {
		return rule.Fields
	}
	return slices.Insert(slices.Clone(rule.Fields), at, "Image")
}

// excerptOf returns what a rule asks for of an event, and a text that is the same
// for events that the rule cannot tell apart.
func excerptOf(rule *compiler.Rule, event evaluator.Event) (*excerpt, string) {
	x, key := &excerpt{}, []byte(nil)
	for _, name := range kept(rule) {
		v, ok := event.Field(name)
		if !ok {
			key = append(key, 0)
			continue
		}
		x.names, x.values = append(x.names, name), append(x.values, v)
		key = append(v.AppendJSON(append(key, 1)), 0)
	}
	return x, string(key)
}

// maxSeen bounds the events that are kept of one test; what is beyond is counted.
const maxSeen = 20_000

// keep notes what a test showed its rule, if anybody wants to know.
func (w *worker) keep(out *CaseResult, rule *compiler.Rule, event evaluator.Event, value evaluator.Value, matched bool) {
	if !w.run.options.Keep {
		return
	}
	full := len(out.Seen) == maxSeen
	if !full && w.run.words(rule) {
		out.Seen = append(out.Seen, Seen{Event: event, Value: value, Matched: matched, Times: 1})
		return
	}
	x, key := excerptOf(rule, event)
	recorded := len(out.Case.sources) > 0
	if at, known := out.kept[key]; known && recorded {
		out.Seen[at].Times++
		return
	}
	if full {
		out.Unseen++
		return
	}
	if out.kept == nil {
		out.kept = map[string]int{}
	}
	out.kept[key] = len(out.Seen)
	out.Seen = append(out.Seen, Seen{Event: x, Value: value, Matched: matched, Times: 1})
}

// words reports whether a rule searches keywords, for which every value counts.
func (r *run) words(rule *compiler.Rule) bool {
	found := false
	rule.Expr.Each(func(leaf *compiler.Expr) { found = found || r.program.Predicates[leaf.Atom].Field == "" })
	return found
}

// keepRecorded is keep for an event of a recording, all of whose views may count.
func (w *worker) keepRecorded(out *CaseResult, rule *compiler.Rule, event *telemetry.Event) {
	if !w.run.options.Keep {
		return
	}
	s := w.seeAs(out.Case, rule, event)
	if s.target != nil && len(event.Views()) > 0 {
		w.keep(out, rule, s.target, evaluator.Value{}, w.evaluator(out.Case).MatchRule(rule, s.target))
	}
}

// Passes reports whether the test would pass, on the events that it showed its
// rule, if the rule were another expression. Its parts are those of an evaluator's
// program. It needs RunOptions.Keep, and says nothing about a test that did not pass.
// A test of which not all events were kept always passes.
func (r *CaseResult) Passes(e *evaluator.Evaluator, expr *compiler.Expr) bool {
	if r.Unseen > 0 {
		return true
	}
	want, matches := &r.Case.want, 0
	recorded := len(r.Case.sources) > 0
	for i := range r.Seen {
		s := &r.Seen[i]
		matched := e.Holds(expr, s.Event)
		if matched {
			matches += s.Times
		}
		if want.golden.Text != "" && matched != s.Matched || !recorded && !want.accepts(e, expr, s.Event, matched) {
			return false
		}
	}
	if recorded && want.match != nil && *want.match != (matches > 0) {
		return false
	}
	return want.count == nil || want.count.admits(matches)
}

// accepts decides what is wanted of one event.
func (want *want) accepts(e *evaluator.Evaluator, expr *compiler.Expr, event evaluator.Event, matched bool) bool {
	if want.match != nil && *want.match != matched {
		return false
	}
	if len(want.selections) > 0 {
		truth := map[string]bool{}
		truthOf(e, expr, event, truth)
		for _, s := range want.selections {
			if got, used := truth[s.name.Text]; !used || got != s.holds {
				return false
			}
		}
	}
	if want.because.Text == "" {
		return true
	}
	opposite, found := negatedByName(expr, want.because.Text)
	return found && e.Holds(opposite, event)
}

// truthOf decides the selections of an expression.
func truthOf(e *evaluator.Evaluator, expr *compiler.Expr, event evaluator.Event, truth map[string]bool) {
	if expr.Selection != nil {
		truth[expr.Selection.Name.Text] = e.Holds(expr, event)
		return
	}
	for _, arg := range expr.Args {
		truthOf(e, arg, event, truth)
	}
}

// negatedByName is negated for a selection known by its name.
func negatedByName(e *compiler.Expr, name string) (*compiler.Expr, bool) {
	s := selectionNamed(e, name)
	if s == nil {
		return e, false
	}
	return negated(e, s.Selection)
}

func selectionNamed(e *compiler.Expr, name string) *compiler.Expr {
	if e.Selection != nil && e.Selection.Name.Text == name {
		return e
	}
	for _, arg := range e.Args {
		if s := selectionNamed(arg, name); s != nil {
			return s
		}
	}
	return nil
}
