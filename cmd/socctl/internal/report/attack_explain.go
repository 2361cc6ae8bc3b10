package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/socctl/socctl/attack"
)

// attackExplanation is what there is to say of a technique or a tactic, in its
// stable JSON form.
type attackExplanation struct {
	Facts     attackSource      `json:"facts"`
	Tag       string            `json:"tag"`
	Technique *AttackTechnique  `json:"technique,omitempty"`
	Tactic    *attack.Tactic    `json:"tactic,omitempty"`
	Subs      []AttackTechnique `json:"sub_techniques,omitempty"`
	History   []attack.Event    `json:"history,omitempty"`
	InRelease []string          `json:"in_releases,omitempty"` // of a tactic
	Became    []string          `json:"became,omitempty"`      // of a tactic that is gone
	Detection []attackDetection `json:"detection,omitempty"`
}

type attackDetection struct {
	Analytic string         `json:"analytic,omitempty"`
	Strategy string         `json:"strategy,omitempty"`
	Platform string         `json:"platform,omitempty"`
	Sources  []attackOrigin `json:"sources"`
}

type attackOrigin struct {
	Component string `json:"component"`
	Log       string `json:"log,omitempty"`
}

// AttackExplain writes what a tag means by facts, and what the releases made of
// it, which are in their order. One of them has to know it.
func AttackExplain(w io.Writer, s Style, format string, f *attack.Facts, all []*attack.Facts, tag attack.Tag) error {
	x := &attackExplanation{Facts: sourceOf(f), Tag: tag.Canonical()}
	if tag.Kind == attack.TechniqueTag {
		x.technique(f, all, tag.Name)
	} else {
		x.tactic(f, all, tag.Name)
	}
	if format == "json" {
		return writeJSON(w, x)
	}
	if tag.Kind == attack.TechniqueTag {
		return x.printTechnique(w, s, f, tag.Name)
	}
	return x.printTactic(w, s, f, tag.Name)
}

func (x *attackExplanation) technique(f *attack.Facts, all []*attack.Facts, id string) {
	x.History = attack.History(id, all)
	t := f.Technique(id)
	if t == nil {
		return
	}
	own := NewAttackTechnique(f, t)
	x.Technique = &own
	for _, sub := range f.Subs(id) {
		x.Subs = append(x.Subs, NewAttackTechnique(f, sub))
	}
	for _, a := range f.Analytics(id) {
		d := attackDetection{Analytic: a.ID, Strategy: a.Strategy, Platform: a.Platform}
		for _, source := range a.Sources {
			d.Sources = append(d.Sources, attackOrigin(source))
		}
		x.Detection = append(x.Detection, d)
	}
}

func (x *attackExplanation) tactic(f *attack.Facts, all []*attack.Facts, name string) {
	x.Tactic = f.Tactic(name)
	for _, g := range all {
		if g.Tactic(name) != nil {
			x.InRelease = append(x.InRelease, g.Version)
		}
	}
	if x.Tactic == nil {
		x.Became = f.TacticsSince(name)
	}
}

func (x *attackExplanation) printTechnique(w io.Writer, s Style, f *attack.Facts, id string) error {
	t := x.Technique
	if t == nil {
		fmt.Fprintf(w, "%s is not in %s\n", id, f.Label())
		return x.printHistory(w, s)
	}
	fmt.Fprintf(w, "%s %s\n", s.Paint(Bold, t.ID), s.Paint(Bold, Clean(t.Name)))
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(out, "  %s\t%s\n", name, Clean(text))
		}
	}
	if t.Status != "" {
		status := t.Status + " in " + f.Label()
		if t.By != "" {
			status += ": write attack." + strings.ToLower(t.By) + " (" + f.Technique(t.By).Name + ")"
		}
		line("status", status)
	}
	line("tactics", strings.Join(t.Tactics, ", "))
	line("platforms", strings.Join(t.Platforms, ", "))
	if t.Parent != "" {
		line("parent", t.Parent+" "+f.Technique(t.Parent).Name)
	}
	if t.Status == "" {
		line("known use", fmt.Sprintf("%s, %d with their campaigns; %s; %s", Count(t.Groups, "group"), t.WithOthers, Count(t.Campaigns, "campaign"), Count(t.Software, "program")))
	}
	for _, sub := range x.Subs {
		line("sub-technique", sub.ID+" "+sub.Name)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	x.printDetection(w, s)
	if err := x.printHistory(w, s); err != nil {
		return err
	}
	return lacks(w, f)
}

