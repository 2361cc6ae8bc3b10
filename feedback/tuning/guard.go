package tuning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Lane is what may be done with a clause.
type Lane string

// The lanes.
const (
	Auto     Lane = "auto"     // may be merged by a policy that wants that
	Review   Lane = "review"   // a person has to decide
	Rejected Lane = "rejected" // is not proposed
)

// Guard is a condition on clauses.
type Guard struct {
	ID   string
	Name string
	Hard bool // a clause that fails it is not proposed; else it goes to a person
}

// Guards returns all guards, in the order in which they are reported.
func Guards() []Guard {
	return []Guard{{"G1", "no known attack is hidden", true}, {"G2", "other rules' alerts are hardly hidden", true},
		{"G3", "it holds on events that it was not learnt from", true}, {"G4", "it names a field that the rule leaves open", true},
		{"G5", "an attacker who does as usual is not hidden", true}, {"G6", "the rule is not gutted", false},
		{"G7", "hiding in it costs an attacker something", false}, {"G8", "it rests on several investigators, hosts and days", false},
		{"G9", "no known attack is one cheap change away from it", false}, {"G10", "it hides a part of what the rule fires on, not all and not nothing", false}}
}

// Check is what a guard says of a clause.
type Check struct {
	Guard
	Passed bool
	Number float64 // what was measured
	Limit  float64 // what it is measured against
	Text   string
	// Counter is the fingerprint of an event that shows why it does not pass, or a
	// made event in words; "" if there is none.
	Counter string
}

// Limits of guards that are not of a policy.
const (
	guttedShare     = 0.9
	guttedProtected = 10
	autoScore       = 2
	autoHosts       = 3
	autoDays        = 7
	autoPeople      = 2
	cheapScore      = 1 // a comparison below is satisfied by one change that anybody can make
)

// examination is a clause with what it covers.
type examination struct {
	policy *Policy
	in     *Input
	k      *Calibrated
	rows   Rows // all that it covers
	known  Rows
	fires  Rows // of the rule

	attacks int // that are known
}

// Examine applies all guards to a clause. The lane follows from them and the tier.
func Examine(policy *Policy, in *Input, k *Calibrated) ([]Check, Lane) {
	x := &examination{policy: policy, in: in, k: k, rows: in.Corpus.Covered(k.Clause), known: in.Known(), attacks: in.Attacks()}
	x.fires = in.fires()
	measures := []func(*Check){x.knownLoss, x.siblings, x.calibration, x.openField, x.transplant, x.gutting, x.score, x.diversity, x.evasion, x.polarity}
	lane := Auto
	if k.Tier != A1 && k.Tier != A2 || x.attacks == 0 {
		lane = Review
	}
	out := make([]Check, len(measures))
	for i, g := range Guards() {
		out[i].Guard = g
		measures[i](&out[i])
	}
	for i, g := range Guards() {
		switch {
		case out[i].Passed, g.ID == policy.Without:
		case g.Hard && !x.excused(out, g.ID), g.ID == policy.Harden:
			lane = Rejected
		case lane == Auto:
			lane = Review
		}
	}
	return out, lane
}

// excused reports whether a hard guard that a clause fails leaves it to a person: where
// so many attacks are known that one of what the pool and what saves says is enough.
func (x *examination) excused(checks []Check, id string) bool {
	rare, saved := true, true
	for _, c := range checks {
		switch c.ID {
		case "G2":
			rare = c.Passed
		case "G5":
			saved = c.Passed
		}
	}
	switch id {
	case "G2", "G5":
		return !x.policy.both(x.attacks) && x.policy.enough(rare, saved, x.attacks)
	}
	return false
}

// first returns the fingerprint of the first event of a set; "" if it is empty.
func (x *examination) first(rows Rows) string {
	found := ""
	rows.Each(func(row int) {
		if found == "" {
			found = x.in.Corpus.Fingerprint(row)
		}
	})
	return found
}

func (x *examination) knownLoss(c *Check) {
	lost := x.rows.and(x.in.Protected)
	c.Number, c.Counter = float64(lost.Count()), x.first(lost)
	c.Passed = c.Number == 0
	c.Text = fmt.Sprintf("hides %.0f of %d events that must stay", c.Number, x.in.Protected.Count())
}

