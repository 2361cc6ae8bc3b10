package backtest

import (
	"context"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// ending is a replay that is interrupted when all hits are known.
type ending struct{ hits int }

func (e ending) Replay(ctx context.Context, p *compiler.Program, take func(*Hit)) (*Exposure, error) {
	for range e.hits {
		take(&Hit{Matches: []evaluator.Match{{Rule: p.Rules[0]}}, Load: func() (*telemetry.Event, []evaluator.View, error) { return nil, nil, context.Canceled }})
	}
	return &Exposure{Events: e.hits, Grounds: map[Logsource]*Ground{}}, nil
}

// Events that are not loaded because the replay is ending are no problem, and matches of
// them count.
func TestLoadInterrupted(t *testing.T) {
	documents, _ := rules.Parse("r.yml", []byte("title: a\nlogsource: {product: windows}\ndetection: {s: {a: b}, condition: s}"))
	set, _ := rules.Assemble(documents)
	p, _ := compiler.Compile(set, compiler.Options{})
	result, err := Run(t.Context(), NewSubject(p, nil), ending{7}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := result.Summary; s.Problems != 0 || s.Alerts != 7 || s.Matches != 7 {
		t.Errorf("%+v", s)
	}
}
