package page

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/bench/internal/agree"
)

// Render writes the page as Markdown.
func Render(w io.Writer, r *Result) error {
	p := &printer{}
	p.line("# Performance\n")
	p.line("Written by the benchmark itself; do not edit. It was made on %s with\n", r.Date)
	p.line("```console\n$ %s\n```\n", r.Command)
	p.machine(r)
	held := ""
	if r.Held {
		held = " and on one processor, all its threads together"
	}
	p.line(method, held, r.Runs)
	p.aims(r)
	for i := range r.Lanes {
		p.lane(&r.Lanes[i])
	}
	p.growth(r)
	p.cores(r)
	p.recorded(r)
	p.agreement(r)
	if len(r.Absent) > 0 {
		p.line("## Not measured\n")
		for _, a := range r.Absent {
			p.line("- %s: %s", a.Name, a.Reason)
		}
		p.line("")
	}
	_, err := io.WriteString(w, strings.TrimRight(p.out.String(), "\n")+"\n")
	return err
}

const method = `## How it is measured

- Every engine runs in a process of its own%s, the engines of a lane in turn, %d times. Numbers are medians, with least and most in brackets.
- "Events/s and core" is events by CPU time of the process, all its threads and its garbage collection included, less what it takes to load the rules
  without any event: the least of as many runs without, in turn with those with events. Time on the clock is beside it; neighbours on the machine disturb
  it more. Evaluation that takes less than half of that loading is too short to tell: how steady loading is decides then, and no ratio is given.
- The same rules for all: those that load without values for placeholders. The same events: engines that are too slow for a whole lane get every n-th
  event, evenly spread, enough of them to take half a second, and so does the engine that their matches are compared with.
- Command lines read NDJSON and write matches to a file, from the second run on over what they wrote before, since how soon a system finds memory
  for a new file says nothing of them. Libraries of others get decoded events and, where it says routed, only the rules for
  the logsource of the event, as our views tell; reading, decoding and routing are not counted for them. For socctl they are.
- "Ratio" is how many times more events per second and core socctl has: the command line against command lines, the library against libraries.
- A line of "socctl" says which event matched, when it happened and as what, with the hashes of event and rule. A line of RSigma says nothing of the event; it has
  the tags of the rule, and the names of selections and fields that matched. "socctl-brief" is asked for what RSigma says of the rule, and the number of the
  event: id, title, level, tags, record. It does not name selections and fields. Ratios of RSigma are to "socctl", whole lines; behind them, in brackets,
  stand those to "socctl-brief", to which nothing else is compared.
- Recorded events occur once and are never repeated to make a lane longer: values that an engine remembers repeat as in life. On the lane "defeated" they do not.
- What an engine builds when the first events ask for it counts as evaluation: on short lanes, a good part of it. Of the lane "evtx",
  ` + "`go test -run xxx -bench EVTX -cpu 1 ./evaluator/telemetry`" + ` tells apart reading, the first time, and later ones; with ` + "`-cpuprofile`" + ` where the time goes.
- Floors read each line and do nothing with it, or write the lines of matches that a command line has written, to a file; "its time" is how many times
  longer socctl takes for everything: the library, or the command line whose lines are written.
`

type printer struct{ out strings.Builder }

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.out, format, args...)
	p.out.WriteByte('\n')
}

func (p *printer) machine(r *Result) {
	p.line("%s, %s, %s, %s; socctl %s; %s rules of SigmaHQ, without %d that need values for placeholders.\n",
		r.Machine.CPU, count(r.Machine.Cores, "core"), r.Machine.OS, r.Machine.Go, r.Revision, number(float64(r.Rules)), r.Without)
	if len(r.Engines) == 0 {
		return
	}
	p.line("| Engine | Version | How | Rules that it does not load |\n|---|---|---|---:|")
	for _, e := range r.Engines {
		p.line("| %s | %s | %s | %s |", e.Name, cmp.Or(e.Version, "–"), e.How, number(float64(e.Refused)))
	}
	p.line("")
}

