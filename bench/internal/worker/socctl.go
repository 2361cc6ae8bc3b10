package worker

import (
	"context"
	"runtime"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Job is what a worker is to do.
type Job struct {
	Engine string
	Rules  string   // folder
	Only   []string // ids of rules; all if empty
	Paths  []string // input
	Every  int      // evaluate every n-th event only; 1 for all
	Routed bool     // rules are tried on the events of their logsource only

	// Bare has rules tried on records as they are, under the names of their source:
	// it shows what our views add.
	Bare bool

	// Assign is the logsource of all events, like product=aws,service=cloudtrail;
	// if it is empty, our table of views tells.
	Assign string

	// Warm is the number of events behind which Report.Later begins; 0 for no such part.
	Warm int
}

// Socctl runs our own engine as a service would: from bytes to matches.
func Socctl(job Job) (*Report, error) {
	r := &Report{Matches: map[string]int{}}
	begin := CPU()
	program, err := Program(job.Rules, job.Only)
	if err != nil {
		return nil, err
	}
	var options []evaluator.Option
	if !job.Routed {
		options = append(options, evaluator.IgnoreLogsource())
	}
	ev := evaluator.New(program, options...)
	normaliser := telemetry.NewNormaliser(nil) // whose table is read, as command lines do without any event
	r.Rules, r.Load = len(program.Rules), CPU()-begin
	watch := Start()
	if job.Bare {
		bare(job, ev, r)
	} else {
		streamed(job, normaliser, ev, r, watch)
	}
	watch.Stop(r)
	r.Heap = heap()
	runtime.KeepAlive(ev)
	return r, nil
}

// bare evaluates records as events under the names that they have.
func bare(job Job, ev *evaluator.Evaluator, r *Report) {
	for event := range Events(job) {
		r.Events++
		for _, m := range ev.Match(event.Record().Value) {
			r.Matches[m.Rule.ID]++
		}
	}
}

// streamed evaluates records as they stand in the input, block by block as the command line
// does.
func streamed(job Job, normaliser *telemetry.Normaliser, ev *evaluator.Evaluator, r *Report, watch *Stopwatch) {
	stream := telemetry.NewStream(normaliser, ev, telemetry.RouteBy(job.Router()))
	matched := map[*compiler.Rule]int{}
	n := 0
	var one func(record *telemetry.Record, err error)
	one = func(record *telemetry.Record, err error) {
		if err != nil {
			return // inputs are recordings, and some of them end early
		}
		if n++; (n-1)%max(1, job.Every) != 0 {
			return
		}
		matches, _, err := stream.MatchRecord(record)
		if err != nil {
			n--
			for record, err := range stream.Reread(*record) {
				one(&record, err)
			}
			return
		}
		if r.Events++; r.Events == job.Warm {
			watch.Lap(r.Events)
		}
		for _, m := range matches {
			matched[m.Rule]++
		}
	}
	for block := range telemetry.Blocks(context.Background(), job.Paths, telemetry.ReadOptions{Raw: true, Unrendered: true}) {
		for record, err := range block.Records() {
			one(record, err)
		}
		block.Release()
	}
	for rule, count := range matched {
		r.Matches[rule.ID] += count
	}
	s := stream.Statistics()
	if s.Asked > 0 {
		r.Caches = map[string]float64{"values": float64(s.Found) / float64(s.Asked)}
	}
}

// assigned is an event whose logsource is told.
type assigned struct {
	*telemetry.Event
	views []evaluator.View
}

// Views implements evaluator.Routed.
func (e assigned) Views() []evaluator.View { return e.views }

// Router returns what gives events the views that the job asks for.
func (job Job) Router() func(*telemetry.Event) evaluator.Routed {
	if job.Assign == "" {
		return func(e *telemetry.Event) evaluator.Routed { return e }
	}
	logsource := map[string]string{}
	for part := range strings.SplitSeq(job.Assign, ",") {
		key, value, _ := strings.Cut(part, "=")
		logsource[key] = value
	}
	return func(e *telemetry.Event) evaluator.Routed {
		return assigned{e, []evaluator.View{{Name: "assigned", Logsource: logsource, Event: e}}}
	}
}

// Events yields the events of the input, or every n-th of them. What cannot be
// read is passed over: inputs are recordings, and some of them end early.
func Events(job Job) func(yield func(*telemetry.Event) bool) {
	normaliser := telemetry.NewNormaliser(nil)
	return func(yield func(*telemetry.Event) bool) {
		n := 0
		for record, err := range telemetry.Read(context.Background(), job.Paths, telemetry.ReadOptions{}) {
			if err != nil {
				continue
			}
			if n++; (n-1)%max(1, job.Every) == 0 && !yield(normaliser.Event(record)) {
				return
			}
		}
	}
}
