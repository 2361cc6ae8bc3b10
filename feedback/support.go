package feedback

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Supporter is an alert that an exclusion would rest on.
type Supporter struct {
	Label   Label
	Cluster string // root cause, "" for one of its own: alerts of the same count once
	Host    string // of the event, "" if not known
	User    string // "" if not known
	Time    time.Time
}

// Shortfall is what is missing behind an exclusion.
type Shortfall struct {
	Name    string  `json:"name"` // investigators, share, hosts or days
	Have    float64 `json:"have"`
	Need    float64 `json:"need"`
	Message string  `json:"message"`
}

// Support returns what is missing for an exclusion that rests on some alerts, nil
// if nothing is. An alert that does not support counts for nothing. One root cause
// counts once for everybody who has a part in it, however often it fired: who
// floods the ledger gains nothing.
func (p Policy) Support(all []Supporter) (out []Shortfall) {
	t := newSupport()
	for i := range all {
		if s := &all[i]; s.Label.Class == Supporting && s.Label.Weight > 0 {
			t.add(s)
		}
	}
	need := func(name string, have, need int, message string) {
		if have < need {
			out = append(out, Shortfall{name, float64(have), float64(need), fmt.Sprintf(message, have, need)})
		}
	}
	for _, c := range t.unreviewed() {
		if n := len(t.by["investigator"].of(c)); n < p.MinInvestigators {
			out = append(out, Shortfall{"investigators", float64(n), float64(p.MinInvestigators),
				fmt.Sprintf("a root cause was judged by %d of %d investigators, and no person has reviewed it", n, p.MinInvestigators)})
			break
		}
	}
	need("hosts", len(t.by["host"]), p.MinHosts, "it was seen on %d hosts, of %d that are needed")
	need("days", len(t.days), p.MinDays, "it was seen on %d days, of %d that are needed")
	for _, kind := range []string{"investigator", "session", "host", "user"} {
		who, share := t.by[kind].largest(len(t.clusters))
		if p.MaxShare > 0 && share > p.MaxShare {
			out = append(out, Shortfall{"share", share, p.MaxShare, fmt.Sprintf("%.0f %% of it come from one %s, %s; at most %.0f %% may", 100*share, kind, cmp.Or(t.spelled[who], who), 100*p.MaxShare)})
		}
	}
	return out
}

// support counts root causes.
type support struct {
	clusters map[string]bool // and whether a person has reviewed one of their alerts
	by       map[string]shares
	days     map[string]bool
	spelled  map[string]string // hosts and users by their names in small letters
}

// shares are the root causes in which somebody has a part.
type shares map[string]map[string]bool

func newSupport() *support {
	return &support{map[string]bool{}, map[string]shares{"investigator": {}, "session": {}, "host": {}, "user": {}}, map[string]bool{}, map[string]string{}}
}

func (t *support) add(s *Supporter) {
	cluster := cmp.Or(s.Cluster, s.Label.Context, s.Label.Event)
	t.clusters[cluster] = t.clusters[cluster] || s.Label.Reviewed
	for _, who := range s.Label.By {
		t.by["investigator"].note(who, cluster)
	}
	t.by["session"].note(s.Label.Session, cluster)
	t.by["host"].note(t.folded(cmp.Or(s.Host, s.Label.Host)), cluster)
	t.by["user"].note(t.folded(cmp.Or(s.User, s.Label.User)), cluster)
	at := s.Time
	if at.IsZero() {
		at = s.Label.EventTime
	}
	if !at.IsZero() {
		t.days[at.UTC().Format(time.DateOnly)] = true
	}
}

// folded returns a name in small letters, since sources spell one machine in many ways,
// and keeps the least spelling for people.
func (t *support) folded(name string) string {
	folded := strings.ToLower(name)
	if known, ok := t.spelled[folded]; !ok || name < known {
		t.spelled[folded] = name
	}
	return folded
}

func (s shares) note(who, cluster string) {
	if who == "" {
		return
	}
	if s[who] == nil {
		s[who] = map[string]bool{}
	}
	s[who][cluster] = true
}

// of returns who has a part in a root cause.
func (s shares) of(cluster string) (out []string) {
	for who, clusters := range s {
		if clusters[cluster] {
			out = append(out, who)
		}
	}
	return out
}

// largest returns whose part is the largest. The share is of root causes that are
// nobody else's besides: two who share all of them have half each.
func (s shares) largest(clusters int) (who string, share float64) {
	sharing := map[string]int{} // by root cause
	for _, in := range s {
		for c := range in {
			sharing[c]++
		}
	}
	parts := map[string]float64{}
	for w, in := range s {
		for _, c := range slices.Sorted(maps.Keys(in)) {
			parts[w] += 1 / float64(sharing[c])
		}
	}
	names := make([]string, 0, len(parts))
	for w := range parts {
		names = append(names, w)
	}
	slices.Sort(names)
	for _, w := range names {
		if part := parts[w] / float64(max(1, clusters)); part > share+1e-9 {
			who, share = w, part
		}
	}
	return who, share
}

// unreviewed returns the root causes that no person has reviewed.
func (t *support) unreviewed() (out []string) {
	for c, reviewed := range t.clusters {
		if !reviewed {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}
