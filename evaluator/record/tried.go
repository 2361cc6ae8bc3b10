package record

import (
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Logsource is that of a rule; what is empty matches any.
type Logsource struct{ Category, Product, Service string }

func logsourceOf(r *compiler.Rule) Logsource { return Logsource{r.Category, r.Product, r.Service} }

// Ground is what rules of one logsource were tried on: events of a file.
type Ground struct {
	Events  int
	Undated int             // of them without a time
	Days    map[int]*Span   // by days in UTC since 1970
	Fields  map[string]bool // those that some of the rules looks at and some event has
}

// Span is what there is of a day.
type Span struct {
	Events      int
	First, Last time.Time
}

func newGround() *Ground { return &Ground{Days: map[int]*Span{}, Fields: map[string]bool{}} }

// triedRows is what rules were tried on: rows of a row group.
type triedRows struct {
	*evaluator.Tried
	rows []int32
}

// askedFields are the fields that rules of a program look at, by the logsources of these
// rules.
type askedFields map[Logsource]map[string]bool

func fieldsAsked(p *compiler.Program) askedFields {
	out := askedFields{}
	for _, r := range p.Rules {
		out.add(logsourceOf(r), r.Fields...)
	}
	return out
}

// add adds fields of a rule, which may look at none by name.
func (a askedFields) add(l Logsource, fields ...string) {
	if a[l] == nil {
		a[l] = map[string]bool{}
	}
	for _, f := range fields {
		a[l][f] = true
	}
}

// ground returns that of a logsource, of which the file has events.
func (r *Replayed) ground(l Logsource) *Ground {
	g := r.Grounds[l]
	if g == nil {
		g = newGround()
		r.Grounds[l] = g
	}
	return g
}

// exposed adds what rules were tried on.
func (g *groupReplay) exposed(b *beside, into *Replayed) {
	for _, t := range g.tried {
		if t.Views == 0 {
			into.Unrouted += len(t.rows)
			if !slices.ContainsFunc(t.Looks, func(l evaluator.Look) bool { return len(l.Rules) > 0 }) {
				continue // not even rules of any logsource were tried
			}
		}
		part := newGround()
		part.count(t.rows, b, &into.File)
		all := Logsource{}
		into.ground(all).add(part)
		counted := []Logsource{all}
		for i := range t.Looks {
			for _, l := range g.logsources(&t.Looks[i]) {
				if !slices.Contains(counted, l) {
					counted = append(counted, l)
					into.ground(l).add(part)
				}
				into.ground(l).found(t.Looks[i].Fields, g.asked[l])
			}
		}
	}
}

// found adds fields that events have, of which those count that are asked for.
func (g *Ground) found(fields []string, asked map[string]bool) {
	for _, f := range fields {
		if asked[f] {
			g.Fields[f] = true
		}
	}
}

// logsources returns those of rules that look at the same view.
func (g *groupReplay) logsources(look *evaluator.Look) (out []Logsource) {
	for _, n := range look.Rules {
		if l := logsourceOf(g.program.Rules[n]); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// count counts rows of a file. Those without a time are of its day, if it has one: their
// times are so far off that a file cannot hold them.
func (g *Ground) count(rows []int32, b *beside, f *File) {
	g.Events += len(rows)
	var s nanoSpan // of rows in a row that are of one day
	for _, row := range rows {
		at, there := b.times.of(row)
		switch {
		case !there && f.First != nil && f.Last != nil:
			g.note(dayOfTime(*f.First), Span{1, *f.First, *f.Last})
		case !there:
			g.Undated++
		case s.events > 0 && s.day == dayOf(at):
			s.events, s.first, s.last = s.events+1, min(s.first, at), max(s.last, at)
		default:
			g.noteNanos(s)
			s = nanoSpan{dayOf(at), 1, at, at}
		}
	}
	g.noteNanos(s)
}

// nanoSpan is a Span in nanoseconds since 1970.
type nanoSpan struct {
	day, events int
	first, last int64
}

func (g *Ground) noteNanos(s nanoSpan) {
	if s.events > 0 {
		g.note(s.day, Span{s.events, timeOf(s.first, true), timeOf(s.last, true)})
	}
}

const dayLength = int64(24 * time.Hour)

func dayOf(nanos int64) int {
	day := int(nanos / dayLength)
	if nanos%dayLength < 0 {
		day--
	}
	return day
}

// dayOfTime is dayOf of any time.
func dayOfTime(t time.Time) int {
	const day = int64(dayLength / int64(time.Second))
	days := t.Unix() / day
	if t.Unix()%day < 0 {
		days--
	}
	return int(days)
}

func (g *Ground) add(other *Ground) {
	g.Events += other.Events
	g.Undated += other.Undated
	for day, s := range other.Days {
		g.note(day, *s)
	}
}

func (g *Ground) note(day int, more Span) {
	s := g.Days[day]
	if s == nil {
		g.Days[day] = &more
		return
	}
	s.Events += more.Events
	if more.First.Before(s.First) {
		s.First = more.First
	}
	if more.Last.After(s.Last) {
		s.Last = more.Last
	}
}
