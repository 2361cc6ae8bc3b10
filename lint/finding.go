package lint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Finding is one problem that a check found. The code of its diagnostic is the
// name of the check.
type Finding struct {
	rules.Diagnostic
	Document rules.Document // that it is about; nil for a file that holds none, or a configuration
	Fix      *Fix           // nil if a person has to decide

	// Fingerprint identifies the finding across revisions of the file: it is made
	// of the check, the document and the text that the finding points at, and not
	// of lines. Equal findings of one document differ in their number.
	Fingerprint string

	// Lasting findings say that something was not checked at all. They count
	// whether or not they were there before.
	Lasting bool

	// Suppression says why the finding does not count; nil if it does.
	Suppression *Suppression
}

// Suppression is a reason for which a finding does not count.
type Suppression struct {
	Kind   SuppressionKind
	Reason string     // as its author gave it; "" for a base or a baseline
	Span   rules.Span // where it is written; unknown for a base
}

// SuppressionKind says who suppresses a finding.
type SuppressionKind string

// The kinds of suppressions.
const (
	ByComment  SuppressionKind = "comment"  // socctl:ignore in the file
	ByConfig   SuppressionKind = "config"   // ignore: or paths: of the configuration
	ByBaseline SuppressionKind = "baseline" // listed in the baseline file
	ByBase     SuppressionKind = "base"     // there already before the change
)

// Counts reports whether the finding counts.
func (f *Finding) Counts() bool { return f.Suppression == nil }

// Also adds a further place that explains the finding.
func (f *Finding) Also(at rules.Span, message string) *Finding {
	f.Related = append(f.Related, rules.Related{Span: at, Message: message})
	return f
}

// Replace offers a fix that replaces one place; message is a phrase such as
// "write contains".
func (f *Finding) Replace(at rules.Span, text, message string) *Finding {
	return f.FixBy(message, Edit{Span: at, Text: text})
}

// FixBy offers a fix of several edits. Without any there is none.
func (f *Finding) FixBy(message string, edits ...Edit) *Finding {
	if len(edits) > 0 {
		f.Fix = &Fix{Message: message, Edits: edits}
	}
	return f
}

// sortFindings orders by path, place, check and message.
func sortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Span.Path(), b.Span.Path()),
			cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
			cmp.Compare(a.Span.Start.Column, b.Span.Start.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// fingerprint gives every finding of a sorted list its fingerprint. relative
// makes paths independent of the folder in which a program runs.
func fingerprint(findings []Finding, relative func(string) string) {
	seen := map[string]int{}
	for i := range findings {
		f := &findings[i]
		subject := strings.Join([]string{f.Code, documentKey(f, relative), strings.Join(strings.Fields(f.Span.Text()), " ")}, "\x00")
		seen[subject]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", subject, seen[subject]))
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// documentKey names the document of a finding such that moving the file does
// not matter where there is an id.
func documentKey(f *Finding, relative func(string) string) string {
	if f.Document != nil {
		if h := f.Document.Meta(); h.ID.Text != "" {
			return h.ID.Text
		} else if h.Name.Text != "" {
			return h.Name.Text
		}
	}
	return relative(f.Span.Path())
}
