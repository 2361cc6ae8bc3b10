package stix

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// object holds the properties of all kinds of objects that facts need.
type object struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	Name       string `json:"name"`
	Modified   string `json:"modified"`
	Revoked    bool   `json:"revoked"`
	Deprecated bool   `json:"x_mitre_deprecated"`
	References []struct {
		Source string `json:"source_name"`
		ID     string `json:"external_id"`
	} `json:"external_references"`
	Platforms []string `json:"x_mitre_platforms"`

	Phases []struct { // of a technique
		Chain string `json:"kill_chain_name"`
		Name  string `json:"phase_name"`
	} `json:"kill_chain_phases"`
	ShortName  string   `json:"x_mitre_shortname"`     // of a tactic
	TacticRefs []string `json:"tactic_refs"`           // of a matrix
	Version    string   `json:"x_mitre_version"`       // of a collection: the release
	Analytics  []string `json:"x_mitre_analytic_refs"` // of a detection strategy
	LogSources []struct {
		Component string `json:"x_mitre_data_component_ref"`
		Name      string `json:"name"`
	} `json:"x_mitre_log_source_references"` // of an analytic

	Relationship string `json:"relationship_type"`
	From         string `json:"source_ref"`
	To           string `json:"target_ref"`
}

// check reports what would make others be mistaken for this object, or a text that
// was written in another charset: decoding JSON replaces what it cannot read.
func (o *object) check() error {
	switch {
	case o.Type == "" || !strings.HasPrefix(o.ID, o.Type+"--"):
		return fmt.Errorf("an object of type %q has the id %q: ids of STIX begin with the type and two dashes", o.Type, o.ID)
	case strings.ContainsRune(o.Name, utf8.RuneError):
		return fmt.Errorf("the name of %s is not UTF-8: %q", o.ID, o.Name)
	}
	return nil
}

func (o *object) live() bool { return !o.Revoked && !o.Deprecated }

// attackID returns the id in ATT&CK, "" if there is none. It need not be the
// first of the references.
func (o *object) attackID() string {
	for _, r := range o.References {
		if r.Source == "mitre-attack" || strings.HasPrefix(r.Source, "mitre-") && strings.HasSuffix(r.Source, "-attack") {
			return r.ID
		}
	}
	return ""
}

// kept are the types of objects that are kept whole, relationships apart.
var kept = map[string]bool{
	"attack-pattern": true, "x-mitre-tactic": true, "x-mitre-matrix": true, "x-mitre-collection": true,
	"x-mitre-data-component": true, "x-mitre-detection-strategy": true, "x-mitre-analytic": true,
	"intrusion-set": true, "campaign": true, "malware": true, "tool": true,
}

// relationships are the types that are kept.
var relationships = map[string]bool{"uses": true, "revoked-by": true, "subtechnique-of": true, "detects": true, "attributed-to": true}
