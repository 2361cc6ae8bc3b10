package coverage

import "time"

// Basis says where the label of a recording comes from.
type Basis string

// The bases.
const (
	Curated         Basis = "curated"          // somebody looked at the events and wrote down why
	DatasetMetadata Basis = "dataset-metadata" // whoever recorded it says so
	RuleRegression  Basis = "rule-regression"  // it was recorded for a rule, and has the tags of that
	SysmonRuleName  Basis = "sysmon-rulename"  // the configuration of the sensor named it
	FileName        Basis = "filename"         // the name of the file or its folder holds the id
	FolderTactic    Basis = "folder-tactic"    // the folder names a tactic
)

// Bases returns all bases.
func Bases() []Basis {
	return []Basis{Curated, DatasetMetadata, RuleRegression, SysmonRuleName, FileName, FolderTactic}
}

// Gives returns the level that a rule reaches by firing on a recording with such
// a label. Names of files and folders give None until somebody has looked.
func (b Basis) Gives() Level {
	switch b {
	case Curated, DatasetMetadata:
		return Observed
	case RuleRegression:
		return Self
	}
	return None
}

// Recording is an entry of a manifest: telemetry, or a part of it, with its
// labels.
type Recording struct {
	ID         string   `json:"id"`
	Path       string   `json:"path"` // as it is opened
	SHA256     string   `json:"sha256"`
	Source     string   `json:"source,omitempty"`
	License    string   `json:"license,omitempty"`
	Platform   string   `json:"platform"` // of ATT&CK
	Techniques []Label  `json:"techniques"`
	Components []string `json:"components,omitempty"`
	Expect     []string `json:"expect_rules,omitempty"` // ids of the rules that it was recorded for

	// What the labels are about; without any of it, every event.
	From, To time.Time           `json:"-"`
	Records  []int               `json:"records,omitempty"` // places in the recording, from 0
	Where    map[string][]string `json:"where,omitempty"`   // field, and the values that it may have
}

// Label is a technique that a recording shows.
type Label struct {
	ID      string `json:"id"`
	Version string `json:"attack_version,omitempty"` // of the ids; retired ones are followed
	Basis   Basis  `json:"basis"`
	Reason  string `json:"reason,omitempty"` // what somebody saw
}

// Partial reports whether the labels are about some of the events only.
func (r *Recording) Partial() bool {
	return !r.From.IsZero() || !r.To.IsZero() || len(r.Records) > 0 || len(r.Where) > 0
}
