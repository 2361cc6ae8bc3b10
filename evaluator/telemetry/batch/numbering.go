package batch

// Numbering gives records their numbers within their sources. Who reads counts a
// line that nobody has looked at yet as one record; it may turn out to be several,
// or none, and then those behind it have other numbers. Until then a record is
// numbered by its line, and within that.
//
// It goes through what a run says of records, in their order, and so has to
// remember no more than where it is.
type Numbering struct {
	source string
	line   int  // of the latest record or shift
	behind bool // the latest was a shift: nothing more of that line comes
	by     int  // what records behind it have to be shifted by
}

// Shift says that records behind a line have numbers larger by some, or smaller,
// than their lines tell.
type Shift struct {
	Source string
	Line   int
	By     int
}

// lineBits are those of a preliminary number that are the line.
const lineBits = 36

// Within returns the preliminary number of the n-th record of a line.
func Within(line, n int) int { return line | min(n, 1<<(63-lineBits)-1)<<lineBits }

// at goes to a line of a source, which may be one that is read once more.
func (n *Numbering) at(source string, line int) {
	if source != n.source || line < n.line || line == n.line && n.behind {
		*n = Numbering{source: source}
	}
	n.line, n.behind = line, false
}

// Settled reports whether records have the numbers that their lines tell until there is a
// shift, so that Final need not be asked for their numbers.
func (n *Numbering) Settled() bool { return n.by == 0 }

// Pass goes past a shift.
func (n *Numbering) Pass(s Shift) {
	n.at(s.Source, s.Line)
	n.by, n.behind = n.by+s.By, true
}

// Final returns the number of the next record for its preliminary one.
func (n *Numbering) Final(source string, preliminary int) int {
	line, inner := preliminary&(1<<lineBits-1), preliminary>>lineBits
	n.at(source, line)
	return line + inner + n.by
}
