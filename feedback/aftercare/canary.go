package aftercare

import (
	"cmp"
	"math"
	"slices"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// Novelty is a host, user or parent process that a filter hides now and did not
// hide while it was learnt. Whoever lives in an exclusion begins as one.
type Novelty struct {
	Of     string `json:"of"` // host, user or parent
	Value  string `json:"value"`
	Events int    `json:"events"` // with it
	First  string `json:"first"`  // time of the first of them
	Event  string `json:"event_fingerprint"`
}

// Surge is a day on which a filter hides more than chance explains.
type Surge struct {
	Since    string  `json:"since"`    // day from which on there is too much
	Day      string  `json:"day"`      // on which that is certain
	Events   int     `json:"events"`   // hidden on the days from Since to Day
	Expected float64 `json:"expected"` // on the same recorded days
}

// traits is what is told apart inside a filter.
type traits struct{ host, user, parent string }

// parentFields are where events name the program that started another one.
var parentFields = []string{"ParentImage", "ParentProcessName", "process.parent.executable", "ParentProcessPath", "InitiatingProcessFolderPath"}

// maxTrait is how many code points of a parent are told apart: a path is shorter.
const maxTrait = 512

func traitsOf(e evaluator.Event) traits {
	out := traits{host: backtest.HostOf(e), user: backtest.UserOf(e)}
	for _, name := range parentFields {
		if v, ok := e.Field(name); ok && v.Text() != "" {
			out.parent = v.Text()
			if r := []rune(out.parent); len(r) > maxTrait {
				out.parent = string(r[:maxTrait])
			}
			break
		}
	}
	return out
}

// named returns the traits by name, those that the event does not tell left out.
func (t traits) named() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{"host": t.host, "user": t.user, "parent": t.parent} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

// split parts what a filter hides into what it was made of, as far as it is
// recorded, and what came later.
func split(f *rules.Filter, alerts []*Alert) (learnt, since []*Alert) {
	since = fresh(f, alerts)
	later := make(map[*Alert]bool, len(since))
	for _, a := range since {
		later[a] = true
	}
	for _, a := range alerts {
		if !later[a] && !a.Time.IsZero() {
			learnt = append(learnt, a)
		}
	}
	return learnt, since
}

// novelties returns what is new in later alerts, each value once. Of a trait that
// nothing learnt has, nothing is said.
func novelties(learnt, since []*Alert) []Novelty {
	known := map[string]map[string]bool{}
	for _, a := range learnt {
		for of, value := range a.traits.named() {
			if known[of] == nil {
				known[of] = map[string]bool{}
			}
			known[of][value] = true
		}
	}
	out := []Novelty{}
	at := map[[2]string]int{}
	for _, a := range since {
		for of, value := range a.traits.named() {
			if known[of] == nil || known[of][value] {
				continue
			}
			i, told := at[[2]string{of, value}]
			if !told {
				i = len(out)
				at[[2]string{of, value}] = i
				out = append(out, Novelty{Of: of, Value: value, First: timeText(a.Time), Event: a.Event})
			}
			out[i].Events++
		}
	}
	slices.SortFunc(out, func(a, b Novelty) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Value, b.Value))
	})
	return out
}

const (
	surgeFactor = 2.0 // that a surge multiplies the rate by, at least
	surgeDays   = 365 // recorded days between false alarms, at least on average
	learntDays  = 7   // recorded ones that a rate needs if the filter does not state one
)

// surge finds the first day on which a filter hides more than a Poisson process of
// its rate does, by the cumulated sum of log-likelihood ratios of a doubled rate
// (Page 1954). With the threshold log(surgeDays) there are on average at least that
// many days between false alarms (Lorden 1971); that holds for events that come
// independently of each other.
func surge(rate float64, days []backtest.Day, counts map[backtest.Day]int) *Surge {
	if rate <= 0 {
		return nil
	}
	sum, events, expected := 0.0, 0, 0.0
	var since backtest.Day
	for _, d := range days {
		if sum <= 0 {
			sum, events, expected, since = 0, 0, 0, d
		}
		sum += float64(counts[d])*math.Log(surgeFactor) - rate*(surgeFactor-1)
		events, expected = events+counts[d], expected+rate
		if sum > math.Log(surgeDays) {
			return &Surge{Since: since.String(), Day: d.String(), Events: events, Expected: expected}
		}
	}
	return nil
}

// canaries looks for what is new inside a filter.
func (c *checking) canaries(f *rules.Filter, alerts []*Alert, out *Filter) {
	learnt, since := split(f, alerts)
	out.Novel = novelties(learnt, since)
	written := writtenOn(f)
	if c.Hidden.Exposure == nil || written.IsZero() {
		return
	}
	days, _ := c.recorded(f)
	before := 0
	var after []backtest.Day
	first := written.AddDate(0, 0, 1)
	for d := range days {
		if d.Start().Before(first) {
			before++
		} else {
			after = append(after, d)
		}
	}
	slices.Sort(after)
	rate := 0.0
	switch {
	case out.Rate != nil:
		rate = *out.Rate
	case before >= learntDays:
		rate = float64(max(1, len(learnt))) / float64(before)
	}
	counts := map[backtest.Day]int{}
	for _, a := range since {
		counts[backtest.DayOf(a.Time)]++
	}
	out.Surge = surge(rate, after, counts)
}
