package pipeline

import (
	"slices"
	"strconv"

	"github.com/socctl/socctl/rules"
)

func itoa(n int) string { return strconv.Itoa(n) }

// changeLogsource replaces the whole logsource.
type changeLogsource struct{ to rules.Logsource }

func parseChangeLogsource(ps *params) transformation {
	to := ps.logsource()
	if !to.Category.Present() && !to.Product.Present() && !to.Service.Present() {
		ps.errorf("pipeline/missing-key", ps.node.Span, "change_logsource names neither category nor product nor service", "give at least one")
	}
	return changeLogsource{to}
}

func (ps *params) logsource() rules.Logsource {
	return rules.Logsource{Category: ps.optionalText("category"), Product: ps.optionalText("product"), Service: ps.optionalText("service")}
}

func (c changeLogsource) apply(r *run) {
	r.mark()
	if r.logsource == nil {
		return
	}
	to := c.to
	to.Span = r.logsource.Span
	r.changed = to.String() != r.logsource.String()
	*r.logsource = to
}

// setAttribute sets a custom attribute of the document.
type setAttribute struct {
	name  rules.Scalar
	value *rules.Node
}

// attributes are those that Sigma defines.
var attributes = []string{"title", "id", "name", "taxonomy", "status", "description", "license", "author", "level", "date", "modified",
	"references", "tags", "fields", "falsepositives", "scope", "related", "generate", "logsource", "detection", "correlation", "filter"}

func parseSetAttribute(ps *params) transformation {
	out := setAttribute{ps.text("attribute"), ps.required("value")}
	if slices.Contains(attributes, out.name.Text) {
		ps.errorf("pipeline/invalid-value", out.name.Span, out.name.Text+" is an attribute of Sigma and none of its own", "choose another name")
	}
	return out
}

func (s setAttribute) apply(r *run) {
	r.mark()
	r.changed = true
	entry := rules.Entry{Key: s.name, Value: s.value}
	if i := slices.IndexFunc(r.header.Custom, func(e rules.Entry) bool { return e.Key.Text == s.name.Text }); i >= 0 {
		r.header.Custom[i] = entry
		return
	}
	r.header.Custom = append(r.header.Custom, entry)
}

// setState sets a variable that conditions can ask for.
type setState struct {
	key   string
	value *rules.Node
}

func parseSetState(ps *params) transformation {
	return setState{ps.text("key").Text, ps.required("val")}
}

func (s setState) apply(r *run) {
	r.mark()
	r.state[s.key] = s.value
}

// ruleFailure rejects the document.
type ruleFailure struct{ message string }

func parseRuleFailure(ps *params) transformation { return ruleFailure{ps.text("message").Text} }

func (f ruleFailure) apply(r *run) {
	r.errorf("pipeline/rule-failure", rules.Span{}, f.message, "")
}

// itemFailure rejects the document because of detection items, all of which are
// reported.
type itemFailure struct{ message string }

func parseItemFailure(ps *params) transformation { return itemFailure{ps.text("message").Text} }

func (f itemFailure) apply(r *run) {
	r.mark()
	r.eachSelection(func(s *selection) {
		s.root.items(func(it *item) {
			if r.selects(it) {
				r.errorf("pipeline/item-failure", it.span(), f.message, "")
			}
		})
	})
}

// nest applies a list of items. They begin with no state, and know of no fields
// that were mapped before, as in pySigma.
type nest struct{ items []*Item }

func parseNest(ps *params) transformation {
	n := ps.required("items")
	if n == nil {
		return nil
	}
	return nest{ps.parser.items(n)}
}

func (n nest) apply(r *run) {
	r.mark()
	inner := *r
	inner.state, inner.fieldIDs, inner.mappings = map[string]*rules.Node{}, map[string]map[string]bool{}, fieldMappings{}
	inner.items(n.items)
	r.failed, r.changed = inner.failed, inner.changed
	for name, ids := range inner.fieldIDs {
		r.fieldIDs[name] = ids
	}
	r.mappings.merge(inner.mappings)
	for key, value := range inner.state {
		r.state[key] = value
	}
}
