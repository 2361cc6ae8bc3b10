package pipeline

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// comparison compares a scalar with the one of a condition.
type comparison struct {
	value rules.Scalar
	op    string // eq, ne, gte, gt, lte or lt
}

// holds compares a value that a rule or a pipeline has. Values of different
// types are not equal; to ask for their order rejects the rule, as does asking
// for that of what is neither number nor string.
func (c comparison) holds(r *run, what string, n *rules.Node) bool {
	order, comparable := 0, false
	if n.Kind == rules.ScalarNode {
		order, comparable = compareScalars(n.Scalar, c.value)
	}
	switch c.op {
	case "eq":
		return comparable && order == 0
	case "ne":
		return !comparable || order != 0
	}
	if !comparable || n.Scalar.Kind == rules.BoolScalar || n.Scalar.Kind == rules.NullScalar {
		r.errorf("pipeline/compare", rules.Span{}, what+" is "+describe(n)+", which cannot be compared by "+c.op, "compare values of the same type")
		return false
	}
	return ordered(c.op, order)
}

func ordered(op string, order int) bool {
	switch op {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "gte":
		return order >= 0
	case "gt":
		return order > 0
	case "lte":
		return order <= 0
	}
	return order < 0
}

// compareScalars orders two scalars; ok is false unless their types agree.
func compareScalars(a, b rules.Scalar) (order int, ok bool) {
	number := func(s rules.Scalar) bool { return s.Kind == rules.IntScalar || s.Kind == rules.FloatScalar }
	switch {
	case number(a) && number(b):
		x, okX := exactNumber(a)
		y, okY := exactNumber(b)
		if !okX || !okY {
			return 0, false
		}
		return x.Cmp(y), true
	case a.Kind != b.Kind:
		return 0, false
	case a.Kind == rules.BoolScalar:
		if a.Bool() == b.Bool() {
			return 0, true
		}
		return 1, true
	case a.Kind == rules.NullScalar:
		return 0, true
	}
	return cmp.Compare(a.Text, b.Text), true
}

var reasonableNumber = regexp.MustCompile(`^[-+]?[0-9]{0,100}(\.[0-9]{0,100})?([eE][-+]?[0-9]{1,3})?$`)

// exactNumber returns what a scalar means, unless it is infinite, no number, or
// so long that nobody means it.
func exactNumber(s rules.Scalar) (*big.Rat, bool) {
	decimal := s.DecimalText()
	if !reasonableNumber.MatchString(decimal) {
		return nil, false
	}
	return new(big.Rat).SetString(decimal)
}

// ruleAttribute compares an attribute of a document. An absent one satisfies
// nothing; pySigma fails on some of those.
type ruleAttribute struct {
	name string
	comparison
}

// Orders of the words that Sigma gives an order, as in pySigma.
var (
	levelOrder  = []string{"informational", "low", "medium", "high", "critical"}
	statusOrder = []string{"unsupported", "deprecated", "experimental", "test", "stable"}
)

var isoDate = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

func parseRuleAttribute(ps *params) ruleCondition {
	name := ps.text("attribute")
	c := ruleAttribute{name.Text, comparison{value: ps.anyScalar("value"), op: ps.one("op", "eq", "ne", "gte", "gt", "lte", "lt", "in", "not_in")}}
	list := c.op == "in" || c.op == "not_in"
	words := map[string][]string{"level": levelOrder, "status": statusOrder}[c.name]
	switch {
	case words != nil && !slices.Contains(words, strings.ToLower(c.value.Text)):
		ps.errorf("pipeline/invalid-value", c.value.Span, "there is no "+c.name+" "+c.value.Text, "it is one of "+strings.Join(words, ", "))
	case slices.Contains(dateAttributes, c.name) && !isoDate.MatchString(c.value.Text):
		ps.errorf("pipeline/invalid-value", c.value.Span, c.value.Text+" is no date", "write YYYY-MM-DD")
	case slices.Contains(textAttributes, c.name) && c.op != "eq" && c.op != "ne":
		ps.errorf("pipeline/invalid-value", ps.node.Get("op").Span, c.name+" is a text and cannot be compared by "+c.op, "use eq or ne")
	case list && (words != nil || slices.Contains(dateAttributes, c.name)):
		ps.errorf("pipeline/invalid-value", ps.node.Get("op").Span, c.name+" is no list", "use eq, ne, gte, gt, lte or lt")
	case slices.Contains(structuredAttributes, c.name):
		ps.errorf("pipeline/invalid-value", name.Span, c.name+" is no single value and no list of them", "use logsource, contains_field or contains_detection_item")
	}
	return c
}

