package aftercare

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// Draw says which hidden alerts are looked at. Whoever knows it can tell later
// which alerts were drawn, without a list of them.
type Draw struct {
	Rate float64 `json:"rate"` // 0 to 1: share of events that are drawn whatever else is
	Seed uint64  `json:"seed"`
}

// DefaultRate is the share of hidden alerts that is looked at.
const DefaultRate = 0.05

// ParseRate reads a share such as 5% or 0.05.
func ParseRate(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	rate, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		rate /= 100
	}
	if err != nil || !(rate > 0 && rate <= 1) {
		return 0, fmt.Errorf("a share such as 5%% or 0.05, above 0 and at most 1, not %q", text)
	}
	return rate, nil
}

// lot is what an event draws: uniform over all 64-bit numbers, and the same for
// every filter that hides it.
func (d Draw) lot(event string) uint64 {
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], d.Seed)
	sum := sha256.Sum256(bytes.Join([][]byte{[]byte("socctl audit"), seed[:], []byte(event)}, []byte{0}))
	return binary.BigEndian.Uint64(sum[:8])
}

// drawn reports whether an event is drawn for its rate alone.
func (d Draw) drawn(lot uint64) bool { return d.Rate >= 1 || float64(lot) < d.Rate*math.MaxUint64 }

// day is where at least one alert is drawn; that of events without a time is one of
// its own.
type day struct {
	dated bool
	day   backtest.Day
}

func dayOf(a *Alert) day {
	if a.Time.IsZero() {
		return day{}
	}
	return day{true, backtest.DayOf(a.Time)}
}

// Of returns those of the alerts hidden by one filter that are drawn, in their
// order: each with the probability Rate, and of every day at least one.
func (d Draw) Of(alerts []*Alert) (drawn []*Alert) {
	least := map[day]*Alert{}
	for _, a := range alerts {
		known := least[dayOf(a)]
		if known == nil || cmp.Or(cmp.Compare(d.lot(a.Event), d.lot(known.Event)), cmp.Compare(a.Event, known.Event)) < 0 {
			least[dayOf(a)] = a
		}
	}
	for _, a := range alerts {
		if d.drawn(d.lot(a.Event)) || least[dayOf(a)] == a {
			drawn = append(drawn, a)
		}
	}
	return drawn
}

// Sample returns the hidden alerts that are to be looked at, each event once, by
// time. Alerts up to the day on which a filter was written or changed last are not
// among those drawn for it: it may have been made of them.
func (h *Hidden) Sample(d Draw) (drawn []*Alert) {
	seen := map[*Alert]bool{}
	for _, f := range h.Filters() {
		for _, a := range d.Of(fresh(f, h.By(f))) {
			if !seen[a] {
				seen[a] = true
				drawn = append(drawn, a)
			}
		}
	}
	slices.SortFunc(drawn, compareAlerts)
	return drawn
}

// fresh returns the alerts that a filter cannot have been made of: those behind the
// day on which it was written or changed last. Without that day there are none.
func fresh(f *rules.Filter, alerts []*Alert) (out []*Alert) {
	written := writtenOn(f)
	for _, a := range alerts {
		if !written.IsZero() && !a.Time.Before(written.AddDate(0, 0, 1)) {
			out = append(out, a)
		}
	}
	return out
}
