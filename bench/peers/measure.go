package main

import (
	"fmt"
	"maps"

	"github.com/socctl/socctl/bench/internal/worker"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// peer is an engine. Rules are known by their place among those loaded.
type peer interface {
	// add loads a rule.
	add(text []byte) error
	// ready is called behind the last rule. The version of the engine is that of its module.
	ready() (module string)
	// event converts an event; that is not measured.
	event(fields []evaluator.Member) any
	// match calls found for each of the rules that matches.
	match(rules []int, event any, found func(rule int, err error))
}

// sight is one event as the rules of some logsource see it.
type sight struct {
	event any
	rules []int
}

// bench is one run of a peer.
type bench struct {
	peer   peer
	rules  []*compiler.Rule // loaded, ours beside theirs
	all    []int
	routes map[string][]int // rules by logsource
	report *worker.Report
}

// measure loads the rules, converts the events, and measures what evaluation
// takes: reading, routing and conversion are given to the peer for free.
func measure(p peer, job worker.Job) (*worker.Report, error) {
	files, err := worker.RuleFiles(job.Rules)
	if err != nil {
		return nil, err
	}
	b := &bench{peer: p, routes: map[string][]int{}, report: &worker.Report{Refused: map[string]string{}, Matches: map[string]int{}, Errors: map[string]int{}}}
	begin := worker.CPU()
	for _, f := range files {
		if err := guarded(func() error { return p.add(f.Text) }); err != nil {
			b.report.Refused[f.Rule.ID] = err.Error()
			continue
		}
		b.all = append(b.all, len(b.rules))
		b.rules = append(b.rules, f.Rule)
	}
	b.report.Version = version(p.ready())
	b.report.Rules, b.report.Load = len(b.rules), worker.CPU()-begin
	events := b.events(job)
	watch := worker.Start()
	for _, sights := range events {
		b.match(sights)
	}
	watch.Stop(b.report)
	b.report.Events = len(events)
	return b.report, nil
}

// match tries the rules on an event; one that matches as several logsources see
// the event matches once.
func (b *bench) match(sights []sight) {
	var seen map[int]bool
	for _, s := range sights {
		b.peer.match(s.rules, s.event, func(rule int, err error) {
			switch {
			case err != nil:
				b.report.Errors[b.rules[rule].ID]++
			case !seen[rule]:
				b.report.Matches[b.rules[rule].ID]++
				if len(sights) > 1 {
					if seen == nil {
						seen = map[int]bool{}
					}
					seen[rule] = true
				}
			}
		})
	}
}

func (b *bench) events(job worker.Job) (all [][]sight) {
	route := job.Router()
	for e := range worker.Events(job) {
		if !job.Routed {
			all = append(all, []sight{{b.peer.event(e.Members()), b.all}})
			continue
		}
		var sights []sight
		for _, v := range route(e).Views() {
			sights = append(sights, sight{b.peer.event(fieldsOf(e, v)), b.route(v.Logsource)})
		}
		all = append(all, sights)
	}
	return all
}

// fieldsOf returns what a view shows: the fields that it adds, and the event's
// own. Of two with one name the first counts, as it does for us.
func fieldsOf(e *telemetry.Event, v evaluator.View) (fields []evaluator.Member) {
	for _, name := range e.MappedNames(v.Name) {
		if value, ok := v.Event.Field(name); ok {
			fields = append(fields, evaluator.Member{Name: name, Value: value})
		}
	}
	return append(fields, e.Members()...)
}

// route returns the rules for a logsource.
func (b *bench) route(logsource map[string]string) []int {
	key := logsource["category"] + "\x00" + logsource["product"] + "\x00" + logsource["service"]
	rules, ok := b.routes[key]
	if !ok {
		for i, r := range b.rules {
			if evaluator.Satisfies(maps.Clone(logsource), r) {
				rules = append(rules, i)
			}
		}
		b.routes[key] = rules
	}
	return rules
}

// guarded turns a panic into an error: it is a result as any other.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}
