package synth

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"github.com/socctl/socctl/compiler"
)

// The kinds of lines of the truth.
const (
	KindAbout    = "about"    // the first line: what the file is
	KindEpisode  = "episode"  // an attack: its rules match as often as stated
	KindNoise    = "noise"    // events that satisfy a rule but for an exclusion; nothing matches
	KindChatter  = "chatter"  // events that rules of low levels match as often as stated
	KindRollout  = "rollout"  // one version of a product being installed; nothing matches
	KindSoftware = "software" // a product at work; nothing matches
	KindJob      = "job"      // one that runs daily on every machine; nothing matches
)

// About is what the first line of the truth says.
const About = "Synthetic telemetry, grown from recordings. For volume, cost and budgets only: figures measured on it are never evidence for tuning rules or for their false positives, as its content was chosen with the rules in hand. What no other line names is background that no rule matched when it was made."

// Line is what is known about some events of a fleet.
type Line struct {
	Kind       string           `json:"kind"`
	Synthetic  bool             `json:"synthetic"`
	About      string           `json:"about,omitempty"`
	Version    int              `json:"generator_version,omitempty"`
	Options    *Options         `json:"options,omitempty"`
	Name       string           `json:"name,omitempty"`
	Release    string           `json:"release,omitempty"`
	Source     string           `json:"source,omitempty"`     // recording that events come from
	Techniques []string         `json:"techniques,omitempty"` // of ATT&CK, as its publisher says
	Host       string           `json:"host,omitempty"`       // on which an attack happens
	User       string           `json:"user,omitempty"`
	Hosts      []string         `json:"hosts,omitempty"` // that wrote the events, if they are few
	HostCount  int              `json:"host_count,omitempty"`
	From       string           `json:"from,omitempty"` // of the first event
	To         string           `json:"to,omitempty"`   // of the last
	Events     int64            `json:"events"`
	Matches    map[string]int64 `json:"matches,omitempty"`    // by rule id
	Suppressed map[string]int64 `json:"suppressed,omitempty"` // events that a rule's exclusions keep from matching, by rule id

	rules map[int32]int64 // matches by index
	noise int32           // rule that is suppressed
	seen  []uint64        // bits of hosts
	first int64
	last  int64
}

// ledger counts what is written.
type ledger struct {
	lines []Line
	hosts int
}

func (g *ledger) add(l Line) int32 {
	l.Synthetic = true
	l.seen = make([]uint64, (g.hosts+63)/64)
	g.lines = append(g.lines, l)
	return int32(len(g.lines) - 1)
}

// note counts an event on a host.
func (g *ledger) note(line, host int32, at int64, rules []int32) {
	l := &g.lines[line]
	if l.Events == 0 || at < l.first {
		l.first = at
	}
	l.last = max(l.last, at)
	l.Events++
	l.seen[host/64] |= 1 << (host % 64)
	for _, r := range rules {
		l.rules[r]++
	}
}

// maxListed is how many hosts a line names.
const maxListed = 64

// Truth is what is known about a fleet.
type Truth struct{ Lines []Line }

func (g *ledger) truth(o Options, f *fleet, p *compiler.Program) *Truth {
	t := &Truth{[]Line{{Kind: KindAbout, Synthetic: true, About: About, Version: Version, Options: &o, Events: o.Events, HostCount: len(f.hosts),
		From: o.Start.Format(time.RFC3339), To: o.Start.AddDate(0, 0, o.Days).Format(time.RFC3339)}}}
	for _, l := range g.lines {
		if l.Events > 0 {
			l.complete(f, p)
			t.Lines = append(t.Lines, l)
		}
	}
	return t
}

func (l *Line) complete(f *fleet, p *compiler.Program) {
	for i := range f.hosts {
		if l.seen[i/64]&(1<<(i%64)) != 0 {
			l.HostCount++
			if len(l.Hosts) <= maxListed {
				l.Hosts = append(l.Hosts, f.hosts[i].fqdn)
			}
		}
	}
	if l.HostCount > maxListed {
		l.Hosts = nil
	}
	l.From, l.To = time.Unix(0, l.first).UTC().Format(time.RFC3339Nano), time.Unix(0, l.last).UTC().Format(time.RFC3339Nano)
	for r, n := range l.rules {
		if l.Matches == nil {
			l.Matches = map[string]int64{}
		}
		l.Matches[p.Rules[r].ID] += n
	}
	if l.Kind == KindNoise {
		l.Suppressed = map[string]int64{p.Rules[l.noise].ID: l.Events}
	}
}

// Write writes the truth as NDJSON.
func (t *Truth) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	for i := range t.Lines {
		if err := enc.Encode(&t.Lines[i]); err != nil {
			return err
		}
	}
	return out.Flush()
}
