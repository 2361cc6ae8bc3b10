package coverage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/rules"
)

// CodeConfig is the code of what is wrong in the section coverage: of a
// configuration.
const CodeConfig = "config/coverage"

// Configuration is the section coverage: of a configuration.
type Configuration struct {
	Options   Options
	Gate      Gate
	Manifests []rules.Scalar // paths of telemetry manifests
	Root      rules.Scalar   // where their paths start from; absent is the folder of each
	Verdicts  rules.Scalar   // path of verdict statistics
}

// Configure reads the section; nil gives the defaults. Techniques and platforms
// are checked by the facts.
func Configure(n *rules.Node, f *attack.Facts) (*Configuration, rules.Diagnostics) {
	c := &Configuration{Options: Defaults(), Gate: DefaultGate()}
	if n == nil {
		return c, nil
	}
	p := &configurer{reader: reader{keys: CodeConfig, form: CodeConfig}, facts: f}
	o := &c.Options
	p.object(n, "coverage", fields{
		"scope": func(e rules.Entry) { p.scope(o, e.Value) },
		"weight": func(e rules.Entry) {
			p.choice((*string)(&o.Weight), e, string(ByGroups), string(ByCampaigns), string(Equally), string(Custom))
		},
		"groups":     p.groups(&o.Groups),
		"weights":    func(e rules.Entry) { p.weights(o, e.Value) },
		"targets":    p.techniques(&o.Targets),
		"credit":     func(e rules.Entry) { p.credit(&o.Credit, e.Value) },
		"proven":     func(e rules.Entry) { p.proven(o, e.Value) },
		"parents":    func(e rules.Entry) { p.whole(&o.Subs, e, 0) },
		"confidence": func(e rules.Entry) { p.confidence(&o.Confidence, e.Value) },
		"sources":    func(e rules.Entry) { p.sources(o, e.Value) },
		"gate":       func(e rules.Entry) { p.gate(&c.Gate, e.Value) },
		"waivers":    func(e rules.Entry) { p.waivers(&c.Gate, e.Value) },
		"manifests":  func(e rules.Entry) { c.Manifests = p.paths(e) },
		"recordings": func(e rules.Entry) { c.Root = p.path(e) },
		"verdicts":   func(e rules.Entry) { c.Verdicts = p.path(e) },
	})
	return c, p.diags
}

// configurer is a reader that knows ATT&CK.
type configurer struct {
	reader
	facts *attack.Facts
}

func (p *configurer) fail(n *rules.Node, format string, args ...any) {
	p.errorf(CodeConfig, n.Span, fmt.Sprintf(format, args...), "")
}

func (p *configurer) path(e rules.Entry) rules.Scalar {
	var text string
	p.text(&text)(e)
	return e.Value.Scalar
}

func (p *configurer) paths(e rules.Entry) (out []rules.Scalar) {
	if e.Value.Kind == rules.ScalarNode {
		return []rules.Scalar{p.path(e)}
	}
	for _, n := range e.Value.Items {
		if n.Kind != rules.ScalarNode || n.Scalar.Text == "" {
			p.wrong(n, e.Key.Text, "a path or a list of paths")
			continue
		}
		out = append(out, n.Scalar)
	}
	return out
}

func (p *configurer) choice(to *string, e rules.Entry, known ...string) {
	if e.Value.Kind != rules.ScalarNode || !slices.Contains(known, e.Value.Scalar.Text) {
		p.wrong(e.Value, e.Key.Text, "one of "+strings.Join(known, ", "))
		return
	}
	*to = e.Value.Scalar.Text
}

// number reads a number between bounds.
func (p *configurer) number(to *float64, e rules.Entry, least, most float64) {
	x, err := strconv.ParseFloat(e.Value.Scalar.Text, 64)
	if err != nil || !(x >= least && x <= most) {
		p.wrong(e.Value, e.Key.Text, fmt.Sprintf("a number from %g to %g", least, most))
		return
	}
	*to = x
}

