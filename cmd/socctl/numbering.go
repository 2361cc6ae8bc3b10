package main

import "sort"

// numbering gives records their numbers within their sources. Who reads counts a
// line that nobody has looked at yet as one record; it may turn out to be several,
// or none, and then those behind it have other numbers. Until then a record is
// numbered by its line, and within that.
type numbering struct {
	shifts map[string][]shift // by source, in the order of the lines
}

// shift says that behind a line the records of a source have numbers larger by
// some, or smaller, than their lines tell.
type shift struct {
	source string
	line   int
	by     int // in all, this and earlier ones of the source, once it was taken
}

// within returns the preliminary number of the n-th record of a line.
func within(line, n int) int { return line | n<<40 }

// take notes the shifts of a batch; batches come in order.
func (n *numbering) take(shifts []shift) {
	for _, s := range shifts {
		if n.shifts == nil {
			n.shifts = map[string][]shift{}
		}
		earlier := n.shifts[s.source]
		if len(earlier) > 0 {
			s.by += earlier[len(earlier)-1].by
		}
		n.shifts[s.source] = append(earlier, s)
	}
}

// final returns the number of a record for its preliminary one.
func (n *numbering) final(source string, preliminary int) int {
	line, inner := preliminary&(1<<40-1), preliminary>>40
	shifts := n.shifts[source]
	if i := sort.Search(len(shifts), func(i int) bool { return shifts[i].line >= line }); i > 0 {
		line += shifts[i-1].by
	}
	return line + inner
}

// settle gives lines their final numbers.
func (n *numbering) settle(lines []matchLine) {
	for i := range lines {
		l := &lines[i]
		l.Record = n.final(l.Source, l.Record)
		if l.alert != nil {
			n.contributors(l.alert.Contributors)
		}
	}
}

func (n *numbering) contributors(lines []contributorLine) {
	for i := range lines {
		l := &lines[i]
		if l.Record != nil {
			*l.Record = n.final(l.Source, *l.Record)
		}
		n.contributors(l.Contributors)
	}
}
