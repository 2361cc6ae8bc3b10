package compiler

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/bradleyjkemp/sigma-go"

	"github.com/socctl/socctl/rules"
)

// FromSigma converts a rule that a service holds as a value of sigma-go, ready
// to be added to a rules.Set. The result means what Sigma says, not what the
// evaluator of sigma-go makes of it. It has no positions, and values are typed
// as sigma-go decoded them: text that stood unquoted as 0042 is the number 42.
//
// A rule with an aggregation is an error, because Sigma 2 has none.
func FromSigma(r sigma.Rule) (*rules.Rule, error) {
	out := &rules.Rule{
		Header: rules.Header{
			Title: rules.NewScalar(r.Title), ID: rules.NewScalar(r.ID), Status: rules.NewScalar(r.Status), Level: rules.NewScalar(r.Level),
			Description: rules.NewScalar(r.Description), Author: rules.NewScalar(r.Author),
		},
		Logsource: rules.Logsource{
			Category: rules.NewScalar(r.Logsource.Category), Product: rules.NewScalar(r.Logsource.Product), Service: rules.NewScalar(r.Logsource.Service),
		},
	}
	for _, tag := range r.Tags {
		out.Tags = append(out.Tags, rules.NewScalar(tag))
	}
	if err := sigmaDetection(&out.Detection, r.Detection); err != nil {
		return nil, fmt.Errorf("rule %q: %w", r.Title, err)
	}
	return out, nil
}

func sigmaDetection(out *rules.Detection, d sigma.Detection) error {
	names := make([]string, 0, len(d.Searches))
	for name := range d.Searches {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		body, err := sigmaSearch(d.Searches[name])
		if err != nil {
			return fmt.Errorf("selection %q: %w", name, err)
		}
		out.Selections = append(out.Selections, &rules.Selection{Name: rules.NewScalar(name), Body: body})
	}
	if len(d.Conditions) == 0 {
		return fmt.Errorf("detection has no condition")
	}
	for _, c := range d.Conditions {
		if c.Aggregation != nil {
			return fmt.Errorf("condition has an aggregation, which Sigma 2 replaced by correlation rules")
		}
		root, err := sigmaCondition(c.Search, out)
		if err != nil {
			return err
		}
		out.Conditions = append(out.Conditions, &rules.Condition{Root: root})
	}
	return nil
}

func sigmaCondition(e sigma.SearchExpr, d *rules.Detection) (*rules.Expr, error) {
	switch e := e.(type) {
	case sigma.And:
		return sigmaOperator(rules.And, e, d)
	case sigma.Or:
		return sigmaOperator(rules.Or, e, d)
	case sigma.Not:
		return sigmaOperator(rules.Not, []sigma.SearchExpr{e.Expr}, d)
	case sigma.SearchIdentifier:
		if d.Selection(e.Name) == nil {
			return nil, fmt.Errorf("selection %q is not defined", e.Name)
		}
		return &rules.Expr{Op: rules.Ref, Name: e.Name}, nil
	case sigma.OneOfIdentifier:
		return sigmaPattern(rules.OneOf, e.Ident.Name, d)
	case sigma.AllOfIdentifier:
		return sigmaPattern(rules.AllOf, e.Ident.Name, d)
	case sigma.OneOfPattern:
		return sigmaPattern(rules.OneOf, e.Pattern, d)
	case sigma.AllOfPattern:
		return sigmaPattern(rules.AllOf, e.Pattern, d)
	case sigma.OneOfThem:
		return sigmaPattern(rules.OneOf, "them", d)
	case sigma.AllOfThem:
		return sigmaPattern(rules.AllOf, "them", d)
	}
	return nil, fmt.Errorf("condition of unknown type %T", e)
}

func sigmaOperator(op rules.ExprOp, args []sigma.SearchExpr, d *rules.Detection) (*rules.Expr, error) {
	out := &rules.Expr{Op: op}
	for _, arg := range args {
		e, err := sigmaCondition(arg, d)
		if err != nil {
			return nil, err
		}
		out.Args = append(out.Args, e)
	}
	return out, nil
}

func sigmaPattern(op rules.ExprOp, pattern string, d *rules.Detection) (*rules.Expr, error) {
	if len(d.Matching(pattern)) == 0 {
		return nil, fmt.Errorf("no selection matches %q", pattern)
	}
	return &rules.Expr{Op: op, Name: pattern}, nil
}

func sigmaSearch(s sigma.Search) (*rules.Block, error) {
	block := &rules.Block{}
	if len(s.Keywords) > 0 {
		words := &rules.Item{List: true}
		for _, k := range s.Keywords {
			words.Values = append(words.Values, rules.NewScalar(k))
		}
		block.Items = []*rules.Item{words}
	}
	for _, m := range s.EventMatchers {
		one := &rules.Block{}
		for _, f := range m {
			item, err := sigmaItem(f)
			if err != nil {
				return nil, err
			}
			one.Items = append(one.Items, item)
		}
		if len(one.Items) == 0 {
			return nil, fmt.Errorf("an empty map would match every event")
		}
		block.Any = append(block.Any, one)
	}
	if block.Items == nil && block.Any == nil {
		return nil, fmt.Errorf("it is empty")
	}
	return block, nil
}

func sigmaItem(f sigma.FieldMatcher) (*rules.Item, error) {
	item, err := rules.NewItem(f.Field, f.Modifiers)
	if err != nil {
		return nil, err
	}
	for _, v := range f.Values {
		s, err := sigmaValue(v)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Field, err)
		}
		item.Values = append(item.Values, s)
	}
	if len(item.Values) == 0 {
		return nil, fmt.Errorf("field %s has no value", f.Field)
	}
	item.List = len(item.Values) > 1
	return item, nil
}

func sigmaValue(v any) (rules.Scalar, error) {
	switch v := v.(type) {
	case nil:
		return rules.NewPlainScalar("null"), nil
	case string:
		return rules.NewScalar(v), nil
	case bool:
		return rules.NewPlainScalar(strconv.FormatBool(v)), nil
	case int:
		return rules.NewPlainScalar(strconv.Itoa(v)), nil
	case int64:
		return rules.NewPlainScalar(strconv.FormatInt(v, 10)), nil
	case uint64:
		return rules.NewPlainScalar(strconv.FormatUint(v, 10)), nil
	case float64:
		return rules.NewPlainScalar(strconv.FormatFloat(v, 'f', -1, 64)), nil
	}
	return rules.Scalar{}, fmt.Errorf("value of type %T", v)
}