func (p *configurer) whole(to *int, e rules.Entry, least int) {
	n, err := strconv.Atoi(e.Value.Scalar.Text)
	if err != nil || n < least || n > 1e6 {
		p.wrong(e.Value, e.Key.Text, fmt.Sprintf("a whole number of at least %d", least))
		return
	}
	*to = n
}

func (p *configurer) level(to *Level, e rules.Entry) {
	l, err := ParseLevel(e.Value.Scalar.Text)
	if err != nil {
		p.fail(e.Value, "%v", err)
		return
	}
	*to = l
}

// technique returns the id of a technique in force.
func (p *configurer) technique(n *rules.Node, text string) string {
	t := p.facts.Technique(text)
	switch {
	case t == nil:
		p.fail(n, "ATT&CK %s has no technique %q", p.facts.Version, text)
		return ""
	case t.Status != attack.Active:
		message := fmt.Sprintf("technique %s is not in force in ATT&CK %s", t.ID, p.facts.Version)
		if next := p.facts.Resolve(t.ID); next != nil {
			message += "; write " + next.ID
		}
		p.fail(n, "%s", message)
		return ""
	}
	return t.ID
}

func (p *configurer) techniques(to *[]string) func(rules.Entry) {
	return func(e rules.Entry) {
		var texts []string
		p.texts(&texts)(e)
		for _, text := range texts {
			if id := p.technique(e.Value, text); id != "" {
				*to = append(*to, id)
			}
		}
	}
}

func (p *configurer) groups(to *[]string) func(rules.Entry) {
	return func(e rules.Entry) {
		var texts []string
		p.texts(&texts)(e)
		for _, text := range texts {
			if p.facts.Group(text) == nil {
				p.fail(e.Value, "ATT&CK %s has no group %q", p.facts.Version, text)
				continue
			}
			*to = append(*to, text)
		}
	}
}

func (p *configurer) platforms(to *[]string) func(rules.Entry) {
	return func(e rules.Entry) {
		var texts []string
		p.texts(&texts)(e)
		known := p.facts.Platforms()
		for _, text := range texts {
			i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, text) })
			if i < 0 {
				p.fail(e.Value, "ATT&CK %s has no platform %q (known are %s)", p.facts.Version, text, strings.Join(known, ", "))
				continue
			}
			*to = append(*to, known[i])
		}
	}
}

func (p *configurer) scope(o *Options, n *rules.Node) {
	p.object(n, "scope", fields{
		"platforms": p.platforms(&o.Platforms),
		"logsources": func(e rules.Entry) {
			for _, item := range e.Value.Items {
				var l Logsource
				p.object(item, "a logsource", p.logsource(&l))
				o.Logsources = append(o.Logsources, l)
			}
			if len(e.Value.Items) == 0 {
				p.wrong(e.Value, "logsources", "a list of at least one")
			}
		},
		"exclude": func(e rules.Entry) {
			for _, item := range e.Value.Items {
				x := Exclusion{}
				p.object(item, "an exclusion", fields{
					"technique": func(e rules.Entry) { x.Technique = p.technique(e.Value, e.Value.Scalar.Text) },
					"reason":    p.text(&x.Reason),
				})
				if x.Reason == "" {
					p.fail(item, "an exclusion needs a reason")
				}
				o.Exclude = append(o.Exclude, x)
			}
			if len(e.Value.Items) == 0 {
				p.wrong(e.Value, "exclude", "a list of at least one")
			}
		},
	})
}

func (p *configurer) logsource(l *Logsource) fields {
	lower := func(to *string) func(rules.Entry) {
		return func(e rules.Entry) { p.text(to)(e); *to = strings.ToLower(*to) }
	}
	return fields{"category": lower(&l.Category), "product": lower(&l.Product), "service": lower(&l.Service)}
}

func (p *configurer) weights(o *Options, n *rules.Node) {
	o.Custom = map[string]float64{}
	if n.Kind != rules.MapNode {
		p.wrong(n, "weights", "a map of techniques to numbers")
		return
	}
	for _, e := range n.Entries {
		var w float64
		p.number(&w, e, 0, 1e6)
		if id := p.technique(&rules.Node{Span: e.Key.Span}, e.Key.Text); id != "" {
			o.Custom[id] = w
		}
	}
}

