package feedback

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Settings are the section feedback of a configuration.
type Settings struct {
	Verdicts rules.Scalar // path of the ledger; absent means the default
	Attacks  []string     // recordings of known attacks, which no exclusion may hide
	Policy   Policy
}

// ParseSettings reads the section; nil is an empty one.
func ParseSettings(n *rules.Node) (Settings, rules.Diagnostics) {
	p := settingsParser{Settings: Settings{Policy: DefaultPolicy()}}
	if n == nil {
		return p.Settings, nil
	}
	policy := &p.Policy
	p.each(n, "feedback", map[string]func(*rules.Node){
		"verdicts": func(n *rules.Node) {
			if n.Kind != rules.ScalarNode || n.Scalar.Text == "" {
				p.fail(n.Span, "verdicts must be a path", "")
				return
			}
			p.Verdicts = n.Scalar
		},
		"attacks":   func(n *rules.Node) { p.Attacks = p.names("attacks must be a list of recordings", n) },
		"reviewers": func(n *rules.Node) { policy.Reviewers = p.names("reviewers must be a list of names", n) },
		"agents": func(n *rules.Node) {
			p.each(n, "agents", map[string]func(*rules.Node){"min-reliability": p.share(&policy.MinReliability), "min-audited": p.number(&policy.MinAudited)})
		},
		"support": func(n *rules.Node) {
			p.each(n, "support", map[string]func(*rules.Node){"investigators": p.number(&policy.MinInvestigators), "hosts": p.number(&policy.MinHosts),
				"days": p.number(&policy.MinDays), "max-share": p.share(&policy.MaxShare)})
		},
	})
	p.diags.Sort()
	return p.Settings, p.diags
}

type settingsParser struct {
	Settings
	diags rules.Diagnostics
}

func (p *settingsParser) fail(at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: "verdict/config", Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (p *settingsParser) each(n *rules.Node, what string, known map[string]func(*rules.Node)) {
	if n.Kind != rules.MapNode {
		p.fail(n.Span, what+" must be a map", "")
		return
	}
	for _, e := range n.Entries {
		if read := known[e.Key.Text]; read != nil {
			read(e.Value)
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		help := "known are " + strings.Join(names, ", ")
		if near := rules.Nearest(e.Key.Text, names); near != "" {
			help = "did you mean " + near + "?"
		}
		p.fail(e.Key.Span, what+" has no key "+e.Key.Text, help)
	}
}

func (p *settingsParser) names(what string, n *rules.Node) (out []string) {
	if n.Kind != rules.ListNode {
		p.fail(n.Span, what, "")
	}
	for _, item := range n.Items {
		if item.Kind != rules.ScalarNode || item.Scalar.Text == "" {
			p.fail(item.Span, what+", found something else in it", "")
			continue
		}
		out = append(out, item.Scalar.Text)
	}
	return out
}

func (p *settingsParser) number(to *int) func(*rules.Node) {
	return func(n *rules.Node) {
		v, err := strconv.Atoi(n.Scalar.DecimalText())
		if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.IntScalar || err != nil || v < 1 {
			p.fail(n.Span, fmt.Sprintf("a number of at least 1 is expected, found %q", n.Scalar.Text), "")
			return
		}
		*to = v
	}
}

func (p *settingsParser) share(to *float64) func(*rules.Node) {
	return func(n *rules.Node) {
		v, err := strconv.ParseFloat(n.Scalar.DecimalText(), 64)
		if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.IntScalar && n.Scalar.Kind != rules.FloatScalar || err != nil || !(v > 0 && v <= 1) {
			p.fail(n.Span, fmt.Sprintf("a number above 0 and up to 1 is expected, found %q", n.Scalar.Text), "")
			return
		}
		*to = v
	}
}
