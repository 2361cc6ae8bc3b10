package backtest

import (
	"cmp"
	"context"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Replayer delivers what the rules of a program make of recordings.
type Replayer interface {
	// Replay calls take for every event that a rule of p matches, or that filters
	// keep from matching one, from one goroutine and in an order that depends on
	// the recordings alone. When ctx is done it stops reading, delivers what was
	// read so far and returns without an error. An error means that the result
	// cannot be used; what is wrong with single records is not one.
	Replay(ctx context.Context, p *compiler.Program, take func(*Hit)) (*Exposure, error)
}

// Hit is one event that rules have to do with. It is valid until take returns.
type Hit struct {
	Source   string    // as in telemetry.Record
	Record   int       // as Index of telemetry.Record
	Baseline bool      // the recording is known to be benign
	Time     time.Time // zero if the event has none
	// Order is the place of the event among others of the same time, where that is not the
	// order in which they are delivered; it is above 1<<32 then.
	Order uint64

	Matches    []evaluator.Match
	Suppressed []evaluator.Suppression

	// Load returns the event, and the views under which it was evaluated. The error is that
	// of the context if the replay is ending: it is no problem, and the match counts without
	// what its event tells.
	Load func() (*telemetry.Event, []evaluator.View, error)
}

// Exposure is what the recordings held for rules to look at, whether these
// matched or not.
type Exposure struct {
	Events     int
	Unrouted   int // of no known logsource, so that no rule with one was tried on them
	Problems   int // things that could not be read
	Recordings []Recording
	Grounds    map[Logsource]*Ground // of every logsource that a rule of the program has, and of the empty one
}

// Recording is one source of events.
type Recording struct {
	Source   string `json:"source"`
	Baseline bool   `json:"baseline,omitempty"` // known to be benign
	Events   int    `json:"events"`
	Hits     int    `json:"hits"` // events that a rule matched, or that a filter held back
}

// Logsource is that of a rule; what is empty matches any.
type Logsource struct {
	Category string `json:"category,omitempty"`
	Product  string `json:"product,omitempty"`
	Service  string `json:"service,omitempty"`
}

// LogsourceOf returns the logsource of a rule.
func LogsourceOf(r *compiler.Rule) Logsource { return Logsource{r.Category, r.Product, r.Service} }

// String writes the parts that are given.
func (l Logsource) String() string {
	out := ""
	for _, part := range [...][2]string{{"category=", l.Category}, {"product=", l.Product}, {"service=", l.Service}} {
		if part[1] == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += part[0] + part[1]
	}
	if out == "" {
		return "any logsource"
	}
	return out
}

func compareLogsources(a, b Logsource) int {
	return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Service, b.Service))
}

// Ground is what rules of one logsource were tried on.
type Ground struct {
	Events  int
	Undated int             // of them without a time
	Days    map[Day]*Span   // by day in UTC
	Fields  map[string]bool // those that some rule looks at and some event has
}

// NewGround returns a Ground without events.
func NewGround() *Ground { return &Ground{Days: map[Day]*Span{}, Fields: map[string]bool{}} }

// Span is what was recorded on a day.
type Span struct {
	Events      int
	First, Last time.Time
}

// Day counts days in UTC since 1970.
type Day int

// DayOf returns the day of a time.
func DayOf(t time.Time) Day {
	seconds := t.Unix()
	day := seconds / 86400
	if seconds%86400 < 0 {
		day--
	}
	return Day(day)
}

// Start returns when the day begins.
func (d Day) Start() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns the day as YYYY-MM-DD.
func (d Day) String() string { return d.Start().Format("2006-01-02") }

// Count notes events of a time.
func (g *Ground) Count(t time.Time, events int) {
	g.Events += events
	if t.IsZero() {
		g.Undated += events
		return
	}
	g.note(DayOf(t), &Span{events, t, t})
}

// Note adds dated events of a day that are counted already.
func (g *Ground) Note(day Day, s Span) { g.note(day, &s) }

// note adds what was recorded on a day.
func (g *Ground) note(day Day, s *Span) {
	known := g.Days[day]
	if known == nil {
		g.Days[day] = &Span{s.Events, s.First, s.Last}
		return
	}
	known.note(s.Events, s.First, s.Last)
}

// note adds events of a day.
func (s *Span) note(events int, first, last time.Time) {
	s.Events += events
	if first.Before(s.First) {
		s.First = first
	}
	if last.After(s.Last) {
		s.Last = last
	}
}

// Merge adds what another ground of the same logsource has.
func (g *Ground) Merge(o *Ground) {
	g.Events += o.Events
	g.Undated += o.Undated
	for day, s := range o.Days {
		g.note(day, s)
	}
	for name, found := range o.Fields {
		g.Fields[name] = g.Fields[name] || found
	}
}