func (x *attackExplanation) printDetection(w io.Writer, s Style) {
	if x.Technique.Status != "" {
		return
	}
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "how it is detected"))
	if len(x.Detection) == 0 {
		fmt.Fprintln(w, "  ATT&CK does not say, or the facts lack it")
	}
	for _, d := range x.Detection {
		title := strings.TrimSpace(d.Platform + " (" + d.Analytic + " of " + d.Strategy + ")")
		if d.Analytic == "" {
			title = "by data component"
		}
		fmt.Fprintf(w, "  %s\n", Clean(title))
		for i, source := range d.Sources {
			if i > 0 && d.Sources[i-1].Component == source.Component {
				continue
			}
			var logs []string
			for _, other := range d.Sources {
				if other.Component == source.Component && other.Log != "" {
					logs = append(logs, other.Log)
				}
			}
			text := source.Component
			if len(logs) > 0 {
				text += ": " + strings.Join(logs, ", ")
			}
			fmt.Fprintf(w, "    %s\n", Clean(text))
		}
	}
}

func (x *attackExplanation) printHistory(w io.Writer, s Style) error {
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "history"))
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range x.History {
		fmt.Fprintf(out, "  %s\t%s\n", e.Release, Clean(tellEvent(e)))
	}
	return out.Flush()
}

func tellEvent(e attack.Event) string {
	by := ""
	if e.By != "" {
		by = " by " + e.By + " " + e.ByName
	}
	switch e.Kind {
	case "known":
		return "there, " + e.Name + ", of " + strings.Join(e.Gained, ", ")
	case "absent":
		return "not there yet"
	case "added":
		return "new, " + e.Name + ", of " + strings.Join(e.Gained, ", ")
	case "renamed":
		return "renamed to " + e.Name + ", was " + e.Was
	case "moved":
		return "tactics: " + moved(e.Change)
	case "platforms":
		return "platforms: " + moved(e.Change)
	case "revoked":
		return "replaced" + by
	case "redirected":
		return "now replaced" + by + ", before by " + e.Was
	case "deprecated":
		return "given up without a successor"
	case "removed":
		return "gone without a trace"
	}
	return "in force again"
}

func (x *attackExplanation) printTactic(w io.Writer, s Style, f *attack.Facts, name string) error {
	t := x.Tactic
	if t == nil {
		fmt.Fprintf(w, "%s has no tactic %s; it is in %s\n", f.Label(), Clean(name), strings.Join(x.InRelease, ", "))
		if len(x.Became) > 0 {
			fmt.Fprintf(w, "  new since: %s; socctl attack migrate decides by the techniques of each rule\n", strings.Join(x.Became, ", "))
		}
		return nil
	}
	fmt.Fprintf(w, "%s %s\n", s.Paint(Bold, t.ID), s.Paint(Bold, Clean(t.Name)))
	fmt.Fprintf(w, "  tag        attack.%s\n", Clean(t.Key))
	fmt.Fprintf(w, "  releases   %s\n", strings.Join(x.InRelease, ", "))
	n := countTechniques(f, func(x *attack.Technique) bool { return slices.Contains(x.Tactics, t.Key) })
	_, err := fmt.Fprintf(w, "  techniques %d, listed by socctl attack list --tactic %s\n", n, Clean(t.Key))
	return err
}

// AttackGroup writes what a group is known to use.
func AttackGroup(w io.Writer, s Style, format string, f *attack.Facts, g *attack.Group) error {
	if format == "json" {
		return writeJSON(w, struct {
			Facts      attackSource `json:"facts"`
			ID         string       `json:"id"`
			Name       string       `json:"name"`
			Techniques []string     `json:"techniques"`
		}{sourceOf(f), g.ID, g.Name, g.Techniques})
	}
	fmt.Fprintf(w, "%s %s\n  known to use %s\n", s.Paint(Bold, g.ID), s.Paint(Bold, Clean(g.Name)), Count(len(g.Techniques), "technique"))
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, id := range g.Techniques {
		if t := f.Resolve(id); t != nil {
			fmt.Fprintf(out, "  %s\t%s\t%s\n", t.ID, Clean(t.Name), Clean(strings.Join(t.Tactics, ", ")))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return lacks(w, f)
}
