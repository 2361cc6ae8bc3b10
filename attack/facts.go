package attack

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Facts are those of one release. They are immutable and safe for concurrent
// use.
type Facts struct {
	Version   string // 19.1
	Released  string // day on which MITRE published it, YYYY-MM-DD
	Domain    string // Enterprise, Mobile or ICS
	Source    string // what the facts were read from
	Copyright string // MITRE's designation, which every copy has to show
	// Incomplete names kinds of facts that the source of this release lacked:
	// "campaigns", "log_sources", "data_components", "groups". What there is of
	// them is of the release before.
	Incomplete []string
	Totals     Totals
	Tactics    []Tactic    // in the order of the matrix
	Components []Component // data components, in the order of their names

	techniques map[string]*Technique // by id, retired ones included
	ids        []string              // of those in force, sorted
	retired    []string              // ids of the others, sorted
	rest       string                // rows of detections and groups, read when asked for
	once       sync.Once
	analytics  map[string][]Analytic // by id of technique
	groups     []Group
}

// The domains of ATT&CK.
const (
	Enterprise = "enterprise-attack"
	Mobile     = "mobile-attack"
	ICS        = "ics-attack"
)

// Totals count what is in force in a release and not told one by one.
type Totals struct{ Groups, Software, Campaigns, Strategies, Analytics int }

// Tactic is a column of the matrix.
type Tactic struct {
	ID   string `json:"id"`   // TA0002
	Key  string `json:"key"`  // as tags name it: execution
	Name string `json:"name"` // Execution
}

// Status says whether a technique is in force.
type Status string

// The states of a technique.
const (
	Active     Status = ""
	Revoked    Status = "revoked"    // replaced by another
	Deprecated Status = "deprecated" // given up without a successor
)

// Technique is a technique or, with a dot in its id, a sub-technique.
type Technique struct {
	ID        string
	Name      string
	Tactics   []string // keys, in the order of the matrix
	Platforms []string // nil for a retired one
	Status    Status
	By        string // id of what a revoked one was replaced by, which may itself be retired
	Uses      Uses
}

// Uses count who is known to have used a technique. They are what was reported
// to MITRE, and no probability.
type Uses struct {
	Groups              int
	GroupsOrCampaigns   int // groups that did so themselves or in a campaign attributed to them
	Software, Campaigns int
}

// Parent returns the id of the technique that a sub-technique belongs to, "" for
// others.
func (t *Technique) Parent() string {
	parent, _, sub := strings.Cut(t.ID, ".")
	if !sub {
		return ""
	}
	return parent
}

// Techniques yields the techniques in force, in the order of their ids.
func (f *Facts) Techniques(yield func(*Technique) bool) { f.each(f.ids, yield) }

// Retired yields the techniques that are revoked or deprecated, in the order of
// their ids.
func (f *Facts) Retired(yield func(*Technique) bool) { f.each(f.retired, yield) }

func (f *Facts) each(ids []string, yield func(*Technique) bool) {
	for _, id := range ids {
		if !yield(f.techniques[id]) {
			return
		}
	}
}

// Technique returns a technique by id, also a retired one; nil if the release
// has none of that id.
func (f *Facts) Technique(id string) *Technique { return f.techniques[strings.ToUpper(id)] }

// Tactic returns a tactic by key or id; nil if the release has none.
func (f *Facts) Tactic(name string) *Tactic {
	for i := range f.Tactics {
		if t := &f.Tactics[i]; strings.EqualFold(t.Key, name) || strings.EqualFold(t.ID, name) {
			return t
		}
	}
	return nil
}

// Subs returns the sub-techniques in force of a technique, in the order of
// their ids.
func (f *Facts) Subs(id string) (subs []*Technique) {
	at, _ := slices.BinarySearch(f.ids, id+".")
	for ; at < len(f.ids) && strings.HasPrefix(f.ids[at], id+"."); at++ {
		subs = append(subs, f.techniques[f.ids[at]])
	}
	return subs
}

// ComparePlatforms orders the names of platforms without regard to case, as macOS
// stands between Linux and Windows.
func ComparePlatforms(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// Platforms returns the platforms of all techniques in force, sorted.
func (f *Facts) Platforms() (names []string) {
	for t := range f.Techniques {
		names = append(names, t.Platforms...)
	}
	slices.SortFunc(names, ComparePlatforms)
	return slices.Compact(names)
}

// platformNames are names of a platform in the course of time, newest last. They
// only help to read what people wrote: which platforms there are, facts decide.
var platformNames = [][]string{{"Network", "Network Devices"}, {"Azure AD", "Identity Provider"},
	{"Office 365", "Office Suite"}, {"Google Workspace", "Office Suite"}, {"AWS", "IaaS"}, {"GCP", "IaaS"}, {"Azure", "IaaS"}}

// Platform returns a platform as the release calls it, whatever the case and
// also by a name of an earlier or later release; "" if it has none of that name.
func (f *Facts) Platform(name string) string {
	known := f.Platforms()
	find := func(name string) string {
		if i := slices.IndexFunc(known, func(p string) bool { return strings.EqualFold(p, name) }); i >= 0 {
			return known[i]
		}
		return ""
	}
	if found := find(name); found != "" {
		return found
	}
	for _, names := range platformNames {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			for _, other := range slices.Backward(names) {
				if found := find(other); found != "" {
					return found
				}
			}
		}
	}
	return ""
}

// Resolve follows a retired technique to the one in force that replaced it,
// over several steps if need be. It returns the technique itself if that is in
// force, and nil if the release does not know it or it has no successor.
func (f *Facts) Resolve(id string) *Technique {
	t := f.Technique(id)
	for range len(f.techniques) {
		if t == nil || t.Status == Active {
			return t
		}
		t = f.Technique(t.By)
	}
	return nil
}

// order brings what was read into the order that the methods promise.
func (f *Facts) order() {
	f.ids, f.retired = nil, nil
	for id, t := range f.techniques {
		if t.Status == Active {
			f.ids = append(f.ids, id)
		} else {
			f.retired = append(f.retired, id)
		}
	}
	slices.Sort(f.ids)
	slices.Sort(f.retired)
	slices.SortFunc(f.Components, func(a, b Component) int { return cmp.Compare(a.Name, b.Name) })
}

// CompareVersions orders releases by their numbers: 9.0 before 16.1.
func CompareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		if errM != nil || errN != nil {
			if c := cmp.Compare(x[i], y[i]); c != 0 {
				return c
			}
			continue
		}
		if c := cmp.Compare(m, n); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

// Label names a release for people: "ATT&CK 19.1", with the domain if that is
// not Enterprise.
func (f *Facts) Label() string {
	if f.Domain == Enterprise {
		return "ATT&CK " + f.Version
	}
	return fmt.Sprintf("ATT&CK %s (%s)", f.Version, f.Domain)
}
