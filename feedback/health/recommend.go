package health

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// What recommendations rest on.
const (
	retireBelow   = 0.01 // upper bound of the precision
	tuneCauses    = 3    // false ones, as few as there can be to learn from
	tuneShare     = 0.1  // lower bound of the share of false ones
	manyCauses    = 20   // from which on causes are many, unless few make most of the alerts
	fewCauses     = 5    // that may make most of the alerts
	mostAlerts    = 0.5
	levelInterval = 0.8 // confidence for a change of level, which is easily undone
)

// bands are the precisions that fit a level: below the first it promises too much,
// above the second too little.
var bands = []struct {
	level    string
	from, to float64
}{{"critical", 0.5, 1}, {"high", 0.2, 1}, {"medium", 0.05, 0.9}, {"low", 0.01, 0.5}, {"informational", 0, 0.2}}

// recommend decides what to do, and says why.
func (r *Rule) recommend() {
	r.Action, r.Reasons = Keep, []string{}
	switch {
	case r.retire():
	case r.tune():
	case r.changeLevel():
	default:
		r.keep()
	}
	for _, d := range r.Drift {
		r.because("%s changed on %s: %s before, %s after (p = %.2g, n = %d)", d.Of, d.Since, d.number(d.Before), d.number(d.After), d.P, d.N)
	}
	if r.Untested {
		r.because("no test wants it to match")
	}
}

func (d *Drift) number(x float64) string {
	if d.Of == "precision" {
		return fmt.Sprintf("%.0f %%", 100*x)
	}
	return fmt.Sprintf("%.3g a day", x)
}

