package backtest

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Options say what is measured. The zero value is ready to use.
type Options struct {
	Samples  int           // events that are told of a rule; 0 means DefaultSamples, a negative number none
	Lateness time.Duration // how much older than the newest event one may be for correlations; 0 means any age
	Budgets  []Budget
	Base     *Revision // what Subject.Base is; told, not looked at

	// Flaws are those of the rules of now, BaseFlaws those of before: with them a rule that
	// is broken is not told as one that is not there.
	Flaws     *Flaws `json:"-"`
	BaseFlaws *Flaws `json:"-"`

	// Root and BaseRoot are what paths of rules begin with on each side, such as folders that
	// are compared: rules without an id are known by the rest. "" is nothing.
	Root     string `json:"-"`
	BaseRoot string `json:"-"`

	// Watched are hashes of correlations. Raised is told of every alert of theirs, on both
	// sides.
	Watched map[string]bool    `json:"-"`
	Raised  func(*RaisedAlert) `json:"-"`
}

// DefaultSamples is how many events are told of a rule unless Options say
// otherwise.
const DefaultSamples = 3

// Run replays recordings against rules. The error is that of the replayer.
func Run(ctx context.Context, s *Subject, r Replayer, o Options) (*Result, error) {
	if o.Samples == 0 {
		o.Samples = DefaultSamples
	}
	m := newMeasurement(s, o)
	exposure, err := r.Replay(ctx, s.program, m.take)
	if err != nil {
		return nil, err
	}
	m.head.close()
	if m.base != nil {
		m.base.close()
	}
	return m.report(exposure, ctx.Err() != nil), nil
}

// measurement counts hits on one goroutine.
type measurement struct {
	subject *Subject
	options Options
	ev      *evaluator.Evaluator // to tell the elements of a view apart
	ruleOf  []ruleInfo           // by rule of the subject's program
	head    *side
	base    *side // nil if nothing is compared
	pairs   *pairing

	seq       uint64
	problems  int
	matches   int
	stopped   int
	current   loaded
	contexts  contexts
	dayLevels map[Day]map[string]int
}

// ruleInfo is what there is to know of a rule before anything matches.
type ruleInfo struct {
	fields     []string
	ofAll      bool
	head, base []int // rules of the sides that are this one
}

// side is the rules of now, or those of before.
type side struct {
	program      *compiler.Program
	rules        []tally // by rule of program
	correlations []tally
	engine       *correlation.Engine // nil without correlations
	samples      int
	raised       func(index int, a *correlation.Alert, s *Sample)
	watched      map[int]bool // rules that feed correlations that are watched
	tell         func(a *correlation.Alert)
	index        map[*compiler.Correlation]int
}

func newMeasurement(s *Subject, o Options) *measurement {
	m := &measurement{subject: s, options: o, ev: evaluator.New(s.program), ruleOf: make([]ruleInfo, len(s.program.Rules)), dayLevels: map[Day]map[string]int{}}
	for i, r := range s.program.Rules {
		m.ruleOf[i].fields, m.ruleOf[i].ofAll = contextFields(r, s.program.Predicates)
	}
	m.head = newSide(s.Head, o)
	for i := range s.Head.Rules {
		m.ruleOf[i].head = append(m.ruleOf[i].head, i)
	}
	m.head.raised = m.raised
	if s.Base == nil {
		return m
	}
	m.base = newSide(s.Base, o)
	for i, n := range s.base {
		m.ruleOf[n].base = append(m.ruleOf[n].base, i)
	}
	m.pairs = newPairing(m)
	gain := m.pairs.watch(m.head.program, func(x *pair) int { return x.head }, 1)
	m.head.raised = func(i int, a *correlation.Alert, s *Sample) {
		m.raised(i, a, s)
		gain(i, a, s)
	}
	return m
}

