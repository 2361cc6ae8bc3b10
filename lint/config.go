package lint

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/socctl/socctl/rules"
)

// Config is the section lint: of a configuration. The zero value runs every
// check as its record says.
type Config struct {
	FailLevel rules.Severity // findings of at least this level make a run fail
	Checks    []Setting      // in the order of the file, later ones win
	Paths     []PathSetting
	Ignores   []Ignore
	Rego      []rules.Scalar // folders of own checks
	Baseline  rules.Scalar   // path of the baseline file
	dir       string         // that paths are relative to
	toHere    func() string  // from dir to the working directory
}

// Setting configures a check, or all of a group.
type Setting struct {
	Pattern  string     // name, or group/*
	Level    *Level     // nil leaves it as it is
	Statuses []string   // only documents of these; nil means all
	Levels   []string   // only documents of these; nil means all
	Span     rules.Span // of the pattern
	options  map[string]any
}

// Level is a severity, or off.
type Level struct {
	Off      bool
	Severity rules.Severity
}

// PathSetting configures checks for the files that a pattern matches.
type PathSetting struct {
	Glob   string
	Checks []Setting
	Span   rules.Span
}

// Ignore leaves out the findings of some checks in one document or one file.
type Ignore struct {
	Rule   string   // id or name of a document, or a pattern of paths
	Checks []string // names, or group/*
	Reason string
	Until  time.Time // last day on which it holds; zero means for ever
	Span   rules.Span
}

// DefaultConfig returns the configuration of a project that says nothing.
func DefaultConfig() *Config { return &Config{FailLevel: rules.Error, dir: "."} }

// NewConfig reads the section lint: of a configuration that lies in dir. A nil
// section gives the default. The result is usable as far as there are no errors
// among the diagnostics.
func NewConfig(section *rules.Node, dir string, known *Catalogue) (*Config, rules.Diagnostics) {
	c := DefaultConfig()
	c.dir, c.toHere = dir, pathTo(dir)
	p := configParser{known: known}
	if section != nil {
		p.object(section, "lint", map[string]func(rules.Entry){
			"fail-level": func(e rules.Entry) { p.severity(e, &c.FailLevel) },
			"checks":     func(e rules.Entry) { c.Checks = p.settings(e) },
			"paths":      func(e rules.Entry) { c.Paths = p.paths(e) },
			"ignore":     func(e rules.Entry) { c.Ignores = p.ignores(e) },
			"rego":       func(e rules.Entry) { c.Rego = p.texts(e) },
			"baseline":   func(e rules.Entry) { c.Baseline = p.text(e) },
		})
	}
	p.diags.Sort()
	return c, p.diags
}

// setting returns what holds for a check on a document: whether it runs, the
// severity if it is configured, and its options.
type setting struct {
	level   *Level
	options map[string]any
}

// of resolves the settings of a check for a document; nil stands for none.
// Options do not depend on the document.
func (c *Config) of(check *Check, d rules.Document) setting {
	var s setting
	s.apply(c.Checks, check, d)
	return s
}

func (s *setting) apply(settings []Setting, check *Check, d rules.Document) {
	for i := range settings {
		o := &settings[i]
		if !o.names(check) {
			continue
		}
		if o.options != nil {
			s.options = o.options
		}
		if o.Level != nil && o.holdsFor(d) {
			s.level = o.Level
		}
	}
}

func (o *Setting) names(check *Check) bool {
	if group, all := strings.CutSuffix(o.Pattern, "/*"); all {
		return check.Group() == group && (!check.Online || o.Level != nil && o.Level.Off)
	}
	return o.Pattern == check.Name || slices.Contains(check.Aliases, o.Pattern)
}

func (o *Setting) holdsFor(d rules.Document) bool {
	if d == nil {
		return o.Statuses == nil && o.Levels == nil
	}
	h := d.Meta()
	return (o.Statuses == nil || slices.Contains(o.Statuses, h.Status.Text)) &&
		(o.Levels == nil || slices.Contains(o.Levels, h.Level.Text))
}

// relative returns a path as the patterns of the configuration see it.
func (c *Config) relative(name string) string {
	if c.toHere == nil {
		return name
	}
	if filepath.IsAbs(filepath.FromSlash(name)) {
		dir, err := filepath.Abs(c.dir)
		rel, err2 := filepath.Rel(dir, filepath.FromSlash(name))
		if err != nil || err2 != nil || strings.HasPrefix(rel, "..") {
			return name
		}
		return filepath.ToSlash(rel)
	}
	if rel := path.Join(c.toHere(), name); !strings.HasPrefix(rel, "../") {
		return rel
	}
	return name
}

// pathTo returns the way from a folder to the working directory, "." if it is the
// same, worked out once.
func pathTo(dir string) func() string {
	return sync.OnceValue(func() string {
		from, err := filepath.Abs(dir)
		if err != nil {
			return "."
		}
		here, err := filepath.Abs(".")
		if err != nil {
			return "."
		}
		rel, err := filepath.Rel(from, here)
		if err != nil {
			return "."
		}
		return filepath.ToSlash(rel)
	})
}

