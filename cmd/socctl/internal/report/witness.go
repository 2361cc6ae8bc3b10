package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/witness"
)

// Witness is what there is to show of one rule.
type Witness struct {
	Rule   *compiler.Rule
	Event  *witness.Event // nil with Err
	Err    error
	Misses []witness.Miss
}

// Witnesses writes events that rules match: pretty, json, or ndjson, which is the
// matching events alone.
func Witnesses(w io.Writer, s Style, format string, all []Witness) error {
	switch format {
	case "json":
		return witnessJSON(w, all)
	case "ndjson":
		for _, x := range all {
			if x.Event != nil {
				if _, err := fmt.Fprintf(w, "%s\n", x.Event.Value.AppendJSON(nil)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for i, x := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		witnessPretty(w, s, x)
	}
	return nil
}

func witnessPretty(w io.Writer, s Style, x Witness) {
	title := s.Paint(Bold, Clean(x.Rule.Title)) + s.Paint(Dim, fmt.Sprintf("  %s:%d", Clean(x.Rule.Source.Span.Path()), x.Rule.Source.Span.Start.Line))
	if x.Event == nil {
		fmt.Fprintf(w, "%s %s\n  %s\n", mark(s, false), title, problem(x.Err, "no event can match the rule", "not known whether an event can match the rule"))
		return
	}
	fmt.Fprintf(w, "%s %s\n", mark(s, true), title)
	fmt.Fprintf(w, "  matches%s\n", seenAs(x.Event))
	fields(w, s, x.Event, nil)
	for _, m := range x.Misses {
		name, line := partName(m.Part)
		if m.Event == nil {
			fmt.Fprintf(w, "  %s — %s\n", s.Paint(Yellow, fmt.Sprintf("%s (line %d)", Clean(name), line)), problem(m.Err, "never decides: no event", "not known whether it ever decides"))
			continue
		}
		how := "does not match, for want of "
		if m.Holds {
			how = "does not match, because of "
		}
		fmt.Fprintf(w, "  %s%s\n", how, s.Paint(Yellow, fmt.Sprintf("%s (line %d)", Clean(name), line)))
		fields(w, s, m.Event, x.Event)
	}
}

func seenAs(e *witness.Event) string {
	if e.View == "" {
		return ", an event in which nothing tells a logsource"
	}
	return ", as " + e.View
}

// problem puts an error of package witness in words.
func problem(err error, none, unknown string) string {
	if errors.Is(err, witness.ErrNone) {
		return none + " (proven)"
	}
	return unknown + ": " + Clean(err.Error())
}

// fields lists what an event holds; with a base only what differs from it.
func fields(w io.Writer, s Style, e, base *witness.Event) {
	flat := flatten(e.Value, "")
	known := map[string]string{}
	if base != nil {
		for _, f := range flatten(base.Value, "") {
			known[f.name] = f.text
		}
	}
	width, same := 0, true
	for _, f := range flat {
		width = max(width, utf8.RuneCountInString(f.name))
	}
	for _, f := range flat {
		before, was := known[f.name]
		delete(known, f.name)
		if base != nil && was && before == f.text {
			continue
		}
		same = false
		mark := "  "
		if slices.Contains(e.Decisive, f.name) {
			mark = s.Paint(Cyan, "* ")
		}
		fmt.Fprintf(w, "    %s%-*s  %s\n", mark, width, Clean(f.name), Shorten(Clean(f.text), 200))
	}
	var gone []string
	for name := range known {
		gone = append(gone, name)
	}
	slices.Sort(gone)
	for _, name := range gone {
		same = false
		fmt.Fprintf(w, "      %-*s  %s\n", width, Clean(name), s.Paint(Dim, "absent"))
	}
	if len(flat) == 0 && base == nil {
		fmt.Fprintln(w, s.Paint(Dim, "      "+noField))
	}
	if same && base != nil {
		fmt.Fprintln(w, s.Paint(Dim, "      the same event"))
	}
}

// noField is what is shown of an event that is empty, as one that a rule matches which
// only excludes may be.
const noField = "an event without any field"

type flatField struct{ name, text string }

// flatten lists the values of an object by their dotted names, in order.
func flatten(v evaluator.Value, prefix string) []flatField {
	var out []flatField
	for _, m := range v.Members() {
		name := prefix + m.Name
		switch {
		case m.Value.Kind() == evaluator.Object && len(m.Value.Members()) > 0:
			out = append(out, flatten(m.Value, name+".")...)
		case m.Value.IsNull():
			out = append(out, flatField{name, "null"})
		default:
			out = append(out, flatField{name, m.Value.Text()})
		}
	}
	return out
}

// partName returns what a person calls a part of a rule, and its line.
func partName(e *compiler.Expr) (string, int) {
	switch {
	case e.Item != nil:
		return e.Item.Key.Text, e.Item.Key.Span.Start.Line
	case e.Selection != nil:
		return e.Selection.Name.Text, e.Selection.Name.Span.Start.Line
	case e.Filter != nil:
		return "filter " + e.Filter.Title.Text, e.Filter.Span.Start.Line
	case e.Value != nil:
		return e.Value.Text, e.Value.Span.Start.Line
	}
	return "part", 0
}

// witnessRecord is a Witness as JSON.
type witnessRecord struct {
	Rule       ruleRecord   `json:"rule"`
	Matching   *eventRecord `json:"matching"`
	Proof      string       `json:"proof,omitempty"` // "none": no event can match
	Reason     string       `json:"reason,omitempty"`
	NearMisses []missRecord `json:"near_misses,omitempty"`
}

type ruleRecord struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
	Path  string `json:"path"`
	Line  int    `json:"line"`
}

type eventRecord struct {
	View     string          `json:"view,omitempty"`
	Decisive []string        `json:"decisive"`
	Event    evaluator.Value `json:"event"`
}

type missRecord struct {
	Part     string       `json:"part"`
	Line     int          `json:"line"`
	Holds    bool         `json:"holds"`
	NearMiss *eventRecord `json:"near_miss"`
	Proof    string       `json:"proof,omitempty"` // "none": the part never decides
	Reason   string       `json:"reason,omitempty"`
}

func witnessJSON(w io.Writer, all []Witness) error {
	out := make([]witnessRecord, len(all))
	for i, x := range all {
		span := x.Rule.Source.Span
		out[i] = witnessRecord{Rule: ruleRecord{x.Rule.ID, x.Rule.Title, span.Path(), span.Start.Line}, Matching: recordOf(x.Event)}
		out[i].Proof, out[i].Reason = proofOf(x.Err)
		for _, m := range x.Misses {
			name, line := partName(m.Part)
			r := missRecord{Part: name, Line: line, Holds: m.Holds, NearMiss: recordOf(m.Event)}
			r.Proof, r.Reason = proofOf(m.Err)
			out[i].NearMisses = append(out[i].NearMisses, r)
		}
	}
	return writeJSON(w, out)
}

func recordOf(e *witness.Event) *eventRecord {
	if e == nil {
		return nil
	}
	return &eventRecord{e.View, append([]string{}, e.Decisive...), e.Value}
}

func proofOf(err error) (proof, reason string) {
	switch {
	case err == nil:
		return "", ""
	case errors.Is(err, witness.ErrNone):
		return "none", ""
	}
	return "", strings.TrimSpace(err.Error())
}
