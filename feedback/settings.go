package feedback

import (
	"crypto/ed25519"
	"encoding/base64"
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
	Merge    rules.Scalar // folder of the policy that says what is merged without a person; absent means nothing is
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
		"verdicts":   p.path("verdicts", &p.Verdicts),
		"merge":      p.path("merge", &p.Merge),
		"signatures": func(n *rules.Node) { p.signatures(n) },
		"attacks":    func(n *rules.Node) { p.Attacks = p.names("attacks must be a list of recordings", n) },
		"reviewers":  func(n *rules.Node) { policy.Reviewers = p.names("reviewers must be a list of names", n) },
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

// signatures reads whose signatures count.
func (p *settingsParser) signatures(n *rules.Node) {
	s := &p.Policy.Signatures
	p.each(n, "signatures", map[string]func(*rules.Node){
		"required": func(n *rules.Node) {
			for _, kind := range p.names("required must be a list of names", n) {
				if kind != string(Human) && kind != string(Agent) {
					p.fail(n.Span, fmt.Sprintf("required lists human and agent, not %q", kind), "")
					continue
				}
				s.Required = append(s.Required, Kind(kind))
			}
		},
		"keys": func(n *rules.Node) {
			if n.Kind != rules.ListNode {
				p.fail(n.Span, "keys must be a list", "write - {name: …, key: …, signs: [human:alice]}")
			}
			for _, item := range n.Items {
				p.key(item)
			}
		},
	})
}

// key reads one public key.
func (p *settingsParser) key(n *rules.Node) {
	var k Key
	before := len(p.diags)
	p.each(n, "a key", map[string]func(*rules.Node){
		"name": func(n *rules.Node) {
			if k.Name = n.Scalar.Text; n.Kind != rules.ScalarNode || k.Name == "" || strings.Contains(k.Name, ":") {
				p.fail(n.Span, "name must be a word without a colon", "")
			}
		},
		"key": func(n *rules.Node) {
			raw, err := base64.StdEncoding.DecodeString(n.Scalar.Text)
			if k.Public = raw; n.Kind != rules.ScalarNode || err != nil || len(raw) != ed25519.PublicKeySize {
				p.fail(n.Span, "key must be the 32 bytes of a public key of Ed25519 in base64", "socctl verdict key FILE prints that of a private key")
			}
		},
		"signs": func(n *rules.Node) {
			for _, who := range p.names("signs must be a list of names", n) {
				kind, id, _ := strings.Cut(who, ":")
				if kind != string(Human) && kind != string(Agent) || id == "" {
					p.fail(n.Span, fmt.Sprintf("%q is neither human:NAME nor agent:NAME", who), "* stands for every name")
				}
				k.Signs = append(k.Signs, who)
			}
		},
	})
	if len(p.diags) > before {
		return
	}
	known := slices.ContainsFunc(p.Policy.Signatures.Keys, func(o Key) bool { return o.Name == k.Name })
	switch {
	case k.Name == "" || k.Public == nil || k.Signs == nil:
		p.fail(n.Span, "a key needs name, key and signs", "")
	case known:
		p.fail(n.Span, "there is a key "+k.Name+" already", "")
	default:
		p.Policy.Signatures.Keys = append(p.Policy.Signatures.Keys, k)
	}
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

func (p *settingsParser) path(what string, to *rules.Scalar) func(*rules.Node) {
	return func(n *rules.Node) {
		if n.Kind != rules.ScalarNode || n.Scalar.Text == "" {
			p.fail(n.Span, what+" must be a path", "")
			return
		}
		*to = n.Scalar
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
