package policy

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/socctl/socctl/rules"
)

// gateRoot is the package of gates, below which there may be more.
var gateRoot = ast.MustParseRef("data.socctl.ci")

// Gates are policies in Rego that judge a whole result: packages socctl.ci, or below
// it, with sets deny and warn.
type Gates struct {
	policy *policy
	sets   []gateSet
}

// gateSet is one of the sets of a gate.
type gateSet struct {
	evaluation *evaluation
	deny       bool
}

// Message is what a gate says about a result.
type Message struct {
	Text string
	Path string // that it is about; "" if it says none
	Line int    // 0 if it says none
}

// Judgement is what all gates say, sorted.
type Judgement struct {
	Deny []Message // reasons not to merge
	Warn []Message
}

// LoadGates reads the gates of folders, with the restrictions of checks. With an error
// among the diagnostics there are none. Limits are for one set on one result; zero
// means 30 s and 512 MiB.
func LoadGates(ctx context.Context, folders []string, limits Limits) (*Gates, rules.Diagnostics) {
	if limits.Time == 0 {
		limits.Time = 30 * time.Second
	}
	sources, diags := read(folders, "name a folder with gates in .rego files: --policy, or policies: in the section ci: of the configuration")
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	if diags = collisions(sources); len(diags) > 0 {
		return nil, diags
	}
	compiler, problems := compile(sources, false)
	if problems != nil {
		return nil, problems
	}
	g := &Gates{policy: &policy{compiler: compiler, limits: limits.orDefault()}}
	for _, s := range sources {
		if !s.test && s.module.Package.Path.HasPrefix(gateRoot) {
			diags = append(diags, g.add(ctx, s)...)
		}
	}
	if len(g.sets) == 0 && len(diags) == 0 {
		s := sources[0]
		diags = append(diags, s.problem(s.module.Package.Location.Row, s.module.Package.Location.Col, "no file is a gate", "name its package socctl.ci, or socctl.ci.<name>"))
	}
	if len(diags) > 0 {
		return nil, diags
	}
	return g, nil
}

// add prepares the sets of one gate.
func (g *Gates) add(ctx context.Context, s *source) rules.Diagnostics {
	before := len(g.sets)
	for _, name := range []string{"deny", "warn"} {
		if len(s.module.RuleSet(ast.Var(name))) == 0 {
			continue
		}
		query, err := rego.New(rego.Compiler(g.policy.compiler), rego.Query("x := "+s.module.Package.Path.String()+"."+name), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
		if err != nil {
			return rules.Diagnostics{s.problem(1, 1, err.Error(), "")}
		}
		e := &evaluation{policy: g.policy, source: s, query: query, form: name + " is no set of messages: write " + name + " contains message if { … }"}
		g.sets = append(g.sets, gateSet{e, name == "deny"})
	}
	if len(g.sets) == before {
		at := s.module.Package.Location
		return rules.Diagnostics{s.problem(at.Row, at.Col, "the gate defines neither deny nor warn", "write deny contains message if { … }")}
	}
	return nil
}

// Judge has the gates judge a result, which is a JSON document. A gate that cannot be
// carried out, or says something that is no message, denies, with the reason and its
// own place: what was not judged has not passed. The error is about the document.
func (g *Gates) Judge(document []byte) (*Judgement, error) {
	input, err := ast.ValueFromReader(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	out := &Judgement{}
	for _, set := range g.sets {
		e := set.evaluation
		values, err := e.evaluate(input)
		if err != nil {
			at, reason := e.source.reason(err)
			out.Deny = append(out.Deny, Message{"the gate was not carried out: " + oneLine(reason), at.Path(), at.Start.Line})
			continue
		}
		for _, v := range values {
			m, problem := messageOf(v)
			switch {
			case problem != "":
				out.Deny = append(out.Deny, Message{"the gate says " + problem, e.source.file.Path, 1})
			case set.deny:
				out.Deny = append(out.Deny, m)
			default:
				out.Warn = append(out.Warn, m)
			}
		}
	}
	for _, list := range [][]Message{out.Deny, out.Warn} {
		slices.SortFunc(list, func(a, b Message) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
		})
	}
	return out, nil
}

// messageOf reads a message: a text, or an object of message, path and line.
func messageOf(v any) (m Message, problem string) {
	text, isText := v.(string)
	o, isObject := v.(map[string]any)
	if isObject {
		text, isText = o["message"].(string)
		for name, value := range o {
			switch path, isPath := value.(string); {
			case name == "path" && isPath:
				m.Path = path
			case name == "line":
				if _, err := fmt.Sscanf(fmt.Sprint(value), "%d", &m.Line); err != nil || m.Line < 0 {
					return m, "a line that is no number"
				}
			case name != "message":
				return m, fmt.Sprintf("something with a member %q: known are message, path and line", name)
			}
		}
	}
	if !isText || strings.TrimSpace(text) == "" {
		return m, "something that is no message: a message is a text, or an object with message, path and line"
	}
	m.Text = oneLine(text)
	return m, ""
}
