package tuning

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// Edit is a change of an attack that anybody can make: one action, which may make
// several comparisons with a field hold.
type Edit struct {
	Field string
	How   string // what is done, for people
	Value string // what the field has then
}

// edits changes a field of an event so that the literals of a clause hold on it, by
// what an attacker can do at will: give a program another name, put it elsewhere,
// write its command line or its description otherwise. It reports false if a literal
// costs more than that, or if no value that it finds satisfies all of them.
func editOf(field, value string, literals []*Literal) (e Edit, ok bool) {
	var whole, start, end string
	var within []string
	for _, l := range literals {
		switch {
		case l.Score >= cheapScore || l.CIDR:
			return e, false
		case l.Anchor == compiler.Whole:
			whole = l.Value
		case l.Anchor == compiler.AtStart && len(l.Value) > len(start):
			start = l.Value
		case l.Anchor == compiler.AtEnd && len(l.Value) > len(end):
			end = l.Value
		case l.Anchor == compiler.Anywhere:
			within = append(within, l.Value)
		}
	}
	e = Edit{Field: field, How: howTo(field, value, start, end)}
	switch {
	case whole != "":
		e.Value = whole
	case strings.ContainsAny(start+end, `\/`):
		e.Value = relocated(value, start, strings.Join(within, ""), end)
	default:
		e.Value = strings.TrimSpace(start + value + " " + strings.Join(within, " ") + end)
	}
	for _, l := range literals {
		if !l.accepts(e.Value, compiler.Fold(e.Value)) {
			return e, false
		}
	}
	return e, true
}

// relocated returns a path with another folder, part and end.
func relocated(value, start, within, end string) string {
	slashed := strings.ReplaceAll(value, `\`, "/")
	folder, name := value[:strings.LastIndexByte(slashed, '/')+1], path.Base(slashed)
	if start != "" {
		folder = start
	}
	folder += within
	switch {
	case end == "":
		return folder + name
	case strings.HasPrefix(end, `\`) || strings.HasPrefix(end, "/"):
		return strings.TrimRight(folder, `\/`) + end
	}
	return folder + end
}

func howTo(field, value, start, end string) string {
	switch {
	case strings.Contains(field, "CommandLine"):
		return "write the command line otherwise"
	case !strings.ContainsAny(value, `\/`):
		return "set " + field
	case start != "":
		return "put it elsewhere"
	case end != "":
		return "give it another name"
	}
	return "set " + field
}

// Evasion is how a known attack would have to be changed to be hidden.
type Evasion struct {
	Fingerprint string
	Edits       []Edit
	Saved       []*Literal // that no such change satisfies
}

// Evade returns for a clause the known attack that the fewest changes hide, after
// trying them: those that only changes that anybody can make hide come first. It is
// nil if no attack is known.
func Evade(in *Input, clause Clause) *Evasion {
	var best *Evasion
	fields := map[string][]*Literal{}
	var names []string
	for _, l := range clause {
		if fields[l.Field] == nil {
			names = append(names, l.Field)
		}
		fields[l.Field] = append(fields[l.Field], l)
	}
	covers := make(map[*Literal]Rows, len(clause))
	for _, l := range clause {
		covers[l] = in.Corpus.cover(l)
	}
	in.Protected.Each(func(row int) {
		e := &Evasion{Fingerprint: in.Corpus.Fingerprint(row)}
		for _, f := range names {
			var failing []*Literal
			for _, l := range fields[f] {
				if !covers[l].Has(row) {
					failing = append(failing, l)
				}
			}
			if len(failing) == 0 {
				continue
			}
			value, _ := in.Corpus.Value(row, f)
			if edit, ok := editOf(f, value, fields[f]); ok {
				e.Edits = append(e.Edits, edit)
			} else {
				e.Saved = append(e.Saved, failing...)
			}
		}
		if best == nil || cmp.Or(cmp.Compare(len(e.Saved), len(best.Saved)), cmp.Compare(len(e.Edits), len(best.Edits))) < 0 {
			best = e
		}
	})
	return best
}

// text describes the changes.
func (e *Evasion) text() string {
	var parts []string
	for _, x := range e.Edits {
		parts = append(parts, x.How+" ("+x.Field+")")
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
