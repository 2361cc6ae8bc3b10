package importer

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/feedback"
)

// investigator reads who ruled: a name with kind and version in fields of their own, or
// human:NAME or agent:NAME@VERSION in one, as socctl writes it. Without a kind it is a
// person.
func (r *reading) investigator(from record) feedback.Investigator {
	out := feedback.Investigator{Kind: feedback.Human, Session: clip(r.text(from, "session"))}
	name := r.all(from, "investigator")
	if len(name) == 0 {
		if out = r.options.Investigator; out.ID == "" {
			r.fail(from.span(), "verdict/missing-field", "the record does not say who judged it", "name who did with --by")
		}
		return out
	}
	kind, id, version := splitName(name[0].text)
	if out.ID = clip(id); id == "" {
		r.fail(name[0].span(), "verdict/unknown-value", fmt.Sprintf("%.80q names nobody", name[0].text), "write human:NAME or agent:NAME@VERSION")
		return out
	}
	if kind = r.agreeing(from, "kind", kind); kind != "" {
		out.Kind = feedback.Kind(kind)
	}
	out.Version = clip(r.agreeing(from, "version", version))
	return out
}

// splitName takes apart what socctl writes for an investigator; a name without a kind
// before it is a name as a whole.
func splitName(text string) (kind, id, version string) {
	before, after, ok := strings.Cut(text, ":")
	before = strings.ToLower(strings.TrimSpace(before))
	switch {
	case ok && before == string(feedback.Human):
		return before, strings.TrimSpace(after), ""
	case ok && before == string(feedback.Agent):
		id, version, _ = strings.Cut(after, "@")
		return before, strings.TrimSpace(id), strings.TrimSpace(version)
	}
	return "", text, ""
}

// agreeing returns what a field says, or else what the name of the investigator says of it.
func (r *reading) agreeing(from record, field, named string) string {
	found := r.all(from, field)
	if len(found) == 0 {
		return named
	}
	text := found[0].text
	if field == "kind" {
		if text = strings.ToLower(text); text != string(feedback.Human) && text != string(feedback.Agent) {
			r.fail(found[0].span(), "verdict/unknown-value", fmt.Sprintf("%.80q is no kind of investigator", found[0].text), "write human or agent")
			return text
		}
	}
	if named != "" && named != text {
		r.fail(found[0].span(), "verdict/unknown-value", fmt.Sprintf("the %s %.80q is not that of the investigator's name, %.80q", field, text, named), "")
	}
	return text
}
