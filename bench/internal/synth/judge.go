package synth

import (
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// judge tells which rules match a line, and when its event happened.
type judge struct {
	program   *compiler.Program
	evaluator *evaluator.Evaluator
	stream    *telemetry.Stream
	index     map[*compiler.Rule]int32
	matched   []int32
	render    renderer
	line      []byte
}

func newJudge(p *compiler.Program) *judge {
	j := &judge{program: p, evaluator: evaluator.New(p), index: map[*compiler.Rule]int32{}}
	j.stream = telemetry.NewStream(telemetry.NewNormaliser(nil), evaluator.New(p))
	for i, r := range p.Rules {
		j.index[r] = int32(i)
	}
	j.render = renderer{fleet: newFleet(40, 0, true), versions: func(int, int32, int64) string { return "4.2.0" }}
	return j
}

// match returns the rules that match, valid until the next call.
func (j *judge) match(r telemetry.Record) ([]int32, error) {
	matches, _, err := j.stream.Match(r)
	j.matched = j.matched[:0]
	for _, m := range matches {
		j.matched = append(j.matched, j.index[m.Rule])
	}
	slices.Sort(j.matched)
	j.matched = slices.Compact(j.matched)
	return j.matched, err
}

func (j *judge) matchLine(line []byte) []int32 {
	matched, err := j.match(telemetry.Record{Source: "fleet.ndjson", Format: "json", Raw: line})
	if err != nil {
		return []int32{-1} // none of our own
	}
	return matched
}

// time is that of the event that was matched last.
func (j *judge) time() (time.Time, bool) {
	event, err := j.stream.Event()
	if err != nil {
		return time.Time{}, false
	}
	at, _, ok := event.Time()
	return at, ok
}

// try writes an event of a template on some machine of a role, and reports whether
// exactly these rules match it.
func (j *judge) try(t *template, on role, want []int32) bool {
	s := scene{at: 1772614800 * second, host: j.render.fleet.ofRole(on)[0], cast: 1, session: 2, once: 3}
	j.line = j.render.line(j.line[:0], t, &s)
	return slices.Equal(j.matchLine(j.line[:len(j.line)-1]), want)
}
