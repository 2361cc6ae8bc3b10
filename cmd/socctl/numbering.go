package main

import "fmt"

// numbering gives records their numbers within their sources. Who reads counts a
// line that nobody has looked at yet as one record; it may turn out to be several,
// or none, and then those behind it have other numbers. Until then a record is
// numbered by its line, and within that.
//
// It goes through what a run says of records, in their order, and so has to
// remember no more than where it is.
type numbering struct {
	source string
	line   int  // of the latest record or shift
	behind bool // the latest was a shift: nothing more of that line comes
	by     int  // what records behind it have to be shifted by
}

// shift says that records behind a line have numbers larger by some, or smaller,
// than their lines tell.
type shift struct {
	source      string
	line        int
	by          int
	lines, hits int // how much of what the batch says is about records before it
}

// lineBits are those of a preliminary number that are the line.
const lineBits = 36

// within returns the preliminary number of the n-th record of a line.
func within(line, n int) int { return line | min(n, 1<<(63-lineBits)-1)<<lineBits }

// at goes to a line of a source, which may be one that is read once more.
func (n *numbering) at(source string, line int) {
	if source != n.source || line < n.line || line == n.line && n.behind {
		*n = numbering{source: source}
	}
	n.line, n.behind = line, false
}

// pass goes past a shift.
func (n *numbering) pass(s shift) {
	n.at(s.source, s.line)
	n.by, n.behind = n.by+s.by, true
}

// final returns the number of the next record for its preliminary one.
func (n *numbering) final(source string, preliminary int) int {
	line, inner := preliminary&(1<<lineBits-1), preliminary>>lineBits
	n.at(source, line)
	return line + inner + n.by
}

// numberings are those of matches, and of what correlations are fed with.
type numberings struct{ lines, hits numbering }

// settle gives what a batch says the final numbers. Batches come in order.
func (n *numberings) settle(b *batchResult) {
	settle(&n.lines, len(b.lines), b.shifts, func(s shift) int { return s.lines }, func(i int) {
		l := &b.lines[i]
		l.Record = n.lines.final(l.Source, l.Record)
	})
	settle(&n.hits, len(b.hits), b.shifts, func(s shift) int { return s.hits }, func(i int) {
		for k := range b.hits[i] {
			h := &b.hits[i][k]
			source, record, fingerprint := splitOrigin(h.Origin)
			if final := n.hits.final(source, *record); final != *record {
				h.Origin = originText(final, fingerprint, source)
			}
		}
	})
}

// settle goes through count things, and past each shift where it is among them.
func settle(n *numbering, count int, shifts []shift, place func(shift) int, number func(i int)) {
	for i := range count {
		for len(shifts) > 0 && place(shifts[0]) <= i {
			n.pass(shifts[0])
			shifts = shifts[1:]
		}
		number(i)
	}
	for _, s := range shifts {
		n.pass(s)
	}
}

// originText is how a hit names its event.
func originText(record int, fingerprint, source string) string {
	return fmt.Sprintf("%d %s %s", record, fingerprint, source)
}
