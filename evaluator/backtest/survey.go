package backtest

import (
	"slices"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// survey finds out what there was for rules to look at: how many events of each
// logsource, on which days, and with which of the fields.
//
// The evaluator returns one and the same list of matches for records that are the
// same in everything that rules look at: their shape, which fields they have,
// what these satisfy. So fields are looked for on one record of each such kind,
// and of the others is only counted that they are there.
type survey struct {
	*probed
	anyway  bool // logsources are ignored
	see     func() (*telemetry.Event, []evaluator.View, error)
	kinds   map[*evaluator.Match]*kind
	grounds []*Ground
	missing [][]string // by logsource: fields that were not found yet
	clock   clock
	reading reading // that was learnt last
}

// maxKinds bounds how many kinds of records are told apart at a time.
const maxKinds = 1 << 14

// kind is records that are the same for rules.
type kind struct {
	matches []evaluator.Match // without probes
	tried   []int             // logsources
	events  int
	undated int
	days    map[Day]*Span
	day     Day // of the latest record with a time
	span    *Span
	reading reading // where such records have their time
}

func newSurvey(p *probed, anyway bool, c clock, see func() (*telemetry.Event, []evaluator.View, error)) *survey {
	s := &survey{probed: p, anyway: anyway, clock: c, see: see, kinds: map[*evaluator.Match]*kind{}}
	for _, names := range p.fields {
		s.grounds = append(s.grounds, NewGround())
		s.missing = append(s.missing, slices.Clone(names))
	}
	return s
}

// nothing is the kind of records that no rule is tried on.
var nothing = &kind{}

// count notes a record and returns its kind and, if it is of any logsource, its
// time, which is zero for none.
func (s *survey) count(record *telemetry.Record, matches []evaluator.Match) (*kind, time.Time, error) {
	if len(matches) == 0 {
		return nothing, time.Time{}, nil
	}
	k := s.kinds[&matches[0]]
	if k == nil {
		if len(s.kinds) >= maxKinds {
			s.settle()
		}
		k = &kind{days: map[Day]*Span{}}
		k.matches, k.tried = s.split(matches)
		if err := s.find(k); err != nil {
			return nil, time.Time{}, err
		}
		s.kinds[&matches[0]] = k
	}
	at, err := s.time(k, record)
	if err != nil {
		return nil, at, err
	}
	k.count(at)
	return k, at, nil
}

func (k *kind) count(at time.Time) {
	k.events++
	if at.IsZero() {
		k.undated++
		return
	}
	if day := DayOf(at); k.span == nil || day != k.day {
		k.day, k.span = day, k.days[day]
		if k.span == nil {
			k.span = &Span{0, at, at}
			k.days[day] = k.span
		}
	}
	k.span.note(1, at, at)
}

// find looks for the fields that were not found yet.
func (s *survey) find(k *kind) error {
	var event *telemetry.Event
	var views []evaluator.View
	for _, n := range k.tried {
		if len(s.missing[n]) == 0 {
			continue
		}
		if event == nil {
			var err error
			if event, views, err = s.see(); err != nil {
				return err
			}
		}
		l := s.logsources[n]
		has := func(field string) bool {
			if _, ok := event.Field(field); ok && s.anyway {
				return true
			}
			return slices.ContainsFunc(views, func(v evaluator.View) bool {
				if !l.covers(v.Logsource) {
					return false
				}
				_, ok := v.Event.Field(field)
				return ok
			})
		}
		s.missing[n] = slices.DeleteFunc(s.missing[n], func(field string) bool {
			if !has(field) {
				return false
			}
			s.grounds[n].Fields[field] = true
			return true
		})
	}
	return nil
}

// covers reports whether rules of a logsource are tried on events of another.
func (l Logsource) covers(of map[string]string) bool {
	return (l.Category == "" || l.Category == of["category"]) && (l.Product == "" || l.Product == of["product"]) && (l.Service == "" || l.Service == of["service"])
}

// settle adds what was counted to the grounds, and forgets the kinds.
func (s *survey) settle() {
	for _, k := range s.kinds {
		for _, n := range k.tried {
			g := s.grounds[n]
			g.Events += k.events
			g.Undated += k.undated
			for day, span := range k.days {
				g.note(day, span)
			}
		}
	}
	clear(s.kinds)
}
