package migration

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules"
)

// rsigma reads any file of a project of RSigma: the configuration of its linter,
// that of all its commands, a file of expectations, or a rule with comments and
// attributes of it. Which one it is is told by its name and its keys.
func (r *reader) rsigma(file *rules.File) {
	base := path.Base(file.Path)
	nodes := r.documents(file)
	switch {
	case base == ".rsigma-lint.yml" || base == ".rsigma-lint.yaml":
		for _, n := range nodes {
			r.rsigmaLint(n)
		}
	case base == "rsigma.yaml" || base == "rsigma.yml" || base == ".rsigmarc":
		for _, n := range nodes {
			r.rsigmaConfig(n)
		}
	case len(nodes) > 0 && nodes[0].Get("expectations") != nil:
		r.expectations(file, nodes[0])
	default:
		r.rsigmaComments(file)
		for _, n := range nodes {
			r.rsigmaAttributes(n)
		}
	}
}

// rsigmaLint reads the configuration of its linter.
func (r *reader) rsigmaLint(n *rules.Node) {
	if !r.object(n, "the configuration of the linter") {
		return
	}
	var disabled []string
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "disabled_rules":
			disabled = append(disabled, r.resolveAll(r.texts(e.Value, "a rule of the linter"), "rsigma")...)
			r.config.setAll(disabled, "off")
		case "severity_overrides":
			r.severities(e)
		case "exclude":
			r.different(e.Key.Span, "patterns of paths are about paths from the configuration here, and not from the folder that is linted", "")
			for _, s := range r.texts(e.Value, "a pattern") {
				r.config.excluded = append(r.config.excluded, s.Text)
			}
		case "tag_namespaces":
			r.namespaces(e)
		default:
			r.without(e.Key.Span, "the key "+e.Key.Text+" of the linter is not taken over", "look for it in docs/lint.md")
		}
	}
	r.config.setAll(disabled, "off") // whatever severity they were given
}

func (r *reader) severities(e rules.Entry) {
	if !r.object(e.Value, "severity_overrides") {
		return
	}
	byLevel := map[string][]rules.Scalar{}
	for _, o := range e.Value.Entries {
		level := textOf(o.Value)
		switch level {
		case "error", "warning", "info":
		case "hint":
			level = "info"
			r.different(o.Value.Span, "there is no severity below info here", "")
		default:
			r.unreadable(o.Value.Span, fmt.Sprintf("%q is no severity", level), "error, warning, info or hint")
			continue
		}
		byLevel[level] = append(byLevel[level], o.Key)
	}
	for _, level := range []string{"info", "warning", "error"} { // of checks that are one here the strictest
		r.config.setAll(r.resolveAll(byLevel[level], "rsigma"), level)
	}
}

// namespaces adds those of the configuration to those that are always allowed.
func (r *reader) namespaces(e rules.Entry) {
	found, _ := counterparts("unknown_tag_namespace", "rsigma")
	for _, c := range found {
		option := c.check.Option("namespaces")
		if option == nil {
			continue
		}
		all, _ := option.Default.([]string)
		all = slices.Clone(all)
		for _, s := range r.texts(e.Value, "a namespace") {
			all = append(all, s.Text)
		}
		r.config.option(c.check.Name, "namespaces", textList(all))
	}
}

// rsigmaConfig reads the configuration of its commands. What is about running as a
// service has no counterpart, and is told by section.
func (r *reader) rsigmaConfig(n *rules.Node) {
	if !r.object(n, "the configuration") {
		return
	}
	for _, section := range n.Entries {
		switch section.Key.Text {
		case "version":
		case "eval", "backtest", "coverage", "hygiene":
			r.section(section)
		default:
			r.without(section.Key.Span, "the section "+section.Key.Text+" has no counterpart", "")
		}
	}
}

func (r *reader) section(section rules.Entry) {
	if !r.object(section.Value, section.Key.Text) {
		return
	}
	for _, e := range section.Value.Entries {
		switch e.Key.Text {
		case "rules":
			r.config.rules = r.paths(r.config.rules, e)
		case "corpus":
			r.config.recordings = r.paths(r.config.recordings, e)
		case "pipelines":
			r.pipelines(e)
		case "expectations":
			r.different(e.Key.Span, "expectations are found among the tests here", "import "+textOf(e.Value)+" too")
		case "input_format":
			r.different(e.Key.Span, "recordings tell what they are themselves here", "")
		default:
			r.without(e.Key.Span, section.Key.Text+"."+e.Key.Text+" has no counterpart", "")
		}
	}
}

// paths adds the paths of an entry, relative to the file they stand in, to others.
func (r *reader) paths(to []string, e rules.Entry) []string {
	for _, s := range r.texts(e.Value, "a path") {
		name := s.Text
		if !path.IsAbs(name) {
			name = path.Join(path.Dir(e.Key.Span.Path()), name)
		}
		if name = r.relative(name); !slices.Contains(to, name) {
			to = append(to, name)
		}
	}
	return to
}

func (r *reader) pipelines(e rules.Entry) {
	for _, s := range r.texts(e.Value, "a pipeline") {
		switch {
		case strings.ContainsAny(s.Text, "/."):
			one := e
			one.Value = &rules.Node{Kind: rules.ScalarNode, Scalar: s, Span: s.Span}
			r.config.pipelines = r.paths(r.config.pipelines, one)
		case !slices.Contains(pipeline.BuiltinNames(), s.Text):
			r.without(s.Span, "there is no built-in pipeline "+s.Text+" here", "built in are "+strings.Join(pipeline.BuiltinNames(), ", "))
		case !slices.Contains(r.config.pipelines, s.Text):
			r.config.pipelines = append(r.config.pipelines, s.Text)
		}
	}
}

