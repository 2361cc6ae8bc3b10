package adequacy

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

// sight shows events to rules as tests do. It is for one goroutine.
type sight struct {
	evaluator  *evaluator.Evaluator
	normaliser *telemetry.Normaliser
}

// seen returns an event as a rule sees it in a test: the view on which it matches,
// else the first of its logsource; nil if there is none.
func (s sight) seen(r *compiler.Rule, v evaluator.Value) evaluator.Event {
	views := s.normaliser.Event(telemetry.Record{Value: v}).Views()
	if len(views) == 0 {
		return v
	}
	var first evaluator.Event
	for _, view := range views {
		if !evaluator.Satisfies(view.Logsource, r) {
			continue
		}
		if s.evaluator.Holds(r.Expr, view.Event) {
			return view.Event
		}
		if first == nil {
			first = view.Event
		}
	}
	return first
}

func (s sight) matches(r *compiler.Rule, v evaluator.Value) bool {
	seen := s.seen(r, v)
	return seen != nil && s.evaluator.Holds(r.Expr, seen)
}

// Matches reports whether a rule of a program matches an event as a test shows it. A
// nil table is the built-in one.
func Matches(p *compiler.Program, r *compiler.Rule, v evaluator.Value, table *logsource.Table) bool {
	return sight{evaluator.New(p), telemetry.NewNormaliser(table)}.matches(r, v)
}
