package main

import (
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/rules/logsource"
)

// adequacyOptions are the flags of test that are about the tests themselves.
type adequacyOptions struct {
	cover, mutate       bool
	evade               bool
	coverMin, mutateMin float64
}

func (o *adequacyOptions) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.cover, "cover", false, "which parts of the rules the tests saw true, false and deciding")
	flags.Float64Var(&o.coverMin, "cover-min", 0, "exit with 1 if fewer `percent` of the parts are decisive; implies --cover")
	flags.BoolVar(&o.mutate, "mutate", false, "which changes of the rules no test notices")
	flags.BoolVar(&o.evade, "evade", false, "which rules stop matching the events of their tests if those are disguised, and how cheaply")
	flags.Float64Var(&o.mutateMin, "mutate-min", 0, "exit with 1 if fewer `percent` of the changes are noticed; implies --mutate")
}

func (o *adequacyOptions) check() error {
	for _, f := range []struct {
		name  string
		value float64
	}{{"--cover-min", o.coverMin}, {"--mutate-min", o.mutateMin}} {
		if !(f.value >= 0 && f.value <= 100) {
			return usageError("%s takes a percentage from 0 to 100, not %v", f.name, f.value)
		}
	}
	o.cover, o.mutate = o.cover || o.coverMin > 0, o.mutate || o.mutateMin > 0
	return nil
}

func (o *adequacyOptions) wanted() bool { return o.cover || o.mutate || o.evade }

// measure adds what was asked for to a run, and reports whether it is enough.
func (o *adequacyOptions) measure(run *report.TestRun, jobs int, table *logsource.Table) bool {
	if !o.wanted() {
		return true
	}
	subjects, enough := adequacy.Subjects(run.Result), true
	if o.cover {
		run.Coverage = adequacy.Cover(run.Result.Program, subjects, jobs, table)
		run.CoverMin = o.coverMin
		total := adequacy.Total(run.Coverage)
		enough = total.Percent() >= o.coverMin && (total.Parts > 0 || o.coverMin == 0)
	}
	if o.mutate {
		run.Mutation = adequacy.Mutate(run.Result.Program, subjects, jobs, table)
		run.MutateMin = o.mutateMin
		total := adequacy.Sum(run.Mutation)
		enough = enough && total.Score() >= o.mutateMin && (total.Killed+total.Survived > 0 || o.mutateMin == 0)
	}
	if o.evade {
		run.Evasion = append([]adequacy.Evasions{}, adequacy.Evade(run.Result.Program, subjects, jobs)...)
	}
	return enough
}
