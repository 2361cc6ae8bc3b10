package logsource

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// String returns the table as Print writes it.
func (t *Table) String() string {
	var text strings.Builder
	_ = t.Print(&text) // a Builder never fails
	return text.String()
}

// Print writes the table for people: one block per view, in the order of the table.
func (t *Table) Print(w io.Writer) error {
	out := bufio.NewWriter(w)
	for i := range t.Views {
		if i > 0 {
			fmt.Fprintln(out)
		}
		t.Views[i].print(out)
	}
	if len(t.Unseen) > 0 {
		fmt.Fprintln(out, "\nno view:")
	}
	for _, u := range t.Unseen {
		fmt.Fprintf(out, "  %s: %s\n", u.Logsource, u.Reason)
	}
	return out.Flush()
}

// String returns the view as Table.Print writes it.
func (v *ViewDef) String() string {
	var text strings.Builder
	v.print(&text)
	return text.String()
}

func (v *ViewDef) print(w io.Writer) {
	fmt.Fprintln(w, v.Name)
	for _, l := range v.Logsources() {
		fmt.Fprintf(w, "  logsource  %s\n", l)
	}
	for _, m := range v.When {
		fmt.Fprintf(w, "  when       %s\n", m)
	}
	if !v.Native {
		fmt.Fprintln(w, "  native     hidden")
	}
	if v.Each != "" {
		fmt.Fprintf(w, "  each       %s\n", v.each())
	}
	for _, f := range v.Fields {
		fmt.Fprintf(w, "  field      %s\n", f)
	}
	printNames(w, "within", v.Within)
	printNames(w, "strip", v.Strip)
	printNames(w, "json", v.JSON)
	if v.IgnoreCase {
		fmt.Fprintln(w, "  names      in any letter case")
	}
	printNames(w, "time", v.Time)
	printNames(w, "absent", v.Absent)
	if v.Note != "" {
		fmt.Fprintf(w, "  note       %s\n", v.Note)
	}
}

// each says of what the view shows one at a time, and what beside it.
func (v *ViewDef) each() string {
	switch {
	case v.KeepAll:
		return v.Each + ", and all of the event"
	case len(v.Keep) > 0:
		return v.Each + ", and of the event " + strings.Join(v.Keep, ", ")
	}
	return v.Each
}

func printNames(w io.Writer, label string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(w, "  %-9s  %s\n", label, strings.Join(names, ", "))
	}
}

// String returns the conditions joined by "and".
func (m Match) String() string {
	texts := make([]string, len(m))
	for i, c := range m {
		texts[i] = c.String()
	}
	return strings.Join(texts, " and ")
}

// String returns the condition as a phrase, for example "EventID is 12 or 13".
func (c Condition) String() string {
	verbs := [...]string{" is ", " is not ", " starts with ", " ends with ", " contains ", " exists", " is missing"}
	return c.Field + verbs[c.Op] + strings.Join(c.Values, " or ")
}

// String returns the field with its sources, first choice first.
func (f Field) String() string {
	texts := make([]string, len(f.Sources))
	for i, s := range f.Sources {
		texts[i] = s.String()
	}
	if f.All {
		return f.Name + " <- all of " + strings.Join(texts, ", ")
	}
	return f.Name + " <- " + strings.Join(texts, ", else ")
}

// String returns the source as transform(fields, argument).
func (s Source) String() string {
	text := strings.Join(s.From, " + ")
	if s.Transform != Copy {
		text = fmt.Sprintf("%s(%s", s.Transform, text)
		if s.With != "" {
			text += ", " + s.With
		}
		for _, e := range s.Table {
			text += fmt.Sprintf(", %s: %s", e.From, e.To)
		}
		text += ")"
	}
	if len(s.Skip) > 0 {
		text += " unless " + strings.Join(s.Skip, " or ")
	}
	return text
}