// rsigmaAttributes tells what becomes of the attributes of a rule that RSigma alone
// knows.
func (r *reader) rsigmaAttributes(n *rules.Node) {
	for _, e := range append(slices.Clone(n.Entries), entriesOf(n.Get("custom_attributes"))...) {
		name, is := strings.CutPrefix(e.Key.Text, "rsigma.")
		switch {
		case !is:
		case name == "exemplars":
			r.different(e.Key.Span, fmt.Sprintf("socctl test runs the %d exemplars as they stand", len(e.Value.Items)), "")
		case strings.HasPrefix(name, "ads."):
			r.without(e.Key.Span, e.Key.Text+" is not looked at", "sections of the strategy stand under ads: here, see docs/checks/meta/ads-section.md")
		default:
			r.without(e.Key.Span, e.Key.Text+" has no counterpart", "it is kept in the rule, and has no effect")
		}
	}
}

func entriesOf(n *rules.Node) []rules.Entry {
	if n == nil {
		return nil
	}
	return n.Entries
}

// expectations reads how often rules fire on recordings.
func (r *reader) expectations(file *rules.File, n *rules.Node) {
	list := n.Get("expectations")
	if list.Kind != rules.ListNode {
		r.unreadable(list.Span, "expectations is no list", "")
		return
	}
	r.expectationDefaults(n)
	corpus := r.options.Recordings
	if corpus == "" {
		corpus = r.relative(path.Dir(file.Path))
	}
	t := r.testFile(path.Join("tests", path.Base(strings.TrimSuffix(file.Path, path.Ext(file.Path)))+".yml"), "From "+path.Base(file.Path)+" of RSigma.")
	for _, item := range list.Items {
		r.expectation(t, corpus, item)
	}
	if len(t.cases) > 0 {
		r.different(list.Span, "a rule sees only events of its logsource here; RSigma asks every rule about every event unless routing is on", "if a count is too low, see what socctl logsource show says of the recording")
	}
}

func (r *reader) expectationDefaults(n *rules.Node) {
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "expectations":
		case "defaults":
			policy := textOf(e.Value.Get("unexpected_detections"))
			r.without(e.Key.Span, "unexpected detections ("+policy+") are not part of single tests",
				"socctl test reads the file of expectations itself too, with --corpus, and then obeys fail; or give the recordings as telemetry.baseline with budgets")
		default:
			r.without(e.Key.Span, "the key "+e.Key.Text+" of a file of expectations is not taken over", "")
		}
	}
}

func (r *reader) expectation(t *testFile, corpus string, n *rules.Node) {
	if !r.object(n, "an expectation") {
		return
	}
	for _, e := range n.Entries {
		if !slices.Contains([]string{"rule", "corpus", "exactly", "at_least", "at_most"}, e.Key.Text) {
			r.without(e.Key.Span, "the key "+e.Key.Text+" of an expectation is not taken over", "")
		}
	}
	rule, recording := textOf(n.Get("rule")), textOf(n.Get("corpus"))
	switch {
	case rule == "":
		r.unreadable(n.Span, "the expectation names no rule", "")
		return
	case recording == "":
		r.without(n.Span, "the expectation is about all recordings together", "write a test for each recording, or keep the file: socctl test reads it with --corpus")
		return
	}
	switch at := n.Get("rule").Span; {
	case r.options.Rule != nil && !r.options.Rule(rule):
		r.report(rules.Warning, "migrate/unknown-rule", at, "there is no rule "+rule+" here", "")
	case r.several(rule):
		r.report(rules.Warning, "migrate/unknown-rule", at, "several rules here are called "+rule, "write the id of the right one as rule: into "+t.path)
	}
	count := r.counted(n)
	if count == nil {
		return
	}
	t.add("name", t.unique(rule+" on "+recording), "rule", textNode(rule), "file", textNode(t.beside(path.Join(corpus, path.Clean("/"+recording)))), "count", inline(count))
}

// counted is how often an expectation says that a rule fires; nil if it does not say so in
// a way that a test can, which is told.
func (r *reader) counted(n *rules.Node) *yaml.Node {
	of := map[string]*yaml.Node{}
	for _, e := range n.Entries {
		if !slices.Contains([]string{"exactly", "at_least", "at_most"}, e.Key.Text) {
			continue
		}
		if of[e.Key.Text] = count(e.Value); of[e.Key.Text] == nil {
			r.unreadable(e.Value.Span, e.Key.Text+" is no decimal number of at least 0", "")
			return nil
		}
	}
	switch exactly := of["exactly"]; {
	case len(of) == 0:
		r.unreadable(n.Span, "the expectation has no count", "exactly, at_least or at_most with a number")
		return nil
	case exactly != nil && len(of) > 1:
		r.unreadable(n.Span, "the expectation has exactly and a bound besides", "leave one of them out")
		return nil
	case exactly != nil:
		return exactly
	}
	return mapOf("min", of["at_least"], "max", of["at_most"])
}

// count is a number as tests write it, else nil.
func count(n *rules.Node) *yaml.Node {
	if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.IntScalar {
		return nil
	}
	times, err := strconv.Atoi(n.Scalar.Text)
	if err != nil || times < 0 {
		return nil
	}
	return plainNode(times)
}
