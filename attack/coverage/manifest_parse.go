package coverage

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// ParseManifest is ReadManifest for a file that was read already.
func ParseManifest(name, root string, data []byte) (*Manifest, rules.Diagnostics) {
	m := &Manifest{Path: name, spans: map[string]recordingSpans{}}
	nodes, diags := rules.ParseNodes(name, data)
	p := &reader{diags: diags}
	if len(nodes) == 0 {
		if diags.Count(rules.Error) == 0 {
			p.errorf(CodeManifest, rules.Span{File: rules.NewFile(name, data), Start: rules.Position{Line: 1, Column: 1}, End: rules.Position{Line: 1, Column: 1}}, "the manifest is empty", "write format: "+ManifestFormat+" and recordings:")
		}
		return m, p.diags
	}
	for _, extra := range nodes[1:] {
		p.errorf(CodeManifest, extra.Span, "a manifest is one YAML document", "take the second away")
	}
	p.manifest(m, root, nodes[0])
	return m, p.diags
}

// reader reads nodes of YAML and collects what is wrong.
type reader struct {
	diags rules.Diagnostics
	keys  string // code of an unknown key; "" is that of manifests
	form  string // code of a wrong form
}

func (p *reader) errorf(code string, at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

// wrong reports a value of the wrong form.
func (p *reader) wrong(n *rules.Node, what, want string) {
	found := "a " + n.Kind.String()
	if n.Kind == rules.ScalarNode {
		found = strconv.Quote(n.Scalar.Text)
	}
	p.errorf(p.formCode(), n.Span, what+" must be "+want+", found "+found, "")
}

func (p *reader) formCode() string {
	if p.form != "" {
		return p.form
	}
	return CodeManifest
}

// fields maps keys of a map to what reads their values.
type fields map[string]func(rules.Entry)

// object reads a map. It reports false if n is none.
func (p *reader) object(n *rules.Node, what string, known fields) bool {
	if n.Kind != rules.MapNode {
		p.wrong(n, what, "a map")
		return false
	}
	for _, e := range n.Entries {
		if read := known[e.Key.Text]; read != nil {
			read(e)
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		help := "known are " + strings.Join(names, ", ")
		if near := rules.Nearest(e.Key.Text, names); near != "" {
			help = "did you mean " + near + "?"
		}
		code := p.keys
		if code == "" {
			code = CodeUnknownKey
		}
		p.errorf(code, e.Key.Span, what+" has no key "+e.Key.Text, help)
	}
	return true
}

// text reads a string that is not empty.
func (p *reader) text(to *string) func(rules.Entry) {
	return func(e rules.Entry) {
		if e.Value.Kind != rules.ScalarNode || e.Value.Scalar.Text == "" {
			p.wrong(e.Value, e.Key.Text, "a text")
			return
		}
		*to = e.Value.Scalar.Text
	}
}

// texts reads a string or a list of strings.
func (p *reader) texts(to *[]string) func(rules.Entry) {
	return func(e rules.Entry) {
		items := e.Value.Items
		if e.Value.Kind == rules.ScalarNode {
			items = []*rules.Node{e.Value}
		}
		if len(items) == 0 {
			p.wrong(e.Value, e.Key.Text, "a text, or a list of at least one")
		}
		for _, n := range items {
			if n.Kind != rules.ScalarNode {
				p.wrong(n, "an item of "+e.Key.Text, "a text")
				continue
			}
			*to = append(*to, n.Scalar.Text)
		}
	}
}

func (p *reader) manifest(m *Manifest, root string, n *rules.Node) {
	format := ""
	seen := p.object(n, "a manifest", fields{
		"format": p.text(&format),
		"recordings": func(e rules.Entry) {
			if e.Value.Kind != rules.ListNode {
				p.wrong(e.Value, "recordings", "a list")
				return
			}
			for _, item := range e.Value.Items {
				p.recording(m, root, item)
			}
		},
	})
	if seen && format != ManifestFormat {
		at := n.Span
		if f := n.Get("format"); f != nil {
			at = f.Span
		}
		p.errorf(CodeManifest, at, fmt.Sprintf("format is %q, this socctl reads %s", format, ManifestFormat), "write format: "+ManifestFormat)
	}
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (p *reader) recording(m *Manifest, root string, n *rules.Node) {
	r := Recording{}
	spans := recordingSpans{path: n.Span, hash: n.Span, platform: n.Span}
	before := len(p.diags)
	ok := p.object(n, "a recording", fields{
		"id": p.text(&r.ID), "source": p.text(&r.Source), "license": p.text(&r.License),
		"components": p.texts(&r.Components), "expect_rules": p.texts(&r.Expect),
		"platform": func(e rules.Entry) { spans.platform = e.Value.Span; p.text(&r.Platform)(e) },
		"path":     func(e rules.Entry) { spans.path = e.Value.Span; p.text(&r.Path)(e) },
		"sha256": func(e rules.Entry) {
			spans.hash = e.Value.Span
			if p.text(&r.SHA256)(e); r.SHA256 != "" && !sha256Form.MatchString(r.SHA256) {
				p.wrong(e.Value, "sha256", "64 hexadecimal digits in lower case")
			}
		},
		"techniques":   func(e rules.Entry) { r.Techniques, spans.labels = p.labels(e.Value) },
		"time_range":   func(e rules.Entry) { p.timeRange(&r, e.Value) },
		"event_filter": func(e rules.Entry) { p.eventFilter(&r, e.Value) },
	})
	if !ok {
		return
	}
	for _, must := range []struct{ key, value string }{{"id", r.ID}, {"path", r.Path}, {"sha256", r.SHA256}, {"platform", r.Platform}} {
		if must.value == "" && n.Get(must.key) == nil {
			p.errorf(p.formCode(), n.Span, "a recording needs "+must.key, "")
		}
	}
	if len(r.Techniques) == 0 && n.Get("techniques") == nil {
		p.errorf(p.formCode(), n.Span, "a recording needs techniques", "a recording without any belongs under telemetry.baseline of the configuration")
	}
	if _, known := m.spans[r.ID]; known && r.ID != "" {
		p.errorf(CodeDuplicate, n.Get("id").Span, "there is another recording "+r.ID, "give each part of a recording an id of its own")
	}
	if len(p.diags) > before {
		return
	}
	if !filepath.IsAbs(r.Path) {
		r.Path = filepath.Join(root, filepath.FromSlash(r.Path))
	}
	m.Recordings = append(m.Recordings, r)
	m.spans[r.ID] = spans
}

func (p *reader) labels(n *rules.Node) (out []Label, spans []rules.Span) {
	if n.Kind != rules.ListNode || len(n.Items) == 0 {
		p.wrong(n, "techniques", "a list of at least one")
		return nil, nil
	}
	for _, item := range n.Items {
		var l Label
		var basis string
		at := item.Span
		if !p.object(item, "a technique", fields{
			"id":             func(e rules.Entry) { at = e.Value.Span; p.text(&l.ID)(e) },
			"attack_version": p.text(&l.Version), "reason": p.text(&l.Reason), "basis": p.text(&basis),
		}) {
			continue
		}
		if l.ID == "" {
			p.errorf(p.formCode(), item.Span, "a technique needs an id", "")
		}
		l.Basis = Basis(basis)
		if !slices.Contains(Bases(), l.Basis) {
			var known []string
			for _, b := range Bases() {
				known = append(known, string(b))
			}
			p.errorf(p.formCode(), item.Span, fmt.Sprintf("there is no basis %q", basis), "known are "+strings.Join(known, ", "))
		}
		if l.Basis == Curated && l.Reason == "" {
			p.errorf(p.formCode(), item.Span, "a curated label needs a reason", "write what you saw in the events")
		}
		out, spans = append(out, l), append(spans, at)
	}
	return out, spans
}

func (p *reader) timeRange(r *Recording, n *rules.Node) {
	moment := func(to *time.Time) func(rules.Entry) {
		return func(e rules.Entry) {
			t, err := time.Parse(time.RFC3339Nano, e.Value.Scalar.Text)
			if err != nil {
				p.wrong(e.Value, e.Key.Text, "a time such as 2026-05-12T08:30:00Z")
			}
			*to = t
		}
	}
	p.object(n, "time_range", fields{"from": moment(&r.From), "to": moment(&r.To)})
	if !r.From.IsZero() && !r.To.IsZero() && r.To.Before(r.From) {
		p.errorf(p.formCode(), n.Span, "time_range ends before it begins", "")
	}
}

func (p *reader) eventFilter(r *Recording, n *rules.Node) {
	p.object(n, "event_filter", fields{
		"records": func(e rules.Entry) {
			var texts []string
			p.texts(&texts)(e)
			for _, t := range texts {
				from, to, isRange := strings.Cut(t, "-")
				first, err := strconv.Atoi(from)
				last := first
				if isRange && err == nil {
					last, err = strconv.Atoi(to)
				}
				if err != nil || first < 0 || last < first || last-first > 1e6 {
					p.wrong(e.Value, "records", "places such as 4 or 10-20, from 0")
					return
				}
				for i := first; i <= last; i++ {
					r.Records = append(r.Records, i)
				}
			}
		},
		"where": func(e rules.Entry) {
			if e.Value.Kind != rules.MapNode {
				p.wrong(e.Value, "where", "a map of fields to values")
				return
			}
			r.Where = map[string][]string{}
			for _, f := range e.Value.Entries {
				var values []string
				p.texts(&values)(f)
				r.Where[f.Key.Text] = values
			}
		},
	})
}
