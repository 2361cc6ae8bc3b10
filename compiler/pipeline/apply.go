package pipeline

import (
	"maps"

	"github.com/socctl/socctl/rules"
)

// Options say what a pipeline is applied with. The zero value is ready to use.
type Options struct {
	// Placeholders are values for value_placeholders where the pipeline has no
	// variable of that name. They are Sigma strings.
	Placeholders map[string][]string

	// Taxonomies are the pipelines that turn the field names of a taxonomy into
	// those of Sigma. The one of a document comes before the pipeline itself,
	// and the result has the taxonomy sigma (D59). Without one a document of
	// another taxonomy keeps it, and no compiler takes it.
	Taxonomies map[string]*Pipeline
}

// Result is what a pipeline made of a set.
type Result struct {
	// Set holds the changed documents in the order of the given ones, and is
	// linked. What was rejected has an Invalid header.
	Set *rules.Set

	// Documents tells of every rule and correlation what was done.
	Documents []Processed
}

// Processed is what a pipeline made of one document.
type Processed struct {
	Before, After rules.Document // the same if nothing was changed
	Applied       Applied
	Rejected      bool // by the pipeline, for the reasons among the diagnostics
}

// Apply applies a pipeline to every valid rule and correlation of a set, which
// is linked first if it is not. A filter is treated as a part of every rule that
// it belongs to, so that conditions on the rule decide for both. A correlation
// comes after the rules that it refers to; one that refers to a rejected
// document is rejected by the compiler. p may be nil, if there are taxonomies.
func (p *Pipeline) Apply(set *rules.Set, o Options) (*Result, rules.Diagnostics) {
	a := &application{pipeline: p, options: o, after: map[rules.Document]rules.Document{}, told: map[rules.Span]bool{}}
	if !set.Linked() {
		a.diags = set.Link()
	}
	docs := make([]*rules.Rule, 0, len(set.Rules))
	for _, r := range set.Rules {
		docs = append(docs, a.rule(r))
	}
	var correlations []*rules.Correlation
	for _, c := range set.Correlations {
		correlations = append(correlations, a.correlation(c))
	}
	a.relink(set, correlations)
	out := rules.LinkedSet(docs, correlations, a.filters(set))
	out.Files, out.Lost, out.Placeholders = set.Files, set.Lost, a.told
	a.diags.Sort()
	return &Result{Set: out, Documents: a.documents}, a.diags
}

// application is a pipeline at work on a set.
type application struct {
	pipeline  *Pipeline
	options   Options
	after     map[rules.Document]rules.Document
	documents []Processed
	diags     rules.Diagnostics
	told      map[rules.Span]bool               // see rules.Set.Placeholders
	processed map[*rules.Filter][]*rules.Filter // what became of a filter, different ones only
}

// pipelineFor returns what is to be applied to a document.
func (a *application) pipelineFor(h *rules.Header) *Pipeline {
	mapping := a.options.Taxonomies[h.Taxonomy.Text]
	switch {
	case mapping == nil && a.pipeline == nil:
		return &Pipeline{}
	case mapping == nil:
		return a.pipeline
	case a.pipeline == nil:
		return mapping
	}
	return join([]*Pipeline{mapping, a.pipeline})
}

// run prepares the work on a document, which must be a copy.
func (a *application) run(doc rules.Document) *run {
	budget := maxGrowth
	return &run{
		header: doc.Meta(), placeholders: a.options.Placeholders, after: a.after, budget: &budget, diags: &a.diags, applied: &Applied{}, told: a.told,
		ids: map[string]bool{}, fieldIDs: map[string]map[string]bool{}, state: map[string]*rules.Node{},
	}
}

// process applies the pipeline and notes the outcome. finish writes back what
// the copy does not hold yet.
func (a *application) process(r *run, before, after rules.Document, finish func()) rules.Document {
	p := a.pipelineFor(before.Meta())
	r.vars = p.vars
	r.items(p.Items)
	r.item = nil
	if mapping := a.options.Taxonomies[r.header.Taxonomy.Text]; mapping != nil {
		r.header.Taxonomy, r.changed = rules.Scalar{}, true
	}
	if !r.failed && r.changed {
		finish()
	}
	out := after
	if !r.failed && !r.changed {
		out = before
	}
	r.header.Invalid = r.failed
	a.after[before] = out
	a.documents = append(a.documents, Processed{Before: before, After: out, Applied: *r.applied, Rejected: r.failed})
	return out
}

