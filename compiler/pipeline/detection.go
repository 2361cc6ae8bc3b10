package pipeline

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// dropItem removes detection items.
type dropItem struct{}

func (dropItem) apply(r *run) {
	r.eachItem(func(*item) *node { return &node{} })
}

// hashFields splits a field that holds hashes of several kinds, as Hashes of
// Sysmon does, into one field for each.
type hashFields struct {
	algorithms []string
	prefix     string
	bare       bool // leave the name of the algorithm away
	fields     []string
}

var hashLengths = map[int]string{32: "MD5", 40: "SHA1", 64: "SHA256", 128: "SHA512"}

func parseHashFields(ps *params) transformation {
	out := &hashFields{prefix: ps.optionalText("field_prefix").Text, bare: ps.boolean("drop_algo_prefix"), fields: []string{"Hashes", "Hash"}}
	if n := ps.required("valid_hash_algos"); n != nil {
		out.algorithms = textsOf(ps.asTexts("valid_hash_algos", n, false))
	}
	if n := ps.get("field_to_parse"); n != nil {
		out.fields = textsOf(ps.asTexts("field_to_parse", n, false))
	}
	if strings.Contains(out.prefix, "|") {
		ps.checkName(ps.optionalText("field_prefix"))
	}
	return out
}

func textsOf(scalars []rules.Scalar) []string {
	out := make([]string, len(scalars))
	for i, s := range scalars {
		out[i] = s.Text
	}
	return out
}

func (h *hashFields) apply(r *run) {
	r.eachItem(func(it *item) *node {
		if !slices.Contains(h.fields, it.field) || slices.ContainsFunc(it.values, func(v value) bool { return v.kind != textValue }) {
			return nil
		}
		return h.split(r, it)
	})
}

// split keeps how the item links its values: all of them with the modifier all,
// none of them with neq. A hash of another kind than wanted cannot be searched;
// that is reported.
func (h *hashFields) split(r *run, it *item) *node {
	out := &node{any: it.all == it.negated}
	for _, v := range it.values {
		algorithm, hash := h.parse(v.text.plain())
		if algorithm == "" {
			r.warnf("pipeline/hash-dropped", v.scalar.Span, "the hash "+shorten(v.text.plain())+" is of no kind that can be searched for and is left out", "known are "+joinNames(h.algorithms))
			continue
		}
		field := h.prefix
		if !h.bare {
			field += algorithm
		}
		if field == "" {
			continue
		}
		if field == "keyword" {
			field = ""
		}
		hashed := value{kind: textValue, text: parseText(hash), scalar: v.scalar, changed: true}
		i := slices.IndexFunc(out.kids, func(n *node) bool { return n.item.field == field })
		if i < 0 {
			kid := it.with(field, nil)
			kid.anchor = ""
			out.kids = append(out.kids, leaf(kid))
			i = len(out.kids) - 1
		}
		out.kids[i].item.values = append(out.kids[i].item.values, hashed)
	}
	if len(out.kids) == 0 {
		r.errorf("pipeline/hash-dropped", it.span(), "no hash of "+it.field+" is of a kind that can be searched for", "known are "+joinNames(h.algorithms))
		return nil
	}
	return out
}

// parse returns the algorithm, "" if it is not wanted, and the hash.
func (h *hashFields) parse(s string) (algorithm, hash string) {
	parts := strings.Split(s, "=")
	if strings.Contains(s, "|") {
		parts = strings.Split(s, "|")
	}
	if len(parts) == 2 {
		algorithm = strings.ToUpper(strings.TrimLeft(parts[0], "*"))
		hash = strings.Trim(parts[1], "*?")
	} else {
		hash = strings.Trim(parts[0], "*?")
		algorithm = hashLengths[len(hash)]
	}
	if !slices.Contains(h.algorithms, algorithm) {
		return "", hash
	}
	return algorithm, hash
}

// extractFields makes an item of every named group of a regular expression.
type extractFields struct {
	re       *regexp.Regexp
	prefix   string
	preserve bool
}

func parseExtractFields(ps *params) transformation {
	expr := ps.text("regex")
	out := &extractFields{re: ps.compileRegex(expr, true), prefix: ps.optionalText("field_prefix").Text, preserve: ps.boolean("preserve_unmatched")}
	if out.re != nil && !slices.ContainsFunc(out.re.SubexpNames(), func(s string) bool { return s != "" }) {
		ps.errorf("pipeline/regex-invalid", expr.Span, "the regular expression has no named group", "write (?P<name>…)")
	}
	if strings.Contains(out.prefix, "|") {
		ps.checkName(ps.optionalText("field_prefix"))
	}
	return out
}

func (e *extractFields) apply(r *run) {
	r.eachItem(func(it *item) *node {
		if slices.ContainsFunc(it.values, func(v value) bool { return v.kind != textValue }) {
			return nil
		}
		return e.extract(r, it)
	})
}

