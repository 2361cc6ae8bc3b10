package proposal

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// RulePatch excludes in the rule itself what filters would exclude, where the cause is
// not one of the site alone: selections named as the public rules name them. It is
// proven to mean the same as the rule with those filters.
type RulePatch struct {
	Patch
	Filters    []string `json:"filters"`    // ids of the proposals that it stands for
	Selections []string `json:"selections"` // that it adds
	Reason     string   `json:"reason"`     // why the cause is taken to be generic
	Single     bool     `json:"single"`     // proven for events of which every field has one value
}

// What makes a cause generic: software that does the same on many machines for a
// week, in the way of a tier that claims something, and named by nothing that only
// this site has.
const (
	genericHosts = 5
	genericDays  = 7
)

// generic returns why a clause is taken to be of a cause that others have too, ""
// if it is not.
func (e *Evidence) generic(j *judged, c tuning.Clause, tier tuning.Tier, rows tuning.Rows) string {
	s := j.corpus.Support(rows)
	if tier == tuning.B || s.Hosts < genericHosts || s.Days < genericDays {
		return ""
	}
	for _, l := range c {
		if e.ofSite(j.rule, l) {
			return ""
		}
	}
	return fmt.Sprintf("tier %s, seen on %d hosts and %d days, and nothing in it belongs to one site", tier, s.Hosts, s.Days)
}

var ofOneSite = regexp.MustCompile(`(?i)^\\\\[^?.]|\\users\\[^\\]|\\home\\[^\\]|/home/[^/]|/users/[^/]`)

// ofSite reports whether a comparison names what other sites do not have: accounts,
// machines, addresses, shares and homes.
func (e *Evidence) ofSite(r *compiler.Rule, l *tuning.Literal) bool {
	if l.CIDR || ofOneSite.MatchString(l.Value) {
		return true
	}
	d := e.Table.DomainOf(trust.Logsource(r), l.Field)
	return d != nil && (d.Kind == logsource.AccountKind || d.Kind == logsource.AddressKind || d.Kind == logsource.HostKind)
}

// wish is a clause that belongs into the rule.
type wish struct {
	clause tuning.Clause
	id     string
	reason string
	rows   tuning.Rows
	filter *document
}

// patch proposes to exclude clauses in the rule. It returns nil, and why, if the rule is
// not written so that this can be done by a machine, or it cannot be proven to mean the
// same as the filters.
func (e *Evidence) patch(r *compiler.Rule, wishes []wish, now time.Time) (*RulePatch, string) {
	x, why := newRuleText(r)
	if why != "" {
		return nil, why
	}
	out := &RulePatch{Patch: Patch{Path: r.Source.Span.Path()}, Reason: wishes[0].reason}
	for _, w := range wishes {
		name := x.nameOf(w.clause, w.id)
		x.add(name, w.clause)
		out.Filters, out.Selections = append(out.Filters, w.id), append(out.Selections, name)
	}
	out.Edits = x.edits(now)
	single, why := proven(r, wishes, &out.Patch)
	if why != "" {
		return nil, why
	}
	out.Single = single
	return out, ""
}

// ruleText is the text of a rule with what is to be added to it.
type ruleText struct {
	rule      *rules.Rule
	condition rules.Scalar
	from, to  int    // of the condition's text, without quotes
	indent    string // of the keys of the detection
	newline   string
	added     strings.Builder
	names     []string // of added selections
}

