package threshold

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback"
)

// Point is a threshold with a timespan and a grouping, and what they would do to the
// alerts that there are.
type Point struct {
	Threshold int      `json:"threshold"` // as gte writes it
	Timespan  string   `json:"timespan"`
	GroupBy   []string `json:"group_by"` // in the order of the correlation; what is new comes last
	Removed   int      `json:"removed"`  // alerts that were no attack and would go
	Lost      int      `json:"lost"`     // alerts that must stay and would go
	Unjudged  int      `json:"unjudged"` // others that would go
	New       int      `json:"new"`      // alerts that share no event with any that there is
	Alerts    int      `json:"alerts"`   // that would be raised
	Merged    int      `json:"merged"`   // alerts that must stay and are told only together with those of other groups
	Margin    bool     `json:"margin"`   // what must stay is kept with room to spare

	grouping
	span   time.Duration
	misses int  // alerts that must stay and are not kept, or without room
	one    int  // the last of them
	lost   bool // it is not kept at all
}

// Weighed is what is known of a correlation's thresholds.
type Weighed struct {
	Base      Point   `json:"base"` // as it is
	Tried     int     `json:"tried"`
	Front     []Point `json:"front"`     // not worse than another in what is removed and lost; those that lose least first
	Protected int     `json:"protected"` // alerts that must stay
	Attacks   int     `json:"attacks"`   // of these, those of a group once a day
	False     int     `json:"false"`     // that were no attack
	Unjudged  int     `json:"unjudged"`
	Choice    *Point  `json:"choice,omitempty"`
	Plain     *Point  `json:"plain,omitempty"` // what would be chosen by the present groups; nil unless the choice has others, and for none
	LeftOut   int     `json:"left_out_lost"`   // protected alerts that the choice would lose had they not been known
	LostBound float64 `json:"lost_bound"`      // of the share of attacks that it loses, from Attacks, with 95 %
	Abstained string  `json:"abstained,omitempty"`

	last []Last
}

// Last is the event that made an alert fire, of one that was no attack.
type Last struct{ Fingerprint, Group string }

// NoAttack returns the alerts that were no attack, by their last events.
func (w *Weighed) NoAttack() []Last { return w.last }

// Margins of a choice.
const (
	marginShare = 0.2 // of the threshold, and at least 1, by which what must stay exceeds it
	marginSpan  = 1.5 // times the longest of what must stay, that a shorter timespan has at least
)

// newest are how many events of an alert its verdict names at least.
const newest = 100

// alert is one that is raised now.
type alert struct {
	group, lo, hi int
	class         feedback.Class
	number        int // among those of its class
	index         int // among all
}

type weighing struct {
	*Input
	groups []*series
	base   [][]alert // by group, in the order of their windows
	counts [3]int    // by class
	long   time.Duration
	last   []Last

	attacks map[[2]int64]bool // groups and days of alerts that must stay
}

// raised is how many alerts there are.
func (w *weighing) raised() int { return w.counts[0] + w.counts[1] + w.counts[2] }

// Weigh tries thresholds and timespans. Only correlations that Refusal lets pass may
// be weighed.
func Weigh(in *Input) *Weighed {
	w := newWeighing(in)
	out := &Weighed{Protected: w.counts[feedback.Protected], Attacks: len(w.attacks), False: w.counts[feedback.Supporting], Unjudged: w.counts[feedback.Unknown]}
	all := w.all()
	present := func(p Point) bool {
		return p.Threshold == Least(in.Correlation) && p.span == in.Correlation.Timespan && !p.regrouped()
	}
	if at := slices.IndexFunc(all, present); at >= 0 {
		out.Base = all[at]
	}
	w.order(all)
	out.last = w.last
	out.Tried, out.Front = len(all), front(all)
	w.choose(out, all)
	return out
}

func newWeighing(in *Input) *weighing {
	w := &weighing{Input: in, groups: in.sorted(), attacks: map[[2]int64]bool{}}
	w.classify()
	return w
}

// all tries every grouping, every timespan and every threshold with each other.
func (w *weighing) all() (out []Point) {
	for _, g := range w.groupings() {
		v := w.parted(&g)
		for _, span := range spans(w.Correlation.Timespan) {
			out = append(out, v.try(span)...)
		}
	}
	return out
}

