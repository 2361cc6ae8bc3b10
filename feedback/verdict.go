package feedback

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// VerdictSchema names the form of a record. Keys may be added to it; none
// changes its meaning.
const VerdictSchema = "socctl.verdict/v1"

// Outcome is what an investigation found an alert to be.
type Outcome string

// Outcomes. The first two are protected: no exclusion may suppress them. The next
// two are the only ones that can support an exclusion. The others say nothing
// about the logic of a rule.
const (
	Malicious      Outcome = "malicious"       // an attack that took place
	Attempted      Outcome = "attempted"       // an attack that had no effect
	FalseLogic     Outcome = "false_logic"     // the rule matches what it does not mean
	BenignExpected Outcome = "benign_expected" // what the rule means, and wanted: a tool of the business
	Test           Outcome = "test"            // a penetration test or drill; never a reason to exclude
	FalseData      Outcome = "false_data"      // the event is wrong: a parser or a mapping, not the rule
	Undetermined   Outcome = "undetermined"    // nobody knows
	Duplicate      Outcome = "duplicate"       // of an alert that has a verdict of its own
)

// Outcomes lists all outcomes, those that weigh most first.
func Outcomes() []Outcome {
	return []Outcome{Malicious, Attempted, FalseLogic, BenignExpected, Test, FalseData, Undetermined, Duplicate}
}

// Class returns what the outcome alone allows.
func (o Outcome) Class() Class {
	switch o {
	case Malicious, Attempted:
		return Protected
	case FalseLogic, BenignExpected:
		return Supporting
	}
	return Unknown
}

// Class says what may be done about an alert.
type Class uint8

// Classes. The zero value is that of an alert without a verdict. Unknown ones
// support nothing; whether they must stay is up to the caller, who should assume
// it.
const (
	Unknown    Class = iota // no verdict, or none that tells
	Supporting              // may support an exclusion
	Protected               // must stay: malicious, attempted or contested
)

// String returns unknown, supporting or protected.
func (c Class) String() string {
	return [...]string{"unknown", "supporting", "protected"}[min(int(c), 2)]
}

// MarshalText writes the class as String does.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Kind says who investigated.
type Kind string

// Kinds of investigators.
const (
	Human Kind = "human"
	Agent Kind = "agent"
)

// Scopes of a verdict. One about an incident is said of all its alerts at once:
// it counts half, and takes back no verdict on the alert itself.
const (
	ScopeAlert    = "alert"
	ScopeIncident = "incident"
)

// Verdict is one statement of one investigator about one alert: a line of NDJSON.
// Its fields are those of the JSON schema that Schema returns.
type Verdict struct {
	Schema       string          `json:"schema"`
	UID          string          `json:"uid"`
	Time         time.Time       `json:"time"`
	Alert        Alert           `json:"alert"`
	Verdict      Outcome         `json:"verdict"`
	Confidence   *float64        `json:"confidence,omitempty"` // 0 to 1; nil is 1
	Scope        string          `json:"scope"`
	Investigator Investigator    `json:"investigator"`
	ReviewedBy   []Review        `json:"reviewed_by,omitempty"`
	Reason       *Reason         `json:"reason,omitempty"`
	Evidence     []Evidence      `json:"evidence,omitempty"`
	Supersedes   string          `json:"supersedes,omitempty"` // uid of an earlier verdict that this one takes back
	Expires      *time.Time      `json:"expires,omitempty"`    // from when on it supports nothing
	Sig          string          `json:"sig,omitempty"`        // see Sign
	Ext          json.RawMessage `json:"ext,omitempty"`        // an object; carried along

	// Span is where the record was read, unknown if it was not.
	Span rules.Span `json:"-"`
}

// Alert identifies what a verdict is about. The same alert of the same rule has
// the same identity in every replay. Without any event only AlertUID tells it
// apart, and nothing can be learnt from it but counts.
type Alert struct {
	RuleID   string   `json:"rule_id"`             // UUID, or the title of a rule without one
	RuleHash string   `json:"rule_hash,omitempty"` // of the rule that was judged: compiler.Rule.Hash
	EventFP  []string `json:"event_fp,omitempty"`  // telemetry.Event.Fingerprint of its events, sorted
	AlertUID string   `json:"alert_uid,omitempty"` // of the product that raised it
	Incident string   `json:"incident,omitempty"`

	// ContextFP is the root cause as a backtest tells it. Alerts of the same cause
	// count as one where numbers matter.
	ContextFP string     `json:"context_fp,omitempty"`
	EventTime *time.Time `json:"event_time,omitempty"`
	Entities  *Entities  `json:"entities,omitempty"`
}

// Entities are whom an alert is about.
type Entities struct {
	Host string `json:"host,omitempty"`
	User string `json:"user,omitempty"`
}

// Investigator is who made a verdict. Another version of an agent is another one
// as far as its record goes.
type Investigator struct {
	Kind    Kind   `json:"kind"`
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
	Session string `json:"session,omitempty"`
}

// String returns kind:id, and of an agent its version behind an @.
func (i Investigator) String() string {
	out := string(i.Kind) + ":" + i.ID
	if i.Version != "" {
		out += "@" + i.Version
	}
	return out
}

// Review is somebody who looked at a verdict and agreed.
type Review struct {
	Kind Kind      `json:"kind"`
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
}

// Reason says why. Text is for people: it may have been written by an attacker,
// through an agent that quoted an event.
type Reason struct {
	Code string `json:"code,omitempty"`
	Text string `json:"text,omitempty"`
}

// Evidence is something that was looked at.
type Evidence struct {
	Type string `json:"type"`
	FP   string `json:"fp,omitempty"`
	Ref  string `json:"ref,omitempty"`
}

// Key identifies the alert: "sha256:" and the hash of rule, rule hash and sorted
// event fingerprints, or of the alert's own uid where there is no event.
func (a *Alert) Key() string {
	events := slices.Clone(a.EventFP)
	slices.Sort(events)
	parts := []string{"alert", a.RuleID, a.RuleHash, strings.Join(slices.Compact(events), ",")}
	if len(events) == 0 {
		parts = append(parts, a.AlertUID)
	}
	return digest(parts...)
}

// Seal completes a verdict: schema and scope if they are absent, events in order,
// times in UTC, and the uid, which says what the verdict is. Nothing else is
// changed; what is wrong with it Check tells.
func (v *Verdict) Seal() {
	v.Schema, v.Scope = cmp.Or(v.Schema, VerdictSchema), cmp.Or(v.Scope, ScopeAlert)
	v.Alert.EventFP = slices.Clone(v.Alert.EventFP)
	slices.Sort(v.Alert.EventFP)
	v.Alert.EventFP = slices.Compact(v.Alert.EventFP)
	v.Time = v.Time.UTC()
	v.UID = v.uid()
}

// uid is the hash of alert, investigator, verdict and time: who sends the same
// statement twice has made it once.
func (v *Verdict) uid() string {
	return digest("verdict", v.Alert.Key(), string(v.Investigator.Kind), v.Investigator.ID, v.Investigator.Version,
		string(v.Verdict), v.Time.UTC().Format(time.RFC3339Nano))
}

func digest(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		sum.Write([]byte(p))
		sum.Write([]byte{0})
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// confidence returns that of the verdict, 1 if it states none.
func (v *Verdict) confidence() float64 {
	if v.Confidence == nil {
		return 1
	}
	return *v.Confidence
}

// AppendJSON appends the record as one line without its end.
func (v *Verdict) AppendJSON(dst []byte) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return dst, err
	}
	return append(dst, strings.TrimSuffix(b.String(), "\n")...), nil
}
