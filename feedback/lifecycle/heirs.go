package lifecycle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/rules"
)

// heirs are the rules that take the place of others.
type heirs struct {
	successors map[*compiler.Rule]*Successor
	// unproven are declarations that a rule is replaced, which nothing proves.
	unproven map[*compiler.Rule][]string
}

// findHeirs looks for rules that others may be deprecated in favour of. Whoever is
// deprecated is nobody's successor.
func findHeirs(in *Input) heirs {
	out := heirs{map[*compiler.Rule]*Successor{}, map[*compiler.Rule][]string{}}
	covers := withTwins(in)
	used := inputs(in)
	going := map[*compiler.Rule]bool{}
	for _, c := range covers {
		if !used[c.Narrow] && c.replaces() {
			going[c.Narrow] = true
		}
	}
	for _, r := range in.Program.Rules {
		if !going[r] {
			continue
		}
		var best *Cover
		for i := range covers {
			c := &covers[i]
			if c.Narrow == r && !going[c.Wide] && c.replaces() && (best == nil || c.before(best)) {
				best = c
			}
		}
		if best != nil {
			out.successors[r] = best.successor()
		}
	}
	out.declared(in, covers)
	return out
}

// withTwins adds covers among rules that mean the same, which count as one where
// covers are looked for.
func withTwins(in *Input) []Cover {
	byHash := map[string][]*compiler.Rule{}
	for _, r := range in.Program.Rules {
		byHash[r.Hash] = append(byHash[r.Hash], r)
	}
	var out []Cover
	for _, c := range in.Covers {
		for _, narrow := range byHash[c.Narrow.Hash] {
			for _, wide := range byHash[c.Wide.Hash] {
				out = append(out, Cover{narrow, wide, c.Same, c.Sure})
			}
		}
	}
	for _, r := range in.Program.Rules {
		for _, twin := range byHash[r.Hash] {
			if twin != r {
				out = append(out, Cover{r, twin, true, true})
			}
		}
	}
	return out
}

// inputs are the rules that correlations refer to: they are not to be deprecated. One that
// has an error refers to them as well.
func inputs(in *Input) map[*compiler.Rule]bool {
	out, bySource := map[*compiler.Rule]bool{}, map[rules.Document]*compiler.Rule{}
	for _, r := range in.Program.Rules {
		bySource[r.Source] = r
	}
	refer := func(c *rules.Correlation) {
		for _, to := range c.Inputs {
			if r := bySource[to.Document]; r != nil {
				out[r] = true
			}
		}
	}
	for _, c := range in.Program.Correlations {
		refer(c.Source)
	}
	for _, c := range in.Correlations {
		refer(c)
	}
	return out
}

// rank orders statuses by how much they promise; -1 for a rule that is given up.
func rank(r *compiler.Rule) int {
	return slices.Index([]string{"", "experimental", "test", "stable"}, r.Source.Status.Text)
}

func level(r *compiler.Rule) int { return slices.Index(rules.Levels(), r.Source.Level.Text) }

// replaces reports whether nothing is lost if the narrow rule goes: neither in
// status, level or technique, nor by a proof that only holds for simple events,
// unless the author says that the one is replaced by the other.
func (c *Cover) replaces() bool {
	narrow, wide := c.Narrow.Source, c.Wide.Source
	if narrow.ID.Text == "" || wide.ID.Text == "" || narrow.ID.Text == wide.ID.Text || rank(c.Narrow) < 0 || rank(c.Wide) < 0 || !c.Wide.Alerts {
		return false
	}
	if rank(c.Wide) < rank(c.Narrow) || level(c.Wide) < level(c.Narrow) || !subset(techniques(narrow), techniques(wide)) {
		return false
	}
	declared := declaration(narrow, wide)
	if declared == "" && (!c.Sure || relation(&wide.Header, narrow.ID.Text) == "similar" || relation(&narrow.Header, wide.ID.Text) == "similar") {
		return false // they stand side by side on purpose
	}
	return !c.Same || c.elder()
}

