package synth

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// entry is an event that is going to be written.
type entry struct {
	scene
	template *template
	truth    int32 // index into the ledger; -1 for the background
}

// plan is what happens at set times: jobs, waves of software and attacks.
type plan struct {
	library  *Library
	fleet    *fleet
	ledger   *ledger
	start    int64
	days     int
	attacks  []planned
	waves    [len(products)][]wave
	jobTruth []int32
}

// planned is an attack on a host.
type planned struct {
	*attack
	scene scene // at its beginning
	truth int32
}

// wave is one version of a product on its way over the fleet.
type wave struct {
	start   int64
	version string
	truth   int32
}

const (
	hour   = int64(time.Hour)
	minute = int64(time.Minute)
)

func newPlan(l *Library, f *fleet, g *ledger, o *Options) *plan {
	p := &plan{library: l, fleet: f, ledger: g, start: o.Start.UnixNano(), days: o.Days}
	p.planAttacks(newDice(o.Seed, hashText("attacks")), o.Episodes)
	p.planWaves()
	for i := range l.jobs {
		p.jobTruth = append(p.jobTruth, g.add(Line{Kind: KindJob, Name: fmt.Sprintf("job %d", i+1)}))
	}
	return p
}

// planAttacks plays each recording about as often as any other, at times at which
// the machine is in use three times of four.
func (p *plan) planAttacks(d dice, n int) {
	order := d.Perm(max(1, len(p.library.episodes)))
	for i := range n {
		if len(p.library.episodes) == 0 {
			return
		}
		a := &p.library.episodes[order[i%len(order)]]
		hosts := p.fleet.ofRole(a.role)
		host := hosts[d.IntN(len(hosts))]
		at := p.attackTime(d, host, a.steps[len(a.steps)-1].after)
		g := Line{Kind: KindEpisode, Source: a.source, Techniques: a.techniques, Host: p.fleet.hosts[host].fqdn,
			User: p.fleet.users[p.fleet.hosts[host].owner].name[asIs], rules: map[int32]int64{}}
		p.attacks = append(p.attacks, planned{a, scene{at: at, host: host, cast: d.Uint64(), session: d.Uint64()}, p.ledger.add(g)})
	}
}

func (p *plan) attackTime(d dice, host int32, takes int64) int64 {
	last := int64(p.days)*dayLen - takes - minute
	at := d.Int64N(last)
	for range 50 {
		busy := weight(p.fleet.hosts[host].class, p.minuteOfWeek(at)) > 250
		if busy || d.IntN(4) == 0 {
			break
		}
		at = d.Int64N(last)
	}
	return p.start + at
}

// minuteOfWeek is that of a time since the start.
func (p *plan) minuteOfWeek(since int64) int {
	monday := time.Date(1970, time.January, 5, 0, 0, 0, 0, time.UTC).UnixNano()
	return int((p.start + since - monday) / minute % (7 * minutesDay))
}

// planWaves brings a new version of each product every five days.
func (p *plan) planWaves() {
	for _, r := range p.library.software {
		for k := 0; k*5+r.product < p.days; k++ {
			version := fmt.Sprintf("%d.%d.%d", 3+r.product, k+1, 100+37*k)
			truth := p.ledger.add(Line{Kind: KindRollout, Name: products[r.product].name, Release: version})
			p.waves[r.product] = append(p.waves[r.product], wave{p.start + int64(k*5+r.product)*dayLen + 9*hour, version, truth})
		}
	}
}

// arrival is when a version is installed on a machine: on some at once, on a third
// by the next day, on all after three days.
func (p *plan) arrival(product, k int, host int32) int64 {
	lot := mix(p.fleet.hosts[host].seed, uint64(product<<16|k))
	within := func(d int64) int64 { return int64(lot>>8) & 0xffffff * (d >> 24) }
	start := p.waves[product][k].start
	switch lot % 100 {
	case 0, 1, 2, 3, 4:
		return start + within(2*hour)
	}
	if lot%100 < 35 {
		return start + dayLen + within(8*hour)
	}
	return start + 2*dayLen + within(dayLen)
}

// version is that of a product which runs on a machine.
func (p *plan) version(product int, host int32, at int64) string {
	waves := p.waves[product]
	for k := len(waves) - 1; k >= 0; k-- {
		if waves[k].start <= at && p.arrival(product, k, host) <= at {
			return waves[k].version
		}
	}
	return fmt.Sprint(3+product, ".0.0")
}

// day returns what is planned for a day, in order.
func (p *plan) day(day int) (out []entry) {
	from := p.start + int64(day)*dayLen
	for host := range p.fleet.hosts {
		if h := &p.fleet.hosts[host]; h.role != cloud {
			out = p.jobs(out, int32(host), from)
			out = p.installs(out, int32(host), from)
		}
	}
	for i := range p.attacks {
		out = p.attacks[i].within(out, from)
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	return out
}

// session decides about the processes that run on a machine for a day.
func (p *plan) session(host int32, day int) uint64 { return mix(p.fleet.hosts[host].seed, uint64(day)) }

// jobs run at the same time every day, and say the same.
func (p *plan) jobs(out []entry, host int32, from int64) []entry {
	seed := p.fleet.hosts[host].seed
	for i := range p.library.jobs {
		at := from + int64(3+5*i)*hour + int64(mix(seed, uint64(i))%1800)*second
		s := scene{at: at, host: host, cast: seed, session: mix(seed, uint64(i)), once: mix(seed, uint64(at))}
		out = append(out, entry{s, &p.library.jobs[i], p.jobTruth[i]})
	}
	return out
}

func (p *plan) installs(out []entry, host int32, from int64) []entry {
	for _, r := range p.library.software {
		for k, w := range p.waves[r.product] {
			at := p.arrival(r.product, k, host)
			if at < from || at >= from+dayLen-minute {
				continue
			}
			for i := range r.install {
				s := scene{at: at + int64(i)*2*second, host: host, cast: mix(uint64(at), 1), session: p.session(host, int(from/dayLen)), once: mix(uint64(at), uint64(i))}
				out = append(out, entry{s, &r.install[i], w.truth})
			}
		}
	}
	return out
}

func (a *planned) within(out []entry, from int64) []entry {
	for i := range a.steps {
		s := a.scene
		s.at += a.steps[i].after
		s.once = mix(s.cast, uint64(i))
		if s.at >= from && s.at < from+dayLen {
			out = append(out, entry{s, &a.steps[i].template, a.truth})
		}
	}
	return out
}