// extract turns every value into items that all must match. A negated item
// stays negated, by the laws of De Morgan.
func (e *extractFields) extract(r *run, it *item) *node {
	out := &node{any: it.all == it.negated}
	for _, v := range it.values {
		groups := e.re.FindStringSubmatch(v.text.plain())
		if groups == nil {
			if e.preserve {
				out.kids = append(out.kids, leaf(it.with(it.field, []value{v})))
			}
			continue
		}
		parts := &node{any: it.negated}
		for i, name := range e.re.SubexpNames() {
			if name == "" || groups[i] == "" {
				continue
			}
			field := name
			if e.prefix != "" {
				field = e.prefix + "." + name
			}
			kid := it.with(field, []value{v.changeScalar(extracted(groups[i]))})
			kid.all = false
			parts.kids = append(parts.kids, leaf(kid))
		}
		if len(parts.kids) > 0 && r.grow(len(parts.kids), 0) {
			out.kids = append(out.kids, parts)
		}
	}
	if len(out.kids) == 0 {
		return nil
	}
	return out
}

// extracted types a text that a group matched: null, a number or a string.
func extracted(s string) rules.Scalar {
	if lower := strings.ToLower(s); lower == "null" || lower == "none" {
		return rules.NewPlainScalar("null")
	}
	if s == "0" || s[0] != '0' {
		if n, ok := toNumber(s); ok {
			return n
		}
	}
	return rules.NewScalar(s)
}

// addCondition adds a selection that must match, or must not, besides what the
// rule says.
type addCondition struct {
	name     string
	span     rules.Span
	items    []*rules.Item
	template bool
	negated  bool
}

func parseAddCondition(ps *params) transformation {
	out := &addCondition{name: ps.optionalText("name").Text, span: ps.node.Span, template: ps.boolean("template"), negated: ps.boolean("negated")}
	if out.name != "" && !selectionName.MatchString(out.name) {
		ps.errorf("pipeline/invalid-value", ps.optionalText("name").Span, "no selection can be called "+out.name, "use letters, digits, _ and -")
	}
	n := ps.required("conditions")
	if n == nil {
		return nil
	}
	out.span = n.Span
	if n.Kind != rules.MapNode || len(n.Entries) == 0 {
		ps.wrongType("conditions", n, "a map of fields to values")
		return nil
	}
	for _, e := range n.Entries {
		if i := ps.itemOf(e); i != nil {
			out.items = append(out.items, i)
		}
	}
	return out
}

var selectionName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// apply leaves filters alone: they hold besides the rule, which gets the
// condition.
func (a *addCondition) apply(r *run) {
	if r.correlation != nil {
		return
	}
	r.mark()
	name, rule := a.name, r.parts[0]
	if name != "" && rule.selection(name) != nil {
		r.errorf("pipeline/name-taken", rules.Span{}, "the rule has a selection "+name+" already", "give the added condition another name, or none")
		return
	}
	if name == "" {
		name = rule.freeName()
	}
	if !r.grow(len(a.items), 0) {
		return
	}
	root := &node{span: a.span}
	for _, i := range a.items {
		c := *i
		c.Values = slices.Clone(i.Values)
		if a.template {
			a.substitute(r, &c)
		}
		it := newItem(&c)
		r.markItem(it)
		root.kids = append(root.kids, &node{item: it, span: c.Span})
	}
	label := rules.NewScalar(name)
	label.Span = a.span
	rule.selections = append(rule.selections, &selection{label, a.span, root})
	for _, c := range rule.detection.Conditions {
		a.extend(c, name)
	}
}

func (a *addCondition) extend(c *rules.Condition, name string) {
	added := &rules.Expr{Op: rules.Ref, Name: name, Span: a.span}
	if a.negated {
		added = &rules.Expr{Op: rules.Not, Args: []*rules.Expr{added}, Span: a.span}
	}
	if c.Root == nil {
		c.Root = added
		return
	}
	c.Root = &rules.Expr{Op: rules.And, Args: []*rules.Expr{added, c.Root}, Span: c.Root.Span}
}

// freeName returns a name that no pattern of a condition means, as names that
// begin with an underscore are meant by no others.
func (p *detectionPart) freeName() string {
	for n := 0; ; n++ {
		if name := "_cond_" + itoa(n); p.selection(name) == nil {
			return name
		}
	}
}

var variable = regexp.MustCompile(`\$(?:\$|[a-zA-Z_][a-zA-Z0-9_]*|\{[a-zA-Z_][a-zA-Z0-9_]*\})`)

// substitute puts the logsource into the values: $category, ${product} … An
// absent part becomes None, as in pySigma.
func (a *addCondition) substitute(r *run, i *rules.Item) {
	parts := map[string]string{"category": r.logsource.Category.Text, "product": r.logsource.Product.Text, "service": r.logsource.Service.Text}
	for n := range i.Values {
		v := &i.Values[n]
		if v.Kind != rules.StringScalar {
			continue
		}
		v.Text = variable.ReplaceAllStringFunc(v.Text, func(s string) string {
			if s == "$$" {
				return "$"
			}
			name := strings.Trim(s, "${}")
			part, known := parts[name]
			if !known {
				return s
			}
			if part == "" {
				r.warnf("pipeline/template", r.logsource.Span, "the logsource has no "+name+": "+s+" becomes None", "")
			}
			return cmp.Or(part, "None")
		})
	}
}
