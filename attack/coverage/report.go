package coverage

// Schema names the JSON form of a Report. Keys may be added to it; none changes
// its meaning.
const Schema = "socctl.coverage/v1"

// AnyPlatform stands for the platform of rules whose logsource names none, such
// as those about proxies. It is not one of the platforms of ATT&CK.
const AnyPlatform = "any"

// Caveat belongs to every report.
const Caveat = "Evidence about techniques is not protection from them: ATT&CK does not list every way to attack, a technique can be carried out in many ways, and how often a technique is reported says more about reports than about risk."

// Report is an assessment. All lists are in an order that depends on its input
// alone.
type Report struct {
	Schema     string      `json:"schema"`
	Facts      FactsOf     `json:"facts"`
	Options    Options     `json:"options"`
	Inputs     Inputs      `json:"inputs"`
	Summary    Summary     `json:"summary"`
	Tactics    []Tactic    `json:"tactics"`    // in the order of the matrix
	Platforms  []Platform  `json:"platforms"`  // that are in scope, by name
	Techniques []Technique `json:"techniques"` // in force, by id
	Components []Component `json:"components"` // the most wanted first
	Rules      []RuleState `json:"rules"`      // that claim a technique, as they were given
	AlsoFired  []AlsoFired `json:"also_fired,omitempty"`
	Unresolved []Unknown   `json:"unresolved_tags,omitempty"`
	Delta      *Delta      `json:"delta,omitempty"`
	Caveat     string      `json:"caveat"`

	all    map[string]*RuleState // by key, those included that claim nothing
	unread map[string]string     // as of Input
}

// FactsOf names the facts that a report is made with.
type FactsOf struct {
	Domain     string   `json:"domain"`
	Version    string   `json:"version"`
	Released   string   `json:"released"`
	Incomplete []string `json:"incomplete,omitempty"`
}

// Inputs counts what a report is made of.
type Inputs struct {
	Rules        int  `json:"rules"`
	Correlations int  `json:"correlations"`
	Tests        int  `json:"tests"`
	TestsFailed  int  `json:"tests_failed"`
	TestsAbsent  int  `json:"tests_without_recording"`
	Recordings   int  `json:"recordings"`
	Labelled     int  `json:"recordings_that_count"` // whose label gives 3a or 3b
	Replayed     bool `json:"replayed"`
	Firings      int  `json:"firings"`
	Verdicts     int  `json:"verdicts"`
}

// Histogram counts by the highest level that was reached: each thing is in one
// place.
type Histogram [6]int

// AtLeast returns how many reached a level.
func (h Histogram) AtLeast(l Level) (n int) {
	for _, x := range h[l:] {
		n += x
	}
	return n
}

// Total returns how many there are.
func (h Histogram) Total() int { return h.AtLeast(None) }

// MarshalJSON writes an object with the marks of the levels.
func (h Histogram) MarshalJSON() ([]byte, error) { return marshalHistogram(h) }

// Summary is about all techniques in scope, each counted once.
type Summary struct {
	Techniques Histogram `json:"techniques"`
	Cells      Histogram `json:"cells"`    // technique and platform; without AnyPlatform
	Weighted   []float64 `json:"weighted"` // share of the weight at each level, the lowest first
	Score      float64   `json:"score"`    // credit of what was reached, by weight, from 0 to 1
	Claimed    int       `json:"claimed"`  // techniques in force that some tag names, whatever else is to be said of it
	InForce    int       `json:"in_force"` // techniques of the release
	Single     int       `json:"single_rule"`
	SinglePath int       `json:"single_path"` // with two rules or more, all of one data component
	Stale      int       `json:"stale"`       // cells that lost a level because evidence is about another state of the rule
	Failing    int       `json:"failing"`     // rules that are held at 1 by a failing test
}

// Tactic sums up a column of the matrix. Every technique counts in each tactic
// that ATT&CK gives it, whatever tactics rules name.
type Tactic struct {
	ID         string    `json:"id"`
	Key        string    `json:"key"`
	Name       string    `json:"name"`
	Techniques Histogram `json:"techniques"`
	Score      float64   `json:"score"`
}

// Platform sums up the cells of a platform.
type Platform struct {
	Name  string    `json:"name"`
	Cells Histogram `json:"cells"`
	Score float64   `json:"score"`
}

