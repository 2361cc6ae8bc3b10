package report

import (
	"fmt"
	"io"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/lint/overlap"
	"github.com/socctl/socctl/lint/proof"
)

// OverlapRun is what there is to show of rules that overlap.
type OverlapRun struct {
	Groups []overlap.Group
	Rules  int
	Fired  *overlap.Firings // nil if nothing was replayed
}

// Overlap writes groups of rules: pretty, json or markdown.
func Overlap(w io.Writer, s Style, format string, run *OverlapRun) error {
	switch format {
	case "json":
		return overlapJSON(w, run)
	case "markdown":
		overlapMarkdown(w, run)
		return nil
	}
	for i := range run.Groups {
		overlapGroup(w, s, i+1, &run.Groups[i], run.Fired != nil)
	}
	fmt.Fprintf(w, "%s of %s overlap, in %s\n", Count(run.members(), "rule"), Count(run.Rules, "rule"), Count(len(run.Groups), "group"))
	return nil
}

func (r *OverlapRun) members() int {
	n := 0
	for i := range r.Groups {
		n += len(r.Groups[i].Members)
	}
	return n
}

func overlapGroup(w io.Writer, s Style, n int, g *overlap.Group, fired bool) {
	fmt.Fprintf(w, "%s\n", s.Paint(Bold, fmt.Sprintf("group %d, %s", n, Count(len(g.Members), "rule"))))
	for i := range g.Members {
		m := &g.Members[i]
		fmt.Fprintf(w, "  %s  %s%s\n", Clean(m.Rule.Title), s.Paint(Dim, Clean(place(m.Rule.Source.Span))), memberAdds(m, fired))
	}
	names := namesIn(g)
	for i := range g.Links {
		fmt.Fprintf(w, "    %s\n", Clean(linkText(&g.Links[i], names)))
	}
	fmt.Fprintln(w)
}

// memberAdds says what a rule adds to the group.
func memberAdds(m *overlap.Member, fired bool) string {
	text := ""
	if len(m.CoveredBy) > 0 {
		text = "  adds nothing: proven to be covered"
	}
	if fired {
		text += fmt.Sprintf("  fired %d, alone %d", m.Fired, m.Alone)
	}
	return text
}

// namesIn names the rules of a group: by their titles, and also by their places where
// titles are the same, as those of copied rules are.
func namesIn(g *overlap.Group) map[*compiler.Rule]string {
	times := map[string]int{}
	for i := range g.Members {
		times[g.Members[i].Rule.Title]++
	}
	out := map[*compiler.Rule]string{}
	for i := range g.Members {
		r := g.Members[i].Rule
		if out[r] = r.Title; times[r.Title] > 1 {
			out[r] += " (" + place(r.Source.Span) + ")"
		}
	}
	return out
}

func linkText(l *overlap.Link, names map[*compiler.Rule]string) string {
	a, b := names[l.A], names[l.B]
	sure := ""
	if !l.Sure {
		sure = ", unless a field holds several values at once"
	}
	switch l.Kind {
	case overlap.Same:
		return fmt.Sprintf("%s and %s match the same%s", a, b, sure)
	case overlap.Covers:
		return fmt.Sprintf("%s covers %s%s", a, b, sure)
	case overlap.Alike:
		return fmt.Sprintf("%s is like %s%s%s", a, b, differs(a, l.OnlyA), differs(b, l.OnlyB))
	}
	return fmt.Sprintf("%s and %s fired together %d times, the first alone %d, the second alone %d", a, b, l.Both, l.JustA, l.JustB)
}

func differs(title string, m solver.Model) string {
	if m == nil {
		return ""
	}
	return "; only " + title + ": " + Shorten(proof.Describe(m), 160)
}

func overlapMarkdown(w io.Writer, run *OverlapRun) {
	fmt.Fprintf(w, "### Rules that overlap\n\n%s of %s, in %s.\n", Count(run.members(), "rule"), Count(run.Rules, "rule"), Count(len(run.Groups), "group"))
	for i := range run.Groups {
		g := &run.Groups[i]
		fmt.Fprintf(w, "\n**Group %d**\n\n", i+1)
		for k := range g.Members {
			m := &g.Members[k]
			fmt.Fprintf(w, "- %s (`%s`)%s\n", escapeMarkdown(m.Rule.Title), codeText(place(m.Rule.Source.Span)), escapeMarkdown(memberAdds(m, run.Fired != nil)))
		}
		names := namesIn(g)
		for k := range g.Links {
			fmt.Fprintf(w, "  - %s\n", escapeMarkdown(linkText(&g.Links[k], names)))
		}
	}
}

type overlapRecord struct {
	Schema string        `json:"schema"`
	Rules  int           `json:"rules"`
	Hits   *int          `json:"hits"` // events on which any rule fired; null if nothing was replayed
	Groups []groupRecord `json:"groups"`
}

type groupRecord struct {
	Members []memberRecord `json:"members"`
	Links   []linkRecord   `json:"links"`
}

type memberRecord struct {
	Rule      ruleRecord   `json:"rule"`
	CoveredBy []ruleRecord `json:"covered_by,omitempty"`
	Fired     int          `json:"fired"`
	Alone     int          `json:"alone"`
}

type linkRecord struct {
	Kind  overlap.Kind `json:"kind"`
	A     string       `json:"a"` // a title, which several rules may have
	B     string       `json:"b"`
	RuleA ruleRecord   `json:"rule_a"`
	RuleB ruleRecord   `json:"rule_b"`
	Sure  bool         `json:"sure,omitempty"`
	OnlyA *eventRecord `json:"only_a,omitempty"`
	OnlyB *eventRecord `json:"only_b,omitempty"`
	Both  int          `json:"both,omitempty"`
	JustA int          `json:"just_a,omitempty"`
	JustB int          `json:"just_b,omitempty"`
}

func overlapJSON(w io.Writer, run *OverlapRun) error {
	out := overlapRecord{Schema: "socctl.overlap/v1", Rules: run.Rules, Groups: []groupRecord{}}
	if run.Fired != nil {
		out.Hits = &run.Fired.Hits
	}
	for i := range run.Groups {
		g := &run.Groups[i]
		var r groupRecord
		for _, m := range g.Members {
			member := memberRecord{Rule: recordOfRule(m.Rule), Fired: m.Fired, Alone: m.Alone}
			for _, by := range m.CoveredBy {
				member.CoveredBy = append(member.CoveredBy, recordOfRule(by))
			}
			r.Members = append(r.Members, member)
		}
		for _, l := range g.Links {
			r.Links = append(r.Links, linkRecord{l.Kind, l.A.Title, l.B.Title, recordOfRule(l.A), recordOfRule(l.B), l.Sure, modelRecord(nil, l.OnlyA), modelRecord(nil, l.OnlyB), l.Both, l.JustA, l.JustB})
		}
		out.Groups = append(out.Groups, r)
	}
	return writeJSON(w, out)
}
