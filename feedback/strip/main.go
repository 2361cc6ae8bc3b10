// Command strip measures the tuner on real rules and recordings whose answer is
// known: it takes the exclusions of a rule away, lets the tuner look for them again
// in what the rule then fires on, and counts on recordings that the tuner has not
// seen how much of what people excluded is excluded again, and how much is lost.
package main

import (
	"encoding/gob"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of recordings")
	ruleDir := flag.String("rules", "", "folder of rules")
	cache := flag.String("cache", "", "file to keep what was collected in")
	part := flag.String("part", "dev", "dev, test or all")
	which := flag.String("policy", "prototype,default", "policies to measure")
	verbose := flag.Bool("v", false, "list clauses")
	flag.Parse()
	if err := run(*data, *ruleDir, *cache, *part, *which, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "strip:", err)
		os.Exit(3)
	}
}

type saved struct {
	Alerts   []tuning.Event
	Stripped [][]int
	Whole    [][]int
}

func run(data, ruleDir, cache, part, which string, verbose bool) error {
	set, _ := rules.LoadPaths(ruleDir)
	p, _ := compiler.Compile(set, compiler.Options{})
	c := newCollector(p)
	began := time.Now()
	if f, err := os.Open(cache); err == nil {
		var s saved
		if err := gob.NewDecoder(f).Decode(&s); err != nil {
			return err
		}
		for i := range s.Alerts {
			c.hits = append(c.hits, &hit{&s.Alerts[i], s.Stripped[i], s.Whole[i]})
		}
	} else {
		var sources []string
		for _, d := range []string{"windows-json", "windows-xml", "evtx/EVTX-ATTACK-SAMPLES", "evtx/EVTX-to-MITRE-Attack", "evtx/DeepBlueCLI", "evtx/parser-corpus"} {
			sources = append(sources, filepath.Join(data, d))
		}
		if err := c.replay(data, sources); err != nil {
			return err
		}
		if cache != "" {
			var s saved
			for _, h := range c.hits {
				s.Alerts, s.Stripped, s.Whole = append(s.Alerts, *h.event), append(s.Stripped, h.stripped), append(s.Whole, h.whole)
			}
			f, err := os.Create(cache)
			if err != nil {
				return err
			}
			if err := gob.NewEncoder(f).Encode(s); err != nil {
				return err
			}
			f.Close()
		}
	}
	fmt.Printf("%d events, %d hits, %v\n", c.events, len(c.hits), time.Since(began))
	if err := c.vet(data, []string{filepath.Join(data, "sigma", "regression_data")}); err != nil {
		return err
	}
	fmt.Printf("%d vetted hits, %v\n", len(c.vetted), time.Since(began))
	var chosen []*subject
	removable, protected := 0, 0
	found := c.subjects()
	fmt.Println("interned", time.Since(began))
	for _, s := range found {
		if part == "all" || (part == "dev") == development(s.rule) {
			chosen = append(chosen, s)
			removable += s.removable.Count()
			protected += s.protected.Count()
		}
	}
	fmt.Printf("%d rules, %d removable, %d protected\n", len(chosen), removable, protected)
	for _, policy := range policies(which) {
		began := time.Now()
		all := strip(policy, chosen, 3)
		fmt.Println(policy.Name, summarise(all), time.Since(began).Round(time.Millisecond))
		if verbose {
			for _, o := range all {
				if o.removable == 0 {
					continue
				}
				if o.vettedLost > 0 {
					fmt.Printf("  VETTED LOST %d of %d\n", o.vettedLost, o.vetted)
				}
				fmt.Printf("  %s seed %d: %d/%d lost %d/%d; learn %v calibrate %v %v\n", o.subject.rule.Title, o.seed, o.removed, o.removable, o.lost, o.protected, o.parts[0], o.parts[1], o.took.Round(time.Millisecond))
				for _, k := range o.clauses {
					fmt.Printf("      %v exact %v variant %d learnt %v unseen %v pool %.4f score %.1f\n", k.Clause, k.Exact, k.Variant, k.Learnt, k.Unseen, k.Pool, k.Clause.Score())
				}
			}
		}
	}
	return nil
}

func policies(which string) []tuning.Policy {
	var out []tuning.Policy
	for _, name := range strings.Split(which, ",") {
		if name == "prototype" {
			out = append(out, tuning.Prototype())
			continue
		}
		p := tuning.Default()
		p.Name = name
		for _, c := range strings.Split(name, "+") {
			k, v, _ := strings.Cut(c, "=")
			f, _ := strconv.ParseFloat(v, 64)
			switch k {
			case "nogen":
				p.Generalise = false
			case "rounds":
				p.Rounds = int(f)
			case "nofree":
				p.FreeField = false
			case "noexact":
				p.Exact = 0
			case "strict":
				p.Strict = true
			case "pool":
				p.PoolShare = f
			case "cal":
				p.Calibration = int(f)
			case "weak":
				p.Weak = int(f)
			case "share":
				p.MinShare = f
			case "lift":
				p.MinLift = f
			case "mins":
				p.MinScore = f
			case "min":
				p.MinAlerts = int(f)
			case "src":
				p.MinSources = int(f)
			case "fields":
				p.MinFields = int(f)
			case "score":
				p.ScoreWeight = f
			case "len":
				p.LengthWeight = f
			case "poolw":
				p.PoolWeight = f
			}
		}
		out = append(out, p)
	}
	return out
}
