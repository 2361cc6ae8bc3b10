package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
)

// fire gives cells what firings on labelled recordings show.
func (a *assessment) fire() {
	for _, f := range a.in.Firings {
		r, rec := a.byKey[f.Rule], a.recordings[f.Recording]
		if r == nil || rec == nil {
			continue
		}
		labels := a.labelsOf(rec)
		if len(labels) == 0 {
			continue
		}
		if !a.fireOn(r, rec, f, labels) && f.Alerts > 0 && r.Qualifies && f.Hash == r.Hash && f.SHA256 == rec.SHA256 {
			a.alsoFired(r, rec, f, labels)
		}
	}
}

// labelOf is a label with the technique in force that it leads to.
type labelOf struct {
	Label
	technique *attack.Technique
}

// maxLabels is how many techniques the label of a whole recording may name. One
// that names more is of a campaign: what fired there need not be any of them.
const maxLabels = 3

// labelsOf returns the labels of a recording that are evidence.
func (a *assessment) labelsOf(rec *Recording) (out []labelOf) {
	campaign := len(rec.Techniques) > maxLabels && !rec.Partial()
	for _, l := range rec.Techniques {
		if campaign && l.Basis.Gives() > Self {
			continue
		}
		if t := a.in.Facts.Resolve(l.ID); t != nil && l.Basis.Gives() > None {
			out = append(out, labelOf{l, t})
		}
	}
	return out
}

// fireOn credits a rule for the labels that it claims. It reports whether there
// are any.
func (a *assessment) fireOn(r *ruleState, rec *Recording, f Firing, labels []labelOf) (claimed bool) {
	for _, l := range labels {
		for _, c := range r.claims {
			for _, earned := range earns(c, l.technique, a.in.Facts) {
				claimed = true
				a.credit(r, rec, f, l, c, earned)
			}
		}
	}
	return claimed
}

// earns returns the techniques of which a rule that names one shows something by
// firing on the other: both, if they are the same or one is the parent of the
// other. A rule that names a sub-technique earns nothing for it by a label that
// names the parent only.
func earns(claim, label *attack.Technique, facts *attack.Facts) []*attack.Technique {
	switch {
	case claim == label:
		return []*attack.Technique{label}
	case label.Parent() == claim.ID:
		return []*attack.Technique{label, claim}
	case claim.Parent() == label.ID:
		return []*attack.Technique{label}
	}
	return nil
}

func (a *assessment) credit(r *ruleState, rec *Recording, f Firing, l labelOf, claim, earned *attack.Technique) {
	level := l.Basis.Gives()
	if level == Self && !slices.ContainsFunc(rec.Expect, func(id string) bool { return id == r.ID || id == r.Key }) {
		return // recorded for another rule: the label is that rule's opinion
	}
	via := ""
	if !slices.Contains(r.claims, earned) {
		via = claim.ID
	}
	platform := rec.Platform
	if !slices.Contains(earned.Platforms, platform) {
		return
	}
	key := cellKey{earned.ID, platform}
	if f.Alerts == 0 && a.cells[key][r.Key] == nil {
		return // nothing there to be held against it
	}
	s := a.support(r, earned, platform, via)
	switch {
	case !r.Qualifies:
		if len(s.Flags) == 0 {
			s.Flags = append(s.Flags, "does not count: "+r.Why)
		}
		return
	case f.Hash != r.Hash:
		s.flag("stale: it was replayed on " + rec.ID + " when it meant something else")
		s.Stale = true
		return
	case f.SHA256 != rec.SHA256:
		s.flag("stale: it was replayed on another state of " + rec.ID)
		s.Stale = true
		return
	}
	if held := heldText(f); held != "" {
		s.flag(held + " on " + rec.ID)
	}
	if f.Alerts == 0 {
		return
	}
	s.Level = max(s.Level, Tagged)
	if len(r.Failed) > 0 {
		if via != "" || len(s.Flags) == 0 {
			s.flag("held at 1: a test fails")
		}
		return
	}
	s.raise(Evidence{Level: level, Text: fmt.Sprintf("%s on %s", count(f.Alerts, "alert"), rec.ID), Recording: rec.ID, Basis: l.Basis, Alerts: f.Alerts, First: f.First})
	if level == Observed {
		a.prove(r, s)
	}
}

func (s *Support) flag(text string) {
	if !slices.Contains(s.Flags, text) {
		s.Flags = append(s.Flags, text)
	}
}

// heldText tells what filters kept back.
func heldText(f Firing) string {
	var out []string
	for _, h := range f.Suppressed {
		out = append(out, fmt.Sprintf("filter %q keeps back %d of %s", h.Filter, h.Events, count(f.Alerts+total(f.Suppressed), "attack event")))
	}
	return strings.Join(out, "; ")
}

func total(held []Held) (n int) {
	for _, h := range held {
		n += h.Events
	}
	return n
}

// prove lifts a support to the highest level if the verdicts are good, many and
// recent enough.
func (a *assessment) prove(r *ruleState, s *Support) {
	v, o := r.verdict, &a.options
	if v == nil || s.Level >= Proven {
		return
	}
	n := v.True + v.False
	bound := Wilson(v.True, n)
	switch {
	case v.Hash != r.Hash:
		s.flag("stale: its verdicts are about another meaning of the rule")
		s.Stale = true
	case o.Now.Sub(v.Latest).Hours() > 24*float64(o.Days):
		s.flag(fmt.Sprintf("stale: the latest verdict is older than %d days", o.Days))
		s.Stale = true
	case n < o.Verdicts:
		s.flag(fmt.Sprintf("%s, %d are needed", count(n, "verdict"), o.Verdicts))
	case bound < o.Precision:
		s.flag(fmt.Sprintf("%d of %d alerts were true: precision at least %.2f, %.2f is needed", v.True, n, bound, o.Precision))
	case v.Benign == nil:
		s.flag("not replayed on recordings that are known to be benign")
	case !*v.Benign:
		s.flag("beyond its budget in recordings that are known to be benign")
	default:
		s.raise(Evidence{Level: Proven, Text: fmt.Sprintf("%d of %d alerts were true: precision at least %.2f", v.True, n, bound)})
	}
}

// alsoFired notes a rule that fired on a technique that it does not name.
func (a *assessment) alsoFired(r *ruleState, rec *Recording, f Firing, labels []labelOf) {
	out := AlsoFired{Rule: r.Key, Recording: rec.ID, Alerts: f.Alerts}
	for _, l := range labels {
		if l.Basis.Gives() == Observed {
			out.Techniques = union(out.Techniques, []string{l.technique.ID})
		}
	}
	if len(out.Techniques) > 0 {
		a.report.AlsoFired = append(a.report.AlsoFired, out)
	}
}
