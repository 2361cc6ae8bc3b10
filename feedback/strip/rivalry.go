package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// rivals are the settings of the other tuner that are measured: its own, and those
// that let it propose more.
func rivals(path string, c *collector) []*rival {
	values := map[string]map[string]string{}
	for _, h := range c.hits {
		values[h.event.Fingerprint] = h.event.Values
	}
	wide := []string{"--allow-partial", "--max-clusters", "50", "--max-value-cardinality", "64"}
	single := append(slices.Clone(wide), "--min-fields", "1")
	out := []*rival{
		{name: "as it comes"},
		{name: "every field", every: true},
		{name: "wide, one field", flags: single},
		{name: "lent, every field", every: true, flags: []string{"--allow-partial"}, pool: lent},
		{name: "lent, wide", flags: wide, pool: lent},
		{name: "lent, wide, one field", flags: single, pool: lent},
	}
	for _, v := range out {
		v.path, v.values, v.limit = path, values, time.Minute
	}
	return out
}

// lent is how many alerts of other rules the other tuner is told of as attacks, where it
// is told of any: it has no other use for what ours is told of them.
const lent = 200

// rivalry measures another tool's tuner beside ours on the same splits.
func (o *options) rivalry(w io.Writer, c *collector, all []*subject) error {
	path, name, err := o.other()
	if err != nil {
		fmt.Fprintf(w, "The other tuner is not installed (%v); say with -rsigma where it is.\n\n", err)
		return nil
	}
	for _, part := range strings.Split(o.parts, ",") {
		subjects := chosen(all, part)
		fmt.Fprintf(w, "`rule tune` of %s on rules of the part %q:\n\n%s", name, part, header("settings"))
		var said, both strings.Builder
		show := func(name string, found []outcome) {
			both.WriteString(line(name, summarise(told(found))))
			if o.verbose {
				list(os.Stderr, name, found)
			}
		}
		for _, p := range measured(o.only) {
			e := experiment{policy: p, seeds: seeds}
			found := e.run(subjects, o.workers)
			show("ours, "+p.Name, found)
			said.WriteString(sayings("ours, "+p.Name, found))
		}
		for _, v := range rivals(path, c) {
			began := time.Now()
			e := experiment{seeds: seeds, rival: v}
			found := e.run(subjects, o.workers)
			fmt.Fprint(w, line(v.name, summarise(found)))
			show(v.name, found)
			said.WriteString(sayings(v.name, found))
			fmt.Fprintf(os.Stderr, "%s in %v\n", v.name, time.Since(began).Round(time.Second))
		}
		fmt.Fprintf(w, "\nOnly splits in which a protected event is known:\n\n%s%s", header("settings"), both.String())
		fmt.Fprintf(w, "\n| settings | splits with a filter | and nothing that the rule fires on is left | and it does in our evaluator what the tool says | no filter, because |\n|---|--:|--:|--:|---|\n%s\n", said.String())
	}
	return nil
}

// other finds the other tuner, and tells its name and version.
func (o *options) other() (path, name string, err error) {
	if path, err = exec.LookPath(o.rsigma); err != nil {
		return "", "", err
	}
	version, err := exec.Command(path, "--version").Output()
	if err != nil {
		return "", "", fmt.Errorf("%s does not tell its version: %w", path, err)
	}
	name, _, _ = strings.Cut(string(version), "\n")
	return path, name, nil
}

// told are the splits in which the tuner is told of anything that must stay.
func told(all []outcome) []outcome {
	return slices.DeleteFunc(slices.Clone(all), func(o outcome) bool { return o.parts[learnPart][1]+o.parts[calibratePart][1] == 0 })
}

// sayings tells why there are no filters, and whether those that there are do what the
// tool says of them.
func sayings(name string, all []outcome) string {
	filters, gutted, agreed := 0, 0, 0
	why := map[string]int{}
	for _, o := range all {
		switch {
		case o.proposes():
			filters, gutted = filters+1, gutted+one(o.gutted)
			agreed += one(o.answer != nil && o.answer.agrees)
		case o.answer != nil:
			why[o.answer.why]++
		}
	}
	var reasons []string
	for _, text := range slices.Sorted(maps.Keys(why)) {
		reasons = append(reasons, fmt.Sprintf("%d: %s", why[text], strings.ReplaceAll(text, "|", `\|`)))
	}
	same := "–" // of our own there is nothing to compare
	if len(all) > 0 && all[0].answer != nil {
		same = fmt.Sprint(agreed)
	}
	return fmt.Sprintf("| %s | %d | %d | %s | %s |\n", name, filters, gutted, same, strings.Join(reasons, "; "))
}
