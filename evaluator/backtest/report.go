package backtest

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// report makes the result of what was counted.
func (m *measurement) report(x *Exposure, partial bool) *Result {
	out := &Result{Schema: Schema, Partial: partial, Semantics: compiler.SemanticsVersion, Context: ContextVersion, Confidence: Confidence,
		Base: m.options.Base, Expiry: m.head.program.Expiry, Budgets: m.options.Budgets, Recordings: append([]Recording{}, x.Recordings...), Rules: []RuleReport{}}
	p := m.head.program
	for i, r := range p.Rules {
		out.Rules = append(out.Rules, m.rule(r, &m.head.rules[i], x.of(LogsourceOf(r)), p))
	}
	for i, c := range p.Correlations {
		out.Rules = append(out.Rules, m.correlation(c, &m.head.correlations[i], x, m.head, out.Rules[:len(p.Rules)]))
	}
	m.changes(out, x)
	m.logsources(out, x)
	m.total(out, x)
	m.summary(out, x)
	m.findings(out)
	return out
}

// of returns the ground of a logsource, an empty one if nothing is known of it.
func (x *Exposure) of(l Logsource) *Ground {
	if g := x.Grounds[l]; g != nil {
		return g
	}
	return NewGround()
}

// rule reports on one rule of a program.
func (m *measurement) rule(r *compiler.Rule, t *tally, g *Ground, p *compiler.Program) RuleReport {
	l := LogsourceOf(r)
	out := RuleReport{ID: r.ID, Title: r.Title, Level: r.Level, Kind: "rule", Hash: r.Hash, Logsource: &l, Feeds: !r.Alerts, Events: g.Events}
	place(&out, r.Source)
	out.Verdict, out.Reason, out.Missing = judge(r, p.Predicates, g, t.matches)
	for _, f := range r.Filters {
		out.Filters = append(out.Filters, FilterCount{Title: f.Filter.Title.Text, Path: f.Filter.Span.Path(), Line: f.Filter.Span.Start.Line,
			Asked: t.matches + t.suppressed, Suppressed: t.filters[f.Filter]})
	}
	m.fill(&out, t, g)
	return out
}

func place(out *RuleReport, d rules.Document) {
	span := d.Meta().Span
	out.Path, out.Line = span.Path(), span.Start.Line
}

// fill adds what a rule and a correlation have in common.
func (m *measurement) fill(out *RuleReport, t *tally, g *Ground) {
	out.Matches, out.Suppressed, out.Alerts, out.Undated, out.Baseline = t.matches, t.suppressed, t.alerts, t.undated, t.baseline
	out.First, out.Last = timeText(t.first), timeText(t.last)
	out.Days = t.dayReport()
	if out.Days != nil {
		out.Hours = t.hours[:]
	}
	out.Hosts, out.Users, out.RootCauses, out.Samples = t.hosts.report(), t.users.report(), t.causes.report(), t.samples
	if !out.Feeds && out.Verdict != Unused {
		out.Rate = t.rate(g)
		out.Budget = verify(m.options.Budgets, out.Level, out.Rate)
	}
}

// correlation reports on one correlation. rules are the reports of those of its
// program.
func (m *measurement) correlation(c *compiler.Correlation, t *tally, x *Exposure, s *side, rules []RuleReport) RuleReport {
	out := RuleReport{ID: c.ID, Title: c.Title, Level: c.Level, Kind: "correlation", Hash: c.Hash, Feeds: !c.Alerts}
	place(&out, c.Source)
	g := NewGround()
	for _, i := range inputsOf(s.program, c, map[int]bool{}) {
		g.Merge(x.of(LogsourceOf(s.program.Rules[i])))
	}
	out.Events = g.Events
	out.Verdict, out.Reason = judgeCorrelation(s.program, c, t.matches, func(rule int) bool { return rules[rule].Verdict != Unused })
	out.Lacking = s.lacking(c)
	m.fill(&out, t, g)
	return out
}