// raised counts an alert of a correlation by its day.
func (m *measurement) raised(_ int, a *correlation.Alert, _ *Sample) {
	if a.Correlation.Alerts {
		m.countDay(a.Time, a.Correlation.Level)
	}
}

func newSide(p *compiler.Program, o Options) *side {
	s := &side{program: p, rules: make([]tally, len(p.Rules)), correlations: make([]tally, len(p.Correlations)), samples: o.Samples, index: map[*compiler.Correlation]int{}}
	if len(p.Correlations) == 0 {
		return s
	}
	for i, c := range p.Correlations {
		s.index[c] = i
	}
	s.watched, s.tell = feeding(p, o.Watched), func(a *correlation.Alert) {
		if o.Watched[a.Correlation.Hash] {
			o.Raised(&RaisedAlert{a.Correlation.Hash, groupCause(a).key.String(), a.Time, eventsOf(a)})
		}
	}
	if o.Lateness <= 0 {
		o.Lateness = -1
	}
	s.engine = correlation.New(p, correlation.Options{Lateness: o.Lateness}, s.alert)
	return s
}

func (s *side) close() {
	if s.engine != nil {
		s.engine.Close()
	}
}

// loaded is the event of the current hit, once something is asked of it.
type loaded struct {
	hit         *Hit
	event       *telemetry.Event
	views       []evaluator.View
	failed      bool
	host, user  string
	fingerprint string
}

// print is the fingerprint of an event that was loaded.
func (l *loaded) print() string {
	if l.fingerprint == "" {
		l.fingerprint = l.event.Fingerprint()
	}
	return l.fingerprint
}

func (m *measurement) load() *loaded {
	l := &m.current
	if l.event != nil || l.failed {
		return l
	}
	var err error
	if l.event, l.views, err = l.hit.Load(); err != nil {
		if l.failed = true; !errors.Is(err, context.Canceled) {
			m.problems++
		}
		return l
	}
	l.host, l.user = textOf(l.event, hostFields), textOf(l.event, userFields)
	return l
}

// take counts a hit.
func (m *measurement) take(h *Hit) {
	m.seq++
	m.current = loaded{hit: h}
	var fed [2][]correlation.Hit
	for _, match := range h.Matches {
		n := m.subject.index[match.Rule]
		seen := m.match(n, match, h)
		m.feed(&fed[0], m.head, m.ruleOf[n].head, seen)
		if m.base != nil {
			m.feed(&fed[1], m.base, m.ruleOf[n].base, seen)
		}
	}
	for _, s := range h.Suppressed {
		n := m.subject.index[s.Rule]
		for _, i := range m.ruleOf[n].head {
			m.stopped++
			m.head.rules[i].suppress(s.By)
		}
	}
	if m.pairs != nil {
		m.pairs.compare(m, h)
	}
	for i, s := range []*side{m.head, m.base} {
		if len(fed[i]) > 0 {
			s.engine.Add(fed[i]...)
		}
	}
}

// match counts a match of a rule and returns the event as the rule saw it.
func (m *measurement) match(n int, match evaluator.Match, h *Hit) evaluator.Event {
	info := &m.ruleOf[n]
	l := m.load()
	if l.failed {
		m.countBare(info, h)
		return nil
	}
	seen := seenBy(m.ev, match, l.event, l.views)
	c := m.contexts.of(info.fields, info.ofAll, seen)
	for _, i := range info.head {
		t := &m.head.rules[i]
		m.matches++
		t.matches++
		if m.head.program.Rules[i].Alerts {
			t.alert(h.Time, h.Baseline)
			m.countDay(h.Time, m.head.program.Rules[i].Level)
		}
		t.hosts.add(l.host)
		t.users.add(l.user)
		t.causes.add(c)
		if len(t.samples) < m.options.Samples {
			t.samples = append(t.samples, m.sample(match.View, seen, info, c.key))
		}
	}
	if m.base != nil {
		m.base.count(info.base, h)
		for _, i := range info.base {
			m.base.rules[i].hosts.add(l.host)
		}
	}
	return seen
}

