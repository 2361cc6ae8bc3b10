package proposal

import (
	"fmt"
	"slices"

	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// Level is a rule or a correlation whose level promises more, or less, than it keeps, with the one that
// fits. What is counted are root causes that its proposed filters leave, those not
// among them that would gut the rule: there the level is the better answer.
type Level struct {
	ID    string      `json:"id,omitempty"`
	Title string      `json:"title"`
	Path  string      `json:"path"`
	Lane  tuning.Lane `json:"lane"`
	From  string      `json:"from"`
	To    string      `json:"to"`

	True      int     `json:"true"`  // root causes that were attacks
	False     int     `json:"false"` // that were none
	Contested int     `json:"contested"`
	Hosts     int     `json:"hosts"`
	Days      int     `json:"days"`
	Lower     float64 `json:"lower"` // of the precision
	Upper     float64 `json:"upper"`
	Earlier   float64 `json:"earlier"` // precision in the first half of the root causes by day
	Later     float64 `json:"later"`   // in the second

	Reasons []string `json:"reasons"`
	Patch   *Patch   `json:"patch"`
}

// What a change of level rests on. A level is what people plan their nights by: it
// changes on many causes over a week, not on a bad day.
const (
	levelCauses = 12
	levelDays   = 7
)

// cause is a root cause with what was found of it.
type cause struct {
	class     int // of the verdicts: 0 none, 1 no attack, 2 attack
	contested bool
	day       int // the first
}

// level proposes a level for a rule, nil if that which it has fits, or too little is
// known.
func (e *Evidence) level(j *judged, x *Rule) *Level {
	r := j.rule
	if j.input == nil || !r.Source.Level.Present() || r.Source.Level.Span.File == nil {
		return nil
	}
	left := j.corpus.NewRows()
	left.Join(j.input.Removable)
	left.Join(j.input.Protected)
	if x.sound != nil {
		left.Minus(x.sound)
	}
	causes := j.causes(left)
	s := j.corpus.Support(left)
	out := &Level{ID: r.ID, Title: r.Title, Path: r.Source.Span.Path(), Lane: tuning.Review, From: r.Level, Hosts: s.Hosts, Days: s.Days}
	if !out.follows(causes) {
		return nil
	}
	out.Patch = &Patch{Path: out.Path, Edits: []Edit{{r.Source.Level.Span, out.To}}}
	if !onlyLevel(r.Source, out) {
		return nil
	}
	return out
}

// follows counts the root causes, and reports whether another level follows from them.
func (l *Level) follows(causes []cause) bool {
	for _, c := range causes {
		switch {
		case c.class == 1:
			l.False++
		case c.contested:
			l.Contested++
		default:
			l.True++
		}
	}
	return len(causes) >= levelCauses && l.Days >= levelDays && l.fit(l.From) && l.lasts(causes)
}

// add notes an event or an alert of a root cause.
func (c *cause) add(attack, contested bool) {
	if !attack {
		c.class = max(c.class, 1)
		return
	}
	c.contested = contested && (c.class < 2 || c.contested)
	c.class = 2
}

// causes returns the root causes of events in the order of their first days. One is
// an attack if any of its events is; it is contested if nobody agrees on any of these.
func (j *judged) causes(rows tuning.Rows) []cause {
	at := map[int]int{}
	var out []cause
	rows.Each(func(row int) {
		n := j.corpus.Cause(row)
		i, known := at[n]
		_, _, day := j.corpus.Context(row)
		if !known {
			i = len(out)
			at[n] = i
			out = append(out, cause{day: day})
		}
		c := &out[i]
		c.day = min(c.day, day)
		c.add(j.input.Protected.Has(row), j.labels[j.corpus.Fingerprint(row)].Contested)
	})
	slices.SortStableFunc(out, func(a, b cause) int { return a.day - b.day })
	return out
}

// fit finds the level.
func (l *Level) fit(level string) bool {
	f, ok := health.Refit(level, l.True, l.False, l.Contested)
	if !ok {
		return false
	}
	l.To, l.Lower, l.Upper = f.Level, f.Lower, f.Upper
	l.Reasons = append(l.Reasons, fmt.Sprintf("its precision is %.0f to %.0f %% with %.0f %% confidence; %s stands for %.0f to %.0f %%", 100*f.Lower, 100*f.Upper, 100*f.Confidence, level, 100*f.From, 100*f.To),
		fmt.Sprintf("%d root causes were attacks and %d were not, on %s", l.True, l.False, l.where()))
	if l.Contested > 0 {
		l.Reasons = append(l.Reasons, fmt.Sprintf("%d more are contested, and counted against the change", l.Contested))
	}
	return true
}

// where says on how many hosts and days it was seen. Of a correlation, whose events
// may come from many, only days are counted.
func (l *Level) where() string {
	if l.Hosts == 0 {
		return fmt.Sprintf("%d days", l.Days)
	}
	return fmt.Sprintf("%d hosts and %d days", l.Hosts, l.Days)
}

// lasts reports whether each half of the root causes alone points the same way: a
// precision that has changed is drift, not a level.
func (l *Level) lasts(causes []cause) bool {
	share := func(of []cause) (float64, int, int) {
		attacks := 0
		for _, c := range of {
			if c.class == 2 {
				attacks++
			}
		}
		return float64(attacks) / float64(len(of)), attacks, len(of) - attacks
	}
	half := len(causes) / 2
	var a, b, c, d int
	l.Earlier, a, b = share(causes[:half])
	l.Later, c, d = share(causes[half:])
	f, _ := health.FitLevel(l.From, a+c, b+d)
	outside := func(share float64) bool { return share < f.From && f.Upper < f.From || share > f.To && f.Lower > f.To }
	if !outside(l.Earlier) || !outside(l.Later) {
		return false
	}
	l.Reasons = append(l.Reasons, fmt.Sprintf("it lasts: %.0f %% in the earlier half of the root causes, %.0f %% in the later", 100*l.Earlier, 100*l.Later))
	return true
}

// onlyLevel reports whether the changed file differs in the level of the document alone.
func onlyLevel(was rules.Document, l *Level) bool {
	text, err := l.Patch.After()
	if err != nil {
		return false
	}
	docs, diags := rules.Parse(l.Path, text)
	at := slices.IndexFunc(docs, func(d rules.Document) bool { return sameDocument(d, was) })
	if diags.Count(rules.Error) > 0 || at < 0 || docs[at].Meta().Level.Text != l.To {
		return false
	}
	return rules.ContentHash(docs[at]) == rules.ContentHash(was)
}