// classify finds the alerts that there are, and what they were found to be.
func (w *weighing) classify() {
	for g, s := range w.groups {
		var of []alert
		for _, st := range alerts(s.steps(int64(w.Correlation.Timespan), w.distinct()), Least(w.Correlation)) {
			a := alert{group: g, lo: st.lo, hi: st.hi, class: s.classOf(st), index: w.raised()}
			a.number = w.counts[a.class]
			w.counts[a.class]++
			if a.class == feedback.Protected {
				w.long = max(w.long, s.length(st))
				w.attacks[[2]int64{int64(g), s.entries[st.hi].at / int64(24*time.Hour)}] = true
			}
			if a.class == feedback.Supporting {
				w.last = append(w.last, Last{s.entries[st.hi].print, strconv.Itoa(g)})
			}
			of = append(of, a)
		}
		w.base = append(w.base, of)
	}
}

func (w *weighing) distinct() bool { return w.Correlation.Type == compiler.ValueCount }

// classOf says what an alert was found to be: one with an event that must stay must
// stay, and all that its verdict names must have been judged to be no attack for it
// to be none.
func (s *series) classOf(st step) feedback.Class {
	if s.protected[st.hi+1] > s.protected[st.lo] {
		return feedback.Protected
	}
	for _, e := range s.entries[max(st.lo, st.hi+1-newest) : st.hi+1] {
		if e.class != feedback.Supporting {
			return feedback.Unknown
		}
	}
	return feedback.Supporting
}

// length is how long what must stay in an alert lasts.
func (s *series) length(st step) time.Duration {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, e := range s.entries[st.lo : st.hi+1] {
		if e.class == feedback.Protected {
			first, last = min(first, e.at), max(last, e.at)
		}
	}
	return time.Duration(last - first)
}

// try weighs all thresholds with one timespan.
func (v *parted) try(span time.Duration) []Point {
	steps := make([][]step, len(v.groups))
	w := v.weighing
	most := Least(w.Correlation)
	for g, s := range v.groups {
		steps[g] = s.steps(int64(span), w.distinct())
		for _, st := range steps[g] {
			most = max(most, st.to)
		}
	}
	room := span >= w.Correlation.Timespan || float64(span) >= marginSpan*float64(w.long)
	type weighed struct {
		point Point
		lacks []bool
	}
	known := map[int]weighed{}
	at := func(t int) (Point, []bool) {
		t = min(t, most+1) // beyond it nothing is raised
		k, is := known[t]
		if !is {
			k.point, k.lacks = v.point(steps, t)
			known[t] = k
		}
		return k.point, k.lacks
	}
	var out []Point
	for _, t := range thresholds(Least(w.Correlation), most) {
		p, lacks := at(t)
		p.span, p.Timespan = span, spanText(span)
		_, far := at(t + max(1, int(math.Ceil(marginShare*float64(t)))))
		for i := range lacks {
			if lacks[i] || far[i] || !room {
				p.misses, p.one, p.lost = p.misses+1, i, lacks[i]
			}
		}
		p.Margin = p.misses == 0
		out = append(out, p)
	}
	return out
}

// point compares the alerts of a threshold with those that there are. lacks are the
// alerts that must stay and are not kept, by number.
func (v *parted) point(steps [][]step, threshold int) (p Point, lacks []bool) {
	w := v.weighing
	p, lacks = Point{Threshold: threshold, GroupBy: v.names, grouping: v.grouping}, make([]bool, w.counts[feedback.Protected])
	kept, alone := make([]bool, w.raised()), make([]bool, w.raised())
	for g := range v.groups {
		for _, st := range alerts(steps[g], threshold) {
			p.Alerts++
			if !v.keep(g, st, kept, alone) {
				p.New++
			}
		}
	}
	for _, of := range w.base {
		for _, a := range of {
			switch {
			case kept[a.index]:
				if a.class == feedback.Protected && !alone[a.index] {
					p.Merged++
				}
			case a.class == feedback.Protected:
				p.Lost++
				lacks[a.number] = true
			case a.class == feedback.Supporting:
				p.Removed++
			default:
				p.Unjudged++
			}
		}
	}
	return p, lacks
}

