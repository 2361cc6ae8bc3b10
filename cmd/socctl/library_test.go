package main_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// The examples in this file are those of docs/library.md.

const whoamiRule = `
title: Whoami as System
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: '\whoami.exe', User|contains: SYSTEM}
    condition: selection
`

// whoamiProgram stands for what a service has loaded.
var whoamiProgram = func() *compiler.Program {
	set, _ := rules.Load(fstest.MapFS{"whoami.yml": {Data: []byte(whoamiRule)}})
	program, _ := compiler.Compile(set, compiler.Options{})
	return program
}()

// logonEvent is an event of a service's own type.
type logonEvent struct {
	User    string
	Port    int
	Address []string
}

// Field implements evaluator.Event.
func (e *logonEvent) Field(name string) (evaluator.Value, bool) {
	switch name {
	case "User":
		return evaluator.StringValue(e.User), true
	case "Port":
		return evaluator.IntValue(int64(e.Port)), true
	case "Address":
		return evaluator.ValueOf(e.Address), true
	}
	return evaluator.Value{}, false
}

// Correlations count what rules match, and keep their state over a restart.
func Example_correlations() {
	const text = `
title: Failed Logon
name: failed_logon
logsource: {product: acme}
detection:
    selection: {action: logon, result: failure}
    condition: selection
---
title: Guessed Password
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [user]
    timespan: 5m
    condition: {gte: 3}
`
	set, _ := rules.Load(fstest.MapFS{"logons.yml": {Data: []byte(text)}})
	program, _ := compiler.Compile(set, compiler.Options{})
	index := map[*compiler.Rule]int{}
	for i, rule := range program.Rules {
		index[rule] = i
	}
	alert := func(a *correlation.Alert) {
		fmt.Println(a.Correlation.Title, a.Group[0].Value, len(a.Contributors), "matches")
	}
	options := correlation.Options{Lateness: 10 * time.Second} // how much older than the newest a match may be
	engine, ev := correlation.New(program, options, alert), evaluator.New(program)
	seq := uint64(0)
	logon := func(at time.Time) {
		event := evaluator.Map{"action": "logon", "result": "failure", "user": "alice"}
		for _, m := range ev.Match(event) {
			if engine.Feeds(index[m.Rule]) {
				engine.Add(correlation.Hit{Rule: index[m.Rule], Time: at, Event: event, Seq: seq})
			}
			if m.Rule.Alerts { // false for rules that only correlations are to count
				fmt.Println(m.Rule.Title)
			}
		}
		seq++
	}
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	logon(start)
	logon(start.Add(time.Minute))

	state, err := engine.State() // the service ends here, and begins again
	if err != nil {
		fmt.Println(err)
	}
	engine = correlation.New(program, options, alert)
	if unknown, err := engine.Load(state); unknown > 0 || err != nil {
		fmt.Println(unknown, "correlations are not those of the state", err)
	}
	logon(start.Add(2 * time.Minute))
	engine.Advance(start.Add(3 * time.Minute)) // nothing older will come: what waited for it is told
	engine.Close()
	// Output: Guessed Password alice 3 matches
}

// An event of the service's own type, without a map and without JSON.
func Example_ownEvent() {
	const rule = `
title: Logon to a Management Port
logsource: {product: acme}
detection:
    selection: {Port|gte: 8000, Address|cidr: 203.0.113.0/24}
    condition: selection
`
	set, _ := rules.Load(fstest.MapFS{"rule.yml": {Data: []byte(rule)}})
	program, _ := compiler.Compile(set, compiler.Options{})
	event := &logonEvent{User: "alice", Port: 8443, Address: []string{"10.0.0.1", "203.0.113.7"}}
	fmt.Println(len(evaluator.New(program).Match(event)))
	// Output: 1
}

// Problems have a place, and keep only their own rule from being used.
func Example_problems() {
	set, problems := rules.Load(fstest.MapFS{
		"good.yml":   {Data: []byte(whoamiRule)},
		"broken.yml": {Data: []byte("title: Broken\nlogsource: {product: x}\ndetection: {sel: {a|contians: b}, condition: sel}\n")},
	})
	program, more := compiler.Compile(set, compiler.Options{})
	problems = append(problems, more...)
	for _, p := range problems {
		fmt.Println(p)
	}
	fmt.Println(len(program.Rules), "rule is in use")
	// Output:
	// broken.yml:3:21: error[value/unknown-modifier]: unknown modifier "contians" (did you mean "contains"?)
	// 1 rule is in use
}