func (x *examination) siblings(c *Check) {
	hidden := x.rows.and(x.in.Pool)
	all := x.in.Pool.Count()
	c.Number, c.Limit = float64(hidden.Count())/float64(max(1, all)), x.policy.PoolShare
	c.Passed = c.Number <= c.Limit
	if !c.Passed {
		c.Counter = x.first(hidden)
	}
	c.Text = fmt.Sprintf("covers %d of %d events on which other rules fire, %.2f %%; at most %.2f %%", hidden.Count(), all, 100*c.Number, 100*c.Limit)
}

func (x *examination) calibration(c *Check) {
	c.Number, c.Limit = float64(x.k.Unseen.Alerts), float64(x.policy.Calibration)
	c.Passed = c.Number >= c.Limit && x.k.Unseen.Alerts > 0
	c.Text = fmt.Sprintf("removes %d events (%d clusters, %d sources) that it was not learnt from, and none that must stay", x.k.Unseen.Alerts, x.k.Unseen.Clusters, x.k.Unseen.Sources)
}

func (x *examination) openField(c *Check) {
	var open []string
	for _, l := range x.k.Clause {
		if !x.in.Rule.constrains(l.Field) {
			open = append(open, l.Field)
		}
	}
	c.Number, c.Limit, c.Passed = float64(len(open)), 1, len(open) > 0
	if c.Text = "names " + strings.Join(open, ", ") + ", which the rule leaves open"; len(open) == 0 {
		c.Text = "names only fields that the rule itself asks for"
		if !x.policy.Strict && slices.ContainsFunc(x.k.Clause, func(l *Literal) bool { return l.Score >= savingScore }) {
			c.Passed, c.Text = true, c.Text+", but pins one down to what only administrators decide about"
		}
	}
}

// transplant puts what attackers usually have into what the rule leaves open.
func (x *examination) transplant(c *Check) {
	var saving, made []string
	for _, l := range x.k.Clause {
		if x.in.Rule.saves(x.policy, l) {
			saving = append(saving, l.String())
		} else {
			made = append(made, l.Field+" as in the clause")
		}
	}
	c.Number, c.Limit, c.Passed = float64(len(saving)), 1, len(saving) > 0
	if c.Text = "saved by " + strings.Join(saving, " and "); len(saving) == 0 {
		c.Text, c.Counter = "an event that keeps to the rule and is otherwise as attackers leave it is hidden", strings.Join(made, ", ")
		return
	}
	x.openly(c)
}

// openly holds what saves against known attacks and the alerts of other rules, as if
// those had what the rule asks for.
func (x *examination) openly(c *Check) {
	p := x.policy
	rows := x.in.Corpus.Covered(x.in.Rule.saving(p, x.k.Clause))
	if lost := rows.and(x.in.Protected); p.OpenKnown && lost.Count() > 0 {
		c.Passed, c.Counter = false, x.first(lost)
		c.Text += fmt.Sprintf(", which %d events that must stay have too", lost.Count())
	}
	share := float64(rows.common(x.in.Pool)) / float64(max(1, x.in.Pool.Count()))
	if p.OpenShare > 0 && share > p.OpenShare && p.both(x.attacks) {
		c.Passed, c.Counter = false, cmp.Or(c.Counter, x.first(rows.and(x.in.Pool)))
		c.Text += fmt.Sprintf(", which %.0f %% of the events on which other rules fire have too; at most %.0f %% may", 100*share, 100*p.OpenShare)
	}
}

// Gutted reports whether so large a share of what a rule fires on leaves too little of it
// to be hidden, where so many events are known that must stay.
func Gutted(share float64, protected int) bool {
	return share > guttedShare && protected < guttedProtected
}

func (x *examination) gutting(c *Check) {
	all, protected := x.fires.Count(), x.in.Protected.Count()
	c.Number, c.Limit = float64(x.rows.common(x.fires))/float64(max(1, all)), guttedShare
	c.Passed = !Gutted(c.Number, protected)
	c.Text = fmt.Sprintf("hides %.0f %% of what the rule fires on, with %d events known that must stay", 100*c.Number, protected)
	if !c.Passed {
		c.Text += ": rather change its level, correlate or retire it"
		c.Counter = x.first(x.rows.and(x.fires))
	}
}

