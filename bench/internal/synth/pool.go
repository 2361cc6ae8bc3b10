package synth

import (
	"slices"
	"time"
)

// pool is the background that machines of a role draw from.
type pool struct {
	kinds []templates
	upTo  []uint64 // sums of weights
}

// templates are the runs of one kind.
type templates struct{ runs [][]template }

// pick draws a run.
func (p *pool) pick(d dice) []template {
	n := d.Uint64N(p.upTo[len(p.upTo)-1])
	i, found := slices.BinarySearch(p.upTo, n)
	if found {
		i++
	}
	runs := p.kinds[i].runs
	return runs[d.IntN(len(runs))]
}

// fillPools makes templates of the background.
func (l *loader) fillPools(kinds []*kind) {
	for _, k := range kinds {
		t := l.templates(k)
		for i := maxBases; i < len(k.runs); i++ {
			k.runs[i].lines = nil // the templates have it all
		}
		if len(t.runs) == 0 {
			continue
		}
		for r := range roles {
			if w := share(k, r); w > 0 {
				p := &l.library.pools[r]
				sum := w
				if n := len(p.upTo); n > 0 {
					sum += p.upTo[n-1]
				}
				p.kinds, p.upTo = append(p.kinds, t), append(p.upTo, sum)
			}
		}
	}
	for r := range cloud {
		if len(l.library.pools[r].kinds) == 0 {
			l.library.pools[r] = l.library.pools[workstation]
		}
	}
}

// share is the weight of a kind among what machines of a role do. Recordings of
// attacks are full of a few kinds, so the weight grows slower than their number.
func share(k *kind, of role) uint64 {
	w := root(k.seen) * root(root(k.seen))
	switch {
	case of == k.role:
		return 4 * w
	case of == developer && k.role == workstation:
		switch k.id {
		case "1", "4688", "4104", "4103", "800", "11":
			return 3 * w // shells and compilers
		}
		return w
	case of == server && k.role == workstation:
		return w // what all machines do
	}
	return 0
}

// root is the whole part of the square root, and at least 1.
func root(n uint64) uint64 {
	r := uint64(1)
	for (r+1)*(r+1) <= n {
		r++
	}
	return r
}

func (l *loader) templates(k *kind) (out templates) {
	for _, run := range k.runs {
		var ts []template
		r := l.recordings[run.recording]
		for _, s := range run.lines {
			anchor := s.host
			t, ok := l.cutter(r, anchor).cutVaried(s.line, time.Unix(0, s.base).UTC(), s.host)
			if ok && l.judge.try(&t, k.role, nil) {
				ts = append(ts, t)
			} else {
				l.library.dropped++
			}
		}
		if len(ts) > 0 {
			out.runs = append(out.runs, ts)
		}
	}
	return out
}
