package pipeline

import (
	"slices"

	"github.com/socctl/socctl/rules"
)

// detectionPart is a detection while a pipeline works on it: that of a rule, or that of
// a filter of the rule.
type detectionPart struct {
	detection  *rules.Detection // the copy
	selections []*selection
	filter     *rules.Filter // the copy it belongs to; nil of a rule
	source     *rules.Filter // the original of filter
}

// selection is a selection while a pipeline works on it.
type selection struct {
	name rules.Scalar
	span rules.Span
	root *node
}

// copyDetection copies what a pipeline may change in place: conditions get
// another root, and selections another body.
func copyDetection(d *rules.Detection) rules.Detection {
	out := *d
	out.Conditions = make([]*rules.Condition, len(d.Conditions))
	for i, c := range d.Conditions {
		copied := *c
		out.Conditions[i] = &copied
	}
	return out
}

func (p *detectionPart) open() {
	for _, s := range p.detection.Selections {
		p.selections = append(p.selections, &selection{s.Name, s.Span, newNode(s.Body)})
	}
}

func (p *detectionPart) selection(name string) *selection {
	for _, s := range p.selections {
		if s.name.Text == name {
			return s
		}
	}
	return nil
}

// close writes the selections back. One of which nothing is left is taken out
// of the conditions, as pySigma does; a condition may vanish with it.
func (p *detectionPart) close(r *run) {
	before := *p.detection
	dropped := map[string]bool{}
	p.detection.Selections = nil
	for _, s := range p.selections {
		if s.root.empty() {
			dropped[s.name.Text] = true
			continue
		}
		body, ok := s.root.block()
		if !ok {
			r.errorf("pipeline/limit", s.span, "the selection "+s.name.Text+" becomes too many alternatives", "map to fewer fields")
			return
		}
		p.detection.Selections = append(p.detection.Selections, &rules.Selection{Name: s.name, Body: body, Span: s.span})
	}
	var kept []*rules.Condition
	for _, c := range p.detection.Conditions {
		if len(dropped) > 0 {
			c.Root = p.prune(c.Root, dropped)
		}
		if c.Root != nil {
			c.Text.Text = c.Root.Text()
			kept = append(kept, c)
		}
	}
	p.detection.Conditions = kept
	if len(kept) < len(before.Conditions) && len(kept) > 0 {
		r.warnf("pipeline/condition-dropped", before.Span, "the pipeline leaves nothing of one of the conditions", "")
	}
}

// prune returns an expression without the dropped selections, nil if nothing is
// left of it.
func (p *detectionPart) prune(e *rules.Expr, dropped map[string]bool) *rules.Expr {
	switch e.Op {
	case rules.Ref:
		if dropped[e.Name] {
			return nil
		}
		return e
	case rules.OneOf, rules.AllOf:
		if len(p.detection.Matching(e.Name)) == 0 {
			return nil
		}
		return e
	}
	out := *e
	out.Args = nil
	for _, arg := range e.Args {
		if kept := p.prune(arg, dropped); kept != nil {
			out.Args = append(out.Args, kept)
		}
	}
	switch {
	case len(out.Args) == 0:
		return nil
	case len(out.Args) == 1 && e.Op != rules.Not:
		return out.Args[0]
	}
	return &out
}

// eachSelection returns the selections of a rule and of its filters.
func (r *run) eachSelection(visit func(*selection)) {
	for _, p := range r.parts {
		for _, s := range slices.Clone(p.selections) {
			visit(s)
		}
	}
}
