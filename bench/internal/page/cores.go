package page

// CoresLane is what socctl makes of a lane with so many workers.
type CoresLane struct {
	Name   string     `json:"name"`
	Events int        `json:"events"`
	Rows   []CoresRow `json:"rows"`
}

// CoresRow is the command line with some number of workers.
type CoresRow struct {
	Workers int     `json:"workers"`
	Held    bool    `json:"held,omitempty"` // each is a process of its own, held to one processor with all that it does
	Rate    Spread  `json:"rate"`           // events per second on the clock, loading left out
	Busy    float64 `json:"busy"`           // processors at work on average, loading left out
	Peak    int64   `json:"peak"`
	Short   bool    `json:"short,omitempty"` // see Row.Short
}

// targetTwo is how many times as fast two workers on two cores are to be as one core.
const targetTwo = 1.8

// quiet is how much of a processor a program gets that is held to it, unless
// other programs take their share.
const quiet = 0.9

const coresMethod = `## Cores

` + "`socctl eval -j`" + ` with more workers, less what loading takes, on the clock; as often in turn as the command above says, medians. Workers read and write themselves, in turn; only garbage
is collected beside them, so that one worker keeps hardly more than one core busy. In the first row of a lane the whole program is held to one.
Two cores are to be %s × as fast as one. What the machine can do is told by two processes at the same time that have nothing to do with each other,
each of which reads the whole lane on one core: that they are less than twice as fast as one is because cores share memory and what else runs there.
`

func (p *printer) cores(r *Result) {
	if len(r.Cores) == 0 {
		return
	}
	p.line(coresMethod, number(targetTwo))
	p.line("| Lane | Workers | Events/s on the clock | One worker | One core | Cores busy | Peak MB | Target |\n|---|---:|---:|---:|---:|---:|---:|---|")
	for _, l := range r.Cores {
		p.coresLane(l)
	}
	p.line("")
}

func (p *printer) coresLane(l CoresLane) {
	var core, one CoresRow
	for _, r := range l.Rows {
		switch {
		case r.Held && r.Workers == 1:
			core = r
		case r.Held: // only tells what the machine can do
		case r.Workers == 1:
			one = r
		}
	}
	for _, r := range l.Rows {
		workers, target := number(float64(r.Workers)), "–"
		switch {
		case r.Held && r.Workers == 1:
			workers += ", on one core"
		case r.Held:
			workers += " processes, each on one core"
		}
		switch {
		case r.Held || r.Workers != 2 || r.against(core) == 0:
		case core.Busy > 0 && core.Busy < quiet:
			target = "not judged, the machine was busy"
		default:
			target = reached(r.against(core) >= targetTwo)
		}
		p.line("| %s | %s | %s | %s | %s | %s | %s | %s |", l.Name, workers, told(r.Rate, r.Short), times(r.against(one), 1), times(r.against(core), 1),
			unless(r.Busy > 0, number(r.Busy)), unless(r.Peak > 0, number(float64(r.Peak)/1e6)), target)
	}
}

// against returns how many times as fast the row is as another, 0 if that
// cannot be told.
func (r CoresRow) against(other CoresRow) float64 {
	if r.Short || other.Short {
		return 0
	}
	return quotient(r.Rate.Median, other.Rate.Median)
}
