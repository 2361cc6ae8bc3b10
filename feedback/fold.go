package feedback

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/socctl/socctl/rules"
)

// FoldOptions say as of when, and whom to believe.
type FoldOptions struct {
	// Now decides on verdicts that expire and on clocks that are ahead. The zero
	// time knows neither.
	Now    time.Time
	Policy Policy // without MinAudited and MinReliability that of DefaultPolicy
}

// State is what many verdicts come to. It depends on the verdicts alone, not on
// their order or on how often each is there.
type State struct {
	Alerts     []*AlertState // by rule, rule hash and key
	Agents     []AgentRecord // by id and version
	Verdicts   int           // different ones
	Duplicates int           // that were there already
	Problems   rules.Diagnostics

	// Of Verdicts, where the policy knows keys or wants signatures: with one that
	// holds, without one that they need, and with one that does not hold.
	Signed, Unsigned, Refuted int

	policy    Policy
	byRule    map[string][]*AlertState
	protected map[string]*AlertState // by event; see RuleLabels.Of
}

// AlertState is what is known of one alert.
type AlertState struct {
	Key       string     `json:"key"`
	Alert     Alert      `json:"alert"`
	Class     Class      `json:"class"`
	Outcome   Outcome    `json:"outcome"` // that decides; of a contested alert the protected one
	Contested bool       `json:"contested,omitempty"`
	Weight    float64    `json:"weight"`              // 0 to 1: how much an exclusion may rest on it; 0 unless Class is Supporting
	Why       string     `json:"why,omitempty"`       // the class is not what the outcome alone would make it
	Reviewed  bool       `json:"reviewed"`            // by a person
	Opinions  []Opinion  `json:"opinions"`            // that count, by time
	Last      time.Time  `json:"last"`                // of the latest opinion
	First     time.Time  `json:"first_verdict"`       // of the earliest opinion
	Overruled []string   `json:"overruled,omitempty"` // uids of what was taken back
	Span      rules.Span `json:"-"`                   // of the latest verdict
}

// Opinion is the verdict of one investigator that counts: the latest that was not
// taken back.
type Opinion struct {
	UID          string       `json:"uid"`
	Investigator Investigator `json:"investigator"`
	Verdict      Outcome      `json:"verdict"`
	Scope        string       `json:"scope"`
	Time         time.Time    `json:"time"`
	Weight       float64      `json:"weight"`
	Reviewed     bool         `json:"reviewed,omitempty"`
	Reason       *Reason      `json:"reason,omitempty"` // for people
	Span         rules.Span   `json:"-"`                // where it stands
}

// Fold makes a State of verdicts, which must be as Check wants them. It does not
// change them.
func Fold(verdicts []Verdict, o FoldOptions) *State {
	if o.Policy.MinAudited == 0 && o.Policy.MinReliability == 0 {
		o.Policy = DefaultPolicy()
	}
	f := folding{options: o, state: &State{policy: o.Policy, byRule: map[string][]*AlertState{}, protected: map[string]*AlertState{}}}
	f.order(verdicts)
	f.unsigned()
	f.takeBack()
	f.rate()
	for _, group := range f.groups() {
		f.state.add(f.alert(group))
	}
	f.state.Problems.Sort()
	return f.state
}

// folding is one run of Fold.
type folding struct {
	options   FoldOptions
	state     *State
	all       []*Verdict // each once, by time and uid
	byUID     map[string]*Verdict
	keys      map[*Verdict]string // of their alerts
	proofs    map[*Verdict]proof
	takenBack map[string]bool
	weights   map[agentVersion]float64
}

// order drops what is there twice and sorts.
func (f *folding) order(verdicts []Verdict) {
	f.byUID = make(map[string]*Verdict, len(verdicts))
	for i := range verdicts {
		v := &verdicts[i]
		known := f.byUID[v.UID]
		if known == nil {
			f.byUID[v.UID] = v
			continue
		}
		a, _ := known.AppendJSON(nil)
		b, _ := v.AppendJSON(nil)
		f.state.Duplicates++
		c := bytes.Compare(a, b)
		if c != 0 {
			c = cmp.Or(f.standing(v)-f.standing(known), c)
		}
		switch {
		case c > 0:
			f.byUID[v.UID] = v
			fallthrough
		case c < 0:
			f.problem(v, "verdict/uid-conflict", "the same verdict stands elsewhere with other details", "keep one of them: a change of mind is a later verdict that supersedes")
		}
	}
	f.keys, f.proofs = make(map[*Verdict]string, len(f.byUID)), make(map[*Verdict]proof, len(f.byUID))
	for _, v := range f.byUID {
		f.all = append(f.all, v)
		f.keys[v], f.proofs[v] = v.Alert.Key(), f.prove(v)
	}
	slices.SortFunc(f.all, func(a, b *Verdict) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.UID, b.UID)) })
	f.state.Verdicts = len(f.all)
}

// standing ranks records of one uid: one whose signature holds counts before one
// without.
func (f *folding) standing(v *Verdict) int {
	switch p := f.prove(v); {
	case p.key != nil:
		return 2
	case p.bad:
		return 0
	}
	return 1
}

