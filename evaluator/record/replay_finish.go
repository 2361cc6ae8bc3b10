package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// hit notes a hit.
func (g *groupReplay) hit(row int32, matches []evaluator.Match, stopped []evaluator.Suppression, event func(telemetry.Record) (*telemetry.Event, error)) {
	h := Hit{Source: strings.Clone(g.source(row)), Matches: slices.Clone(matches), Suppressed: slices.Clone(stopped)}
	g.hits = append(g.hits, rowHit{row, h, event})
}

// toFinish returns the rows of the hits, which are sorted; nil if all rows are to be told of.
func (g *groupReplay) toFinish() []int32 {
	if len(g.tried) > 0 {
		return nil
	}
	rows := g.roomForRows(len(g.hits))
	for i := range g.hits {
		rows = append(rows, g.hits[i].row)
	}
	return rows
}

// finish adds what was found, with what stands beside. That takes longer than all before if
// there are many hits, so it ends as soon as ctx does.
func (g *groupReplay) finish(ctx context.Context, into *Replayed) error {
	if g.late != nil || len(g.hits)+len(g.tried) == 0 {
		return g.late
	}
	slices.SortFunc(g.hits, func(a, b rowHit) int { return cmp.Compare(a.row, b.row) })
	beside, err := g.beside(g.toFinish())
	if err != nil {
		return err
	}
	g.exposed(beside, into)
	into.Hits = slices.Grow(into.Hits, len(g.hits))
	for _, h := range g.hits {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		row := beside.row(int(h.row))
		h.Index, h.Time = row.Record.Index, row.Time
		from := telemetry.Record{Source: h.Source, Modified: row.Record.Modified}
		event := h.event
		h.Event = func() (*telemetry.Event, error) { return event(from) }
		if h.Time.IsZero() {
			if err := h.askTime(); err != nil {
				return err
			}
		}
		if g.options.Visit != nil {
			if err := g.options.Visit(&h.Hit); err != nil {
				return err
			}
		}
		if h.Hit.row = int32(g.first) + h.row; g.options.passing {
			h.Event = nil
		}
		into.Hits = append(into.Hits, h.Hit)
	}
	return nil
}
