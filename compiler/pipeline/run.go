package pipeline

import (
	"strings"

	"github.com/socctl/socctl/rules"
)

// run is one pipeline at work on one document.
type run struct {
	vars         map[string]*rules.Node
	placeholders map[string][]string // for names that vars has not
	told         map[rules.Span]bool // see rules.Set.Placeholders
	after        map[rules.Document]rules.Document

	header      *rules.Header
	logsource   *rules.Logsource   // nil of a correlation
	parts       []*detectionPart   // of a rule first, then its filters; none of a correlation
	correlation *rules.Correlation // nil otherwise

	item    *Item // at work
	changed bool  // by the item
	failed  bool
	budget  *int
	diags   *rules.Diagnostics
	applied *Applied

	ids      map[string]bool            // items that were applied to the document
	fieldIDs map[string]map[string]bool // … and to names of fields outside of selections
	mappings fieldMappings
	state    map[string]*rules.Node
}

// maxGrowth bounds how many items, values and kilobytes of text a pipeline may
// make of one document.
const maxGrowth = 200_000

// errorf reports a problem of the document at a place of it, and rejects it.
func (r *run) errorf(code string, at rules.Span, message, help string) {
	r.report(rules.Error, code, at, message, help)
	r.failed = true
}

func (r *run) warnf(code string, at rules.Span, message, help string) {
	r.report(rules.Warning, code, at, message, help)
}

func (r *run) report(severity rules.Severity, code string, at rules.Span, message, help string) {
	if !at.Known() {
		at = r.header.Title.Span
	}
	d := rules.Diagnostic{Code: code, Severity: severity, Span: at, Message: message, Help: help}
	if r.item != nil {
		d.Related = []rules.Related{{Span: r.item.Span, Message: "from this item of the pipeline"}}
	}
	*r.diags = append(*r.diags, d)
}

// grow counts what is added to the document and reports whether it may be.
func (r *run) grow(items, bytes int) bool {
	before := *r.budget
	if *r.budget -= items + bytes>>10; *r.budget >= 0 {
		return true
	}
	if before >= 0 {
		r.errorf("pipeline/limit", rules.Span{}, "the pipeline makes too much of the rule", "map to fewer fields or values")
	}
	r.failed = true
	return false
}

// items lets every item work on the document, until one fails.
func (r *run) items(items []*Item) {
	for _, item := range items {
		if r.failed {
			return
		}
		outer, outerChanged := r.item, r.changed
		r.item, r.changed = item, false
		holds := len(item.ruleConditions.all) == 0 || item.ruleConditions.holds(func(c ruleCondition) bool { return c.matchRule(r) })
		if !holds || r.failed {
			r.item, r.changed = outer, outerChanged
			continue
		}
		at := len(*r.applied)
		*r.applied = append(*r.applied, AppliedItem{Item: item})
		item.transformation.apply(r)
		(*r.applied)[at].Changed = r.changed
		r.item, r.changed = outer, outerChanged || r.changed
	}
}

// mark notes that the current item was applied to the document.
func (r *run) mark() {
	if r.item.ID != "" {
		r.ids[r.item.ID] = true
	}
}

// markItem notes that the current item was applied to a detection item.
func (r *run) markItem(it *item) {
	if r.item.ID != "" {
		it.applied[r.item.ID] = true
	}
	r.changed = true
}

// eachItem puts what f returns in the place of every detection item that the
// conditions of the current item select; nil leaves it.
func (r *run) eachItem(f func(*item) *node) {
	r.mark()
	r.eachSelection(func(s *selection) {
		s.root.replace(func(it *item) *node {
			if r.failed || !r.selects(it) {
				return nil
			}
			out := f(it)
			if out != nil {
				r.changed = true
				out.items(r.markItem)
			}
			return out
		})
	})
}

// selects evaluates the conditions on detection items and on field names, which
// a reference to a field among the values satisfies too.
func (r *run) selects(it *item) bool {
	return r.item.itemConditions.holds(func(c itemCondition) bool { return c.matchItem(r, it) }) &&
		r.item.fieldConditions.holds(func(c fieldCondition) bool { return c.matchItemField(r, it) })
}

// selectsField evaluates the conditions on field names for a name.
func (r *run) selectsField(field string) bool {
	return r.item.fieldConditions.holds(func(c fieldCondition) bool { return c.matchField(r, field) })
}

// leaf returns the node of an item.
func leaf(it *item) *node { return &node{item: it} }

// joinNames writes names for a message, at most ten.
func joinNames(names []string) string {
	if len(names) > 10 {
		names = append(names[:10:10], "…")
	}
	return strings.Join(names, ", ")
}