// lacking returns the fields of group-by that matches of a correlation did not have.
func (s *side) lacking(c *compiler.Correlation) (out []FieldLack) {
	for _, l := range s.engine.Lacking() {
		if l.Correlation == c {
			out = append(out, FieldLack{l.Field, l.Matches, l.Of})
		}
	}
	return out
}

// inputsOf returns the rules that a correlation is about, also by way of others,
// one for each logsource.
func inputsOf(p *compiler.Program, c *compiler.Correlation, seen map[int]bool) (out []int) {
	logsources := map[Logsource]bool{}
	var visit func(c *compiler.Correlation)
	visit = func(c *compiler.Correlation) {
		for _, in := range c.Inputs {
			switch {
			case in.Rule < 0:
				visit(p.Correlations[in.Correlation])
			case !seen[in.Rule]:
				seen[in.Rule] = true
				if l := LogsourceOf(p.Rules[in.Rule]); !logsources[l] {
					logsources[l] = true
					out = append(out, in.Rule)
				}
			}
		}
	}
	visit(c)
	return out
}

// judgeCorrelation gives a correlation its verdict by those of its rules.
func judgeCorrelation(p *compiler.Program, c *compiler.Correlation, alerts int, exercised func(rule int) bool) (Verdict, string) {
	if alerts > 0 {
		return Fired, ""
	}
	able := make([]bool, len(c.Inputs))
	some, all := false, true
	for i, in := range c.Inputs {
		if in.Rule >= 0 {
			able[i] = exercised(in.Rule)
		} else {
			v, _ := judgeCorrelation(p, p.Correlations[in.Correlation], 0, exercised)
			able[i] = v != Unused
		}
		some, all = some || able[i], all && able[i]
	}
	switch {
	case all:
		return Quiet, ""
	case !some, c.Type == compiler.TemporalOrdered, c.Condition != nil && !c.AtClose && !c.Condition.Holds(func(i int) bool { return able[i] }):
		return Unused, "rules that it needs are not exercised"
	}
	return Partly, "some of its rules are not exercised"
}

// Gone reports whether the rule is one of before alone, which is not evaluated now.
func (r *RuleReport) Gone() bool {
	return r.Change != nil && (r.Change.Status == Removed || r.Change.Status == Broken)
}

// changes adds what became of rules since the base, and those that were removed.
func (m *measurement) changes(out *Result, x *Exposure) {
	if m.pairs == nil {
		return
	}
	heads, base := len(m.head.program.Rules), m.base.program
	var before []RuleReport
	for i, r := range base.Rules {
		before = append(before, m.rule(r, &m.base.rules[i], x.of(LogsourceOf(r)), base))
	}
	for i, c := range base.Correlations {
		before = append(before, m.correlation(c, &m.base.correlations[i], x, m.base, before[:len(base.Rules)]))
	}
	attach := func(pairs []pair, offset int, before []RuleReport) {
		for n := range pairs {
			pair := &pairs[n]
			pair.settle(m.options.Samples)
			if pair.base < 0 {
				out.Rules[offset+pair.head].Change = pair.report(nil)
				continue
			}
			m.attach(out, pair, offset, &before[pair.base])
		}
	}
	attach(m.pairs.rules, 0, before)
	attach(m.pairs.correlations, heads, before[len(base.Rules):])
}

// attach adds a change to the report on a rule, or to one on a rule that was
// removed or is broken, which raises no alerts now.
func (m *measurement) attach(out *Result, x *pair, offset int, before *RuleReport) {
	change := x.report(before)
	if x.head >= 0 {
		r := &out.Rules[offset+x.head]
		if change.LevelBefore == r.Level {
			change.LevelBefore = ""
		}
		r.Change = change
		if r.Hosts != nil && change.HostsBefore != nil {
			change.HostsBefore.extend(&m.base.rules[x.base].hosts, r.Hosts.Top)
		}
		return
	}
	change.LevelBefore = ""
	out.Rules = append(out.Rules, RuleReport{ID: before.ID, Title: before.Title, Level: before.Level, Kind: before.Kind, Path: before.Path, Line: before.Line,
		Hash: before.Hash, Logsource: before.Logsource, Feeds: before.Feeds, Verdict: before.Verdict, Reason: before.Reason, Missing: before.Missing,
		Events: before.Events, Change: change})
}

