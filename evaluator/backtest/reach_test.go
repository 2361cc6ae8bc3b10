package backtest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
)

const (
	sysmonEvent = `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Computer":"PC1","Image":"C:\\x.exe","CommandLine":"x","UtcTime":"2026-01-02 03:04:05.678"}`
	head        = "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n"
)

// replayed runs one rule over lines of JSON and returns its report.
func replayed(t *testing.T, rule string, lines ...string) *backtest.Result {
	t.Helper()
	s := &backtest.Streaming{Recordings: []string{"-"}, Read: telemetry.ReadOptions{Stdin: strings.NewReader(strings.Join(lines, "\n") + "\n")}, Jobs: 1}
	r, err := backtest.Run(t.Context(), backtest.NewSubject(parsed(t, rule), nil), s, backtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Silence is told apart: what could have fired from what could not.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, detection string
		want            backtest.Verdict
		missing         []string
	}{
		{"fires", "    s: {Image|endswith: x.exe}\n    condition: s", backtest.Fired, nil},
		{"fires without a field", "    s: {Image|endswith: x.exe}\n    f: {ParentImage: y}\n    condition: s and not f", backtest.Fired, []string{"ParentImage"}},
		{"quiet", "    s: {Image|endswith: y.exe}\n    condition: s", backtest.Quiet, nil},
		{"one of two fields", "    s: {Image: y, ParentImage: z}\n    condition: s", backtest.Unused, []string{"ParentImage"}},
		{"an alternative", "    a: {Image: y}\n    b: {ParentImage: z}\n    condition: a or b", backtest.Partly, []string{"ParentImage"}},
		{"in a filter only", "    s: {Image: y}\n    f: {ParentImage: z}\n    condition: s and not f", backtest.Partly, []string{"ParentImage"}},
		{"a field that must be absent", "    s: {Image: y, ParentImage|exists: false}\n    condition: s", backtest.Partly, []string{"ParentImage"}},
		{"a field that must not be null", "    s: {Image: y}\n    f: {ParentImage: null}\n    condition: s and not f", backtest.Unused, []string{"ParentImage"}},
		{"another field that is not there", "    s: {Image|fieldref: ParentImage}\n    condition: s", backtest.Unused, []string{"ParentImage"}},
		{"keywords", "    s: [nothing]\n    condition: s", backtest.Quiet, nil},
	} {
		r := replayed(t, head+c.detection, sysmonEvent, sysmonEvent).Rules[0]
		if r.Verdict != c.want || !cmp.Equal(r.Missing, c.missing) || r.Events != 2 {
			t.Errorf("%s: %s (%s), missing %v of %d events, want %s, %v", c.name, r.Verdict, r.Reason, r.Missing, r.Events, c.want, c.missing)
		}
		if (r.Rate == nil) != (r.Verdict == backtest.Unused) {
			t.Errorf("%s: a rate of what was not exercised, or none of what was: %v", c.name, r.Rate)
		}
	}
	r := replayed(t, strings.Replace(head, "process_creation", "dns_query", 1)+"    s: {QueryName: x}\n    condition: s", sysmonEvent)
	if got := r.Rules[0]; got.Verdict != backtest.Unused || got.Reason != "no event of category=dns_query product=windows" || r.Summary.NotExercised != 1 {
		t.Errorf("%+v", got)
	}
}

// A correlation can only fire if the rules that it needs can.
func TestVerdictsOfCorrelations(t *testing.T) {
	t.Parallel()
	const inputs = "title: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: y}, condition: s}\n---\n" +
		"title: B\nname: b\nlogsource: {product: windows, category: dns_query}\ndetection: {s: {QueryName: y}, condition: s}\n---\n"
	for text, want := range map[string]backtest.Verdict{
		"{type: event_count, rules: [a], timespan: 1m, condition: {gte: 2}}":    backtest.Quiet,
		"{type: event_count, rules: [b], timespan: 1m, condition: {gte: 2}}":    backtest.Unused,
		"{type: event_count, rules: [a, b], timespan: 1m, condition: {gte: 2}}": backtest.Partly,
		"{type: temporal, rules: [a, b], timespan: 1m}":                         backtest.Unused,
		"{type: temporal_ordered, rules: [a, b], timespan: 1m}":                 backtest.Unused,
		"{type: temporal, rules: [a, b], timespan: 1m, condition: a or b}":      backtest.Partly,
	} {
		r := replayed(t, inputs+"title: C\ncorrelation: "+text, sysmonEvent)
		if got := r.Rules[2]; got.Verdict != want {
			t.Errorf("%s: %s (%s), want %s", text, got.Verdict, got.Reason, want)
		}
	}
}

// Rates are about recorded days: a gap of days is left out, and some minutes count
// as a day.
func TestRecordedDays(t *testing.T) {
	t.Parallel()
	at := func(time string) string { return strings.Replace(sysmonEvent, "2026-01-02 03:04:05.678", time, 1) }
	r := replayed(t, head+"    s: {Image|endswith: x.exe}\n    condition: s", at("2026-01-02 12:00:00"), at("2026-01-03 12:00:00"), at("2026-01-04 18:00:00"), at("2026-01-20 10:00:00"), at("2026-01-20 10:01:00"), at("-"))
	rule, l := r.Rules[0], r.Logsources[0]
	if rule.Alerts != 6 || rule.Undated != 1 || rule.Rate.Days != 3.25 || rule.Rate.PerDay != 5/3.25 {
		t.Errorf("%+v %+v", rule, rule.Rate)
	}
	if l.CoveredDays != 4 || l.Days != 3.25 || l.GapDays != 15 || l.Undated != 1 || l.Events != 6 {
		t.Errorf("%+v", l)
	}
	if diff := cmp.Diff([]backtest.DayCount{{Day: "2026-01-02", Alerts: 1}, {Day: "2026-01-03", Alerts: 1}, {Day: "2026-01-04", Alerts: 1}, {Day: "2026-01-20", Alerts: 2}}, rule.Days); diff != "" {
		t.Error(diff)
	}
}