func (a *application) rule(before *rules.Rule) *rules.Rule {
	if before.Invalid {
		a.after[before] = before
		a.documents = append(a.documents, Processed{Before: before, After: before})
		r := a.run(before)
		r.vars = a.pipelineFor(&before.Header).vars
		r.known(before)
		return before
	}
	after := *before
	after.Custom = append([]rules.Entry(nil), before.Custom...)
	after.Detection = copyDetection(&before.Detection)
	after.Filters = nil
	r := a.run(&after)
	r.logsource = &after.Logsource
	rule := detectionPart{detection: &after.Detection}
	r.parts = []*detectionPart{&rule}
	rule.open()
	for _, f := range before.Filters {
		c := *f
		c.Detection = copyDetection(&f.Detection)
		filter := &detectionPart{detection: &c.Detection, filter: &c, source: f}
		filter.open()
		r.parts = append(r.parts, filter)
	}
	out := a.process(r, before, &after, func() { a.close(r, &after) }).(*rules.Rule)
	if r.failed {
		r.known(before)
	}
	return out
}

// close writes a rule and its filters back.
func (a *application) close(r *run, after *rules.Rule) {
	for _, p := range r.parts {
		if p.close(r); r.failed {
			return
		}
		empty := len(p.detection.Conditions) == 0
		switch {
		case p.filter == nil && empty:
			r.errorf("pipeline/empty-rule", rules.Span{}, "the pipeline leaves nothing of the rule, which would match every event", "drop fewer detection items")
			return
		case p.filter == nil:
		case empty:
			r.warnf("pipeline/filter-dropped", p.filter.Title.Span, "the pipeline leaves nothing of the filter for "+after.Label(), "the rule is evaluated without it")
		default:
			p.filter.Taxonomy = after.Taxonomy
			after.Filters = append(after.Filters, a.filter(p.source, p.filter))
		}
	}
}

// filter returns what became of a filter: for rules that differ in nothing
// that matters to it the same.
func (a *application) filter(before, after *rules.Filter) *rules.Filter {
	if a.processed == nil {
		a.processed = map[*rules.Filter][]*rules.Filter{}
	}
	text := rules.Canonical(after)
	for _, known := range a.processed[before] {
		if rules.Canonical(known) == text {
			return known
		}
	}
	a.processed[before] = append(a.processed[before], after)
	return after
}

// filters returns the filters of the changed set: those that rules have, and
// those that belong to none.
func (a *application) filters(set *rules.Set) []*rules.Filter {
	unchanged := map[*rules.Filter]bool{}
	for _, d := range a.documents {
		if r, ok := d.After.(*rules.Rule); ok && d.Before == d.After {
			for _, f := range r.Filters {
				unchanged[f] = true
			}
		}
	}
	var out []*rules.Filter
	for _, f := range set.Filters {
		if made := a.processed[f]; made == nil || unchanged[f] {
			out = append(out, f)
		}
		out = append(out, a.processed[f]...)
	}
	return out
}

func (a *application) correlation(before *rules.Correlation) *rules.Correlation {
	after := *before
	after.Aliases = nil
	for _, alias := range before.Aliases {
		alias.Fields = append([]rules.AliasField(nil), alias.Fields...)
		after.Aliases = append(after.Aliases, alias)
	}
	after.Field = append([]rules.Scalar(nil), before.Field...)
	after.Custom = append([]rules.Entry(nil), before.Custom...)
	if before.Invalid {
		a.after[before] = &after
		a.documents = append(a.documents, Processed{Before: before, After: &after})
		return &after
	}
	r := a.run(&after)
	r.correlation = &after
	a.process(r, before, &after, func() {})
	// Its inputs are others in any case.
	a.after[before], a.documents[len(a.documents)-1].After = &after, &after
	return &after
}

// relink makes correlations refer to the changed documents.
func (a *application) relink(set *rules.Set, after []*rules.Correlation) {
	for i, before := range set.Correlations {
		after[i].Inputs = make([]rules.Input, len(before.Inputs))
		for j, in := range before.Inputs {
			after[i].Inputs[j] = rules.Input{Ref: in.Ref, Document: a.after[in.Document]}
		}
	}
}

// join concatenates pipelines. A variable that several have gets its value from
// the last.
func join(pipelines []*Pipeline) *Pipeline {
	out := &Pipeline{vars: map[string]*rules.Node{}}
	for i, p := range pipelines {
		if i > 0 {
			out.Source += ", "
		}
		out.Source += p.Source
		out.Items = append(out.Items, p.Items...)
		maps.Copy(out.vars, p.vars)
	}
	return out
}
