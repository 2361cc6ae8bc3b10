package record

import (
	"context"
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// remembering replays files by what is known of them; only rules of which it is not
// known what they find are evaluated. It is for one goroutine.
type remembering struct {
	dir      string
	program  *compiler.Program
	options  *ReplayOptions // of evaluating
	asked    askedFields
	cache    *cache
	seal     sealer
	some     map[*plan]*replayer // of the rules that are missing
	kept     int                 // records of the file that is being replayed
	visit    func(*Hit) error
	exposure bool
}

// maxKept is how many records of a file are kept with what is remembered of it. If rules find
// more there, the others are read when they are asked for: then opening the file hardly counts.
const maxKept = 256

// newRemembering returns one that shares a cache with others.
func newRemembering(dir string, p *compiler.Program, o *ReplayOptions, c *cache) *remembering {
	inner := *o
	w := &remembering{dir: dir, program: p, options: &inner, asked: fieldsAsked(p), cache: c, some: map[*plan]*replayer{}, visit: o.Visit, exposure: o.Exposure}
	inner.Exposure, inner.Visit, inner.passing = true, w.keepRecord, true
	return w
}

// file returns what rules find in a file.
func (w *remembering) file(ctx context.Context, f File) *fileReplay {
	p, known := w.known(f)
	withoutIndex := false
	if len(p.missing) > 0 || len(known) == 0 {
		w.kept = 0
		fresh := w.part(p).file(ctx, f)
		if fresh.err != nil {
			return fresh
		}
		if err := ctx.Err(); err != nil {
			return &fileReplay{Replayed: Replayed{File: f}, err: err}
		}
		withoutIndex = fresh.WithoutIndex
		is := found(fresh)
		w.cache.remember(p, f, is, &w.seal)
		known = append(known, is)
	}
	r := w.recall(ctx, f, p, known)
	r.WithoutIndex = withoutIndex
	return r
}

// known returns what is known of a file, by the sources of a plan.
func (w *remembering) known(f File) (*plan, []*findings) {
	set, id := w.cache.knowing(f), idOf(f)
	for {
		p := w.cache.planOf(set)
		known := make([]*findings, 0, len(p.sources)+1)
		for _, m := range p.sources {
			is := m.of(id, &w.seal)
			if is == nil { // it is damaged
				set &^= 1 << slices.Index(w.cache.memories, m)
				break
			}
			known = append(known, is)
		}
		if len(known) == len(p.sources) {
			return p, known
		}
	}
}

// part returns what replays the rules that are missing in a plan.
func (w *remembering) part(of *plan) *replayer {
	if w.some[of] == nil {
		if len(w.some) > 8 {
			clear(w.some) // files know different rules, which they will not the next time
		}
		p := &compiler.Program{Predicates: w.program.Predicates}
		for _, n := range of.missing {
			p.Rules = append(p.Rules, w.program.Rules[n])
		}
		w.some[of] = newReplayer(w.dir, p, w.options)
	}
	return w.some[of]
}

// keepRecord makes the record of a hit while its file is read: later it would have to be
// read again.
func (w *remembering) keepRecord(h *Hit) error {
	if w.kept == maxKept {
		return nil
	}
	event, err := h.Event()
	if err == nil {
		h.Extra = string(event.Record().Value.AppendJSON(nil))
		w.kept++
	}
	return err
}

// recall makes of what is known what a replay yields.
func (w *remembering) recall(ctx context.Context, f File, p *plan, known []*findings) *fileReplay {
	r := &fileReplay{Replayed: Replayed{File: f, Sources: known[0].Sources}}
	if w.exposure {
		r.Unrouted, r.Grounds = known[0].Unrouted, w.grounds(known)
	}
	for _, h := range w.hits(f, p, known) {
		if r.err = ctx.Err(); r.err != nil {
			return r
		}
		if w.visit != nil {
			if r.err = w.visit(h); r.err != nil {
				return r
			}
		}
		r.Hits = append(r.Hits, *h)
	}
	return r
}

// hits returns what is known to match, in the order of the rows.
func (w *remembering) hits(f File, p *plan, known []*findings) (hits []*Hit) {
	byRow, later := map[int32]*Hit{}, &laterRows{dir: w.dir, file: f}
	at := func(h *rememberedHit) *Hit {
		to := byRow[h.Row]
		if to == nil {
			to = &Hit{Source: h.Source, Index: h.Index, Time: h.Time, row: h.Row, Event: w.eventOf(h, later)}
			byRow[h.Row], hits = to, append(hits, to)
		}
		return to
	}
	for _, n := range w.finding(p, known) {
		rule, is := w.program.Rules[n], known[p.from[n]]
		for _, match := range is.Rules[w.cache.keys[n]] {
			h := at(&is.Hits[match.Hit])
			if match.By == nil {
				h.Matches = append(h.Matches, evaluator.Match{Rule: rule, View: match.View})
				continue
			}
			h.Suppressed = append(h.Suppressed, evaluator.Suppression{Rule: rule, View: match.View, By: filtersAt(rule, match.By)})
		}
	}
	slices.SortFunc(hits, func(a, b *Hit) int { return int(a.row) - int(b.row) })
	return hits
}

// finding returns which rules of the program find something, in ascending order.
func (w *remembering) finding(p *plan, known []*findings) (numbers []int) {
	for from, is := range known {
		for key := range is.Rules {
			for _, n := range w.cache.numbers[key] {
				if p.from[n] == from {
					numbers = append(numbers, n)
				}
			}
		}
	}
	slices.Sort(numbers)
	return numbers
}

// grounds returns what rules of the program were tried on: others are known, too.
func (w *remembering) grounds(known []*findings) map[Logsource]*Ground {
	out := map[Logsource]*Ground{}
	for _, is := range known {
		for l, g := range is.Grounds {
			if w.asked[l] == nil && l != (Logsource{}) {
				continue
			}
			if out[l] == nil {
				with := *g
				with.Fields = map[string]bool{}
				out[l] = &with
			}
			out[l].found(slices.Collect(maps.Keys(g.Fields)), w.asked[l])
		}
	}
	return out
}

// eventOf returns what makes the event of a remembered row.
func (w *remembering) eventOf(h *rememberedHit, later *laterRows) func() (*telemetry.Event, error) {
	if h.Record == "" {
		later.rows = append(later.rows, h.Row)
	}
	return func() (*telemetry.Event, error) {
		from := telemetry.Record{Source: h.Source, Modified: h.Time}
		if h.Record == "" {
			var err error
			if from.Value, err = later.record(h.Row); err != nil {
				return nil, err
			}
			return w.options.Normaliser.Event(from), nil
		}
		var ok bool
		if from.Value, ok = telemetry.DecodeJSON(h.Record); !ok {
			return nil, errDamaged
		}
		return w.options.Normaliser.Event(from), nil
	}
}
