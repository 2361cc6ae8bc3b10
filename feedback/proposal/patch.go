package proposal

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/socctl/socctl/rules"
)

// Patch changes a rule file in a few places; all else of it stays as it is written,
// comments among it.
type Patch struct {
	Path  string `json:"path"`
	Diff  string `json:"diff"` // unified; of this change alone
	Edits []Edit `json:"-"`
}

// Stands reports whether the rule is changed instead of a filter being added.
func (p *RulePatch) Stands(filter string) bool {
	return p != nil && slices.Contains(p.Filters, filter)
}

// Edit replaces what stands at a span by a text.
type Edit struct {
	Span rules.Span
	Text string
}

// Before returns the file as it is.
func (p *Patch) Before() []byte { return p.Edits[0].Span.File.Source }

// After returns the file as it would be.
func (p *Patch) After() ([]byte, error) { return Edited(p.Before(), p.Edits) }

// Edited returns a file with edits in it. Edits that overlap are an error: one of
// them was made for a file without the other.
func Edited(source []byte, edits []Edit) ([]byte, error) {
	all := slices.Clone(edits)
	slices.SortStableFunc(all, func(a, b Edit) int {
		af, at := a.Span.Offsets()
		bf, bt := b.Span.Offsets()
		return cmp.Or(cmp.Compare(af, bf), cmp.Compare(at, bt))
	})
	var b bytes.Buffer
	at := 0
	for _, e := range all {
		from, to := e.Span.Offsets()
		if from < at || to > len(source) {
			return nil, fmt.Errorf("%s: two changes of the same place: apply one of them, then tune again", e.Span)
		}
		b.Write(source[at:from])
		b.WriteString(e.Text)
		at = to
	}
	b.Write(source[at:])
	return b.Bytes(), nil
}

// Patches returns all changes of rule files that the report proposes; inRules says
// whether those are among them that stand for filters.
func (r *Report) Patches(inRules bool) (out []*Patch) {
	for i := range r.Rules {
		if p := r.Rules[i].Patch; p != nil && inRules {
			out = append(out, &p.Patch)
		}
	}
	for i := range r.Thresholds {
		if p := r.Thresholds[i].Patch; p != nil {
			out = append(out, p)
		}
	}
	for i := range r.Levels {
		out = append(out, r.Levels[i].Patch)
	}
	return out
}
