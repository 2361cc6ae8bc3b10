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
}

const recordedMethod = `## Recorded telemetry

Events are recorded once; then rules are replayed on one goroutine, with nothing remembered of earlier runs, beside streaming the same events: %d times, in
turn. Times are CPU time and medians, building of what events first ask for included. By events, what bounds a replay is how many different texts there are in
the columns that rules look at, and how many layouts the records have. By rules, it is how many events are of a logsource that some rule is about: others
are not read.
`

func (p *printer) recorded(r *Result) {
	if len(r.Recorded) == 0 {
		return
	}
	p.line(recordedMethod, r.Runs)
	p.line("| Lane | Events | Rules | Streaming s | Replay s | Replay µs/event | Times as fast | Matches |\n|---|---:|---:|---:|---:|---:|---:|---:|")
	for _, l := range r.Recorded {
		for _, row := range l.Rows {
			p.line("| %s | %s | %s | %s | %s | %s | %s | %s |", l.Name, number(float64(row.Events)), number(float64(row.Rules)), spread(row.Stream), spread(row.Replay),
				number(quotient(row.Replay.Median*1e6, float64(row.Events))), times(row.Stream.Median, row.Replay.Median), number(float64(row.Matches)))
		}
	}
	p.line("")
}
