package page

import "fmt"

// Growth is what sets of more rules cost.
type Growth struct {
	Sizes []Size      `json:"sizes"` // the first is of the rules themselves
	Lanes []GrownLane `json:"lanes"`
}

// Size is a set of rules with copies, and what loading it takes.
type Size struct {
	Times      int `json:"times"` // as many rules
	Rules      int `json:"rules"`
	Predicates int `json:"predicates"`

	Parse   Took `json:"parse"`
	Compile Took `json:"compile"`
	Prepare Took `json:"prepare"`

	Documents float64 `json:"documents"` // bytes of the heap
	Program   float64 `json:"program"`   // the documents that it refers to included
}

// Took is how many seconds something took.
type Took struct {
	CPU  Spread `json:"cpu"`
	Wall Spread `json:"wall"`
}

// GrownLane is what sets of rules of all sizes cost on a lane.
type GrownLane struct {
	Name   string     `json:"name"`
	Events int        `json:"events"`
	Rows   []GrownRow `json:"rows"` // by size
}

// GrownRow is a set of rules on a lane.
type GrownRow struct {
	Times   int     `json:"times"`
	Event   Spread  `json:"event"` // seconds of CPU time for one
	Later   Spread  `json:"later"` // the same in the later half
	Peak    float64 `json:"peak"`  // resident bytes
	Heap    float64 `json:"heap"`  // bytes in use at the end
	Allocs  float64 `json:"allocs"`
	Matches int     `json:"matches"`
}

// Targets of growth. What an event costs may grow so many times with so many
// times the rules; all else is of the largest set.
const (
	targetSome    = 4
	targetMost    = 10
	targetMemory  = 8     // times the peak
	targetProgram = 200e6 // bytes of the rules without copies
	targetCompile = 1.5   // seconds of CPU time for these
)

var targetEvent = map[int]float64{targetSome: 1.3, targetMost: 1.6}

const growthMethod = `## Growth of the rule set

Beside every rule stand copies of it that differ in one letter or digit of each literal. Numbers and networks stay, and what a rule excludes that may
match by numbers alone. Copies cost what their originals do to look for, but most of them are never found, which favours us. The library evaluates a
lane with sets of all sizes in turn, as often as the command above says. Times are CPU time and medians. In the later half of a lane most of what is built when events ask for it
has been built; of more rules more is built, which counts for more the shorter a lane is. A collection of garbage takes as long as there are rules in memory: on a short lane one more or less decides the later half, which then
varies by more than what it is to tell.
`

func (p *printer) growth(r *Result) {
	g := r.Growth
	if g == nil {
		return
	}
	p.line(growthMethod)
	p.line("| Rules | Predicates | Parse s | Compile s | First evaluator s | Documents MB | Program and documents MB |\n|---:|---:|---:|---:|---:|---:|---:|")
	for _, s := range g.Sizes {
		p.line("| %s (×%d) | %s | %s | %s | %s | %s | %s |", number(float64(s.Rules)), s.Times, number(float64(s.Predicates)),
			took(s.Parse), took(s.Compile), took(s.Prepare), number(s.Documents/1e6), number(s.Program/1e6))
	}
	p.line("")
	for _, l := range g.Lanes {
		p.grownLane(l)
	}
	p.targets(g)
}

func took(t Took) string {
	return number(t.CPU.Median) + ", " + number(t.Wall.Median) + " on the clock"
}

func (p *printer) grownLane(l GrownLane) {
	p.line("### %s with more rules: %s events\n", l.Name, number(float64(l.Events)))
	p.line("| Rules | µs/event | | later half | | Peak MB | | In use at the end MB | Allocations/event | Matches |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, r := range l.Rows {
		first := l.Rows[0]
		p.line("| ×%d | %s | %s | %s | %s | %s | %s | %s | %s | %s |", r.Times, spread(r.Event.scaled(1e6)), times(r.Event.Median, first.Event.Median),
			spread(r.Later.scaled(1e6)), times(r.Later.Median, first.Later.Median), number(r.Peak/1e6), times(r.Peak, first.Peak),
			number(r.Heap/1e6), number(r.Allocs), number(float64(r.Matches)))
	}
	p.line("")
}

// targets lists what was meant to be reached, and what was.
func (p *printer) targets(g *Growth) {
	p.line("| Growth | Measured | Target | |\n|---|---:|---:|---|")
	for _, l := range g.Lanes {
		first := l.Rows[0]
		for _, r := range l.Rows {
			limit, ok := targetEvent[r.Times]
			if !ok {
				continue
			}
			p.target(fmt.Sprintf("%s: time per event, ×%d", l.Name, r.Times), quotient(r.Event.Median, first.Event.Median), limit, " ×")
			p.target(fmt.Sprintf("%s: the same in the later half", l.Name), quotient(r.Later.Median, first.Later.Median), limit, " ×")
			if r.Times == targetMost {
				p.target(fmt.Sprintf("%s: peak memory, ×%d", l.Name, r.Times), quotient(r.Peak, first.Peak), targetMemory, " ×")
			}
		}
	}
	for _, s := range g.Sizes {
		if s.Times == 1 {
			p.target(fmt.Sprintf("program and documents, ×%d", s.Times), s.Program/1e6, targetProgram/1e6, " MB")
			p.target(fmt.Sprintf("compiling, ×%d", s.Times), s.Compile.CPU.Median, targetCompile, " s")
		}
	}
	p.line("")
}

// target prints what is not to be more than a limit.
func (p *printer) target(what string, measured, limit float64, unit string) {
	p.line("| %s | %s | ≤ %s%s | %s |", what, unless(measured > 0, number(measured)+unit), number(limit), unit, unless(measured > 0, reached(measured <= limit)))
}
