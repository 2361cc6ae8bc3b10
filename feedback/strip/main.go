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
	verbose := flag.Bool("v", false, "list clauses")
	flag.Parse()
	if err := run(*data, *ruleDir, *cache, *part, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "strip:", err)
		os.Exit(3)
	}
}

type saved struct {
	Alerts   []tuning.Alert
	Stripped [][]int
	Whole    [][]int
}

func run(data, ruleDir, cache, part string, verbose bool) error {
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
				s.Alerts, s.Stripped, s.Whole = append(s.Alerts, *h.alert), append(s.Stripped, h.stripped), append(s.Whole, h.whole)
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
	var chosen []*subject
	removable, protected := 0, 0
	for _, s := range c.subjects() {
		if part == "all" || (part == "dev") == development(s.rule) {
			chosen = append(chosen, s)
			removable += s.excluded
			protected += len(s.alerts) - s.excluded
		}
	}
	fmt.Printf("%d rules, %d removable, %d protected\n", len(chosen), removable, protected)
	for _, policy := range []tuning.Policy{tuning.Prototype(), tuning.Default()} {
		began := time.Now()
		all := strip(policy, chosen, 3)
		fmt.Println(policy.Name, summarise(all), time.Since(began).Round(time.Millisecond))
		if verbose {
			for _, o := range all {
				if o.removable == 0 {
					continue
				}
				fmt.Printf("  %s seed %d: %d/%d lost %d/%d\n", o.subject.rule.Title, o.seed, o.removed, o.removable, o.lost, o.protected)
				for _, k := range o.clauses {
					fmt.Printf("      %v learnt %+v pool %.4f calibrated %d value %.1f score %.1f\n", k.Clause, k.Learnt, k.Pool, k.Removed, k.Value, k.Clause.Score())
				}
			}
		}
	}
	return nil
}
