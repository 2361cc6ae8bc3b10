package synth

import (
	"cmp"
	"slices"
	"strings"
)

// Bounds of the background's templates.
const (
	maxRuns = 16        // of a kind in one recording
	runLen  = 4         // events of a run
	maxLine = 16 << 10  // bytes; longer lines are left out
	maxText = 128 << 20 // bytes of all lines
)

// kindKey is what events of one kind have in common.
type kindKey struct {
	channel, id string
	role        role // of the recorded machine
}

// sampled is a line that was chosen.
type sampled struct {
	line []byte
	base int64
	host int16
}

// run is a stretch of events of one kind that followed one another in a recording,
// so that values repeat from one to the next as they do in life.
type run struct {
	recording int32
	lines     []sampled
}

// kind is the sample of one kind.
type kind struct {
	kindKey
	seen  uint64 // events
	runs  []run
	first int // run of the current recording
	met   int // runs of it
	open  int // run that is being filled; -1 if the current run was not chosen
	left  int // events of the current run that are to come
	of    int32
	draws dice
}

// reservoir chooses runs: each of a recording has the same chance, and small
// recordings are heard as well as large ones. Which are chosen depends on nothing
// but what was offered.
type reservoir struct {
	kinds map[kindKey]*kind
	bytes int
}

func (r *reservoir) kind(f *facts, host role) *kind {
	key := kindKey{strings.ToLower(string(f.channel)), string(f.id), host}
	k := r.kinds[key]
	if k == nil {
		k = &kind{kindKey: key, of: -1, draws: newDice(hashText(key.channel+key.id), uint64(host))}
		r.kinds[key] = k
	}
	k.seen++
	return k
}

// wants reports whether the next event of the kind is chosen.
func (r *reservoir) wants(k *kind, recording int32) bool {
	if k.left == 0 || k.of != recording {
		r.begin(k, recording)
	}
	k.left--
	return k.open >= 0
}

func (r *reservoir) begin(k *kind, recording int32) {
	if k.of != recording {
		k.first, k.met = len(k.runs), 0
	}
	k.left, k.of, k.open = runLen, recording, -1
	k.met++
	own := len(k.runs) - k.first
	if own < maxRuns && r.bytes < maxText {
		k.runs = append(k.runs, run{recording: recording})
		k.open = len(k.runs) - 1
		return
	}
	if i := k.draws.IntN(k.met); i < own {
		i += k.first
		for _, l := range k.runs[i].lines {
			r.bytes -= len(l.line)
		}
		k.runs[i], k.open = run{recording: recording}, i
	}
}

func (r *reservoir) add(k *kind, s sampled) {
	r.bytes += len(s.line)
	k.runs[k.open].lines = append(k.runs[k.open].lines, s)
}

// sorted returns the kinds in an order of their own.
func (r *reservoir) sorted() (out []*kind) {
	for _, k := range r.kinds {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b *kind) int {
		return cmp.Or(cmp.Compare(a.channel, b.channel), cmp.Compare(a.id, b.id), cmp.Compare(a.role, b.role))
	})
	return out
}
