package attack

import (
	"regexp"
	"strings"
)

// Kind says what a tag refers to.
type Kind string

// The kinds of tags in the namespace "attack".
const (
	TechniqueTag Kind = "technique"
	TacticTag    Kind = "tactic"
	GroupTag     Kind = "group"
	SoftwareTag  Kind = "software"
	CampaignTag  Kind = "campaign"
	OtherTag     Kind = "other" // mitigations, data components, detection strategies
)

// Tag is a tag of a rule that refers to ATT&CK.
type Tag struct {
	Text string // as written
	Kind Kind
	Name string // id in upper case, or key of a tactic in lower case with dashes
}

// Canonical returns the tag in the spelling of the Sigma specification: lower
// case, with dashes.
func (t Tag) Canonical() string { return "attack." + strings.ToLower(t.Name) }

var ids = []struct {
	form *regexp.Regexp
	kind Kind
}{
	{regexp.MustCompile(`^T\d{4}(\.\d{3})?$`), TechniqueTag},
	{regexp.MustCompile(`^TA\d{4}$`), TacticTag},
	{regexp.MustCompile(`^G\d{4}$`), GroupTag},
	{regexp.MustCompile(`^S\d{4}$`), SoftwareTag},
	{regexp.MustCompile(`^C\d{4}$`), CampaignTag},
	{regexp.MustCompile(`^(M|DS|DC|DET|AN)\d{4}$`), OtherTag},
}

// ParseTag reads a tag. Upper case, underscores and blanks are accepted; false
// means that the tag is of another namespace.
func ParseTag(text string) (Tag, bool) {
	namespace, name, ok := strings.Cut(text, ".")
	if !ok || !strings.EqualFold(namespace, "attack") {
		return Tag{}, false
	}
	upper := strings.ToUpper(name)
	for _, id := range ids {
		if id.form.MatchString(upper) {
			return Tag{text, id.kind, upper}, true
		}
	}
	return Tag{text, TacticTag, strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(name))}, true
}
