package adequacy

import (
	"regexp"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

// fixture is the name of the event that tests of a new file are derived from.
const fixture = "matching"

// File returns the text of a new file with the tests.
func (p *Proposed) File() string {
	var b strings.Builder
	b.WriteString("# The events are made up, by socctl new test: see that they say what you mean.\n")
	items := p.Items(fixture, p.Base)
	if strings.Contains(items, "from: "+fixture) {
		b.WriteString("events:\n    " + fixture + ":\n")
		for _, m := range p.Base.Members() {
			b.WriteString("        " + scalar(m.Name) + ": " + flow(m.Value) + "\n")
		}
	}
	return b.String() + "tests:\n" + items
}

// Items returns the tests as elements of the list tests: of a file in which an event
// is called by a name; "" if none can be derived from.
func (p *Proposed) Items(name string, base evaluator.Value) string {
	var b strings.Builder
	for _, t := range p.Tests {
		b.WriteString("    - name: " + scalar(t.Name) + "\n")
		if len(t.Events) == 1 {
			b.WriteString("      event:" + derived(name, base, t.Events[0], "\n          ", " ", "\n          ") + "\n")
		} else {
			b.WriteString("      events:\n")
			for _, v := range t.Events {
				b.WriteString("          -" + derived(name, base, v, " ", " ", "\n            ") + "\n")
			}
		}
		if t.Match {
			b.WriteString("      match: true\n")
			continue
		}
		b.WriteString("      match: false\n")
		if t.Because != "" {
			b.WriteString("      because: " + scalar(t.Because) + "\n")
		}
	}
	return b.String()
}

// maxRemoved is how many fields are removed from the named event rather than that all
// others are written.
const maxRemoved = 3

// maxLine is the width up to which an event stands on one line.
const maxLine = 120

// derived writes an event as what differs from the named one: on one line behind
// what starts that, or else one field a line, the first behind its own start.
func derived(name string, base, v evaluator.Value, first, line, next string) string {
	var parts []string
	set, removed, ok := difference(base, v)
	if ok = ok && name != "" && (len(removed) <= maxRemoved || len(removed)+len(set) < len(v.Members())); ok {
		parts = append(parts, "from: "+scalar(name))
		for _, field := range removed {
			parts = append(parts, scalar(field)+": null")
		}
	} else {
		set = v.Members()
	}
	for _, m := range set {
		parts = append(parts, scalar(m.Name)+": "+flow(m.Value))
	}
	if text := "{" + strings.Join(parts, ", ") + "}"; ok && len(text) <= maxLine {
		return line + text
	}
	return first + strings.Join(parts, next)
}

// flow writes a value on one line.
func flow(v evaluator.Value) string {
	switch v.Kind() {
	case evaluator.Object:
		parts := make([]string, len(v.Members()))
		for i, m := range v.Members() {
			parts[i] = scalar(m.Name) + ": " + flow(m.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case evaluator.List:
		parts := make([]string, len(v.Items()))
		for i, item := range v.Items() {
			parts[i] = flow(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case evaluator.String:
		return scalar(v.Text())
	case evaluator.Null:
		return "null"
	}
	return v.Text()
}

// simple are texts that need no quotes anywhere; those that look like another kind
// of scalar are told by reading them.
var simple = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./@|()=\\-]*( [A-Za-z0-9_./@|()=\\-]+)*$`)

// scalar writes a text so that it is read as that text, in a map or list of either
// style.
func scalar(text string) string {
	if simple.MatchString(text) && rules.NewPlainScalar(text).Kind == rules.StringScalar && !reserved.MatchString(text) {
		return text
	}
	return layout.Quoted(text)
}

// reserved are the words that YAML 1.1 reads as something else.
var reserved = regexp.MustCompile(`^(?i:y|yes|n|no|on|off|true|false|null)$`)