// A service that matches on many goroutines and takes up new rules as it runs.
func Example_service() {
	var current atomic.Pointer[compiler.Program]
	current.Store(whoamiProgram)

	events := make(chan evaluator.Event)
	var matches atomic.Int64
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			var ev *evaluator.Evaluator
			var program *compiler.Program
			for event := range events {
				if latest := current.Load(); latest != program {
					program, ev = latest, evaluator.New(latest)
				}
				matches.Add(int64(len(ev.Match(event))))
			}
		})
	}
	for range 100 {
		events <- evaluator.Map{"Image": `C:\Windows\System32\whoami.exe`, "User": `NT AUTHORITY\SYSTEM`}
	}
	close(events)
	workers.Wait()
	fmt.Println(matches.Load())
	// Output: 100
}

// Records of a recording are normalised, and then routed by their logsource.
func Example_recording() {
	ctx := context.Background()
	normaliser := telemetry.NewNormaliser(nil) // nil: the built-in views
	ev := evaluator.New(whoamiProgram)
	events := 0
	for record, err := range telemetry.Read(ctx, []string{"testdata/library.ndjson"}, telemetry.ReadOptions{}) {
		if err != nil {
			fmt.Println(err) // what could not be read; reading goes on behind it
			continue
		}
		events++
		event := normaliser.Event(record)
		for _, m := range ev.Match(event) {
			fmt.Println(record.Index, m.Rule.Title, m.View)
		}
	}
	fmt.Println(events, "events")
	// Output:
	// 0 Whoami as System windows/sysmon/process_creation
	// testdata/library.ndjson:2:61: unexpected 'o', want a value
	// 2 events
}

// Lines of JSON are evaluated as they stand, and other records as they were read.
func Example_stream() {
	normaliser := telemetry.NewNormaliser(nil)
	stream := telemetry.NewStream(normaliser, evaluator.New(whoamiProgram))
	show := func(matches []evaluator.Match, record telemetry.Record) {
		for _, m := range matches {
			id, _ := stream.Identity() // no event is made for it
			fmt.Println(record.Index, m.Rule.Title, m.View, id.Fingerprint[:14])
		}
	}
	options := telemetry.ReadOptions{Raw: true, Unrendered: true}
	for record, err := range telemetry.Read(context.Background(), []string{"testdata/library.ndjson"}, options) {
		if err != nil {
			continue
		}
		matches, _, err := stream.Match(record)
		show(matches, record)
		if errors.Is(err, telemetry.ErrNotPlain) { // a line that is no JSON, or holds several records
			for record, err := range stream.Reread(record) {
				if err == nil {
					matches, _, _ := stream.Match(record)
					show(matches, record)
				}
			}
		}
	}
	// Output:
	// 0 Whoami as System windows/sysmon/process_creation sha256:cc1014e
}

// A service matches JSON that it has received, whatever stands in it.
func Example_received() {
	stream := telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(whoamiProgram))
	for _, body := range []string{
		`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\whoami.exe","User":"SYSTEM"}`,
		`{"Records":[{"a":1},{"a":2}]}`,
		`{"a":`,
	} {
		received := telemetry.Record{Source: "body", Raw: []byte(body)}
		matches, _, err := stream.Match(received)
		fmt.Println(len(matches), "matches;", err)
		if errors.Is(err, telemetry.ErrNotPlain) {
			for record, err := range stream.Reread(received) {
				if err != nil {
					fmt.Println(err)
					continue
				}
				matches, _, _ := stream.Match(record)
				fmt.Println(record.Index, len(matches))
			}
		}
	}
	// Output:
	// 1 matches; <nil>
	// 0 matches; the line is not simply one record
	// 0 0
	// 1 0
	// 0 matches; the line is not simply one record
	// body:1:6: input ends inside a value
}

// Why does a rule not match?
func Example_explain() {
	event := evaluator.Map{"Image": `C:\Windows\System32\whoami.exe`, "User": `CORP\alice`}
	x := evaluator.New(whoamiProgram).Explain(whoamiProgram.Rules[0], event)
	var show func(n *evaluator.Node)
	show = func(n *evaluator.Node) {
		fmt.Printf("%t: %s %s %q\n", n.Matched, n.Kind, n.Label, n.Reason)
		for _, arg := range n.Args {
			show(arg)
		}
	}
	show(x.Root)
	// Output:
	// false: selection selection ""
	// true: item Image|endswith ""
	// true: value \whoami.exe ""
	// false: item User|contains "value differs"
	// false: value SYSTEM "value differs"
}
