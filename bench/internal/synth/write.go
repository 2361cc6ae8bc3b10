package synth

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// Write writes the events of a fleet, and returns the truth about them.
func (l *Library) Write(ctx context.Context, w io.Writer, o Options) (*Truth, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r, err := newRun(l, o)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(w, 1<<20)
	for day := range o.Days {
		planned := r.plan.day(day)
		for m := range minutesDay {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			planned = r.gather(day, m, planned)
			if err := r.flush(out); err != nil {
				return nil, err
			}
		}
	}
	return r.ledger.truth(o, r.fleet, l.Program), out.Flush()
}

// growth is one call of Write.
type growth struct {
	*Library
	Options
	fleet    *fleet
	ledger   *ledger
	plan     *plan
	render   renderer
	noiseAt  []int32 // lines of the ledger
	chatAt   []int32
	softAt   []int32
	base     int64 // events that nobody planned
	total    uint64
	upTo     uint64 // sum of weights up to the current minute
	written  int64  // of base
	shares   [3]int64
	entries  []entry
	line     []byte
	perClass [classes]uint64
}

func newRun(l *Library, o Options) (*growth, error) {
	r := &growth{Library: l, Options: o, fleet: newFleet(o.Hosts, o.Seed, len(l.pools[cloud].kinds) > 0)}
	r.ledger = &ledger{hosts: len(r.fleet.hosts)}
	r.plan = newPlan(l, r.fleet, r.ledger, &r.Options)
	r.render = renderer{fleet: r.fleet, versions: r.plan.version}
	for i := range l.noise {
		r.noiseAt = append(r.noiseAt, r.ledger.add(Line{Kind: KindNoise, Source: l.noise[i].source, noise: l.noise[i].rule}))
	}
	for i := range l.chatter {
		r.chatAt = append(r.chatAt, r.ledger.add(Line{Kind: KindChatter, Source: l.chatter[i].source, rules: map[int32]int64{}}))
	}
	for i := range l.software {
		r.softAt = append(r.softAt, r.ledger.add(Line{Kind: KindSoftware, Name: products[l.software[i].product].name}))
	}
	r.base = o.Events
	for day := range o.Days {
		r.base -= int64(len(r.plan.day(day)))
	}
	if r.base < 0 {
		return nil, fmt.Errorf("%d events are too few: jobs, roll-outs and attacks alone are %d", o.Events, o.Events-r.base)
	}
	for m := range o.Days * minutesDay {
		r.total += r.weigh(m)
	}
	return r, nil
}

// weigh returns what all machines do in a minute since the start.
func (r *growth) weigh(m int) (sum uint64) {
	of := r.plan.minuteOfWeek(int64(m) * minute)
	for c := range r.perClass {
		r.perClass[c] = weight(c, of) * uint64(len(r.fleet.classes[c]))
		sum += r.perClass[c]
	}
	return sum
}

// part returns n * of / all without overflow.
func part(n int64, of, all uint64) int64 {
	hi, lo := bits.Mul64(uint64(n), of)
	quotient, _ := bits.Div64(hi, lo, all)
	return int64(quotient)
}

