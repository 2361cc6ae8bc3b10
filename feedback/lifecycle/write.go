package lifecycle

import "fmt"

// Write is what a report proposes to write into one document.
type Write struct {
	Place   string // path and line of the document, see health.PlaceOf
	Status  string // "" leaves it as it is
	Related []Relation
}

// Relation is an entry of the attribute related.
type Relation struct{ ID, Type string }

// Writes returns the changes that carry the proposals out, those of one document
// together, in the order of the report. A rule that is deprecated names its successor
// as similar, for Sigma has no word for the way back, and is named by it as obsolete.
func (r *Report) Writes() []Write {
	var out []Write
	index := map[string]int{}
	at := func(path string, line int) *Write {
		place := fmt.Sprintf("%s:%d", path, line)
		i, known := index[place]
		if !known {
			i = len(out)
			index[place] = i
			out = append(out, Write{Place: place})
		}
		return &out[i]
	}
	for i := range r.Rules {
		x := &r.Rules[i]
		switch x.Proposal {
		case Promote:
			at(x.Path, x.Line).Status = x.To
		case Deprecate:
			w := at(x.Path, x.Line)
			w.Status, w.Related = x.To, append(w.Related, Relation{x.Successor.ID, "similar"})
			heir := at(x.Successor.Path, x.Successor.Line)
			heir.Related = append(heir.Related, Relation{x.ID, "obsolete"})
		}
	}
	return out
}