func (r *Rule) because(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

// never reports whether a rule is practically never right: that takes 299 root causes
// of which none is an attack.
func (p *Precision) never() bool {
	return p.True+p.Contested == 0 && p.False > 0 && feedback.ProportionUpper(0, p.False, Confidence) < retireBelow
}

// retire recommends to give a rule up that is never right, if others cover what it
// is for.
func (r *Rule) retire() bool {
	if !r.Precision.never() {
		return false
	}
	n := r.Precision.False
	r.Action = Retire
	r.because("none of %d judged root causes was an attack: at most %.2g %% are", n, 100*feedback.ProportionUpper(0, n, Confidence))
	switch {
	case len(r.Techniques) == 0:
		r.because("no technique is tagged, so nothing says what would be lost")
	case len(r.SoleFor) > 0:
		r.Action = SoleCoverage
		r.because("no other rule that has fired or was confirmed is tagged with %s, those that are never right aside", strings.Join(r.SoleFor, ", "))
	default:
		r.because("others that have fired or were confirmed are tagged with %s", strings.Join(r.Techniques, ", "))
	}
	return true
}

// tune recommends an exclusion where few causes make most of the false positives,
// and to count where they are many.
func (r *Rule) tune() bool {
	p := &r.Precision
	n := p.True + p.False + p.Contested
	if p.False < tuneCauses {
		return false
	}
	share := feedback.ProportionLower(p.False, n, Confidence)
	if share < tuneShare {
		return false
	}
	r.because("%d of %d judged root causes were no attack: at least %.0f %% are none", p.False, n, 100*share)
	if p.Expected > 0 {
		r.because("%d of them are expected actions", p.Expected)
	}
	if r.scattered() {
		r.Action = Correlate
		r.because("its alerts have %d root causes, of which no %d make half: an exclusion would chase them", r.Volume.Causes, fewCauses)
		return true
	}
	r.Action = Tune
	return true
}

// scattered reports whether causes are many and none of them makes much.
func (r *Rule) scattered() bool {
	v := r.Volume
	if v == nil || v.Causes < manyCauses {
		return false
	}
	top := 0
	for _, n := range v.TopCauses[:min(fewCauses, len(v.TopCauses))] {
		top += n
	}
	return float64(top) < mostAlerts*float64(v.Alerts)
}

// Fit is how a precision fits a level.
type Fit struct {
	Lower, Upper float64 // of the precision, with Confidence
	Confidence   float64
	From, To     float64 // precisions that the present level stands for
	Level        string  // that fits: the present one, or the nearest that does
}

// FitLevel returns what level root causes that were attacks and others that were not
// speak for. The second result is false if there are none, or the level is not one of
// Sigma's.
func FitLevel(level string, attacks, others int) (Fit, bool) {
	at := slices.IndexFunc(bands, func(b struct {
		level    string
		from, to float64
	}) bool {
		return b.level == level
	})
	if at < 0 || attacks+others == 0 {
		return Fit{}, false
	}
	lower, upper := posterior(attacks, others, levelInterval)
	to := at
	for to < len(bands)-1 && upper < bands[to].from {
		to++
	}
	for to > 0 && to <= at && lower > bands[to].to {
		to--
	}
	return Fit{lower, upper, levelInterval, bands[at].from, bands[at].to, bands[to].level}, true
}

// Refit returns the level that a rule should change to. What is contested counts
// against a change, whichever way it goes. The second result is false if there is none.
func Refit(level string, attacks, others, contested int) (Fit, bool) {
	most, ok := FitLevel(level, attacks+contested, others)
	least, _ := FitLevel(level, attacks, others+contested)
	if !ok {
		return Fit{}, false
	}
	levels := rules.Levels()
	now := slices.Index(levels, level)
	a, b := slices.Index(levels, most.Level)-now, slices.Index(levels, least.Level)-now
	switch {
	case a == 0 || b == 0 || (a < 0) != (b < 0):
		return Fit{}, false
	case max(b, -b) < max(a, -a):
		return least, true
	}
	return most, true
}

// changeLevel recommends the level that the precision fits, if it does not fit that
// of the rule.
func (r *Rule) changeLevel() bool {
	f, ok := Refit(r.Level, r.Precision.True, r.Precision.False, r.Precision.Contested)
	if !ok {
		return false
	}
	r.Action, r.ToLevel = ChangeLevel, f.Level
	r.because("its precision is %.0f to %.0f %% with %.0f %% confidence; %s stands for %.0f to %.0f %%", 100*f.Lower, 100*f.Upper, 100*f.Confidence, r.Level, 100*f.From, 100*f.To)
	return true
}

// posterior is the interval of a share of which nothing was known before.
func posterior(hits, misses int, confidence float64) (lower, upper float64) {
	tail := (1 - confidence) / 2
	return feedback.BetaQuantile(float64(1+hits), float64(1+misses), tail), feedback.BetaQuantile(float64(1+hits), float64(1+misses), 1-tail)
}

// keep says what is known, or that nothing is.
func (r *Rule) keep() {
	p, v := &r.Precision, r.Volume
	if n := p.True + p.False; n > 0 {
		r.because("%d of %d judged root causes were attacks: %.0f to %.0f %%", p.True, n, 100*p.Lower, 100*p.Upper)
	}
	if p.Contested > 0 {
		r.because("investigators disagree on %s: settle that first", rootCauses(p.Contested))
	}
	if !p.judged() {
		r.because("no verdict tells how precise it is")
	}
	switch {
	case v == nil:
	case v.Verdict == backtest.Unused:
		r.because("no event of the replay could have made it match: its silence says nothing")
	case v.Verdict == backtest.Partly && r.Kind == "correlation":
		r.because("it did not match, and some of its rules could not have")
	case v.Verdict == backtest.Partly:
		r.because("it did not match, and some of its fields never occurred")
	case v.Alerts == 0 && v.Verdict == backtest.Fired:
		r.because("it raises no alert itself: what it matched is for the correlations that refer to it")
	case v.Alerts == 0 && r.Silent && v.Suppressed > 0:
		r.because("silent: filters hide everything in the replay that it matched (%d)", v.Suppressed)
	case v.Alerts == 0 && r.Silent:
		r.because("silent: nothing in the replay matched, though it could have")
	case v.Budget != nil && v.Budget.State == backtest.Exceeded:
		r.because("it exceeds its budget with %.3g alerts a day: judge some of them", math.Max(0, v.Rate.PerDay))
	}
	if p.Older > 0 && !p.judged() {
		r.because("%d alerts were judged as the rule was before", p.Older)
	}
}

// rootCauses counts them in words.
func rootCauses(n int) string {
	if n == 1 {
		return "1 root cause"
	}
	return fmt.Sprintf("%d root causes", n)
}
