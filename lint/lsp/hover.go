package lsp

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// hover says what is known about what stands at a place; nil for nothing.
func (s *server) hover(_ context.Context, p at) (*hover, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	place := s.enc.place(d.file, p.Position)
	setup, in := s.knowledge(d.path)
	if check, at := checkAt(setup.known, d.file, place); check != nil {
		return &hover{markdown(checkText(check)), s.enc.span(at)}, nil
	}
	if t := s.testThingAt(d, place, in); t != nil {
		if text := s.testText(t, setup); text != "" {
			return &hover{markdown(text), s.enc.span(t.span)}, nil
		}
		return nil, nil
	}
	t := thingAt(d.current(), place)
	if t == nil {
		return nil, nil
	}
	text := ""
	switch {
	case t.item != nil:
		text = fieldText(setup.options.Table, lint.NewSubject(t.doc).Source(), t.item)
	case t.modifier != "":
		text = "**" + t.modifier + "** · modifier\n\n" + rules.ModifierDoc(t.modifier)
	case t.tag != "":
		text = tagText(setup.options.Facts, t.tag)
	case t.pattern != nil:
		text = selectionsText(meant(t.doc, t.pattern))
	case t.ref != "":
		for _, other := range byRef(t.ref, d.current(), in) {
			text += s.documentText(other)
		}
	}
	if text == "" {
		return nil, nil
	}
	return &hover{markdown(text), s.enc.span(t.span)}, nil
}

var checkName = regexp.MustCompile(`[a-z0-9-]+/[a-z0-9-]+`)

// checkAt returns the check that is named at a place, in a comment that ignores
// it or in a configuration.
func checkAt(known *lint.Catalogue, f *rules.File, p rules.Position) (*lint.Check, rules.Span) {
	text := f.Line(p.Line)
	start := lineStart(f, p.Line)
	for _, m := range checkName.FindAllStringIndex(text, 200) {
		at := f.Span(start+m[0], start+m[1])
		if check := known.Find(text[m[0]:m[1]]); check != nil && covers(at, p) {
			return check, at
		}
	}
	return nil, rules.Span{}
}

func checkText(c *lint.Check) string {
	level := c.Severity.String()
	if c.Off {
		level = "off, " + level + " if turned on"
	}
	return fmt.Sprintf("**%s** · %s\n\n%s\n\n%s", c.Name, level, c.Title, c.Doc)
}

// fieldText says where a field comes from: in which kinds of events the views of
// the rule find it, and under which name.
func fieldText(table *logsource.Table, source logsource.Logsource, i *rules.Item) string {
	name := i.Field.Text
	if name == "" {
		return "**keywords**\n\nsearches the values of all fields of the event"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** · field", name)
	if !source.IsZero() {
		fmt.Fprintf(&b, " of %s", source)
	}
	b.WriteString("\n\n")
	names, closed := table.FieldNames(source)
	switch {
	case slices.Contains(names, name):
	case closed:
		b.WriteString("No event of this logsource is known to carry it.\n\n")
	default:
		b.WriteString("The tables of socctl do not list it.\n\n")
	}
	for _, v := range table.For(source) {
		b.WriteString(viewText(v, name))
	}
	return b.String()
}

func viewText(v *logsource.ViewDef, name string) string {
	switch i := slices.IndexFunc(v.Fields, func(f logsource.Field) bool { return f.Name == name }); {
	case slices.Contains(v.Absent, name):
		return fmt.Sprintf("- `%s`: never there\n", v.Name)
	case i >= 0:
		return fmt.Sprintf("- `%s`: `%s`\n", v.Name, v.Fields[i])
	case v.Native:
		return fmt.Sprintf("- `%s`: as the event has it\n", v.Name)
	}
	return ""
}

// tagText says what a tag of ATT&CK stands for.
func tagText(facts *attack.Facts, text string) string {
	tag, ok := attack.ParseTag(text)
	if !ok || facts == nil {
		return ""
	}
	switch tag.Kind {
	case attack.TacticTag:
		if t := facts.Tactic(tag.Name); t != nil {
			return fmt.Sprintf("**%s** · %s · tactic of ATT&CK %s", t.Name, t.ID, facts.Version)
		}
	case attack.TechniqueTag:
		if t := facts.Technique(tag.Name); t != nil {
			return techniqueText(facts, t)
		}
	default:
		return fmt.Sprintf("**%s** · %s of ATT&CK", tag.Name, tag.Kind)
	}
	return fmt.Sprintf("ATT&CK %s has no %s %s", facts.Version, tag.Kind, tag.Name)
}

func techniqueText(facts *attack.Facts, t *attack.Technique) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** · %s · technique of ATT&CK %s\n", t.Name, t.ID, facts.Version)
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n- %s: %s", what, text)
		}
	}
	if parent := facts.Technique(t.Parent()); parent != nil {
		line("part of", parent.ID+" "+parent.Name)
	}
	var tactics []string
	for _, key := range t.Tactics {
		if tactic := facts.Tactic(key); tactic != nil {
			tactics = append(tactics, tactic.Name)
		}
	}
	line("tactics", strings.Join(tactics, ", "))
	line("platforms", strings.Join(t.Platforms, ", "))
	if t.Status != attack.Active {
		line("status", string(t.Status))
		if now := facts.Resolve(t.ID); now != nil {
			line("now", now.ID+" "+now.Name)
		}
	}
	return b.String()
}

func selectionsText(selections []*rules.Selection) string {
	var parts []string
	for _, sel := range selections[:min(len(selections), 10)] {
		parts = append(parts, excerpt("yaml", sel.Span.Text(), sel.Span.Start.Column))
	}
	if more := len(selections) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "\n\n")
}

// documentText introduces a rule that another one refers to.
func (s *server) documentText(d rules.Document) string {
	h := d.Meta()
	text := fmt.Sprintf("**%s** · %s\n\n%s", h.Label(), lint.NewSubject(d).Kind(), s.shown(h.Span.Path()))
	if h.Description.Text != "" {
		text += "\n\n" + strings.TrimSpace(h.Description.Text)
	}
	return text + "\n\n"
}
