package correlation

import (
	"math"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Options are the limits of an Engine. The zero value takes the defaults.
type Options struct {
	// Lateness is how much older than the newest match seen a match may be.
	// Alerts wait that long. Negative means any age: alerts come with Close,
	// or when Advance is called.
	Lateness   time.Duration
	MaxGroups  int // groups of one correlation; the one idle longest is dropped. 0 means DefaultMaxGroups
	MaxEntries int // entries in the window of one group; the oldest is dropped. 0 means DefaultMaxEntries
}

// Defaults of Options (D55).
const (
	DefaultMaxGroups  = 1_000_000
	DefaultMaxEntries = 100_000
)

// Hit is a match of a rule.
type Hit struct {
	Rule   int             // index into Program.Rules; any other is a panic
	Time   time.Time       // of the event; the zero time means that it has none
	Event  evaluator.Event // as the rule saw it; it is not kept
	Origin string          // what the caller calls the event, for Contributor
	// Seq orders events of the same time; all hits of one event have the same.
	// Usually it is the number of the event in the order of arrival, which decides
	// where several events have the same.
	Seq uint64
}

// Stats counts what happened to matches. What is not zero but Hits and Alerts
// means that correlations saw less than there was.
type Stats struct {
	Hits    int // matches that feed a correlation
	Alerts  int
	Untimed int // matches left out because their event has no time between 1678 and 2262
	Late    int // matches left out because they came later than Lateness allows
	Ignored int // inputs left out of value types: no value, or none that is a number
	Groups  int // groups dropped because of MaxGroups
	Entries int // entries dropped because of MaxEntries
}

// Engine computes the correlations of a program. It is for one goroutine.
type Engine struct {
	program     *compiler.Program
	options     Options
	nodes       []*node          // per correlation of the program
	subscribers [][]subscription // per rule
	watermark   int64            // no match older than this is taken any more
	schedule    schedule
	events      uint64 // added so far
	stats       Stats
	emit        func(*Alert)
}

// subscription is an input of a correlation.
type subscription struct {
	node  *node
	input int
}

// New returns an Engine that calls emit for every alert, also for those of
// correlations that only feed others; Alert.Correlation.Alerts tells. emit is called
// within Add, Advance and Close, must not use the engine, and may keep the alert, which
// must not be changed. If it is nil, alerts are only counted.
func New(p *compiler.Program, o Options, emit func(*Alert)) *Engine {
	if o.MaxGroups <= 0 {
		o.MaxGroups = DefaultMaxGroups
	}
	if o.MaxEntries <= 0 {
		o.MaxEntries = DefaultMaxEntries
	}
	if emit == nil {
		emit = func(*Alert) {}
	}
	e := &Engine{program: p, options: o, emit: emit, watermark: math.MinInt64, subscribers: make([][]subscription, len(p.Rules))}
	for i, c := range p.Correlations {
		e.nodes = append(e.nodes, newNode(e, c, i))
	}
	for _, n := range e.nodes {
		e.connect(n)
	}
	for i := len(e.nodes) - 1; i >= 0; i-- {
		e.nodes[i].carry()
	}
	return e
}

// connect makes a node the subscriber of its inputs. Those that are
// correlations stand in front of it, so their delay is known.
func (e *Engine) connect(n *node) {
	for i, in := range n.c.Inputs {
		s := subscription{n, i}
		if in.Rule >= 0 {
			e.subscribers[in.Rule] = append(e.subscribers[in.Rule], s)
			continue
		}
		child := e.nodes[in.Correlation]
		child.parents = append(child.parents, s)
		n.delay = max(n.delay, child.outDelay())
	}
}

// Feeds reports whether a rule, an index into Program.Rules, feeds any correlation; the
// others need not be added.
func (e *Engine) Feeds(rule int) bool { return len(e.subscribers[rule]) > 0 }

// Stats returns what was counted so far.
func (e *Engine) Stats() Stats { return e.stats }

// Add takes the matches of one event, which have the same time and Seq, and
// raises the alerts that are certain now. The order of the matches does not
// matter.
func (e *Engine) Add(hits ...Hit) {
	e.events++
	newest := int64(math.MinInt64)
	for i := range hits {
		if at, ok := e.take(&hits[i]); ok {
			newest = at
		}
	}
	if e.options.Lateness >= 0 && newest > math.MinInt64 {
		e.advance(newest - int64(e.options.Lateness))
	}
}

// take queues a match; false if it feeds nothing, or is left out.
func (e *Engine) take(h *Hit) (at int64, ok bool) {
	if !e.Feeds(h.Rule) {
		return 0, false
	}
	e.stats.Hits++
	at, ok = nanoseconds(h.Time)
	switch {
	case !ok:
		e.stats.Untimed++
		return 0, false
	case at < e.watermark:
		e.stats.Late++
		return 0, false
	}
	from := &Contributor{Rule: e.program.Rules[h.Rule], Time: h.Time, Origin: h.Origin}
	for _, s := range e.subscribers[h.Rule] {
		s.node.push(s.input, place{at, h.Seq, e.events}, fields{event: h.Event}, from)
	}
	return at, true
}

// nanoseconds since 1970, if they fit.
func nanoseconds(t time.Time) (int64, bool) {
	if t.IsZero() || t.Year() < 1678 || t.Year() > 2261 {
		return 0, false
	}
	return t.UnixNano(), true
}

// Advance says that no match older than t will come, and raises the alerts
// that are certain now. Going back has no effect.
func (e *Engine) Advance(t time.Time) {
	if at, ok := nanoseconds(t); ok {
		e.advance(at)
	}
}

// Close says that no match will come, and raises all alerts that remain. A match that
// comes all the same is late. Who wants to go on later takes the State instead.
func (e *Engine) Close() { e.advance(math.MaxInt64) }

func (e *Engine) advance(watermark int64) {
	if watermark <= e.watermark {
		return
	}
	e.watermark = watermark
	if watermark == math.MaxInt64 {
		for _, n := range e.nodes {
			n.advance(watermark)
		}
		return
	}
	e.schedule.advance(watermark)
}
