package witness_test

import (
	"errors"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// TestPublicRules makes an event for every public rule, and has the streaming
// evaluator match it as a line of a recording.
func TestPublicRules(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	m := witness.NewMaker(p, nil)
	normaliser, ev := telemetry.NewNormaliser(logsource.Default()), evaluator.New(p)
	routed, plain, none := 0, 0, 0
	for _, r := range p.Rules {
		e, err := m.Matching(r)
		switch {
		case errors.Is(err, witness.ErrNone):
			none++
		case err != nil:
			t.Errorf("%s: %v", r.Source.Span.Path(), err)
		case e.View == "":
			plain++
		default:
			routed++
			if !matched(ev.Match(normaliser.Event(telemetry.Record{Value: e.Value})), r) {
				t.Errorf("%s: not matched: %s", r.Title, e.Value.Text())
			}
		}
	}
	t.Logf("%d routed, %d of no logsource, %d cannot fire", routed, plain, none)
	// One contradicts itself, the other is of the channel System and excludes it.
	if none != 2 || plain > 25 {
		t.Errorf("%d cannot fire, want 2; %d without logsource, want at most 25", none, plain)
	}
}

func matched(all []evaluator.Match, r *compiler.Rule) bool {
	for _, m := range all {
		if m.Rule == r {
			return true
		}
	}
	return false
}

// TestNearMisses checks on public rules that a near miss does not match, and that
// there is nearly always one for each part.
func TestNearMisses(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	m := witness.NewMaker(p, nil)
	normaliser, ev := telemetry.NewNormaliser(logsource.Default()), evaluator.New(p)
	found, never := 0, 0
	for i := 0; i < len(p.Rules); i += 12 {
		r := p.Rules[i]
		for _, miss := range m.NearMisses(r) {
			switch {
			case errors.Is(miss.Err, witness.ErrNone):
				never++
			case miss.Err != nil:
				t.Errorf("%s: %v", r.Source.Span.Path(), miss.Err)
			default:
				found++
				if miss.Event.View != "" && matched(ev.Match(normaliser.Event(telemetry.Record{Value: miss.Event.Value})), r) {
					t.Errorf("%s: a near miss matches: %s", r.Title, miss.Event.Value.Text())
				}
			}
		}
	}
	t.Logf("%d near misses, %d parts never decide", found, never)
	if found < 800 || never*20 > found {
		t.Errorf("%d near misses, %d parts that never decide", found, never)
	}
}

// TestNearMissOnEveryView: a near miss is matched on none of the views that a recorded
// event has, not only on the one for which it was made. The event of a login has two.
func TestNearMissOnEveryView(t *testing.T) {
	docs, _ := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: gcp, service: google_workspace.login}\n"+
		"detection:\n    s:\n        protoPayload.serviceName: login.googleapis.com\n        protoPayload.metadata.event.eventName: gov_attack_warning\n    condition: s\n"))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	r := p.Rules[0]
	normaliser, ev := telemetry.NewNormaliser(logsource.Default()), evaluator.New(p)
	found := 0
	for _, miss := range witness.NewMaker(p, nil).NearMisses(r) {
		if miss.Err != nil {
			continue
		}
		found++
		if matched(ev.Match(normaliser.Event(telemetry.Record{Value: miss.Event.Value})), r) {
			t.Errorf("a near miss matches: %s", miss.Event.Value.Text())
		}
	}
	if found == 0 {
		t.Error("no near miss was found")
	}
}

// TestNothingInTheEvent: a rule that is content with nothing matches an event without
// fields, which is an object all the same.
func TestNothingInTheEvent(t *testing.T) {
	docs, _ := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: nowhere}\ndetection:\n    s: {F: null}\n    condition: s\n"))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	e, err := witness.NewMaker(p, nil).Matching(p.Rules[0])
	if err != nil {
		t.Fatal(err)
	}
	if e.Value.Kind() != evaluator.Object {
		t.Errorf("the event is %v: %s", e.Value.Kind(), e.Value.Text())
	}
}

// TestKeywordsBesideAMessage: what keywords ask for stands in a field that the rule
// does not ask about.
func TestKeywordsBesideAMessage(t *testing.T) {
	docs, _ := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: windows}\ndetection:\n    a: ['mimikatz']\n    b: {Message: 'exactly this'}\n    condition: a and b\n"))
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	e, err := witness.NewMaker(p, nil).Matching(p.Rules[0])
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := e.Value.Member("Message"); v.Text() != "exactly this" {
		t.Errorf("event %s", e.Value.Text())
	}
}