// countBare counts matches of an event that cannot be loaded.
func (m *measurement) countBare(info *ruleInfo, h *Hit) {
	m.head.count(info.head, h)
	for _, i := range info.head {
		m.matches++
		if m.head.program.Rules[i].Alerts {
			m.countDay(h.Time, m.head.program.Rules[i].Level)
		}
	}
	if m.base != nil {
		m.base.count(info.base, h)
	}
}

func (s *side) count(which []int, h *Hit) {
	for _, i := range which {
		s.rules[i].matches++
		if s.program.Rules[i].Alerts {
			s.rules[i].alert(h.Time, h.Baseline)
		}
	}
}

func (m *measurement) countDay(at time.Time, level string) {
	if at.IsZero() {
		return
	}
	day := DayOf(at)
	if m.dayLevels[day] == nil {
		m.dayLevels[day] = map[string]int{}
	}
	m.dayLevels[day][level]++
}

// sample tells the current event.
func (m *measurement) sample(view string, seen evaluator.Event, info *ruleInfo, context causeKey) Sample {
	l := m.load()
	s := Sample{Source: l.hit.Source, Record: l.hit.Record, Time: timeText(l.hit.Time), View: view, Host: l.host, User: l.user}
	if l.failed {
		return s
	}
	s.Context = context.String()
	s.Fingerprint = l.print()
	for _, name := range info.fields {
		if v, ok := seen.Field(name); ok {
			s.Fields = append(s.Fields, ContextField{name, shorten(strings.ToValidUTF8(v.Text(), "\ufffd"), shownContext)})
		}
	}
	return s
}

// feed collects what the current event gives to correlations.
func (m *measurement) feed(to *[]correlation.Hit, s *side, which []int, seen evaluator.Event) {
	if s.engine == nil || seen == nil {
		return
	}
	seq := cmp.Or(m.current.hit.Order, m.seq)
	for _, i := range which {
		if s.engine.Feeds(i) {
			*to = append(*to, correlation.Hit{Rule: i, Time: m.current.hit.Time, Event: seen, Origin: m.origin(s, i).text(), Seq: seq})
		}
	}
}

// alert counts an alert of a correlation.
func (s *side) alert(a *correlation.Alert) {
	i := s.index[a.Correlation]
	t := &s.correlations[i]
	sample, baseline := alertSample(a)
	t.matches++
	if a.Correlation.Alerts {
		t.alert(a.Time, baseline)
	}
	t.causes.add(groupCause(a))
	if len(t.samples) < s.samples {
		t.samples = append(t.samples, sample)
	}
	if s.raised != nil {
		s.raised(i, a, &sample)
	}
	s.tell(a)
}

// alertSample tells an alert by the last event that it is made of.
func alertSample(a *correlation.Alert) (s Sample, baseline bool) {
	s = Sample{Time: timeText(a.Time), Contributors: len(a.Contributors) + a.Dropped}
	for _, g := range a.Group {
		if g.Present {
			s.Fields = append(s.Fields, ContextField{g.Name, shorten(strings.ToValidUTF8(g.Value, "\ufffd"), shownContext)})
		}
	}
	for from := a; from != nil && len(from.Contributors) > 0; {
		last := from.Contributors[len(from.Contributors)-1]
		if last.Alert != nil {
			from = last.Alert
			continue
		}
		if o, ok := readOrigin(last.Origin); ok {
			s.Source, s.Record, baseline = o.source, o.record, o.baseline
		}
		break
	}
	return s, baseline
}

// groupCause is the context of an alert: its group.
func groupCause(a *correlation.Alert) cause {
	group := evaluator.Map{}
	var names []string
	for _, g := range a.Group {
		if g.Present {
			group[g.Name] = g.Value
			names = append(names, g.Name)
		}
	}
	return new(contexts).of(names, false, group)
}