func (p *configurer) credit(c *Credit, n *rules.Node) {
	share := func(to *float64) func(rules.Entry) { return func(e rules.Entry) { p.number(to, e, 0, 1) } }
	p.object(n, "credit", fields{"1": share(&c.Tagged), "2": share(&c.Tested), "3a": share(&c.Self), "3b": share(&c.Observed), "4": share(&c.Proven)})
}

func (p *configurer) proven(o *Options, n *rules.Node) {
	p.object(n, "proven", fields{
		"verdicts":  func(e rules.Entry) { p.whole(&o.Verdicts, e, 1) },
		"precision": func(e rules.Entry) { p.number(&o.Precision, e, 0, 1) },
		"days":      func(e rules.Entry) { p.whole(&o.Days, e, 1) },
	})
}

func (p *configurer) confidence(c *Cut, n *rules.Node) {
	p.object(n, "confidence", fields{
		"medium": func(e rules.Entry) { p.whole(&c.Medium, e, 1) },
		"low":    func(e rules.Entry) { p.whole(&c.Low, e, 1) },
	})
	if c.Low < c.Medium {
		p.fail(n, "low must be at least medium, it is the larger number of doubts")
	}
}

func (p *configurer) sources(o *Options, n *rules.Node) {
	if n.Kind != rules.ListNode {
		p.wrong(n, "sources", "a list")
		return
	}
	for _, item := range n.Items {
		var s Source
		known := p.logsource(&s.Logsource)
		known["platforms"] = p.platforms(&s.Platforms)
		known["components"] = func(e rules.Entry) {
			var texts []string
			p.texts(&texts)(e)
			for _, text := range texts {
				c := p.facts.Component(text)
				if c == nil {
					p.fail(e.Value, "ATT&CK %s has no data component %q", p.facts.Version, text)
					continue
				}
				s.Components = append(s.Components, either(c.ID, c.Name))
			}
		}
		p.object(item, "a source", known)
		o.Sources = append(o.Sources, s)
	}
}

func (p *configurer) gate(g *Gate, n *rules.Node) {
	p.object(n, "gate", fields{
		"lost":     func(e rules.Entry) { p.level(&g.Lost, e) },
		"weakened": func(e rules.Entry) { p.level(&g.Weakened, e) },
		"thin":     func(e rules.Entry) { p.whole(&g.Thin, e, 0) },
		"require":  func(e rules.Entry) { p.level(&g.Require, e) },
	})
}

func (p *configurer) waivers(g *Gate, n *rules.Node) {
	if n.Kind != rules.ListNode {
		p.wrong(n, "waivers", "a list")
		return
	}
	for _, item := range n.Items {
		w := Waiver{Span: item.Span}
		if !p.object(item, "a waiver", fields{
			"technique": func(e rules.Entry) { w.Technique = p.technique(e.Value, e.Value.Scalar.Text) },
			"platform": func(e rules.Entry) {
				var one []string
				p.platforms(&one)(e)
				w.Platform = strings.Join(one, "")
			},
			"reason": p.text(&w.Reason), "owner": p.text(&w.Owner),
			"expires": func(e rules.Entry) {
				t, err := time.Parse(time.DateOnly, e.Value.Scalar.Text)
				if err != nil {
					p.wrong(e.Value, "expires", "a day such as 2027-01-31")
				}
				w.Expires = t
			},
		}) {
			continue
		}
		for _, must := range []struct {
			key   string
			there bool
		}{{"technique", item.Get("technique") != nil}, {"reason", w.Reason != ""}, {"owner", w.Owner != ""}, {"expires", item.Get("expires") != nil}} {
			if !must.there {
				p.fail(item, "a waiver needs %s", must.key)
			}
		}
		g.Waivers = append(g.Waivers, w)
	}
}
