package record

import "slices"

// ofKind is rows whose sources are of one kind.
type ofKind struct {
	kind string
	rows []int32
	size int // how many rows there will be
}

// byKind divides rows by the kinds of their sources, of which some may have none. What it
// returns is good until the next call.
func (g *groupReplay) byKind(rows []int32) []ofKind {
	if len(rows) == 0 {
		return nil
	}
	if g.sourceKinds == nil {
		g.numberKinds()
	}
	if len(g.kinds) == 1 {
		g.kinds[0].rows = rows
		return g.kinds
	}
	for i := range g.kinds {
		g.kinds[i].rows, g.kinds[i].size = nil, 0
	}
	first := g.kindOf(rows[0])
	if !slices.ContainsFunc(rows, func(row int32) bool { return g.kindOf(row) != first }) {
		first.rows = rows
		return g.kinds
	}
	for _, row := range rows {
		g.kindOf(row).size++
	}
	for i := range g.kinds {
		g.kinds[i].rows = g.roomForRows(g.kinds[i].size)
	}
	for _, row := range rows {
		of := g.kindOf(row)
		of.rows = append(of.rows, row)
	}
	return g.kinds
}

func (g *groupReplay) kindOf(row int32) *ofKind {
	return &g.kinds[g.sourceKinds[g.sources.codes.codes[row]]]
}

// numberKinds finds the kinds of all sources.
func (g *groupReplay) numberKinds() {
	g.sourceKinds = make([]int, len(g.sources.dictionary.Texts))
	for n, source := range g.sources.dictionary.Texts {
		kind := g.ofKinds.Of(source)
		at := slices.IndexFunc(g.kinds, func(of ofKind) bool { return of.kind == kind })
		if at < 0 {
			at = len(g.kinds)
			g.kinds = append(g.kinds, ofKind{kind: kind})
		}
		g.sourceKinds[n] = at
	}
}