// logsources reports what was recorded.
func (m *measurement) logsources(out *Result, x *Exposure) {
	count := map[Logsource]int{}
	for _, r := range m.head.program.Rules {
		count[LogsourceOf(r)]++
	}
	out.Logsources = []LogsourceReport{}
	for _, l := range slices.SortedFunc(maps.Keys(x.Grounds), compareLogsources) {
		if count[l] == 0 {
			continue
		}
		g := x.Grounds[l]
		first, last := g.bounds()
		var daily []DayEvents
		for _, day := range slices.Sorted(maps.Keys(g.Days)) {
			daily = append(daily, DayEvents{day.String(), g.Days[day].Events})
		}
		out.Logsources = append(out.Logsources, LogsourceReport{Daily: daily, Logsource: l, Rules: count[l], Events: g.Events, Undated: g.Undated,
			First: timeText(first), Last: timeText(last), CoveredDays: len(g.Days), Days: g.covered(), GapDays: g.gaps()})
	}
}

// total adds up the alerts of all rules.
func (m *measurement) total(out *Result, x *Exposure) {
	g := x.of(Logsource{})
	var all tally
	for i := range out.Rules {
		r := &out.Rules[i]
		all.alerts += r.Alerts
		all.undated += r.Undated
	}
	all.days = map[Day]int{}
	days := map[Day]bool{}
	for day := range g.Days {
		days[day] = true
	}
	for day, levels := range m.dayLevels {
		days[day] = true
		for _, n := range levels {
			all.days[day] += n
		}
	}
	first, last := g.bounds()
	t := &Total{Alerts: all.alerts, Undated: all.undated, First: timeText(first), Last: timeText(last), Rate: all.rate(g), Days: []DayLevel{}}
	t.Budget = verify(m.options.Budgets, AllRules, t.Rate)
	for _, day := range slices.Sorted(maps.Keys(days)) {
		d := DayLevel{Day: day.String(), Alerts: all.days[day], Levels: m.dayLevels[day]}
		if s := g.Days[day]; s != nil {
			d.Events = s.Events
		}
		t.Days = append(t.Days, d)
	}
	out.Total = t
}

func (m *measurement) summary(out *Result, x *Exposure) {
	s := &out.Summary
	s.Rules, s.Correlations = len(m.head.program.Rules), len(m.head.program.Correlations)
	s.Events, s.Unrouted, s.Problems = x.Events, x.Unrouted, x.Problems+m.problems
	s.Matches, s.Suppressed = m.matches, m.stopped
	if m.base != nil {
		s.Delta = &Delta{}
	}
	for i := range out.Rules {
		r := &out.Rules[i]
		if r.Change != nil {
			s.Delta.add(r.Change)
			if r.Gone() {
				continue
			}
		}
		s.add(r)
	}
	if e := m.head.engine; e != nil {
		st := e.Stats()
		if lost := (CorrelationLosses{st.Untimed, st.Late, st.Ignored, st.Groups, st.Entries}); lost != (CorrelationLosses{}) {
			s.Lost = &lost
		}
	}
}

func (s *Summary) add(r *RuleReport) {
	s.Alerts += r.Alerts
	switch r.Verdict {
	case Fired:
		s.Fired++
	case Quiet:
		s.Quiet++
	case Partly:
		s.Partly++
	default:
		s.NotExercised++
	}
	if r.Budget != nil {
		switch r.Budget.State {
		case Exceeded:
			s.BudgetExceeded++
		case Undecided:
			s.BudgetUndecided++
		}
	}
}

func (d *Delta) add(c *Change) {
	switch c.Status {
	case Added:
		d.Added++
	case Removed:
		d.Removed++
	case Changed:
		d.Changed++
	case Broken:
		d.Broken++
	case Mended:
		d.Mended++
	}
	d.Unseen += c.Unseen
	d.Gained += c.Gained
	d.Lost += c.Lost
	d.AlertsBefore += c.AlertsBefore
}
