package overlap

import (
	"slices"

	"github.com/socctl/socctl/compiler"
)

// Firings are sets of rules that fired on the same event, each with how often.
type Firings struct {
	Hits int // events on which any rule fired
	sets map[string]*firedSet
}

type firedSet struct {
	rules []int32 // ascending
	n     int
}

// NewFirings returns Firings of nothing.
func NewFirings() *Firings { return &Firings{sets: map[string]*firedSet{}} }

// Add counts an event on which rules fired, by their numbers in the program.
func (f *Firings) Add(rules []int) {
	if len(rules) == 0 {
		return
	}
	f.Hits++
	sorted := slices.Sorted(slices.Values(rules))
	key := make([]byte, 0, 4*len(sorted))
	ids := make([]int32, len(sorted))
	for i, n := range sorted {
		ids[i] = int32(n)
		key = append(key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	s := f.sets[string(key)]
	if s == nil {
		s = &firedSet{rules: ids}
		f.sets[string(key)] = s
	}
	s.n++
}

// maxTogether bounds the rules of one event whose pairs are counted.
const maxTogether = 200

// together returns pairs of rules of one logsource that fire on the same events.
func (f *Firings) together(p *compiler.Program, o Options) []Link {
	if f == nil {
		return nil
	}
	fired := make([]int, len(p.Rules))
	both := map[[2]int32]int{}
	for _, s := range f.sets {
		for i, a := range s.rules {
			fired[a] += s.n
			if len(s.rules) > maxTogether {
				continue
			}
			for _, b := range s.rules[:i] {
				both[[2]int32{b, a}] += s.n
			}
		}
	}
	var out []Link
	for pair, n := range both {
		a, b := int(pair[0]), int(pair[1])
		rarer := min(fired[a], fired[b])
		if rarer >= o.Least && float64(n) >= o.Together*float64(rarer) {
			out = append(out, Link{Kind: CoFire, A: p.Rules[a], B: p.Rules[b], Both: n, JustA: fired[a] - n, JustB: fired[b] - n})
		}
	}
	return out
}

// count says of members how often they fired, and how often alone in the group.
func (f *Firings) count(members []*Member, number map[*compiler.Rule]int) {
	if f == nil {
		return
	}
	of := map[int32]*Member{}
	for _, m := range members {
		of[int32(number[m.Rule])] = m
	}
	for _, s := range f.sets {
		var in []*Member
		for _, n := range s.rules {
			if m := of[n]; m != nil {
				in = append(in, m)
			}
		}
		for _, m := range in {
			m.Fired += s.n
			if len(in) == 1 {
				m.Alone += s.n
			}
		}
	}
}
