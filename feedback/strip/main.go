// Command strip measures the tuner on real rules and recordings whose answer is
// known: it takes the exclusions of a rule away, lets the tuner look for them again
// in what the rule then fires on, and counts on recordings that the tuner has not
// seen how much of what people excluded is excluded again, and how much is lost.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/feedback/tuning"
)

// options are the flags.
type options struct {
	data, rules, cache string
	parts, sections    string
	only               string // names of policies
	rsigma             string
	verbose            bool
	workers            int
}

func main() {
	var o options
	flag.StringVar(&o.data, "data", "../shared/data", "folder of recordings")
	flag.StringVar(&o.rules, "rules", "", "folder of rules")
	flag.StringVar(&o.cache, "cache", "", "file to keep what was collected in")
	flag.StringVar(&o.parts, "part", "dev", "rules to measure on: dev, test or all")
	flag.StringVar(&o.sections, "sections", "policies", "what to measure, separated by commas: policies, fresh, guards, lanes, choose, noise, worlds, history, rival, widened")
	flag.StringVar(&o.only, "policy", "", "policies to measure, separated by commas (default: all): prototype, first, second, third, abstaining, unpriced, default")
	flag.StringVar(&o.rsigma, "rsigma", "rsigma", "the program of the other tuner, for the section rival")
	flag.BoolVar(&o.verbose, "v", false, "list clauses")
	flag.IntVar(&o.workers, "j", runtime.GOMAXPROCS(0), "workers")
	flag.Parse()
	if err := o.run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "strip:", err)
		os.Exit(3)
	}
}

func (o *options) run(w io.Writer) error {
	began := time.Now()
	c, err := collect(o.data, o.rules, o.cache)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "collected in %v\n", time.Since(began).Round(time.Second))
	if err := o.corpora(w, c); err != nil {
		return err
	}
	subjects := c.subjects()
	for _, section := range strings.Split(o.sections, ",") {
		began := time.Now()
		switch section {
		case "policies":
			o.policies(w, subjects)
		case "choose":
			if err := o.choose(w, c.program, subjects); err != nil {
				return err
			}
		case "widened":
			if err := o.widenings(w, c.program); err != nil {
				return err
			}
		case "guards":
			o.guards(w, subjects)
		case "fresh":
			o.fresh(w, subjects)
		case "lanes":
			o.lanes(w, subjects)
		case "noise":
			o.noise(w, subjects)
		case "worlds":
			worlds(w, 10_000)
		case "rival":
			if err := o.rivalry(w, c, subjects); err != nil {
				return err
			}
		case "history":
			if err := o.history(w, c); err != nil {
				return err
			}
		default:
			return fmt.Errorf("there is no section %q", section)
		}
		fmt.Fprintf(os.Stderr, "%s in %v\n", section, time.Since(began).Round(time.Second))
	}
	return nil
}

// corpora prints what was read, so that figures can be compared.
func (o *options) corpora(w io.Writer, c *collector) error {
	fmt.Fprintf(w, "%d events; %d distinct ones on which a rule fires with or without its exclusions; %d in recordings of the rules themselves.\n\n", c.events, len(c.hits), len(c.vetted))
	fmt.Fprint(w, "| what | sha256 of names and contents, first 16 digits |\n|---|---|\n")
	for _, f := range append(append([]string{}, recordings...), vettedFolder) {
		h, err := hashOf(filepath.Join(o.data, filepath.FromSlash(f)))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | `%s` |\n", f, h)
	}
	h, err := hashOf(o.rules)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| rules | `%s` |\n\n", h)
	return nil
}

// chosen are the subjects of a part.
func chosen(subjects []*subject, part string) []*subject {
	var out []*subject
	for _, s := range subjects {
		if s.sources > 1 && (part == "all" || (part == "dev") == development(s.rule)) {
			out = append(out, s)
		}
	}
	return out
}

const seeds = 3

func (o *options) policies(w io.Writer, all []*subject) {
	for _, part := range strings.Split(o.parts, ",") {
		subjects := chosen(all, part)
		var known strings.Builder
		fmt.Fprintf(w, "Rules of the part %q:\n\n%s", part, header("policy"))
		for _, p := range measured(o.only) {
			e := experiment{name: p.Name, policy: p, seeds: seeds}
			found := e.run(subjects, o.workers)
			fmt.Fprint(w, line(p.Name, summarise(found)))
			known.WriteString(line(p.Name, summarise(told(found))))
			if o.verbose {
				list(os.Stderr, p.Name, found)
			}
		}
		fmt.Fprintf(w, "\nOnly splits in which a protected event is known:\n\n%s%s\n", header("policy"), known.String())
	}
}

// measured are the policies that are compared; only names of them, "" for all.
func measured(only string) []tuning.Policy {
	var out []tuning.Policy
	for _, p := range []tuning.Policy{tuning.Prototype(), first(), second(), third(), abstaining(), unpriced(), tuning.Default()} {
		if only == "" || slices.Contains(strings.Split(only, ","), p.Name) {
			out = append(out, p)
		}
	}
	return out
}

// first is the policy that was fixed before the test part was measured for the first
// time.
func first() tuning.Policy {
	p := second()
	p.Name, p.Strict, p.Large = "first", false, 0
	p.Firm, p.Plain, p.OpenKnown, p.OpenShare = false, false, false, 0
	return p
}

// second is the policy that was fixed before the second time, and was the default then.
func second() tuning.Policy {
	p := tuning.Default()
	p.Name, p.Unproven, p.Either = "second", 0, 0
	p.PoolShare, p.PoolWeight, p.MinLift, p.MinShare, p.MaxClauses = 0.005, 200, 20, 0.02, 16
	return p
}

// abstaining proposes nothing where no attack is known. It was measured on the test part
// as the fifth, together with unpriced.
func abstaining() tuning.Policy {
	p := tuning.Default()
	p.Name, p.Unproven = "abstaining", math.Inf(1)
	return p
}

// unpriced does not ask there what an attacker needs.
func unpriced() tuning.Policy {
	p := tuning.Default()
	p.Name, p.Unproven = "unpriced", 0
	return p
}

// third was measured after the second, see the documentation.
func third() tuning.Policy {
	p := second()
	p.Name, p.Plain = "third", false
	return p
}

func (o *options) noise(w io.Writer, all []*subject) {
	fmt.Fprint(w, noiseHeader)
	for _, a := range []struct {
		name  string
		spoil func(*subject, int, *telling)
	}{{"none", nil}, {"5 % flipped", flips(0.05)}, {"10 % flipped", flips(0.10)}, {"20 % flipped", flips(0.20)}, {"one kind of attack called harmless", poison}} {
		e := experiment{policy: tuning.Default(), seeds: seeds, spoil: a.spoil}
		fmt.Fprint(w, noiseLine(a.name, summarise(e.run(chosen(all, o.parts), o.workers))))
	}
	fmt.Fprintln(w)
}