// Technique is one technique in force.
type Technique struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Parent   string   `json:"parent,omitempty"`
	Tactics  []string `json:"tactics"`
	InScope  bool     `json:"in_scope"`
	Outside  string   `json:"outside,omitempty"` // why it is not in scope
	Level    Level    `json:"level"`
	Through  string   `json:"through,omitempty"` // "subs" if the level comes from sub-techniques alone
	Subs     *Subs    `json:"subs,omitempty"`    // of a parent
	Weight   float64  `json:"weight"`
	Groups   int      `json:"groups"`
	Target   bool     `json:"target,omitempty"`
	Intended []string `json:"intended_tactics,omitempty"` // those that all its rules agree on, if these are not all
	Cells    []Cell   `json:"cells"`
	Depth    int      `json:"depth"` // rules that show anything
	Paths    []string `json:"paths"` // distinct data components among them
}

// Subs is the state of the sub-techniques of a parent that are in scope.
type Subs struct {
	With  int   `json:"with"` // that have any level
	Total int   `json:"total"`
	Level Level `json:"level"` // the highest
}

// Cell is a technique on a platform.
type Cell struct {
	Platform   string     `json:"platform"`
	Level      Level      `json:"level"`
	Confidence Confidence `json:"confidence,omitempty"`
	Doubts     []string   `json:"doubts,omitempty"`
	Depth      int        `json:"depth"`
	Paths      []string   `json:"paths"`
	Sole       string     `json:"sole,omitempty"` // key of the one rule on which the cell hangs
	Supports   []Support  `json:"supports,omitempty"`
}

// Support is what one rule shows for a cell.
type Support struct {
	Rule       string     `json:"rule"` // key
	Level      Level      `json:"level"`
	Evidence   []Evidence `json:"evidence,omitempty"`
	Flags      []string   `json:"flags,omitempty"` // what keeps it from more, or takes evidence away
	Confidence Confidence `json:"confidence"`
	Doubts     []string   `json:"doubts,omitempty"`
	Via        string     `json:"via,omitempty"` // technique that the rule names, if it is the parent or a sub of this one
	Stale      bool       `json:"stale,omitempty"`
	component  string
}

// Evidence is one thing that a rule can show.
type Evidence struct {
	Level     Level       `json:"level"`
	Text      string      `json:"text"`
	Recording string      `json:"recording,omitempty"`
	Basis     Basis       `json:"basis,omitempty"`
	Alerts    int         `json:"alerts,omitempty"`
	First     *Occurrence `json:"first,omitempty"`
}

// Component is a kind of data that techniques can be seen in.
type Component struct {
	ID         string   `json:"id,omitempty"` // none before ATT&CK 18
	Name       string   `json:"name"`
	Techniques int      `json:"techniques"` // in scope that ATT&CK says show in it
	Weight     float64  `json:"weight"`
	Rules      int      `json:"rules"`
	Supplied   string   `json:"supplied"` // yes, no or unknown
	Quadrant   Quadrant `json:"quadrant"`
}

// Quadrant says whether a component is recorded, and whether rules look at it.
type Quadrant string

// The quadrants, and what is left if nobody says what is recorded.
const (
	Watched   Quadrant = "watched"    // recorded, and rules look at it
	Blind     Quadrant = "blind"      // not recorded, no rule
	Untapped  Quadrant = "untapped"   // recorded, no rule
	DeadRules Quadrant = "dead-rules" // rules look at it, and it is not recorded
	Ruled     Quadrant = "ruled"      // rules look at it; not known whether it is recorded
	Unruled   Quadrant = "unruled"    // no rule; not known whether it is recorded
)

// RuleState is a rule with what holds for all its cells.
type RuleState struct {
	Rule
	Qualifies  bool     `json:"qualifies"`
	Why        string   `json:"why,omitempty"` // it does not qualify
	Platforms  []string `json:"platforms"`
	Components []string `json:"components"`
	Positive   int      `json:"positive_tests"` // that passed
	Negative   int      `json:"negative_tests"` // that passed
	Failed     []string `json:"failed_tests,omitempty"`
	Techniques []string `json:"techniques"` // in force that its tags lead to
	SoleFor    []string `json:"sole_for,omitempty"`
}

// AlsoFired is a rule that fired on a recording of a technique that it does not
// name: a tag to consider, not evidence.
type AlsoFired struct {
	Rule       string   `json:"rule"`
	Techniques []string `json:"techniques"` // of the label
	Recording  string   `json:"recording"`
	Alerts     int      `json:"alerts"`
}

// Unknown is a tag that leads to no technique in force.
type Unknown struct {
	Rule string `json:"rule"`
	Tag  string `json:"tag"`
	Why  string `json:"why"`
}