// keep marks the alerts that a new one stands for, and those that must stay for which
// it stands without others of another group. It reports whether it shares any event
// with any.
func (v *parted) keep(g int, st step, kept, alone []bool) (shares bool) {
	group, single := -1, true
	for a, stands := range v.sharing(g, st) {
		shares = true
		kept[a.index] = kept[a.index] || stands
		if stands && a.class == feedback.Protected {
			single = single && (group < 0 || group == a.group)
			group = a.group
		}
	}
	if group < 0 || !single {
		return shares
	}
	for a, stands := range v.sharing(g, st) {
		alone[a.index] = alone[a.index] || stands
	}
	return shares
}

// order sorts points so that, of those that do the same, the best stands first: one
// with a margin, one without new alerts, one that leaves the groups as they are or
// tells most of them apart, one that removes fewest alerts that nobody judged, one that
// changes least.
func (w *weighing) order(all []Point) {
	flag := func(b bool) int {
		if b {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b Point) int {
		return cmp.Or(cmp.Compare(a.Lost, b.Lost), cmp.Compare(b.Removed, a.Removed), flag(a.Margin)-flag(b.Margin), cmp.Compare(a.New, b.New), flag(!a.regrouped())-flag(!b.regrouped()), cmp.Compare(a.Merged, b.Merged), cmp.Compare(a.Unjudged, b.Unjudged),
			flag(a.span == w.Correlation.Timespan)-flag(b.span == w.Correlation.Timespan), cmp.Compare(a.Threshold, b.Threshold), cmp.Compare(b.span, a.span))
	})
}

// front returns the points that no other is better than: in order, each that removes
// more than all that lose less.
func front(all []Point) (out []Point) {
	most := -1
	for _, p := range all {
		if p.Removed > most {
			out, most = append(out, p), p.Removed
		}
	}
	return out
}

// choose takes the safest gain: what removes most without losing anything, with a
// margin and without new alerts.
func (w *weighing) choose(out *Weighed, all []Point) {
	switch {
	case out.False == 0:
		out.Abstained = "none of its alerts was judged to be no attack with a weight"
		return
	case out.Protected == 0:
		out.Abstained = "no alert of it is known that must stay, so nothing says how far attacks go"
		return
	}
	at, plain := -1, -1
	for i := range all {
		if !all[i].gains(&out.Base) || all[i].misses > 0 {
			continue
		}
		if at < 0 || all[i].Removed > all[at].Removed {
			at = i
		}
		if !all[i].regrouped() && (plain < 0 || all[i].Removed > all[plain].Removed) {
			plain = i
		}
	}
	if at < 0 {
		out.Abstained = "whatever removes an alert that was no attack loses one that must stay, or keeps it without a margin, or raises new alerts"
		return
	}
	out.Choice = &all[at]
	if plain >= 0 && all[at].regrouped() {
		out.Plain = &all[plain]
	}
	out.LeftOut = leftOut(all, &all[at], &out.Base)
	out.LostBound = feedback.ProportionUpper(0, out.Attacks, 0.95)
}

// gains reports whether a point may be chosen if it keeps what must stay. Another
// grouping may part one alert into several: there must not be more of them.
func (p *Point) gains(base *Point) bool {
	return p.Removed > 0 && p.New == 0 && (!p.regrouped() || p.Alerts <= base.Alerts)
}

// leftOut counts the alerts that must stay that would be lost if they were not known:
// without one of them, what misses that one alone and removes more would be chosen.
func leftOut(all []Point, choice, base *Point) (lost int) {
	instead := map[int]*Point{} // by the alert that is not known
	for i := range all {
		p := &all[i]
		if !p.gains(base) || p.misses != 1 || p.Removed <= choice.Removed {
			continue
		}
		if best := instead[p.one]; best == nil || p.Removed > best.Removed {
			instead[p.one] = p
		}
	}
	for _, p := range instead {
		if p.lost {
			lost++
		}
	}
	return lost
}