// elder decides which of two rules that mean the same stays: the one that the other
// is declared to be replaced by, then that of the better status and level, the one
// with more techniques, the older one, and at last the one that is read first.
func (c *Cover) elder() bool {
	narrow, wide := c.Narrow.Source, c.Wide.Source
	replaced := func(by, what *rules.Rule) int {
		if slices.Contains([]string{"obsolete", "renamed", "merged"}, relation(&by.Header, what.ID.Text)) {
			return 1
		}
		return 0
	}
	return cmp.Or(
		replaced(wide, narrow)-replaced(narrow, wide),
		rank(c.Wide)-rank(c.Narrow),
		level(c.Wide)-level(c.Narrow),
		len(techniques(wide))-len(techniques(narrow)),
		cmp.Compare(cmp.Or(narrow.Date.Text, "9"), cmp.Or(wide.Date.Text, "9")),
		cmp.Compare(narrow.Span.Path(), wide.Span.Path()),
		narrow.Span.Start.Line-wide.Span.Start.Line,
	) > 0
}

// before prefers a successor that was declared, then a proof without conditions, then
// the better status.
func (c *Cover) before(o *Cover) bool {
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(
		flag(declaration(c.Narrow.Source, c.Wide.Source) != "")-flag(declaration(o.Narrow.Source, o.Wide.Source) != ""),
		flag(c.Sure)-flag(o.Sure), flag(c.Same)-flag(o.Same), rank(c.Wide)-rank(o.Wide),
		cmp.Compare(o.Wide.Source.Span.Path(), c.Wide.Source.Span.Path()), o.Wide.Source.Span.Start.Line-c.Wide.Source.Span.Start.Line,
	) > 0
}

func (c *Cover) successor() *Successor {
	h := &c.Wide.Source.Header
	return &Successor{ID: h.ID.Text, Title: h.Title.Text, Status: h.Status.Text, Path: h.Span.Path(), Line: h.Span.Start.Line,
		Declared: declaration(c.Narrow.Source, c.Wide.Source), Same: c.Same, Sure: c.Sure}
}

// relation returns the type under which a document names an id; "" if it does not.
func relation(h *rules.Header, id string) string {
	for _, r := range h.Related {
		if strings.EqualFold(r.ID.Text, id) && id != "" {
			return r.Type.Text
		}
	}
	return ""
}

// declaration returns how two rules say that the second one came of the first one;
// "" if they do not. Similar rules stand side by side.
func declaration(narrow, wide *rules.Rule) string {
	if kind := relation(&wide.Header, narrow.ID.Text); kind != "" && kind != "similar" {
		return kind
	}
	return ""
}

func techniques(r *rules.Rule) (out []string) {
	for _, tag := range r.Tags {
		if t, ok := attack.ParseTag(tag.Text); ok && t.Kind == attack.TechniqueTag {
			out = append(out, t.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(t string) bool { return !slices.Contains(b, t) })
}

// declared notes rules that another one declares to be obsolete and that it does not
// replace, with the reason.
func (h *heirs) declared(in *Input, covers []Cover) {
	p := in.Program
	byID := map[string]*compiler.Rule{}
	for _, r := range p.Rules {
		if r.ID != "" {
			byID[r.ID] = r
		}
	}
	used := inputs(in)
	for _, wide := range p.Rules {
		for _, rel := range wide.Source.Related {
			narrow := byID[strings.ToLower(rel.ID.Text)]
			if rel.Type.Text != "obsolete" || narrow == nil || narrow == wide || rank(narrow) < 0 || rank(wide) < 0 || h.successors[narrow] != nil {
				continue
			}
			i := slices.IndexFunc(covers, func(c Cover) bool { return c.Narrow == narrow && c.Wide == wide })
			why := "it is not proven to match everything that this rule does" + refutation(p, narrow, wide)
			switch {
			case i >= 0 && used[narrow]:
				why = "a correlation refers to it"
			case i >= 0:
				why = "that rule has a lower status, a lower level or fewer techniques"
			}
			h.unproven[narrow] = append(h.unproven[narrow], fmt.Sprintf("%s declares it obsolete: %s", wide.Source.Label(), why))
		}
	}
}

// maxRefutation bounds how much of an event is told.
const maxRefutation = 200

// refutation describes an event that one rule matches and the other one does not, ""
// if none is known.
func refutation(p *compiler.Program, narrow, wide *compiler.Rule) string {
	s := solver.New(solver.Options{})
	r := s.Implies(s.Formula(p, narrow.Expr), s.Formula(p, wide.Expr))
	if r.Answer != solver.No || len(r.Model) == 0 {
		return ""
	}
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(r.Model)) {
		if texts := r.Model[name].Texts; len(texts) > 0 {
			fields = append(fields, name+": "+strings.Join(texts, ", "))
		}
	}
	text := []rune(strings.Join(fields, "; "))
	if len(text) > maxRefutation {
		text = append(text[:maxRefutation-1], '…')
	}
	return ", such as an event with " + string(text)
}