func (p *printer) lane(l *Lane) {
	p.line("## %s\n", l.Name)
	p.line("%s%s: %s events, %s bytes%s.\n", strings.ToUpper(l.Title[:1]), l.Title[1:], number(float64(l.Events)), number(float64(l.Bytes)), each(l))
	p.line("| Engine | Events/s and core | On the clock | MB/s and core | Ratio | Allocations/event | Peak MB | Load s | Matches | Differ |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, r := range l.Rows {
		p.line("| %s%s | %s | %s | %s | %s | %s | %s | %s | %s | %s |", r.Engine, sampled(r), told(r.Core, r.Short), number(r.Wall.Median), unless(r.Bytes > 0, number(r.Bytes/1e6)),
			ratio(r), unless(r.Allocs >= 0, number(r.Allocs)), unless(r.Peak > 0, number(float64(r.Peak)/1e6)), number(r.Load.Median), number(float64(r.Matches)), differ(r))
	}
	p.line("")
	p.caches(l)
	if len(l.Floors) == 0 {
		return
	}
	p.line("| Floor | Events/s and core | MB/s and core | socctl takes |\n|---|---:|---:|---:|")
	for _, f := range l.Floors {
		p.line("| %s | %s | %s | %s |", f.Engine, spread(f.Core), number(f.Bytes/1e6), unless(f.Ratio > 0, number(1/max(f.Ratio, 1e-12))+" × its time"))
	}
	p.line("")
}

func (p *printer) caches(l *Lane) {
	for _, r := range l.Rows {
		for _, name := range slices.Sorted(maps.Keys(r.Caches)) {
			p.line("%s finds %.1f %% in its cache of %s.\n", r.Engine, 100*r.Caches[name], name)
		}
	}
}

// agreement lists every rule on which an engine differs, by engine.
func (p *printer) agreement(r *Result) {
	if len(r.Lanes) == 0 {
		return
	}
	p.line("## Where matches differ\n")
	any := false
	for _, l := range r.Lanes {
		for _, row := range l.Rows {
			if len(row.Differences) == 0 {
				continue
			}
			any = true
			p.line("### %s on %s\n", row.Engine, l.Name)
			p.line("| Rule | %s | %s | Reason |\n|---|---:|---:|---|", row.Reference, row.Engine)
			for _, d := range row.Differences {
				p.line("| %s | %s | %s | %s |", cell(d.Title), number(float64(d.Ours)), number(float64(d.Theirs)), cmp.Or(cell(d.Reason), "**unexplained**"))
			}
			p.line("")
		}
	}
	if !any {
		p.line("Nowhere: all engines found the same.\n")
	}
}

func each(l *Lane) string {
	if l.Events == 0 {
		return ""
	}
	return fmt.Sprintf(", %.0f each", float64(l.Bytes)/float64(l.Events))
}

func sampled(r Row) string {
	if r.Every <= 1 {
		return ""
	}
	return fmt.Sprintf(" (%s events)", number(float64(r.Events)))
}

func ratio(r Row) string {
	if r.Ratio == 0 || r.Against == r.Engine {
		return "–"
	}
	if r.AlsoRatio == 0 {
		return number(r.Ratio) + " ×"
	}
	return fmt.Sprintf("%s × (%s: %s ×)", number(r.Ratio), r.Also, number(r.AlsoRatio))
}

func differ(r Row) string {
	if r.Reference == "" {
		return "–"
	}
	unexplained := 0
	for _, d := range r.Differences {
		if d.Reason == "" {
			unexplained++
		}
	}
	switch {
	case len(r.Differences) == 0:
		return "0"
	case unexplained == 0:
		return count(len(r.Differences), "rule")
	}
	return fmt.Sprintf("%s, %d unexplained", count(len(r.Differences), "rule"), unexplained)
}

func spread(s Spread) string {
	if s.Median == 0 {
		return "too short to tell"
	}
	if s.Min == s.Max {
		return number(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", number(s.Median), number(s.Min), number(s.Max))
}

// told is spread with a note where the number hardly is one.
func told(s Spread, short bool) string {
	if short && s.Median > 0 {
		return "too short to tell, about " + number(s.Median)
	}
	return spread(s)
}

// times writes a as a multiple of b.
func times(a, b float64) string { return unless(quotient(a, b) > 0, number(quotient(a, b))+" ×") }

func reached(ok bool) string {
	if ok {
		return "reached"
	}
	return "**missed**"
}

func unless(known bool, text string) string {
	if known {
		return text
	}
	return "–"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(float64(n)) + " " + what + "s"
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

// number writes three digits that count, and groups thousands.
func number(f float64) string {
	switch {
	case f == float64(int64(f)) || f >= 100:
		return grouped(int64(f + 0.5))
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	case f >= 0.01:
		return fmt.Sprintf("%.2f", f)
	}
	return fmt.Sprintf("%.2g", f)
}

func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Unexplained returns the differences of a result for which nobody has a reason.
func Unexplained(r *Result) (out []agree.Difference) {
	for _, l := range r.Lanes {
		for _, row := range l.Rows {
			for _, d := range row.Differences {
				if d.Reason == "" {
					out = append(out, d)
				}
			}
		}
	}
	return out
}