func matchesPath(glob, path string) bool {
	ok, err := doublestar.Match(glob, path)
	return ok && err == nil
}

type configParser struct {
	known *Catalogue
	diags rules.Diagnostics
}

func (p *configParser) errorf(code string, at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (p *configParser) wrongType(e rules.Entry, want string) {
	p.errorf("config/wrong-type", e.Value.Span, e.Key.Text+" must be "+want, "")
}

// object reads a map of known keys.
func (p *configParser) object(n *rules.Node, what string, known map[string]func(rules.Entry)) {
	if n.Kind != rules.MapNode {
		p.errorf("config/wrong-type", n.Span, what+" must be a map, found a "+n.Kind.String(), "")
		return
	}
	names := sortedNames(known)
	for _, e := range n.Entries {
		if read, ok := known[e.Key.Text]; ok {
			read(e)
			continue
		}
		help := "known are " + strings.Join(names, ", ")
		if near := rules.Nearest(e.Key.Text, names); near != "" {
			help = "did you mean " + near + "?"
		}
		p.errorf("config/unknown-key", e.Key.Span, what+" has no key "+e.Key.Text, help)
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *configParser) severity(e rules.Entry, to *rules.Severity) {
	if level := p.level(e.Value, false); level != nil {
		*to = level.Severity
	}
}

var severities = map[string]rules.Severity{"error": rules.Error, "warning": rules.Warning, "info": rules.Info}

// level reads a severity, or off where that is allowed.
func (p *configParser) level(n *rules.Node, mayBeOff bool) *Level {
	if s, ok := severities[n.Scalar.Text]; ok && n.Kind == rules.ScalarNode {
		return &Level{Severity: s}
	}
	// YAML 1.1 readers take a plain off for false; here it is what it says.
	if n.Kind == rules.ScalarNode && n.Scalar.Text == "off" && mayBeOff {
		return &Level{Off: true}
	}
	want := "error, warning or info"
	if mayBeOff {
		want = "error, warning, info or off"
	}
	p.errorf("config/wrong-type", n.Span, "a level is "+want, "")
	return nil
}

// settings reads a map of checks to levels, or to maps of a level and options.
func (p *configParser) settings(e rules.Entry) []Setting {
	if e.Value.Kind != rules.MapNode {
		p.wrongType(e, "a map of checks to levels")
		return nil
	}
	var out []Setting
	for _, entry := range e.Value.Entries {
		checks := p.checks(entry.Key)
		if len(checks) == 0 {
			continue
		}
		s := Setting{Pattern: entry.Key.Text, Span: entry.Key.Span}
		if entry.Value.Kind == rules.MapNode {
			p.object(entry.Value, entry.Key.Text, p.settingKeys(&s, checks))
		} else {
			s.Level = p.level(entry.Value, true)
		}
		p.fixed(&s, checks)
		out = append(out, s)
	}
	return out
}

func (p *configParser) settingKeys(s *Setting, checks []*Check) map[string]func(rules.Entry) {
	known := map[string]func(rules.Entry){
		"level": func(e rules.Entry) { s.Level = p.level(e.Value, true) },
		"when": func(e rules.Entry) {
			p.object(e.Value, "when", map[string]func(rules.Entry){
				"status": func(e rules.Entry) { s.Statuses = p.words(e, rules.Statuses()) },
				"level":  func(e rules.Entry) { s.Levels = p.words(e, rules.Levels()) },
			})
		},
	}
	if len(checks) == 1 {
		for _, o := range checks[0].Options {
			known[o.Name] = func(e rules.Entry) { p.option(s, o, e) }
		}
	}
	return known
}

func (p *configParser) option(s *Setting, o Option, e rules.Entry) {
	if s.options == nil {
		s.options = map[string]any{}
	}
	v, want := optionValue(o, e.Value)
	if v == nil {
		p.wrongType(e, want)
		return
	}
	s.options[o.Name] = v
}

// optionValue converts a node to the type of an option; nil if it has another.
func optionValue(o Option, n *rules.Node) (v any, want string) {
	switch o.Default.(type) {
	case int:
		var i int
		if n.Kind == rules.ScalarNode && n.Scalar.Kind == rules.IntScalar {
			if _, err := fmt.Sscan(n.Scalar.Text, &i); err == nil && i >= 0 {
				return i, ""
			}
		}
		return nil, "a number"
	case bool:
		if n.Kind == rules.ScalarNode && n.Scalar.Kind == rules.BoolScalar {
			return n.Scalar.Bool(), ""
		}
		return nil, "true or false"
	case string:
		if n.Kind == rules.ScalarNode && n.Scalar.Kind != rules.NullScalar {
			return n.Scalar.Text, ""
		}
		return nil, "a string"
	}
	texts := []string{}
	if n.Kind != rules.ListNode {
		return nil, "a list of strings"
	}
	for _, item := range n.Items {
		if item.Kind != rules.ScalarNode || item.Scalar.Kind == rules.NullScalar {
			return nil, "a list of strings"
		}
		texts = append(texts, item.Scalar.Text)
	}
	return texts, ""
}

// fixed refuses to lower a check without which a rule cannot be used.
func (p *configParser) fixed(s *Setting, checks []*Check) {
	if s.Level == nil || !s.Level.Off && s.Level.Severity == rules.Error {
		return
	}
	for _, check := range checks {
		if check.Fixed && check.Name == s.Pattern {
			p.errorf("config/check", s.Span, check.Name+" is always an error", "a rule with it is not evaluated; correct the rule")
		}
	}
}

// checks resolves the name of a check, or of all of a group.
func (p *configParser) checks(name rules.Scalar) []*Check {
	checks := p.known.Match(name.Text)
	if len(checks) == 0 {
		help := "socctl checks lists them all"
		if near := p.known.Nearest(name.Text); near != "" {
			help = "did you mean " + near + "?"
		}
		p.errorf("config/check", name.Span, "there is no check "+name.Text, help)
	}
	return checks
}

func (p *configParser) paths(e rules.Entry) []PathSetting {
	if e.Value.Kind != rules.MapNode {
		p.wrongType(e, "a map of path patterns to checks")
		return nil
	}
	var out []PathSetting
	for _, entry := range e.Value.Entries {
		p.glob(entry.Key)
		out = append(out, PathSetting{Glob: entry.Key.Text, Checks: p.settings(entry), Span: entry.Key.Span})
	}
	return out
}

func (p *configParser) glob(s rules.Scalar) {
	if !doublestar.ValidatePattern(s.Text) {
		p.errorf("config/glob", s.Span, "pattern "+s.Text+" is malformed", "close the bracket or the brace")
	}
}

func (p *configParser) ignores(e rules.Entry) []Ignore {
	if e.Value.Kind != rules.ListNode {
		p.wrongType(e, "a list of maps with rule, checks and reason")
		return nil
	}
	var out []Ignore
	for _, n := range e.Value.Items {
		i := Ignore{Span: n.Span}
		p.object(n, "an ignore", map[string]func(rules.Entry){
			"rule":   func(e rules.Entry) { s := p.text(e); p.glob(s); i.Rule = s.Text },
			"checks": func(e rules.Entry) { i.Checks = p.checkNames(e) },
			"reason": func(e rules.Entry) { i.Reason = strings.TrimSpace(p.text(e).Text) },
			"until":  func(e rules.Entry) { i.Until = p.day(e) },
		})
		switch {
		case n.Kind != rules.MapNode:
			continue
		case i.Rule == "":
			p.errorf("config/ignore", n.Span, "an ignore must say of which rule", "add rule: with an id, a name or a path")
		case len(i.Checks) == 0 && n.Get("checks") == nil:
			p.errorf("config/ignore", n.Span, "an ignore must say of which checks", "add checks: with their names")
		case i.Reason == "":
			p.errorf("config/ignore", n.Span, "an ignore needs a reason", "add reason: with why the finding is wrong here")
		}
		out = append(out, i)
	}
	return out
}

func (p *configParser) checkNames(e rules.Entry) []string {
	var out []string
	for _, s := range p.texts(e) {
		for _, check := range p.checks(s) {
			if check.Fixed && check.Name == s.Text {
				p.errorf("config/check", s.Span, check.Name+" cannot be ignored", "a rule with it is not evaluated; correct the rule")
			}
		}
		out = append(out, s.Text)
	}
	return out
}

func (p *configParser) day(e rules.Entry) time.Time {
	day, err := time.Parse(time.DateOnly, p.text(e).Text)
	if err != nil {
		p.wrongType(e, "a day as YYYY-MM-DD")
	}
	return day
}

func (p *configParser) text(e rules.Entry) rules.Scalar {
	if e.Value.Kind != rules.ScalarNode || e.Value.Scalar.Kind == rules.NullScalar {
		p.wrongType(e, "a string")
		return rules.Scalar{}
	}
	return e.Value.Scalar
}

// texts reads a string or a list of strings.
func (p *configParser) texts(e rules.Entry) []rules.Scalar {
	if e.Value.Kind != rules.ListNode {
		if s := p.text(e); s.Present() {
			return []rules.Scalar{s}
		}
		return nil
	}
	var out []rules.Scalar
	for _, n := range e.Value.Items {
		if n.Kind != rules.ScalarNode || n.Scalar.Kind == rules.NullScalar {
			p.wrongType(e, "a list of strings")
			return nil
		}
		out = append(out, n.Scalar)
	}
	return out
}

// words reads words of a kind; another would never be met.
func (p *configParser) words(e rules.Entry, allowed []string) []string {
	out := []string{}
	for _, s := range p.texts(e) {
		word := strings.ToLower(s.Text)
		if !slices.Contains(allowed, word) {
			help := "allowed: " + strings.Join(allowed, ", ")
			if near := rules.Nearest(word, allowed); near != "" {
				help = "did you mean " + near + "?"
			}
			p.errorf("config/wrong-type", s.Span, "there is no "+e.Key.Text+" "+s.Text, help)
		}
		out = append(out, word)
	}
	return out
}
