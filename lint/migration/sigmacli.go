package migration

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
)

// The tools whose validators sigma-cli runs.
var validators = []string{"pysigma", "sigmahq"}

// sigmaCLI reads the file that sigma check takes by --validation-config: which
// validators run, for which rules not, and with which parameters.
func (r *reader) sigmaCLI(file *rules.File) {
	for _, n := range r.documents(file) {
		if !r.object(n, "a validation configuration") {
			continue
		}
		for _, e := range n.Entries {
			switch e.Key.Text {
			case "validators":
				r.validators(e)
			case "exclusions":
				r.exclusions(e)
			case "config":
				r.parameters(e)
			default:
				r.without(e.Key.Span, "a validation configuration has no key "+e.Key.Text, "validators, exclusions and config are read")
			}
		}
	}
}

// validators reads the list of what runs: names, all, and with a minus what does
// not.
func (r *reader) validators(e rules.Entry) {
	all := false
	var only []string
	var disabled []rules.Scalar
	for _, s := range r.texts(e.Value, "a validator") {
		name, off := strings.CutPrefix(s.Text, "-")
		switch {
		case s.Text == "all":
			all = true
			for _, check := range offWithCounterpart() {
				r.config.set(check.Name, check.Severity.String())
			}
		case off:
			s.Text = name
			disabled = append(disabled, s)
		default:
			only = append(only, r.resolve(s, validators...)...)
		}
	}
	r.config.setAll(r.resolveAll(disabled, validators...), "off")
	for _, name := range only {
		if i := slices.IndexFunc(checks.All(), func(c *lint.Check) bool { return c.Name == name }); checks.All()[i].Off {
			r.config.set(name, checks.All()[i].Severity.String())
		}
	}
	if !all && len(only) > 0 {
		r.different(e.Key.Span, fmt.Sprintf("sigma-cli runs only the validators that are listed; socctl runs all its checks beside the %d that these are", len(only)),
			"switch off under lint.checks what you do not want")
	}
}

// offWithCounterpart are our checks that run only if asked for, and that all
// validators together comprise.
func offWithCounterpart() (out []*lint.Check) {
	for _, check := range checks.All() {
		if check.Off && slices.ContainsFunc(check.Elsewhere, func(e string) bool {
			tool, _, _ := strings.Cut(e, " ")
			return slices.Contains(validators, tool)
		}) {
			out = append(out, check)
		}
	}
	return out
}

// exclusions reads for which rules validators do not run.
func (r *reader) exclusions(e rules.Entry) {
	if !r.object(e.Value, "exclusions") {
		return
	}
	for _, rule := range e.Value.Entries {
		id := rule.Key.Text
		if r.options.Rule != nil && !r.options.Rule(id) && !r.options.Rule(strings.ToLower(id)) { // ids are the same in capitals
			r.report(rules.Warning, "migrate/unknown-rule", rule.Key.Span, "there is no rule "+id+" here", "remove the exclusion if the rule is gone")
		}
		if rule.Key.Kind == rules.NullScalar {
			r.without(rule.Key.Span, "exclusions of all rules without an id have no counterpart", "give them ids")
			continue
		}
		names := r.resolveAll(r.texts(rule.Value, "a validator"), validators...)
		if len(names) > 0 {
			r.config.ignore(rule.Key.Text, "excluded in "+path.Base(rule.Key.Span.Path())+", which gives no reason", names)
		}
	}
}

// parameters reads the settings of validators.
func (r *reader) parameters(e rules.Entry) {
	if !r.object(e.Value, "config") {
		return
	}
	for _, v := range e.Value.Entries {
		found, _ := counterparts(v.Key.Text, validators...)
		if len(found) == 0 {
			r.resolve(v.Key, validators...)
			continue
		}
		if !r.object(v.Value, v.Key.Text) {
			continue
		}
		for _, p := range v.Value.Entries {
			r.parameter(v.Key.Text, p, found)
		}
	}
}

// parameter hands one over to the check that has an option of that name and type.
func (r *reader) parameter(validator string, p rules.Entry, found []counterpart) {
	for _, c := range found {
		option := optionOf(c.check, p.Key.Text)
		if option == nil || c.check.Fixed {
			continue
		}
		if value := optionValue(option.Default, p.Value); value != nil {
			r.config.option(c.check.Name, option.Name, value)
			return
		}
	}
	names := make([]string, len(found))
	for i, c := range found {
		names[i] = c.check.Name
	}
	r.without(p.Key.Span, fmt.Sprintf("the parameter %s of %s has no counterpart in %s", p.Key.Text, validator, strings.Join(names, ", ")), "")
}

// optionOf finds the option that a parameter is called after: the same words, or
// min and max for min_length, max_size and the like.
func optionOf(check *lint.Check, parameter string) *lint.Option {
	if o := check.Option(strings.ReplaceAll(parameter, "_", "-")); o != nil {
		return o
	}
	if bound, _, more := strings.Cut(parameter, "_"); more && (bound == "min" || bound == "max") {
		return check.Option(bound)
	}
	return nil
}

// optionValue is a value if it is of the type of the default, else nil.
func optionValue(like any, n *rules.Node) *yaml.Node {
	kind := rules.StringScalar
	switch like.(type) {
	case []string:
		if n.Kind == rules.ScalarNode {
			return inline(listNode(copied(n)))
		}
		for _, item := range n.Items {
			if item.Kind != rules.ScalarNode {
				return nil
			}
		}
		if n.Kind == rules.ListNode {
			return inline(copied(n))
		}
		return nil
	case int:
		kind = rules.IntScalar
	case bool:
		kind = rules.BoolScalar
	}
	if n.Kind == rules.ScalarNode && n.Scalar.Kind == kind {
		return copied(n)
	}
	return nil
}