func newRuleText(r *compiler.Rule) (*ruleText, string) {
	source := r.Source
	if len(source.Detection.Conditions) != 1 {
		return nil, "the rule has several conditions"
	}
	x := &ruleText{rule: source, condition: source.Detection.Conditions[0].Text, newline: "\n"}
	span := x.condition.Span
	if span.File == nil || source.Detection.Conditions[0].Root == nil {
		return nil, "the rule was not read from a file"
	}
	text := span.File.Source
	from, to := span.Offsets()
	start := strings.LastIndexByte(string(text[:from]), '\n') + 1
	line := string(text[start:from])
	x.indent = line[:len(line)-len(strings.TrimLeft(line, " "))]
	written := strings.TrimSpace(string(text[from:to]))
	switch {
	case strings.TrimSpace(line) != "condition:" || x.indent == "":
		return nil, "the condition does not stand behind its key on a line of its own"
	case written == x.condition.Text:
		x.from, x.to = from, from+len(written)
	case len(written) == len(x.condition.Text)+2 && written[1:len(written)-1] == x.condition.Text && (written[0] == '\'' || written[0] == '"'):
		x.from, x.to = from+1, from+len(written)-1
	default:
		return nil, "the condition is written over several lines"
	}
	if strings.Contains(string(text[:from]), "\r\n") {
		x.newline = "\r\n"
	}
	return x, ""
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// nameOf names a selection as the public rules do: filter_main for parts of the system,
// filter_optional for what not everybody has.
func (x *ruleText) nameOf(c tuning.Clause, id string) string {
	kind, word := "main", ""
	for _, l := range c {
		value := strings.ToLower(l.Value)
		if !strings.Contains(value, `:\windows\`) {
			kind = "optional"
		}
		if word == "" {
			base := path.Base(strings.Trim(strings.ReplaceAll(value, `\`, "/"), "/"))
			word = strings.Trim(notWord.ReplaceAllString(strings.TrimSuffix(base, ".exe"), "_"), "_")
		}
	}
	if word == "" || len(word) > 40 {
		word = id[:8]
	}
	name := "filter_" + kind + "_" + word
	if x.rule.Detection.Selection(name) != nil || slices.Contains(x.names, name) {
		name += "_" + id[:8]
	}
	return name
}

// add writes a selection.
func (x *ruleText) add(name string, c tuning.Clause) {
	x.names = append(x.names, name)
	x.added.WriteString(x.indent + name + ":" + x.newline)
	for _, line := range selectionLines(c) {
		x.added.WriteString(x.indent + x.indent + indented(line, x.indent) + x.newline)
	}
}

// edits insert the selections in front of the condition, and say in it that none of
// them may match.
func (x *ruleText) edits(now time.Time) []Edit {
	at := x.condition.Span
	start := rules.Position{Line: at.Start.Line, Column: 1}
	out := []Edit{{rules.Span{File: at.File, Start: start, End: start}, x.added.String()}}
	if condition := x.without(); condition != x.condition.Text {
		inner := at
		text := at.Text()
		from, _ := at.Offsets()
		out = append(out, Edit{inner, text[:x.from-from] + condition + text[x.to-from:]})
	}
	if m := x.rule.Modified; m.Present() {
		out = append(out, Edit{m.Span, now.UTC().Format(time.DateOnly)})
	}
	return out
}

// without returns the condition without what the new selections match. Where it says
// so already of all that are named like them, it stays as it is.
func (x *ruleText) without() string {
	root := x.rule.Detection.Conditions[0].Root
	text := x.condition.Text
	var patterns []string
	for _, name := range x.names {
		if excluded(root, name) {
			continue
		}
		pattern := strings.Join(strings.SplitN(name, "_", 3)[:2], "_") + "_*"
		if !slices.Contains(patterns, pattern) {
			patterns = append(patterns, pattern)
		}
	}
	if len(patterns) > 0 && root.Op == rules.Or {
		text = "(" + text + ")"
	}
	for _, p := range patterns {
		text += " and not 1 of " + p
	}
	return text
}

// excluded reports whether a condition says of a pattern that nothing like it may match,
// and the name is like it.
func excluded(root *rules.Expr, name string) bool {
	parts := []*rules.Expr{root}
	if root.Op == rules.And {
		parts = root.Args
	}
	return slices.ContainsFunc(parts, func(e *rules.Expr) bool {
		if e.Op != rules.Not || e.Args[0].Op != rules.OneOf {
			return false
		}
		prefix, star := strings.CutSuffix(e.Args[0].Name, "*")
		return star && !strings.Contains(prefix, "*") && strings.HasPrefix(name, prefix)
	})
}

// proven reports whether the changed rule means the same as the rule with the filters;
// single says that this holds for events of which every field has one value. Else it
// returns why not.
func proven(r *compiler.Rule, wishes []wish, p *Patch) (single bool, why string) {
	filtered := []rules.Document{rules.Copy(r.Source)}
	changed := []rules.Document{}
	for _, f := range r.Source.Filters {
		filtered, changed = append(filtered, rules.Copy(f)), append(changed, rules.Copy(f))
	}
	for _, w := range wishes {
		docs, diags := rules.Parse(w.filter.path(), []byte(w.filter.String()))
		if diags.Count(rules.Error) > 0 {
			return false, fmt.Sprintf("a filter cannot be read back: %v", diags.Err())
		}
		filtered = append(filtered, docs...)
	}
	text, err := p.After()
	if err != nil {
		return false, err.Error()
	}
	docs, diags := rules.Parse(p.Path, text)
	if diags.Count(rules.Error) > 0 {
		return false, fmt.Sprintf("the changed rule cannot be read back: %v", diags.Err())
	}
	at := slices.IndexFunc(docs, func(d rules.Document) bool { return sameDocument(d, r.Source) })
	if at < 0 {
		return false, "the changed rule is not the same any more"
	}
	before, old := alone(filtered, r.Source)
	after, new := alone(append([]rules.Document{docs[at]}, changed...), r.Source)
	if old == nil || new == nil {
		return false, "the changed rule cannot be compiled"
	}
	c := diff.NewComparer(before, after).Pair(old, new)
	switch c.Kind {
	case "", diff.Equivalent, diff.Metadata:
		return c.Single, ""
	case diff.Unknown:
		return false, "it could not be proven to mean the same as the filter: " + c.Reason
	}
	return false, "it would not mean the same as the filter"
}

func sameDocument(d, as rules.Document) bool {
	h, r := d.Meta(), as.Meta()
	return h.ID.Text == r.ID.Text && h.Title.Text == r.Title.Text && h.Name.Text == r.Name.Text
}

// alone compiles documents by themselves and returns the rule among them.
func alone(docs []rules.Document, r *rules.Rule) (*compiler.Program, *compiler.Rule) {
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	set.Link()
	p, _ := compiler.Compile(set, compiler.Options{})
	for _, c := range p.Rules {
		if sameDocument(c.Source, r) {
			return p, c
		}
	}
	return p, nil
}