func (x *examination) score(c *Check) {
	c.Number, c.Limit = x.k.Clause.Score(), autoScore
	c.Passed = c.Number >= autoScore
	c.Text = fmt.Sprintf("an attacker needs %.1f of 3; %d for what is merged without a person", c.Number, autoScore)
}

func (x *examination) diversity(c *Check) {
	if x.in.Missing != nil {
		missing := x.in.Missing(x.k.Removed)
		c.Number, c.Passed = float64(len(missing)), len(missing) == 0
		if c.Text = strings.Join(missing, "; "); c.Passed {
			c.Text = "nothing that the policy for verdicts asks for is missing"
		}
		return
	}
	s := x.in.Corpus.Support(x.k.Removed)
	people := map[string]bool{}
	x.k.Removed.Each(func(row int) {
		for _, who := range x.in.By[x.in.Corpus.Fingerprint(row)] {
			people[who] = true
		}
	})
	have := []int{len(people), s.Hosts, s.Days}
	need := []int{autoPeople, autoHosts, autoDays}
	c.Passed = true
	for i, n := range need {
		if have[i] < n {
			c.Passed = false
		}
	}
	c.Number, c.Limit = float64(s.Hosts), autoHosts
	c.Text = fmt.Sprintf("investigators %d, hosts %d, days %d; %d, %d and %d are needed", have[0], have[1], have[2], need[0], need[1], need[2])
}

// evasion changes known attacks as anybody can until the clause hides one, and counts
// the changes.
func (x *examination) evasion(c *Check) {
	c.Limit, c.Number, c.Passed = 2, -1, true
	c.Text = "no event is known that must stay"
	e := Evade(x.in, x.k.Clause)
	switch {
	case e == nil:
	case len(e.Saved) > 0:
		c.Number = float64(len(e.Edits) + len(e.Saved))
		c.Text = "what keeps the nearest event that must stay, and not anybody can arrange, is " + fieldsOf(e.Saved)
	default:
		c.Number, c.Passed = float64(len(e.Edits)), len(e.Edits) >= 2
		if !c.Passed {
			c.Counter = e.Fingerprint
		}
		c.Text = fmt.Sprintf("changes that anybody can make hide an event that must stay: %s", e.text())
		if len(e.Edits) == 0 {
			c.Text = "an event that must stay is hidden as it is"
		}
	}
}

// fieldsOf names the fields of literals, each once.
func fieldsOf(literals []*Literal) string {
	var names []string
	for _, l := range literals {
		if !slices.Contains(names, l.Field) {
			names = append(names, l.Field)
		}
	}
	return strings.Join(names, " and ")
}

func (x *examination) polarity(c *Check) {
	hidden, all := x.rows.common(x.fires), x.fires.Count()
	c.Number, c.Limit = float64(hidden), float64(all)
	c.Passed = hidden > 0 && hidden < all
	c.Text = fmt.Sprintf("hides %d of %d events on which the rule fires", hidden, all)
	if hidden == all {
		c.Counter = x.first(x.rows.and(x.fires))
	}
}

// Near is a protected event and what keeps it from being hidden.
type Near struct {
	Fingerprint string
	Saves       []*Literal // comparisons that fail on it
	Cheap, Dear int        // of those
}

// Nearest returns the protected event that the fewest changes would hide; nil if
// none is known.
func Nearest(in *Input, clause Clause) *Near { return nearest(in.Corpus, in.Protected, clause) }

func nearest(c *Corpus, protected Rows, clause Clause) *Near {
	var best *Near
	covers := make([]Rows, len(clause))
	for i, l := range clause {
		covers[i] = c.cover(l)
	}
	protected.Each(func(row int) {
		n := &Near{Fingerprint: c.Fingerprint(row)}
		for i, l := range clause {
			if covers[i].Has(row) {
				continue
			}
			n.Saves = append(n.Saves, l)
			if l.Score < cheapScore {
				n.Cheap++
			} else {
				n.Dear++
			}
		}
		if best == nil || n.Dear < best.Dear || n.Dear == best.Dear && n.Cheap < best.Cheap {
			best = n
		}
	})
	return best
}
