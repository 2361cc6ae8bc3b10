package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/navigator"
	"github.com/socctl/socctl/lint/retag"
)

// AttackMigrationFormats are the formats of AttackMigrated.
var AttackMigrationFormats = []string{"pretty", "json"}

// AttackMigration is what a release makes of rules and layers, in its stable JSON
// form.
type AttackMigration struct {
	To        string           `json:"to"`
	Read      int              `json:"files"`
	Documents []AttackDocument `json:"documents"`
	Layers    []AttackLayer    `json:"layers,omitempty"`
}

// AttackDocument is what becomes of the tags of a document.
type AttackDocument struct {
	Path  string       `json:"path"`
	Title string       `json:"title"`
	ID    string       `json:"id,omitempty"`
	Moves []AttackMove `json:"moves"`
}

// AttackMove is one step of a migration.
type AttackMove struct {
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Action string   `json:"action"` // replace, remove, add, ask or note
	Tag    string   `json:"tag,omitempty"`
	With   []string `json:"with,omitempty"` // to be written; of ask, what may be chosen
	Why    string   `json:"why"`
}

// AttackLayer is what becomes of a file of Navigator layers.
type AttackLayer struct {
	Path    string            `json:"path"`
	Changed []AttackLayerLine `json:"changed"`
	Asked   []AttackLayerLine `json:"asked"`
}

// AttackLayerLine is one thing about a layer.
type AttackLayerLine struct {
	Layer  string `json:"layer"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// NewAttackDocument makes the JSON form of a document's migration.
func NewAttackDocument(d retag.Document) AttackDocument {
	h := d.Document.Meta()
	out := AttackDocument{Path: h.Span.Path(), Title: h.Label(), ID: h.ID.Text}
	for _, m := range d.Moves {
		out.Moves = append(out.Moves, AttackMove{m.Span.Start.Line, m.Span.Start.Column, string(m.Kind), m.Text, m.With, m.Why})
	}
	return out
}

// NewAttackLayer makes the JSON form of a layer's migration.
func NewAttackLayer(path string, r *navigator.Result) AttackLayer {
	lines := func(from []navigator.Line) []AttackLayerLine {
		out := []AttackLayerLine{}
		for _, l := range from {
			out = append(out, AttackLayerLine(l))
		}
		return out
	}
	return AttackLayer{path, lines(r.Changed), lines(r.Asked)}
}

// Asked returns a migration of which only what a person has to decide is left.
func (m *AttackMigration) Asked() AttackMigration {
	out := AttackMigration{To: m.To, Read: m.Read}
	for _, d := range m.Documents {
		d.Moves = slices.DeleteFunc(slices.Clone(d.Moves), func(x AttackMove) bool { return x.Action != string(attack.Ask) })
		out.Documents = append(out.Documents, d)
	}
	for _, l := range m.Layers {
		l.Changed = nil
		out.Layers = append(out.Layers, l)
	}
	return out
}

// AttackMigrated writes what is migrated and what a person has to decide.
func AttackMigrated(w io.Writer, s Style, format string, m *AttackMigration) error {
	if format == "json" {
		if m.Documents == nil {
			m.Documents = []AttackDocument{}
		}
		return writeJSON(w, m)
	}
	for _, d := range m.Documents {
		for _, move := range d.Moves {
			fmt.Fprintf(w, "%s:%d:%d: %s\n", Clean(d.Path), move.Line, move.Column, tellMove(s, move))
		}
	}
	for _, l := range m.Layers {
		for _, line := range l.Changed {
			fmt.Fprintf(w, "%s:%d:%d: %s\n", Clean(l.Path), line.Line, line.Column, Clean(line.Text))
		}
		for _, line := range l.Asked {
			fmt.Fprintf(w, "%s:%d:%d: %s %s\n", Clean(l.Path), line.Line, line.Column, s.Paint(Yellow, "decide:"), Clean(line.Text))
		}
	}
	return nil
}

func tellMove(s Style, m AttackMove) string {
	with := strings.Join(m.With, ", ")
	switch attack.Action(m.Action) {
	case attack.Replace:
		return fmt.Sprintf("%s → %s: %s", s.Paint(Red, Clean(m.Tag)), s.Paint(Green, with), Clean(m.Why))
	case attack.Remove:
		return fmt.Sprintf("%s is removed: %s", s.Paint(Red, Clean(m.Tag)), Clean(m.Why))
	case attack.Add:
		return fmt.Sprintf("%s is added: %s", s.Paint(Green, with), Clean(m.Why))
	case attack.Ask:
		choices := ""
		if with != "" {
			choices = "; choose " + with + ", or remove it"
		}
		return fmt.Sprintf("%s %s: %s%s", s.Paint(Yellow, "decide"), Clean(m.Tag), Clean(m.Why), choices)
	}
	return s.Paint(Dim, "note: "+Clean(m.Why))
}