func (f *folding) problem(v *Verdict, code, message, help string) {
	f.state.Problems = append(f.state.Problems, rules.Diagnostic{Code: code, Severity: rules.Warning, Span: v.Span, Message: message, Help: help})
}

// takeBack marks the verdicts that later ones supersede, if those may.
func (f *folding) takeBack() {
	f.takenBack = map[string]bool{}
	for _, v := range f.all {
		if v.Supersedes == "" {
			continue
		}
		old := f.byUID[v.Supersedes]
		if why := f.refuse(v, old); why != "" {
			f.problem(v, "verdict/supersede-refused", why, "what it supersedes still counts")
			continue
		}
		f.takenBack[old.UID] = true
	}
}

// refuse returns why a verdict does not take back another one, "" if it does.
func (f *folding) refuse(v, old *Verdict) string {
	switch {
	case old == nil:
		return "it supersedes a verdict that is not there"
	case v.Alert.RuleID != old.Alert.RuleID || !sameEvents(&v.Alert, &old.Alert):
		return "it supersedes a verdict on another alert"
	case cmp.Or(v.Time.Compare(old.Time), cmp.Compare(v.UID, old.UID)) <= 0:
		return "it supersedes a verdict that is not earlier"
	case f.proofs[v].fail != "":
		return f.proofs[v].fail
	case f.ahead(v):
		return "its time is in the future"
	case v.Scope == ScopeIncident && old.Scope != ScopeIncident:
		return "a verdict on an incident supersedes one on the alert itself"
	case old.Investigator.Kind == Human && !f.trusted(v.Investigator.Kind, v.Investigator.ID):
		return "an agent, or somebody who is no reviewer, supersedes the verdict of a person"
	case v.Investigator.Kind == Agent && v.Investigator.ID != old.Investigator.ID:
		return "an agent supersedes the verdict of another one"
	}
	return ""
}

func sameEvents(a, b *Alert) bool {
	if len(a.EventFP)+len(b.EventFP) == 0 {
		return a.AlertUID == b.AlertUID
	}
	return slices.Equal(a.EventFP, b.EventFP)
}

// trusted reports whether the word of an investigator is that of a person.
func (f *folding) trusted(kind Kind, id string) bool {
	return kind == Human && (len(f.options.Policy.Reviewers) == 0 || slices.Contains(f.options.Policy.Reviewers, id))
}

// ahead reports whether a verdict comes from the future.
func (f *folding) ahead(v *Verdict) bool {
	return !f.options.Now.IsZero() && v.Time.After(f.options.Now.Add(f.options.Policy.ClockSkew))
}

// groups returns the verdicts of every alert, alerts in the order of State.Alerts.
func (f *folding) groups() [][]*Verdict {
	byKey := map[string][]*Verdict{}
	for _, v := range f.all {
		byKey[f.keys[v]] = append(byKey[f.keys[v]], v)
	}
	keys := make([]string, 0, len(byKey))
	for key := range byKey {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := &byKey[a][0].Alert, &byKey[b][0].Alert
		return cmp.Or(cmp.Compare(x.RuleID, y.RuleID), cmp.Compare(x.RuleHash, y.RuleHash), cmp.Compare(a, b))
	})
	out := make([][]*Verdict, len(keys))
	for i, key := range keys {
		out[i] = byKey[key]
	}
	return out
}

// alert folds the verdicts on one alert, which come by time.
func (f *folding) alert(group []*Verdict) *AlertState {
	a := &AlertState{Key: f.keys[group[0]], Alert: group[0].Alert, Outcome: Undetermined, Opinions: []Opinion{}}
	latest := map[Investigator]int{}
	for _, v := range group {
		a.Alert.complete(&v.Alert)
		a.Span = v.Span
		if f.takenBack[v.UID] {
			a.Overruled = append(a.Overruled, v.UID)
			continue
		}
		// The scope stands in for the session: one on the incident does not replace
		// one on the alert, and another version of an agent replaces the earlier.
		who := Investigator{Kind: v.Investigator.Kind, ID: v.Investigator.ID, Session: v.Scope}
		at, known := latest[who]
		switch {
		case !f.counts(v):
			continue
		case known && (!f.expired(v) || a.Opinions[at].Verdict.Class() != Protected):
			a.Opinions[at].UID = ""
		}
		if f.expired(v) {
			continue
		}
		latest[who] = len(a.Opinions)
		a.Opinions = append(a.Opinions, f.opinion(v))
	}
	a.Opinions = slices.DeleteFunc(a.Opinions, func(o Opinion) bool { return o.UID == "" })
	a.decide(f.trusted)
	return a
}

// counts reports whether a verdict is heard at all, and tells why not.
func (f *folding) counts(v *Verdict) bool {
	if f.ahead(v) {
		f.problem(v, "verdict/future", fmt.Sprintf("its time %s is in the future", v.Time.Format(time.RFC3339)), "correct the clock of "+v.Investigator.ID+"; until then the verdict protects but supports nothing")
		return v.Verdict.Class() == Protected
	}
	if f.proofs[v].fail != "" {
		return v.Verdict.Class() == Protected
	}
	return true
}