// gather collects the events of a minute in order, and returns what is planned
// behind it.
func (r *growth) gather(day, m int, planned []entry) []entry {
	number := day*minutesDay + m
	r.entries = r.entries[:0]
	from := r.plan.start + int64(number)*minute
	for len(planned) > 0 && planned[0].at < from+minute {
		r.add(planned[0])
		planned = planned[1:]
	}
	sum := r.weigh(number)
	r.upTo += sum
	n := part(r.base, r.upTo, r.total) - r.written
	r.minute(newDice(r.Seed, uint64(number)), day, from, n, sum)
	r.written += n
	slices.SortStableFunc(r.entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	return planned
}

// add takes an event, at a time that its template can tell.
func (r *growth) add(e entry) {
	e.at -= e.at % e.template.resolution
	r.entries = append(r.entries, e)
}

// due returns how many of the events that are left in a minute of n have one of
// the shares. What does not fit comes later.
func (r *growth) due(share int, rate, n, left int64) int64 {
	r.shares[share] += rate * n
	due := min(left, r.shares[share]/1_000_000)
	r.shares[share] -= due * 1_000_000
	return due
}

// minute makes n events that nobody planned.
func (r *growth) minute(d dice, day int, from, n int64, sum uint64) {
	quiet := r.due(0, r.Noise, n, n)
	chat := r.due(1, r.Chatter, n, n-quiet)
	soft := r.due(2, r.Software, n, n-quiet-chat)
	for range quiet {
		n -= r.single(d, day, from, len(r.noise), func(i int) (*template, role, int32) {
			return &r.noise[i].template, r.noise[i].role, r.noiseAt[i]
		})
	}
	for range chat {
		n -= r.single(d, day, from, len(r.chatter), func(i int) (*template, role, int32) {
			return &r.chatter[i].template, r.chatter[i].role, r.chatAt[i]
		})
	}
	for range soft {
		if len(r.software) == 0 {
			break
		}
		i := d.IntN(len(r.software))
		events := r.software[i].daily
		host := r.someone(d, sum)
		if r.fleet.hosts[host].role == cloud {
			continue
		}
		r.add(entry{r.scene(d, host, day, from+d.Int64N(minute)), &events[d.IntN(len(events))], r.softAt[i]})
		n--
	}
	for n > 0 {
		n -= r.burst(d, day, from, n, sum)
	}
}

// single makes an event of noise or chatter. Each kind of them is at home on a few
// machines, as the software is that makes it. It returns how many events it made.
func (r *growth) single(d dice, day int, from int64, kinds int, get func(int) (*template, role, int32)) int64 {
	if kinds == 0 {
		return 0
	}
	i := d.IntN(kinds)
	t, role, truth := get(i)
	hosts := r.fleet.ofRole(role)
	home := mix(r.Seed, uint64(truth))
	host := hosts[mix(home, d.Uint64N(1+home%8))%uint64(len(hosts))]
	r.add(entry{r.scene(d, host, day, from+d.Int64N(minute)), t, truth})
	return 1
}

func (r *growth) scene(d dice, host int32, day int, at int64) scene {
	h := &r.fleet.hosts[host]
	s := scene{at: at, host: host, cast: mix(h.seed, 7), session: r.plan.session(host, day), once: d.Uint64()}
	if h.role != workstation && h.role != developer {
		s.cast = s.once // many people use it
	}
	return s
}

// someone draws a machine by what it does in this minute.
func (r *growth) someone(d dice, sum uint64) int32 {
	n := d.Uint64N(sum)
	for c, w := range r.perClass {
		if n < w {
			hosts := r.fleet.classes[c]
			// Some are busier than others.
			return hosts[min(d.IntN(len(hosts)), d.IntN(2*len(hosts)))]
		}
		n -= w
	}
	return 0
}

// burst lets a machine do something: events that followed one another in a
// recording do so again. It returns how many, at most n.
func (r *growth) burst(d dice, day int, from, n int64, sum uint64) int64 {
	host := r.someone(d, sum)
	run := r.pools[r.fleet.hosts[host].role].pick(d)
	first := d.IntN(len(run))
	count := min(n, int64(len(run)-first), int64(1+d.IntN(8)))
	at := from + d.Int64N(minute)
	s := r.scene(d, host, day, at)
	for i := range count {
		r.add(entry{s, &run[first+int(i)], -1})
		s.at = min(s.at+int64(1+d.IntN(300))*second/1000, from+minute-1)
		s.once = mix(s.once, 1)
	}
	return count
}

// flush writes the events of the minute.
func (r *growth) flush(out *bufio.Writer) error {
	for i := range r.entries {
		e := &r.entries[i]
		if e.truth >= 0 {
			host := r.render.machine(&e.scene, e.template.host.ord, e.template.host.role)
			r.ledger.note(e.truth, host, e.at, e.template.rules)
		}
		r.line = r.render.line(r.line[:0], e.template, &e.scene)
		if _, err := out.Write(r.line); err != nil {
			return err
		}
	}
	return nil
}
