package page

import (
	"fmt"
	"slices"
)

// Aims are what was to be reached with all rules on one core. Lanes of RSigma are those
// that it publishes figures of.
const (
	aimRSigma    = 10      // times as many events as its command line
	aimLibraries = 400     // times as many as other libraries in Go
	aimScan      = 3       // times what reading shapes and leaves takes, on recorded events
	aimTokens    = 1       // times what reading tokens takes, on recorded events
	aimDefeated  = 100_000 // events a second where caches do not help
	aimEVTX      = 100_000 // events a second from event logs
)

var lanesOfRSigma = []string{"raw_windows", "structured_windows", "cisco_syslog", "sysmon_file_event"}

const aimsMethod = `## What was aimed at

On one core, with all rules. "At most" is what the ratio would be if socctl did nothing but read the shapes and leaves of the lines, and write the lines of
matches where it does, as the floors of the lane do: no ratio above it can be reached, whatever is done about evaluation. It is low where few rules are about a lane, since other libraries get
decoded events and only those rules. Command lines write a line for every match, which is part of what they take: what was aimed at against RSigma stands
there twice, for "socctl", which writes whole lines, and for "socctl-brief", which says of the rule what RSigma says (see above).
`

// aims sums up what was to be reached and what was.
func (p *printer) aims(r *Result) {
	var rows []string
	for i := range r.Lanes {
		rows = append(rows, aimsOf(&r.Lanes[i])...)
	}
	if len(rows) == 0 {
		return
	}
	p.line(aimsMethod)
	p.line("| Lane | Aim | Engine | Measured | At most | |\n|---|---|---|---:|---:|---|")
	for _, row := range rows {
		p.line("%s", row)
	}
	p.line("")
}

func aimsOf(l *Lane) (rows []string) {
	add := func(what, engine, measured, most string, ok bool) {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", l.Name, what, engine, measured, most, reached(ok)))
	}
	scan := l.floor(scanFloor)
	most := func(engine string, row *Row) string {
		limit := quotient(l.reachable(engine), row.Core.Median)
		return unless(limit > 0, number(limit)+" ×")
	}
	for i := range l.Rows {
		row := &l.Rows[i]
		least := aimAgainst(l.Name, row.Engine)
		if least == 0 || row.Ratio == 0 {
			continue
		}
		what := fmt.Sprintf("%s × %s", number(least), row.Engine)
		add(what, row.Against, number(row.Ratio)+" ×", most(row.Against, row), row.Ratio >= least)
		if row.AlsoRatio > 0 {
			add(what, row.Also, number(row.AlsoRatio)+" ×", most(row.Also, row), row.AlsoRatio >= least)
		}
	}
	library := l.row("library")
	if library == nil || library.Core.Median == 0 || library.Short {
		return rows
	}
	rate := library.Core.Median
	switch l.Name {
	case "recordings":
		if scan > 0 {
			add(fmt.Sprintf("%d × the time of reading shapes and leaves", aimScan), library.Engine, number(scan/rate)+" ×", "–", scan/rate <= aimScan)
		}
		if tokens := l.floor(tokensFloor); tokens > 0 {
			add(fmt.Sprintf("%d × the time of reading tokens", aimTokens), library.Engine, number(tokens/rate)+" ×", "–", tokens/rate <= aimTokens)
		}
	case "defeated":
		add(number(aimDefeated)+" events a second", library.Engine, number(rate), "–", rate >= aimDefeated)
	case "evtx":
		add(number(aimEVTX)+" events a second", library.Engine, number(rate), "–", rate >= aimEVTX)
	}
	return rows
}

// aimAgainst returns the ratio that was to be reached against an engine, 0 for none.
func aimAgainst(lane, engine string) float64 {
	switch engine {
	case "rsigma":
		if slices.Contains(lanesOfRSigma, lane) {
			return aimRSigma
		}
	case "sigma-go", "sigmalite":
		return aimLibraries
	}
	return 0
}

// Floors by what they do.
const (
	scanFloor   = "read shapes and leaves (our scanner)"
	tokensFloor = "read tokens (jsontext)"
	outputFloor = "write the lines of " // an engine
)

// reachable returns the events per second of an engine of ours that does nothing but what
// floors do, 0 if these were not measured.
func (l *Lane) reachable(engine string) float64 {
	scan, write := l.floor(scanFloor), l.floor(outputFloor+engine)
	if scan == 0 || write == 0 {
		return scan
	}
	return 1 / (1/scan + 1/write)
}

// floor returns the events per second of a floor, 0 if it was not measured.
func (l *Lane) floor(what string) float64 {
	for i := range l.Floors {
		if l.Floors[i].Engine == what {
			return l.Floors[i].Core.Median
		}
	}
	return 0
}

// row returns that of an engine, nil if it was not measured.
func (l *Lane) row(engine string) *Row {
	for i := range l.Rows {
		if l.Rows[i].Engine == engine {
			return &l.Rows[i]
		}
	}
	return nil
}
