package logic

import (
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var timespanVsInterval = &lint.Check{
	Name:  "logic/timespan-vs-interval",
	Title: `a timespan that is shorter than the interval of searches`,
	Doc:   `Backends that run a correlation as a search every few minutes see of each window only what lies between two runs; what a window of a shorter timespan holds across runs is missed. Turn the check on with the interval in which your backend searches.`,
	Bad: `
-- .socctl.yml --
lint:
    checks:
        logic/timespan-vs-interval: {level: warning, interval: 15m}
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: 4625
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [TargetUserName]
    timespan: 5m
    condition: {gte: 10}
`,
	Good: `
-- .socctl.yml --
lint:
    checks:
        logic/timespan-vs-interval: {level: warning, interval: 15m}
-- rule.yml --
title: Failed Logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: 4625
    condition: selection
-- many.yml --
title: Many
correlation:
    type: event_count
    rules: [failed_logon]
    group-by: [TargetUserName]
    timespan: 30m
    condition: {gte: 10}
`,
	Severity:  rules.Warning,
	Off:       true,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "interval", Doc: "how often searches run, as a duration such as 15m", Default: "5m"}},
	Elsewhere: []string{"elastic TestTuleTiming.test_required_lookback: compares a search with its own schedule"},
	Run: func(p *lint.Pass) {
		c := compiled(p)
		interval, err := time.ParseDuration(p.Text("interval"))
		if c == nil || err != nil || c.Timespan >= interval {
			return
		}
		p.Report(p.Correlation.Timespan.Span, "the timespan "+p.Correlation.Timespan.Text+" is shorter than "+p.Text("interval")+", the interval of searches", "search more often, or take a longer timespan")
	},
}