// expired reports whether a verdict supports nothing any more. It still stands in the
// place of what its investigator said before, unless that protects.
func (f *folding) expired(v *Verdict) bool {
	return v.Expires != nil && !f.options.Now.IsZero() && !v.Expires.After(f.options.Now) && v.Verdict.Class() != Protected
}

// opinion weighs a verdict.
func (f *folding) opinion(v *Verdict) Opinion {
	o := Opinion{UID: v.UID, Investigator: v.Investigator, Verdict: v.Verdict, Scope: v.Scope, Time: v.Time, Reason: v.Reason, Span: v.Span}
	o.Reviewed = f.proofs[v].fail == "" && (f.trusted(v.Investigator.Kind, v.Investigator.ID) ||
		slices.ContainsFunc(v.ReviewedBy, func(r Review) bool { return f.trusted(r.Kind, r.ID) && f.vouched(v, r) }))
	switch {
	case o.Reviewed:
		o.Weight = 1
	case v.Investigator.Kind == Agent:
		o.Weight = f.weights[versionOf(v.Investigator)]
	}
	o.Weight *= v.confidence()
	if v.Scope == ScopeIncident {
		o.Weight /= 2
	}
	return o
}

// complete takes over what an alert does not say of itself.
func (a *Alert) complete(from *Alert) {
	a.AlertUID = cmp.Or(a.AlertUID, from.AlertUID)
	a.Incident = cmp.Or(a.Incident, from.Incident)
	a.ContextFP = cmp.Or(a.ContextFP, from.ContextFP)
	if a.EventTime == nil {
		a.EventTime = from.EventTime
	}
	if from.Entities == nil {
		return
	}
	e := *from.Entities
	if a.Entities != nil {
		e = Entities{cmp.Or(a.Entities.Host, e.Host), cmp.Or(a.Entities.User, e.User)}
	}
	a.Entities = &e
}

// decide makes one class of the opinions.
func (a *AlertState) decide(trusted func(Kind, string) bool) {
	var protects, supports, says *Opinion // the one that weighs most, and the latest that says neither
	var doubt *Opinion                    // of a person who says neither; before those who do not know, of one who does
	supporting := 0
	for i := range a.Opinions {
		o := &a.Opinions[i]
		if a.First.IsZero() {
			a.First = o.Time
		}
		a.Last = o.Time
		switch o.Verdict.Class() {
		case Protected:
			if protects == nil || stronger(o, protects) {
				protects = o
			}
		case Supporting:
			supporting++
			if supports == nil || o.Weight > supports.Weight {
				supports = o
			}
		default:
			says = o
			if trusted(o.Investigator.Kind, o.Investigator.ID) && (doubt == nil || doubt.Verdict == Undetermined) {
				doubt = o
			}
		}
		a.Reviewed = a.Reviewed || o.Reviewed
	}
	switch {
	case protects != nil:
		a.Class, a.Outcome, a.Contested = Protected, protects.Verdict, supporting > 0
		if a.Contested {
			a.Why = "investigators disagree"
		}
	case supports != nil:
		a.Outcome = supports.Verdict
		if a.Why = a.doubted(doubt, trusted); a.Why == "" {
			a.support(supports)
		}
	case says != nil:
		a.Outcome = says.Verdict
	}
}

// stronger reports whether an opinion that protects comes before another one: of
// a person, then malicious, then the latest.
func stronger(o, than *Opinion) bool {
	if o.Reviewed != than.Reviewed {
		return o.Reviewed
	}
	return o.Verdict == than.Verdict || o.Verdict == Malicious
}

// doubted returns why what a person said keeps an alert from supporting anything.
// Nobody knows is overcome by a person who finds out later; all else is
// disagreement.
func (a *AlertState) doubted(doubt *Opinion, trusted func(Kind, string) bool) string {
	if doubt == nil {
		return ""
	}
	if doubt.Verdict != Undetermined {
		return fmt.Sprintf("a person calls it %s", doubt.Verdict)
	}
	for _, o := range a.Opinions {
		if o.Verdict.Class() == Supporting && trusted(o.Investigator.Kind, o.Investigator.ID) && o.Time.After(doubt.Time) {
			return ""
		}
	}
	return "a person could not determine it"
}

// support makes the alert one that supports, if anybody's word has weight.
func (a *AlertState) support(by *Opinion) {
	if by.Weight <= 0 {
		a.Why = "no verdict on it has weight: " + by.Investigator.String() + " has no sufficient record"
		if by.Investigator.Kind == Human {
			a.Why = "no verdict on it has weight: " + by.Investigator.String() + " is no reviewer"
		}
		return
	}
	a.Class, a.Weight = Supporting, by.Weight
}

func (s *State) add(a *AlertState) {
	s.Alerts = append(s.Alerts, a)
	s.byRule[a.Alert.RuleID] = append(s.byRule[a.Alert.RuleID], a)
	if a.Class != Protected {
		return
	}
	for _, event := range a.Alert.EventFP {
		if s.protected[event] == nil {
			s.protected[event] = a
		}
	}
}
