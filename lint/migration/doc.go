// Package migration turns what people have written for other tools — configuration,
// suppressions, tests — into ours.
//
// It guarantees that nothing is dropped in silence: every part of a file that has no
// counterpart here, or one that means something else, ends up as a diagnostic with its
// place. It reads no file and writes none: the caller hands over what it has read, and
// decides what becomes of the result. The result depends on the input alone.
//
// The codes of its diagnostics, of which only the first stops anything:
//
//	migrate/unreadable      error: not what the format promises; the part is left out
//	migrate/no-counterpart  warning: socctl has nothing of the kind
//	migrate/different       info: the counterpart does something else; the message says what
//	migrate/unknown-rule    warning: there is no rule of that name here yet
package migration

import (
	"cmp"
	"path"
	"slices"

	"github.com/socctl/socctl/rules"
)

// Format is a tool whose files can be read.
type Format struct {
	Name  string // as a person types it
	Title string // what is read, as a phrase
	read  func(*reader, *rules.File)
	end   func(*reader) // after the last file; nil does nothing
}

// Formats returns all formats, by name.
func Formats() []Format {
	return []Format{
		{"contentctl", "tests of Splunk detections", (*reader).contentctl, nil},
		{"panther", "tests of Panther rules", (*reader).panther, nil},
		{"rsigma", ".rsigma-lint.yml, rsigma.yaml, comments in rules, expectations", (*reader).rsigma, nil},
		{"sigma-cli", "the file of sigma check --validation-config", (*reader).sigmaCLI, nil},
	}
}

// Find returns the format of that name, nil if there is none.
func Find(name string) *Format {
	for _, f := range Formats() {
		if f.Name == name {
			return &f
		}
	}
	return nil
}

// Options say what is around the files that are read. The zero value is usable.
type Options struct {
	// Rule reports whether there is a rule here of that id, name, title or file
	// name. If it is nil, no name is doubted.
	Rule func(name string) bool

	// Several reports whether more than one rule is called so, which a test cannot be
	// about then. If it is nil, no name is.
	Several func(name string) bool

	// Relative gives the path of a file as it is seen from the folder that is
	// written to, with slashes. If it is nil, paths stay as they are.
	Relative func(path string) string

	// Within gives the path of a file below the folder that was named for import,
	// with slashes. If it is nil, it is the base name.
	Within func(path string) string

	// Recordings is the folder of recordings as it is seen from the folder that is
	// written to, with slashes; "" is that of the tool's own habit.
	Recordings string
}

// Output is a file that is to be written.
type Output struct {
	Path     string // with slashes, below the folder that is written to
	Content  []byte
	Rewrites bool // it is a file of the input with some lines changed
}

// Result is what became of all files.
type Result struct {
	Outputs     []Output // by path
	Diagnostics rules.Diagnostics
	Settings    int // of checks
	Ignores     int
	Tests       int
}

// Import reads files of one format. A file that holds nothing of the format is told.
func Import(f *Format, files []*rules.File, o Options) *Result {
	r := &reader{options: o, result: &Result{}, tests: map[string]*testFile{}}
	for _, file := range files {
		f.read(r, file)
	}
	if f.end != nil {
		f.end(r)
	}
	r.finish()
	return r.result
}

// reader collects what files hold.
type reader struct {
	options Options
	result  *Result
	config  configuration
	tests   map[string]*testFile // by path of the output
}

// finish writes the configuration and the tests.
func (r *reader) finish() {
	if text := r.config.text(); text != nil {
		r.result.Outputs = append(r.result.Outputs, Output{Path: ".socctl.yml", Content: text})
	}
	r.result.Settings, r.result.Ignores = len(r.config.checks), len(r.config.ignores)
	for name, t := range r.tests {
		if len(t.cases) > 0 {
			r.result.Tests += len(t.cases)
			r.result.Outputs = append(r.result.Outputs, Output{Path: name, Content: t.text()})
			r.result.Outputs = append(r.result.Outputs, t.recordings...)
		}
	}
	slices.SortFunc(r.result.Outputs, func(a, b Output) int { return cmp.Compare(a.Path, b.Path) })
	r.result.Diagnostics.Sort()
}

func (r *reader) report(severity rules.Severity, code string, at rules.Span, message, help string) {
	r.result.Diagnostics = append(r.result.Diagnostics, rules.Diagnostic{Code: code, Severity: severity, Span: at, Message: message, Help: help})
}

func (r *reader) unreadable(at rules.Span, message, help string) {
	r.report(rules.Error, "migrate/unreadable", at, message, help)
}

func (r *reader) without(at rules.Span, message, help string) {
	r.report(rules.Warning, "migrate/no-counterpart", at, message, help)
}

func (r *reader) different(at rules.Span, message, help string) {
	r.report(rules.Info, "migrate/different", at, message, help)
}

func (r *reader) relative(name string) string {
	if r.options.Relative == nil {
		return name
	}
	return r.options.Relative(name)
}

func (r *reader) within(name string) string {
	if r.options.Within == nil {
		return path.Base(name)
	}
	return r.options.Within(name)
}

// documents parses a file of YAML; what is wrong with it is told.
func (r *reader) documents(file *rules.File) []*rules.Node {
	nodes, diags := rules.ParseNodes(file.Path, file.Source)
	for _, d := range diags {
		d.Code = "migrate/unreadable"
		r.result.Diagnostics = append(r.result.Diagnostics, d)
	}
	return nodes
}

// object reports whether a node is a map, and tells if not.
func (r *reader) object(n *rules.Node, what string) bool {
	if n != nil && n.Kind == rules.MapNode {
		return true
	}
	if n != nil {
		r.unreadable(n.Span, what+" is no map", "")
	}
	return false
}

// texts returns the texts of a scalar or of a list of scalars.
func (r *reader) texts(n *rules.Node, what string) (out []rules.Scalar) {
	items := []*rules.Node{n}
	if n.Kind == rules.ListNode {
		items = n.Items
	}
	for _, item := range items {
		if item.Kind != rules.ScalarNode || item.Scalar.Kind == rules.NullScalar {
			r.unreadable(item.Span, what+" is no text", "")
			continue
		}
		s := item.Scalar
		s.Span = item.Span
		out = append(out, s)
	}
	return out
}

// at is a place of a file that is known by its line alone.
func at(file *rules.File, line, column, size int) rules.Span {
	return rules.Span{File: file, Start: rules.Position{Line: line, Column: column}, End: rules.Position{Line: line, Column: column + size}}
}
