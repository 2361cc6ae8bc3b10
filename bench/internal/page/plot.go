package page

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Plot returns a picture in SVG of how the times of Result.Recorded grow: for each lane
// by events, with all rules, and by rules, with all events. An error says that nothing was
// measured.
func Plot(r *Result) (string, error) {
	if len(r.Recorded) == 0 {
		return "", errors.New("there is a picture of the part recorded alone, and it was not measured")
	}
	const width, height = 420, 260
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" role="img" aria-label="seconds of processor time by events and by rules">`+"\n", 2*width, height*len(r.Recorded))
	b.WriteString(`<style>text{fill:#555}.axis{stroke:#999;fill:none}.stream{stroke:#c2571a;fill:none;stroke-width:2}.replay{stroke:#1a6fc2;fill:none;stroke-width:2}.dot-stream{fill:#c2571a}.dot-replay{fill:#1a6fc2}@media(prefers-color-scheme:dark){text{fill:#bbb}.axis{stroke:#666}}</style>` + "\n")
	for i, l := range r.Recorded {
		events, rules := l.panels()
		events.draw(&b, 0, float64(i*height), width, height)
		rules.draw(&b, width, float64(i*height), width, height)
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

// panel is one diagram: times of streaming and of replaying by some number.
type panel struct {
	title          string
	rows           []RecordedRow
	by             func(RecordedRow) int
	most, mostTime float64
}

// panels are the rows with all rules, by events, and those with all events, by rules.
func (l *RecordedLane) panels() (events, rules *panel) {
	mostEvents, mostRules := 0, 0
	for _, row := range l.Rows {
		mostEvents, mostRules = max(mostEvents, row.Events), max(mostRules, row.Rules)
	}
	events = newPanel(l.Name+": by events, "+number(float64(mostRules))+" rules", l.Rows, func(r RecordedRow) int { return r.Events }, func(r RecordedRow) bool { return r.Rules == mostRules })
	rules = newPanel(l.Name+": by rules, "+number(float64(mostEvents))+" events", l.Rows, func(r RecordedRow) int { return r.Rules }, func(r RecordedRow) bool { return r.Events == mostEvents })
	return events, rules
}

func newPanel(title string, rows []RecordedRow, by func(RecordedRow) int, of func(RecordedRow) bool) *panel {
	p := &panel{title: title, by: by}
	for _, row := range rows {
		if of(row) {
			p.rows = append(p.rows, row)
			p.most = max(p.most, float64(by(row)))
			p.mostTime = max(p.mostTime, row.Stream.Median, row.Replay.Median)
		}
	}
	slices.SortFunc(p.rows, func(a, b RecordedRow) int { return cmp.Compare(by(a), by(b)) })
	p.mostTime = round(p.mostTime)
	return p
}

// round returns the next number that is 1, 2 or 5 times a power of ten.
func round(x float64) float64 {
	if x <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*unit >= x {
			return f * unit
		}
	}
	return 10 * unit
}

// draw draws the diagram into a rectangle.
func (p *panel) draw(b *strings.Builder, x, y, width, height float64) {
	const left, right, top, bottom = 48, 16, 40, 32
	at := func(n, seconds float64) (float64, float64) {
		return x + left + n/p.most*(width-left-right), y + height - bottom - seconds/p.mostTime*(height-top-bottom)
	}
	zeroX, zeroY := at(0, 0)
	endX, endY := at(p.most, p.mostTime)
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" font-weight="bold">%s</text>`+"\n", zeroX, y+18, escaped(p.title))
	fmt.Fprintf(b, `<path class="axis" d="M%.1f %.1fV%.1fH%.1f"/>`+"\n", zeroX, endY, zeroY, endX)
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" text-anchor="end">%g s</text><text x="%.0f" y="%.0f" text-anchor="end">0</text><text x="%.0f" y="%.0f" text-anchor="end">%s</text>`+"\n",
		zeroX-4, endY+4, p.mostTime, zeroX-4, zeroY+4, endX, zeroY+18, number(p.most))
	for i, line := range []struct {
		name string
		of   func(RecordedRow) float64
	}{{"stream", func(r RecordedRow) float64 { return r.Stream.Median }}, {"replay", func(r RecordedRow) float64 { return r.Replay.Median }}} {
		var points []string
		for _, row := range p.rows {
			px, py := at(float64(p.by(row)), line.of(row))
			points = append(points, fmt.Sprintf("%.1f,%.1f", px, py))
			fmt.Fprintf(b, `<circle class="dot-%s" cx="%.1f" cy="%.1f" r="3"/>`, line.name, px, py)
		}
		fmt.Fprintf(b, "\n"+`<polyline class="%s" points="%s"/>`+"\n", line.name, strings.Join(points, " "))
		fmt.Fprintf(b, `<path class="%s" d="M%.1f %.1fh16"/><text x="%.1f" y="%.1f">%s</text>`+"\n", line.name, zeroX+float64(90*i), y+30, zeroX+20+float64(90*i), y+34, line.name)
	}
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
