package record

import (
	"time"

	"github.com/socctl/socctl/evaluator"
)

// Tried is what rules were tried on: events of a file.
type Tried struct {
	evaluator.Tried
	Events  int
	Undated int           // of them without a time
	Days    map[int]*Span // by days in UTC since 1970
}

// Span is what there is of a day.
type Span struct {
	Events      int
	First, Last time.Time
}

// triedRows is what rules were tried on: rows of a row group.
type triedRows struct {
	*evaluator.Tried
	rows []int32
}

// picked returns those of rows that have these numbers among them.
func picked(rows, numbers []int32) []int32 {
	out := make([]int32, len(numbers))
	for i, n := range numbers {
		out[i] = rows[n]
	}
	return out
}

// spans says of when the rows are that rules were tried on.
func (g *groupReplay) spans(b *beside) []Tried {
	out := make([]Tried, len(g.tried))
	for i, t := range g.tried {
		out[i] = Tried{Tried: *t.Tried, Events: len(t.rows), Days: map[int]*Span{}}
		for _, row := range t.rows {
			if !b.timed[row] {
				out[i].Undated++
				continue
			}
			out[i].note(b.times[row])
		}
	}
	return out
}

const dayLength = int64(24 * time.Hour)

// note counts an event of a time, in nanoseconds since 1970.
func (t *Tried) note(nanos int64) {
	day := int(nanos / dayLength)
	if nanos%dayLength < 0 {
		day--
	}
	at := time.Unix(0, nanos).UTC()
	s := t.Days[day]
	if s == nil {
		s = &Span{First: at, Last: at}
		t.Days[day] = s
	}
	s.Events++
	if at.Before(s.First) {
		s.First = at
	}
	if at.After(s.Last) {
		s.Last = at
	}
}
