package report

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// setting is a key of a correlation with its value, as people write it.
type setting struct{ key, value string }

// ownText tells what two versions of a correlation differ in by themselves.
func ownText(old, new *rules.Correlation) string {
	const text = "the correlation itself changed"
	var parts []string
	was, is := settingsOf(old), settingsOf(new)
	for _, s := range was {
		if now := valueOf(is, s.key); now != s.value {
			parts = append(parts, s.key+": "+levelText(s.value)+" → "+levelText(now))
		}
	}
	for _, s := range is {
		if !slices.ContainsFunc(was, func(b setting) bool { return b.key == s.key }) {
			parts = append(parts, s.key+": none → "+s.value)
		}
	}
	if len(parts) == 0 {
		return text
	}
	return text + " (" + strings.Join(parts, ", ") + ")"
}

// settingsOf are the settings of a correlation, without those that it does not have.
func settingsOf(c *rules.Correlation) (out []setting) {
	add := func(key string, values ...rules.Scalar) {
		var texts []string
		for _, v := range values {
			texts = append(texts, v.Text)
		}
		if text := strings.Join(texts, " "); text != "" {
			out = append(out, setting{key, text})
		}
	}
	add("type", c.Type)
	add("rules", c.Rules...)
	add("group-by", c.GroupBy...)
	for _, a := range c.Aliases {
		var fields []rules.Scalar
		for _, f := range a.Fields {
			fields = append(fields, rules.Scalar{Text: f.Rule.Text + "=" + f.Field.Text})
		}
		add("alias "+a.Name.Text, fields...)
	}
	add("timespan", c.Timespan)
	for _, o := range c.Operators {
		add(o.Name.Text, o.Value)
	}
	add("field", c.Field...)
	add("percentile", c.Percentile)
	if c.Expression != nil {
		add("condition", c.Expression.Text)
	}
	return out
}

func valueOf(list []setting, key string) string {
	for _, s := range list {
		if s.key == key {
			return s.value
		}
	}
	return ""
}