var (
	dateAttributes       = []string{"date", "modified"}
	textAttributes       = []string{"title", "id", "name", "taxonomy", "description", "license", "author"}
	structuredAttributes = []string{"related", "logsource", "detection", "correlation", "filter"}
)

func (c ruleAttribute) matchRule(r *run) bool {
	h := r.header
	if list, known := c.list(h); known {
		return c.matchList(list)
	}
	text, known := c.text(h)
	switch {
	case known && !text.Present():
		return false
	case known && c.name == "level":
		return ordered(c.op, slices.Index(levelOrder, text.Text)-slices.Index(levelOrder, strings.ToLower(c.value.Text)))
	case known && c.name == "status":
		return ordered(c.op, slices.Index(statusOrder, text.Text)-slices.Index(statusOrder, strings.ToLower(c.value.Text)))
	case known:
		return ordered(c.op, cmp.Compare(text.Text, c.value.Text))
	}
	n := h.CustomAttribute(c.name)
	switch {
	case n == nil || isNull(n):
		return false
	case n.Kind == rules.ListNode:
		return c.matchNodes(n.Items)
	case c.op == "in" || c.op == "not_in":
		r.errorf("pipeline/compare", n.Span, "the attribute "+c.name+" is "+describe(n)+" and no list, as "+c.op+" needs", "")
		return false
	}
	return c.holds(r, "the attribute "+c.name, n)
}

// list returns the attributes of Sigma that are lists.
func (c ruleAttribute) list(h *rules.Header) ([]rules.Scalar, bool) {
	switch c.name {
	case "tags":
		return h.Tags, true
	case "references":
		return h.References, true
	case "fields":
		return h.Fields, true
	case "falsepositives":
		return h.FalsePositives, true
	case "scope":
		return h.Scope, true
	}
	return nil, false
}

// text returns the attributes of Sigma that are no lists. The taxonomy has a
// default.
func (c ruleAttribute) text(h *rules.Header) (rules.Scalar, bool) {
	switch c.name {
	case "taxonomy":
		if !h.Taxonomy.Present() {
			return rules.NewScalar("sigma"), true
		}
		return h.Taxonomy, true
	case "title":
		return h.Title, true
	case "id":
		return h.ID, true
	case "name":
		return h.Name, true
	case "description":
		return h.Description, true
	case "license":
		return h.License, true
	case "author":
		return h.Author, true
	case "level":
		return h.Level, true
	case "status":
		return h.Status, true
	case "date":
		return h.Date, true
	case "modified":
		return h.Modified, true
	}
	return rules.Scalar{}, false
}

// matchList asks for membership; a list equals no single value.
func (c ruleAttribute) matchList(list []rules.Scalar) bool {
	in := slices.ContainsFunc(list, func(s rules.Scalar) bool {
		order, ok := compareScalars(s, c.value)
		return ok && order == 0
	})
	switch c.op {
	case "in":
		return in
	case "not_in":
		return !in
	}
	return c.op == "ne"
}

func (c ruleAttribute) matchNodes(nodes []*rules.Node) bool {
	var scalars []rules.Scalar
	for _, n := range nodes {
		if n.Kind == rules.ScalarNode {
			scalars = append(scalars, n.Scalar)
		}
	}
	return c.matchList(scalars)
}
