package synth

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Bounds of what is kept of a recording.
const (
	maxLines   = 150 // on which rules match
	maxPerRule = 6   // on which one rule matches
	maxChatter = 8   // on which one rule matches, of all recordings
)

// found is a line on which rules match.
type found struct {
	sampled
	rules []int32
}

// keep keeps a line unless there are enough of its rules.
func (l *loader) keep(r *recording, line []byte, host int16, matched []int32) {
	scarce := slices.ContainsFunc(matched, func(rule int32) bool { return r.kept[rule] < maxPerRule })
	if !scarce || len(r.found) >= maxLines {
		return
	}
	matched = slices.Clone(matched)
	at, ok := l.judge.time()
	if !ok {
		return
	}
	for _, rule := range matched {
		r.kept[rule]++
	}
	r.found = append(r.found, found{sampled{slices.Clone(line), at.UnixNano(), host}, matched})
}

// loud reports whether one of the rules is of a level that an analyst looks at.
func (l *loader) loud(matched []int32) bool {
	return slices.ContainsFunc(matched, func(rule int32) bool {
		level := l.library.Program.Rules[rule].Level
		return level != "low" && level != "informational"
	})
}

// attack is what rules found in one recording, to be played on other machines.
type attack struct {
	source     string
	techniques []string
	role       role // of the machine that most of it happened on
	steps      []step
}

// step is an event of an attack.
type step struct {
	template template
	after    int64 // since the attack's first
}

// maxAttack is how long an attack takes at most. A longer recording is played faster.
const maxAttack = int64(2 * time.Hour)

// fillEpisodes makes an attack of each recording in which a loud rule matches.
func (l *loader) fillEpisodes() {
	for _, r := range l.recordings {
		var steps []found
		for _, f := range r.found {
			if l.loud(f.rules) {
				steps = append(steps, f)
			}
		}
		if a, ok := l.attack(r, steps); ok {
			l.library.episodes = append(l.library.episodes, a)
		}
	}
}

func (l *loader) attack(r *recording, steps []found) (attack, bool) {
	if len(steps) == 0 {
		return attack{}, false
	}
	slices.SortStableFunc(steps, func(a, b found) int { return cmp.Compare(a.base, b.base) })
	a := attack{source: r.source, techniques: r.techniques, role: cloud}
	anchor := mostFrequent(steps)
	if anchor >= 0 {
		a.role = r.profile.hosts[anchor].role
	}
	begin := steps[0].base
	faster := (steps[len(steps)-1].base-begin)/maxAttack + 1
	for _, f := range steps {
		t, ok := l.cutter(r, anchor).cut(f.line, time.Unix(0, f.base).UTC(), f.host)
		if !ok || !l.judge.try(&t, a.role, f.rules) {
			l.library.dropped++
			continue
		}
		t.rules = f.rules
		a.steps = append(a.steps, step{t, (f.base - begin) / faster})
	}
	return a, len(a.steps) > 0
}

func mostFrequent(steps []found) int16 {
	counts := map[int16]int{}
	best := steps[0].host
	for _, s := range steps {
		if counts[s.host]++; counts[s.host] > counts[best] {
			best = s.host
		}
	}
	return best
}

// chatter is a line on which only rules of low levels match.
type chatter struct {
	template template
	source   string
	role     role
}

func (l *loader) fillChatter() {
	for _, r := range l.recordings {
		for _, f := range r.found {
			enough := slices.ContainsFunc(f.rules, func(rule int32) bool { return l.chatty[rule] >= maxChatter })
			if enough || l.loud(f.rules) || f.host < 0 {
				continue
			}
			on := r.profile.hosts[f.host].role
			t, ok := l.cutter(r, f.host).cut(f.line, time.Unix(0, f.base).UTC(), f.host)
			if !ok || !l.judge.try(&t, on, f.rules) {
				l.library.dropped++
				continue
			}
			for _, rule := range f.rules {
				l.chatty[rule]++
			}
			t.rules = f.rules
			l.library.chatter = append(l.library.chatter, chatter{t, r.source, on})
		}
	}
}

// techniques reads which techniques of ATT&CK a recording shows, by its path. No
// such file means that nobody says.
func techniques(root string) map[string][]string {
	out := map[string][]string{}
	f, err := os.Open(filepath.Join(root, "windows-json", "labels.ndjson"))
	if err != nil {
		return out
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var label struct {
			Files, Techniques []string
		}
		if json.Unmarshal(lines.Bytes(), &label) != nil {
			continue
		}
		for _, file := range label.Files {
			out[file] = label.Techniques
		}
	}
	return out
}
