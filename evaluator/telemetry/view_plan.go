package telemetry

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/socctl/socctl/rules/logsource"
)

// plan is a table prepared for routing: a Windows event is looked up by channel
// and event id, anything else by the names at the top of the record, so that
// only few conditions are left to test per event.
type plan struct {
	views    []*boundView
	channels map[string]*channelRoute // by channel in lower case, and as the table spells it
	unrouted route                    // Windows events of other channels
	others   route                    // records that are no Windows events; see foreign
	byMember map[string][]int         // name at the top -> candidates of others
	always   []int                    // candidates of others that no name selects
}

type channelRoute struct {
	byID map[int]*route
	rest route // ids that no view names
}

// route is the views that remain possible, in the order of the table.
type route struct {
	channel, id string
	once        sync.Once
	candidates  []candidate // see plan.settled
}

// candidate is a view with the conditions that are still open; any of the
// alternatives suffices, one without conditions holds.
type candidate struct {
	view   *boundView
	open   []logsource.Match
	covers []int // indexes, in the same route, of views that need no trial beside this one
}

// boundView is a view with what is needed per event, built once.
type boundView struct {
	def        *logsource.ViewDef
	logsources []map[string]string
	plain      bool
}

func newPlan(t *logsource.Table) *plan {
	p := &plan{channels: map[string]*channelRoute{}, byMember: map[string][]int{}}
	for i := range t.Views {
		def := &t.Views[i]
		bound := &boundView{def: def, plain: def.Plain()}
		for _, l := range def.Logsources() {
			bound.logsources = append(bound.logsources, l.Map())
		}
		p.views = append(p.views, bound)
	}
	for channel, ids := range p.routedIDs() {
		r := &channelRoute{byID: map[int]*route{}, rest: route{channel: channel}}
		for _, id := range ids {
			if r.byID[id] == nil {
				r.byID[id] = &route{channel: channel, id: strconv.Itoa(id)}
			}
		}
		p.channels[channel] = r
		p.channels[strings.ToLower(channel)] = r
	}
	return p
}

// routedIDs returns the channels that views name, each with the event ids that
// views name together with it, whatever the letter case.
func (p *plan) routedIDs() map[string][]int {
	ids := map[string][]int{}
	spelled := map[string]string{}
	for _, v := range p.views {
		for _, m := range v.def.When {
			for _, channel := range equalTo(m, "Channel") {
				lower := strings.ToLower(channel)
				if spelled[lower] == "" {
					spelled[lower] = channel
				}
				key := spelled[lower]
				ids[key] = append(ids[key], integers(equalTo(m, "EventID"))...)
			}
		}
	}
	return ids
}

// equalTo returns the values that a match asks field to equal, nil if it does not.
func equalTo(m logsource.Match, field string) []string {
	for _, c := range m {
		if c.Field == field && c.Op == logsource.Equals {
			return c.Values
		}
	}
	return nil
}

func integers(texts []string) []int {
	var all []int
	for _, text := range texts {
		if n, err := strconv.Atoi(text); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// settled returns a route for Windows events of a channel and an id, either of them ""
// for one that no view names, with the views that are possible for them.
func (p *plan) settled(r *route) *route {
	r.once.Do(func() { p.settle(r) })
	return r
}

func (p *plan) settle(r *route) {
	for _, v := range p.views {
		var open []logsource.Match
		for _, m := range v.def.When {
			if rest, possible := settle(m, v.def, r.channel, r.id); possible {
				open = append(open, rest)
			}
		}
		if open != nil {
			r.candidates = append(r.candidates, candidate{view: v, open: open})
		}
	}
	r.findCovered()
}

// foreign returns the route of records that are no Windows events.
func (p *plan) foreign() *route {
	p.others.once.Do(p.indexOthers)
	return &p.others
}

// settle removes the conditions of m that channel and id decide. False means
// that m cannot hold. Conditions that know no Windows names are left to the
// other records unless the view is for Windows.
func settle(m logsource.Match, def *logsource.ViewDef, channel, id string) (logsource.Match, bool) {
	windows := def.Logsource.Product == "windows"
	var rest logsource.Match
	first := 0
	for i, c := range m {
		switch {
		case c.Field == "Channel" && c.Op == logsource.Equals:
			if channel == "" || !containsFold(c.Values, channel) {
				return nil, false
			}
			windows = true
		case c.Field == "EventID" && c.Op == logsource.Equals:
			if id == "" || !slices.Contains(c.Values, id) {
				return nil, false
			}
			windows = true
		default:
			windows = windows || c.Field == "Provider_Name" || c.Field == "Channel" || c.Field == "EventID"
			if len(rest) == 0 {
				first = i
			}
			if first+len(rest) == i {
				rest = m[first : i+1 : i+1] // they are mostly the last ones, and never change
			} else {
				rest = append(rest, c)
			}
		}
	}
	return rest, windows
}

func containsFold(values []string, s string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, s) })
}

func (r *route) findCovered() {
	for i := range r.candidates {
		for j := range r.candidates {
			v, w := r.candidates[i].view.def, r.candidates[j].view.def
			// Of two that cover each other the first stays.
			if i != j && v.Covers(w) && (i < j || !w.Covers(v)) {
				r.candidates[i].covers = append(r.candidates[i].covers, j)
			}
		}
	}
}

// indexOthers prepares the route of records that are no Windows events. A
// condition on a dotted field can hold if the record has any prefix of it.
func (p *plan) indexOthers() {
	for _, v := range p.views {
		n := len(p.others.candidates)
		p.others.candidates = append(p.others.candidates, candidate{view: v, open: v.def.When})
		for _, m := range v.def.When {
			name, ok := selector(m)
			if !ok {
				p.always = append(p.always, n)
				continue
			}
			for i := range len(name) + 1 {
				if i == len(name) || name[i] == '.' {
					p.byMember[name[:i]] = appendNew(p.byMember[name[:i]], n)
				}
			}
		}
	}
	p.others.findCovered()
}

// selector returns a field without which the match cannot hold.
func selector(m logsource.Match) (string, bool) {
	for _, c := range m {
		if c.Positive() && c.Field != logsource.FileName {
			return c.Field, true
		}
	}
	return "", false
}

func appendNew(list []int, n int) []int {
	if slices.Contains(list, n) {
		return list
	}
	return append(list, n)
}
