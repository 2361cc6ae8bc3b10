package pipeline

import (
	"cmp"
	"slices"

	"github.com/socctl/socctl/rules"
)

// Pipeline is a processing pipeline. It is immutable after Parse or Chain and
// safe for concurrent use.
type Pipeline struct {
	Source   string // the name given to Parse: a path, or the name of a built-in one
	Name     string // what the pipeline calls itself; "" if it does not
	Priority int    // Chain puts lower ones first
	Items    []*Item

	// AllowedBackends are the query languages that the pipeline was written
	// for. It has no influence: a rule that is evaluated is for none of them.
	AllowedBackends []string

	vars map[string]*rules.Node
}

// Item is one step of a pipeline: a transformation and when it takes place.
type Item struct {
	ID     string // "" if the pipeline gives none
	Type   string // name of the transformation
	Source string // Source of the pipeline it comes from
	Span   rules.Span

	ruleConditions  linked[ruleCondition]
	itemConditions  linked[itemCondition]
	fieldConditions linked[fieldCondition]
	transformation  transformation
}

// transformation is what an item does once its rule conditions hold.
type transformation interface {
	apply(r *run)
}

// Vars returns the names of the variables of the pipeline, sorted.
func (p *Pipeline) Vars() []string {
	names := make([]string, 0, len(p.vars))
	for name := range p.vars {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Chain joins pipelines into one: those of lower priority first, those of the
// same priority by Source, as pySigma sorts them. A variable that several have
// gets its value from the last. The result is empty without any.
func Chain(pipelines ...*Pipeline) *Pipeline {
	sorted := slices.Clone(pipelines)
	slices.SortStableFunc(sorted, func(a, b *Pipeline) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Source, b.Source))
	})
	if len(sorted) == 1 {
		return sorted[0]
	}
	return join(sorted)
}

// AppliedItem is an item whose rule conditions held.
type AppliedItem struct {
	*Item
	Changed bool // it made a difference
}

// Applied lists the items of a pipeline that applied to a document, in their
// order; those within a nest stand behind it.
type Applied []AppliedItem
