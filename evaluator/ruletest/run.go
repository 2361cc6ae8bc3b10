package ruletest

import (
	"context"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// RunOptions say how tests are run. The zero value is ready to use.
type RunOptions struct {
	Filter       *regexp.Regexp      // only tests whose ID it matches; nil means all
	Jobs         int                 // parallel workers; 0 means one for each processor
	FailFast     bool                // skip what stands behind the first test that fails
	Update       bool                // rewrite golden files
	AllowMissing bool                // a missing recording is no failure
	Keep         bool                // keep what tests show their rules, see CaseResult.Seen
	Untested     bool                // compile the rules that no test is about too, see Result.Untested
	Placeholders map[string][]string // values of placeholders in rules
	Now          time.Time           // see compiler.Options
	Pipeline     *pipeline.Pipeline  // changes the rules before they are compiled; nil for none
	Taxonomies   map[string]*pipeline.Pipeline
	Normaliser   *telemetry.Normaliser // nil means the built-in views
	// Memory keeps outcomes of tests that passed, so that they need not run again as
	// long as nothing has changed that they depend on; nil for none. It is not used with
	// Keep and Update.
	Memory Memory
	// Progress is called as tests end, from several goroutines; nil means
	// nobody wants to know.
	Progress func(done, failed int)
}

// Select returns the number of tests that a filter lets run.
func (s *Suite) Select(filter *regexp.Regexp) int { return len(s.selected(filter)) }

func (s *Suite) selected(filter *regexp.Regexp) []*Case {
	if filter == nil {
		return s.Cases
	}
	var out []*Case
	for _, c := range s.Cases {
		if filter.MatchString(c.ID) {
			out = append(out, c)
		}
	}
	return out
}

// Run runs the tests of a suite. Its result does not depend on o.Jobs, except
// for durations. When ctx is done, tests that have not started are Skipped.
func Run(ctx context.Context, s *Suite, o RunOptions) *Result {
	start := time.Now()
	cases := s.selected(o.Filter)
	r := newRun(ctx, s, cases, o)
	if again := withExpired(r, s, cases); again != nil {
		r.unexpired = sync.OnceValue(again)
	}
	var wg sync.WaitGroup
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	units := r.units()
	next := atomic.Int64{}
	for range min(jobs, len(units)) {
		wg.Go(func() {
			w := &worker{run: r}
			for i := int(next.Add(1)) - 1; i < len(units); i = int(next.Add(1)) - 1 {
				w.unit(units[i])
			}
		})
	}
	wg.Wait()
	r.skipBehindFailure()
	r.result.Cancelled = ctx.Err() != nil
	r.result.Elapsed = time.Since(start)
	return r.result
}

// run is the state that workers share.
type run struct {
	ctx        context.Context
	options    RunOptions
	program    *compiler.Program
	compiled   map[*rules.Rule]*compiler.Rule
	correlated map[*rules.Correlation]int // index into the program's correlations
	normaliser *telemetry.Normaliser
	result     *Result

	normaliserKey func() string
	unexpired     func() *run // the same tests with filters that have expired; nil if none has

	done, failed atomic.Int64
	first        atomic.Int64 // index of the first case that failed
}

func newRun(ctx context.Context, s *Suite, cases []*Case, o RunOptions) *run {
	r := &run{ctx: ctx, options: o, normaliser: o.Normaliser, compiled: map[*rules.Rule]*compiler.Rule{}, correlated: map[*rules.Correlation]int{},
		result: &Result{Cases: make([]CaseResult, len(cases))}}
	if r.normaliser == nil {
		r.normaliser = telemetry.NewNormaliser(nil)
	}
	r.normaliserKey = sync.OnceValue(r.normaliser.Key)
	r.first.Store(int64(len(cases)))
	tested := map[rules.Document]bool{}
	for i, c := range cases {
		r.result.Cases[i] = CaseResult{Case: c, Status: Skipped, Span: c.Span}
		tested[c.Rule] = !c.Rule.Meta().Invalid
	}
	var untested []*rules.Rule
	if o.Untested {
		untested = s.Untested()
	}
	for _, rule := range untested {
		tested[rule] = true
	}
	set := &rules.Set{}
	if s.set != nil {
		set = s.set.Select(func(d rules.Document) bool { return tested[d] })
	}
	origin := r.compile(set)
	for _, rule := range r.program.Rules {
		r.compiled[origin[rule.Source].(*rules.Rule)] = rule
	}
	for i, c := range r.program.Correlations {
		r.correlated[origin[c.Source].(*rules.Correlation)] = i
	}
	for _, rule := range untested {
		if compiled := r.compiled[rule]; compiled != nil {
			r.result.Untested = append(r.result.Untested, compiled)
		}
	}
	r.result.Program = r.program
	r.findUnresolved(set)
	return r
}

// compile applies the pipelines and compiles what they made. It returns what
// each document was before.
func (r *run) compile(set *rules.Set) map[rules.Document]rules.Document {
	o := &r.options
	applied, diags := o.Pipeline.Apply(set, pipeline.Options{Placeholders: o.Placeholders, Taxonomies: o.Taxonomies})
	r.program, r.result.Diagnostics = compiler.Compile(applied.Set, compiler.Options{Placeholders: o.Placeholders, Now: o.Now})
	r.result.Expiry = r.program.Expiry
	r.result.Diagnostics = append(diags, r.result.Diagnostics...)
	r.result.Diagnostics.Sort()
	origin := map[rules.Document]rules.Document{}
	for _, d := range applied.Documents {
		origin[d.After] = d.Before
	}
	return origin
}

// findUnresolved lists the rules that were rejected for a placeholder.
func (r *run) findUnresolved(set *rules.Set) {
	files := map[string]bool{}
	for _, d := range r.result.Diagnostics {
		if d.Code == "ref/placeholder-undefined" {
			files[d.Span.Path()] = true
		}
	}
	for _, rule := range set.Rules {
		if r.compiled[rule] == nil && files[rule.Span.Path()] {
			r.result.Unresolved = append(r.result.Unresolved, rule)
		}
	}
}

// unit is work for one worker: one test, or all tests of one recording.
type unit struct {
	cases []int // indices into the result
}

func (r *run) units() []unit {
	var out []unit
	bySource := map[string]int{}
	for i := range r.result.Cases {
		c := r.result.Cases[i].Case
		if len(c.sources) == 0 || c.obstacle != nil {
			out = append(out, unit{[]int{i}})
			continue
		}
		key := strings.Join(c.sources, "\x00")
		at, known := bySource[key]
		if !known {
			at = len(out)
			bySource[key] = at
			out = append(out, unit{})
		}
		out[at].cases = append(out[at].cases, i)
	}
	return out
}

// stopped reports whether a case need not run any more.
func (r *run) stopped(i int) bool {
	return r.ctx.Err() != nil || r.options.FailFast && int64(i) > r.first.Load()
}

// finish records that a case has ended.
func (r *run) finish(i int) {
	failed := r.failed.Load()
	if !r.result.Cases[i].Clean() {
		failed = r.failed.Add(1)
		for old := r.first.Load(); int64(i) < old && !r.first.CompareAndSwap(old, int64(i)); old = r.first.Load() {
		}
	}
	done := r.done.Add(1)
	if r.options.Progress != nil {
		r.options.Progress(int(done), int(failed))
	}
}

// skipBehindFailure makes the outcome of FailFast independent of which tests
// happened to run at the same time.
func (r *run) skipBehindFailure() {
	if !r.options.FailFast {
		return
	}
	for i := int(r.first.Load()) + 1; i < len(r.result.Cases); i++ {
		c := r.result.Cases[i].Case
		r.result.Cases[i] = CaseResult{Case: c, Status: Skipped, Span: c.Span}
	}
}

// worker runs units, one after the other.
type worker struct {
	run           *run
	gated, always *evaluator.Evaluator
}

// evaluator returns the worker's evaluator for a case.
func (w *worker) evaluator(c *Case) *evaluator.Evaluator {
	if c.ignoreLogsource {
		if w.always == nil {
			w.always = evaluator.New(w.run.program, evaluator.IgnoreLogsource())
		}
		return w.always
	}
	if w.gated == nil {
		w.gated = evaluator.New(w.run.program)
	}
	return w.gated
}

func (w *worker) unit(u unit) {
	var live []int
	keys := map[int]string{}
	for _, i := range u.cases {
		if w.run.stopped(i) || !w.ready(i) {
			continue
		}
		out := &w.run.result.Cases[i]
		if keys[i] = w.memoryKey(out); w.recall(out, keys[i]) {
			w.run.finish(i)
			continue
		}
		live = append(live, i)
	}
	if len(live) == 0 {
		return
	}
	start := time.Now()
	switch out := &w.run.result.Cases[live[0]]; {
	case out.Case.sequence:
		out.Status = Pass
		w.sequence(out)
	case len(out.Case.sources) == 0:
		out.Status = Pass
		w.inline(out)
	default:
		w.recording(live)
	}
	for _, i := range live {
		w.run.result.Cases[i].Duration = time.Since(start)
		w.remember(&w.run.result.Cases[i], keys[i])
		w.excuse(i)
		w.run.finish(i)
	}
}

// ready decides the cases that cannot run and returns false for them.
func (w *worker) ready(i int) bool {
	out := &w.run.result.Cases[i]
	hash, compiled := w.run.hashOf(out.Case.Rule)
	out.RuleHash = hash
	if rule, isRule := out.Case.Rule.(*rules.Rule); isRule {
		out.Compiled = w.run.compiled[rule]
	}
	switch o := out.Case.obstacle; {
	case o != nil:
		out.Status, out.Message, out.Help, out.Span = o.status, o.message, o.help, o.span
		out.Allowed = o.status == MissingRecording && w.run.options.AllowMissing
	case !compiled:
		w.run.notCompiled(out)
	}
	if out.Case.obstacle == nil && compiled {
		return true
	}
	w.run.finish(i)
	return false
}

// hashOf returns what a rule or correlation means; false if it could not be
// compiled.
func (r *run) hashOf(d rules.Document) (string, bool) {
	switch d := d.(type) {
	case *rules.Rule:
		if compiled := r.compiled[d]; compiled != nil {
			return compiled.Hash, true
		}
	case *rules.Correlation:
		if i, ok := r.correlated[d]; ok {
			return r.program.Correlations[i].Hash, true
		}
	}
	return "", false
}

// notCompiled says why a rule cannot be evaluated.
func (r *run) notCompiled(out *CaseResult) {
	out.Status, out.Message, out.Help = Error, "the rule cannot be compiled", "correct the rule first"
	for _, d := range r.result.Diagnostics {
		if d.Severity == rules.Error && d.Span.Path() == out.Case.Rule.Meta().Span.Path() {
			out.Message, out.Help, out.RuleSpan = "the rule cannot be compiled: "+d.Message, d.Help, d.Span
			return
		}
	}
}
