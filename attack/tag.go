package attack

import "strings"

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

// prefixes are those of ids, with the kind of what they name. All are followed
// by four digits; a sub-technique has three more behind a dot.
var prefixes = map[string]Kind{"T": TechniqueTag, "TA": TacticTag, "G": GroupTag, "S": SoftwareTag, "C": CampaignTag,
	"M": OtherTag, "DS": OtherTag, "DC": OtherTag, "DET": OtherTag, "AN": OtherTag}

// idKind returns what an id in upper case names, false for what is no id. It is
// called for every tag of every rule, time and again.
func idKind(id string) (Kind, bool) {
	main, sub, isSub := strings.Cut(id, ".")
	if len(main) < 5 || !digits(main[len(main)-4:]) {
		return "", false
	}
	kind, ok := prefixes[main[:len(main)-4]]
	if isSub {
		ok = ok && kind == TechniqueTag && len(sub) == 3 && digits(sub)
	}
	return kind, ok
}

var dashes = strings.NewReplacer("_", "-", " ", "-")

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// ParseTag reads a tag. Upper case, underscores and blanks are accepted; false
// means that the tag is of another namespace.
func ParseTag(text string) (Tag, bool) {
	namespace, name, ok := strings.Cut(text, ".")
	if !ok || !strings.EqualFold(namespace, "attack") {
		return Tag{}, false
	}
	upper := strings.ToUpper(name)
	if kind, ok := idKind(upper); ok {
		return Tag{text, kind, upper}, true
	}
	return Tag{text, TacticTag, dashes.Replace(strings.ToLower(name))}, true
}
