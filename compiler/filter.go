package compiler

import (
	"encoding/json"
	"time"

	"github.com/socctl/socctl/rules"
)

// Expiry tells apart filters by a time. A result that depends on it should say so.
type Expiry struct {
	Now     time.Time
	Active  []*rules.Filter // that will end
	Expired []*rules.Filter // that have ended and are in no rule of the program
}

// expiryOf returns nil if no filter of a set ends.
func expiryOf(set *rules.Set, now time.Time) *Expiry {
	e := &Expiry{Now: now}
	for _, f := range set.Filters {
		switch {
		case !f.Expires.Present():
		case f.Expired(now):
			e.Expired = append(e.Expired, f)
		default:
			e.Active = append(e.Active, f)
		}
	}
	if len(e.Active)+len(e.Expired) == 0 {
		return nil
	}
	return e
}

// MarshalJSON writes the time, how many filters will end, and which have ended.
func (e *Expiry) MarshalJSON() ([]byte, error) {
	type ended struct {
		Title   string `json:"title"`
		ID      string `json:"id,omitempty"`
		Path    string `json:"path"`
		Line    int    `json:"line"`
		Owner   string `json:"owner,omitempty"`
		Expires string `json:"expires"`
	}
	out := struct {
		Now     string  `json:"now"` // "" is no time at all
		Active  int     `json:"active"`
		Expired []ended `json:"expired"`
	}{Active: len(e.Active), Expired: []ended{}}
	if !e.Now.IsZero() {
		out.Now = e.Now.UTC().Format(time.RFC3339Nano)
	}
	for _, f := range e.Expired {
		out.Expired = append(out.Expired, ended{f.Title.Text, f.ID.Text, f.Span.Path(), f.Span.Start.Line, f.Owner.Text, f.Expires.Text})
	}
	return json.Marshal(out)
}

// filtersOf lowers the filters that apply to a rule. Each is lowered on its
// own, so its selections cannot be seen by the rule or by other filters, nor
// theirs by it (D58). A filter with errors is left out: what it would suppress
// is better seen than lost. So is one that has expired.
func filtersOf(r *rules.Rule, o *Options) []*Expr {
	var out []*Expr
	for _, f := range r.Filters {
		if f.Expired(o.Now) {
			continue
		}
		l := lowerer{options: o}
		expr := l.detection(&f.Detection)
		if l.diags.Count(rules.Error) == 0 {
			out = append(out, &Expr{Op: And, Args: []*Expr{expr}, Filter: f})
		}
	}
	return out
}

// checkFilters returns what is wrong with the filters of a set, each problem
// once however many rules a filter applies to.
func checkFilters(set *rules.Set, o *Options) rules.Diagnostics {
	var diags rules.Diagnostics
	for _, f := range set.Filters {
		l := lowerer{options: o}
		l.detection(&f.Detection)
		diags = append(diags, l.diags...)
	}
	return diags
}
