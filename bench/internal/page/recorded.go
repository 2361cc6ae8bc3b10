package page

// RecordedLane is what replaying a lane takes that was recorded.
type RecordedLane struct {
	Name string        `json:"name"`
	Rows []RecordedRow `json:"rows"`
}

// RecordedRow is some events and some rules.
type RecordedRow struct {
	Events  int    `json:"events"`
	Rules   int    `json:"rules"`
	Stream  Spread `json:"stream"` // seconds of CPU time
	Replay  Spread `json:"replay"`
	Matches int    `json:"matches"`

	// Fresh is which part of the values that rules look at streaming had not met before,
	// of those that it remembers.
	Fresh float64 `json:"fresh"`
}

// Targets of replays: times as fast as streaming, with all rules and with ten. Recorded
// events occur once; those of a fleet repeat themselves.
const (
	fewRules        = 10
	recordingsLane  = "recordings"
	targetReplay    = 5
	targetReplayFew = 50
	targetFleet     = 20
	targetFleetFew  = 200
)

const recordedMethod = `## Recorded telemetry

Events are recorded once; then rules are replayed on one goroutine, with nothing remembered of earlier runs, beside streaming the same events: in turn, as
often as the command above says. Times are CPU time and medians, building of what events first ask for included. By events, what bounds a replay is how many different texts there are in
the columns that rules look at, and how many layouts the records have. By rules, it is how many events are of a logsource that some rule is about: others
are not read. *New* is how many of the values that rules look at were not met before, as the cache of streaming tells: a replay looks at each once in each
file.
`

func (p *printer) recorded(r *Result) {
	if len(r.Recorded) == 0 {
		return
	}
	p.line(recordedMethod)
	p.line("| Lane | Events | Rules | Streaming s | Replay s | Replay µs/event | Times as fast | New | Matches |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, l := range r.Recorded {
		for _, row := range l.Rows {
			p.line("| %s | %s | %s | %s | %s | %s | %s | %s %% | %s |", l.Name, number(float64(row.Events)), number(float64(row.Rules)), spread(row.Stream), spread(row.Replay),
				number(quotient(row.Replay.Median*1e6, float64(row.Events))), times(row.Stream.Median, row.Replay.Median), number(100*row.Fresh), number(float64(row.Matches)))
		}
	}
	p.line("\n| Replay | Measured | Target | |\n|---|---:|---:|---|")
	for _, l := range r.Recorded {
		for _, row := range l.whole() {
			target := l.target(row.Rules)
			got := quotient(row.Stream.Median, row.Replay.Median)
			p.line("| %s: %s events, %s rules | %s × | ≥ %d × | %s |", l.Name, number(float64(row.Events)), number(float64(row.Rules)), number(got), target, reached(got >= float64(target)))
		}
	}
	p.line("")
}

// whole are the rows of all events with the fewest and with the most rules.
func (l *RecordedLane) whole() (out []RecordedRow) {
	most, all := 0, 0
	for _, row := range l.Rows {
		most, all = max(most, row.Events), max(all, row.Rules)
	}
	for _, row := range l.Rows {
		if row.Events == most && (row.Rules == fewRules || row.Rules == all) {
			out = append(out, row)
		}
	}
	return out
}

// target is how many times as fast as streaming a replay is to be.
func (l *RecordedLane) target(rules int) int {
	switch few := rules == fewRules; {
	case l.Name == recordingsLane && few:
		return targetReplayFew
	case l.Name == recordingsLane:
		return targetReplay
	case few:
		return targetFleetFew
	}
	return targetFleet
}
