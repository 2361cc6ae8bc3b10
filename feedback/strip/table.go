package main

import (
	"fmt"
	"io"
	"time"
)

func header(first string) string {
	return "| " + first + " | rules | splits | with a proposal | removed | pooled | mean | protected lost | 95 % interval | splits that lose any | vetted lost |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
}

func line(name string, s summary) string {
	lower, upper := s.lossBounds()
	return fmt.Sprintf("| %s | %d | %d | %d | %d of %d | %.1f %% | %.1f %% | %d of %d, %.2f %% | %.2f to %.2f %% | %d | %d of %d, %d rules |\n",
		name, s.rules, s.splits, s.proposing, s.removed, s.removable, 100*s.pooled(), 100*s.mean, s.lost, s.protected, 100*ratio(s.lost, s.protected),
		100*lower, 100*upper, s.lossy, s.vettedLost, s.vetted, s.vettedRules)
}

const noiseHeader = "| labels | splits with a proposal | clauses | removed, pooled | removed, mean | lost | automatic clauses | removed by those | lost by those | poisoned splits | poison hidden in any lane | in the automatic lane |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"

func noiseLine(name string, s summary) string {
	return fmt.Sprintf("| %s | %d of %d | %d | %.1f %% | %.1f %% | %d of %d | %d | %d | %d | %d | %d | %d |\n", name, s.proposing, s.splits, s.clauses,
		100*s.pooled(), 100*s.mean, s.lost, s.protected, s.auto, s.autoRemoved, s.autoLost, s.poisoned, s.poisonedAny, s.poisonedAuto)
}

// list writes what was found for every rule and split.
func list(w io.Writer, name string, all []outcome) {
	fmt.Fprintln(w, name)
	for _, o := range all {
		fmt.Fprintf(w, "  %s seed %d: %d/%d lost %d/%d vetted lost %d/%d; learn %v calibrate %v %v\n", o.subject.rule.Title, o.seed, o.removed, o.removable,
			o.lost, o.protected, o.vettedLost, o.vetted, o.parts[learnPart], o.parts[calibratePart], o.took.Round(time.Millisecond))
		if o.answer != nil {
			fmt.Fprintf(w, "      %s agrees %v\n%s", o.answer.why, o.answer.agrees, o.answer.filter)
		}
		for i, k := range o.clauses {
			fmt.Fprintf(w, "      lost %d: %s %s %v exact %v variant %d learnt %v unseen %v pool %.4f score %.1f\n", o.subject.corpus.Covered(k.Clause).And(o.subject.protected).Count(), o.lanes[i], k.Tier, k.Clause, k.Exact, k.Variant, k.Learnt, k.Unseen, k.Pool, k.Clause.Score())
		}
	}
}
