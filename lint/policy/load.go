package policy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// library is what checks may call as data.socctl.
const library = `package socctl

# finding is the finding of a check at a node, or at a location.
finding(at, message) := {"at": at, "message": message}

# helped is a finding with a word on what to do.
helped(at, message, help) := {"at": at, "message": message, "help": help}
`

// source is one file of Rego.
type source struct {
	file   *rules.File
	module *ast.Module
	test   bool
}

// Load reads the checks of folders: every .rego file that is no test. With an
// error among the diagnostics no check is returned. taken tells which names
// exist already.
func Load(ctx context.Context, folders []string, limits Limits, taken func(name string) bool) ([]*lint.Check, rules.Diagnostics) {
	sources, diags := read(folders, ofLint)
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	if diags = append(diags, collisions(sources)...); len(diags) > 0 {
		return nil, diags
	}
	compiler, problems := compile(sources, false)
	if problems != nil {
		return nil, problems
	}
	p := &policy{compiler: compiler, limits: limits.orDefault()}
	var checks []*lint.Check
	own := map[string]bool{}
	for _, s := range sources {
		if s.test {
			continue
		}
		check, problem := p.check(ctx, s)
		switch {
		case problem != nil:
			diags = append(diags, *problem)
		case taken(check.Name) || own[check.Name]:
			diags = append(diags, s.problem(1, 1, "there is a check "+check.Name+" already", "name the package differently"))
		default:
			checks, own[check.Name] = append(checks, check), true
		}
	}
	diags.Sort()
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	slices.SortFunc(checks, func(a, b *lint.Check) int { return cmp.Compare(a.Name, b.Name) })
	return checks, diags
}

// collisions reports the files whose package is that of another file: a check is
// one file.
func collisions(sources []*source) (out rules.Diagnostics) {
	first := map[string]*source{}
	for _, s := range sources {
		name := s.module.Package.Path.String()
		if other := first[name]; other != nil && !s.test {
			out = append(out, s.problem(s.module.Package.Location.Row, s.module.Package.Location.Col,
				"the package is that of "+other.file.Path+" too", "name it differently, or put both into one file"))
		} else if !s.test {
			first[name] = s
		}
	}
	return out
}

// ofLint is what to do about a folder of checks that cannot be used.
const ofLint = "correct rego: in the section lint: of the configuration"

// read parses all .rego files of folders, in the order of their paths. A folder
// without any is a problem: a check of nothing would always be clean.
func read(folders []string, help string) ([]*source, rules.Diagnostics) {
	var sources []*source
	var diags rules.Diagnostics
	problem := func(code, path, message string) {
		diags = append(diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: rules.Span{File: &rules.File{Path: filepath.ToSlash(path)}},
			Message: message, Help: help})
	}
	for _, folder := range folders {
		before := len(sources)
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".rego" {
				return err
			}
			if d.Type()&fs.ModeSymlink != 0 { // which might lead to anything, and an excerpt of it into a message
				problem("policy/rego", path, "a link is not followed: put the file itself here")
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			s, problems := parse(filepath.ToSlash(path), text)
			sources, diags = append(sources, s), append(diags, problems...)
			return nil
		})
		var missing *fs.PathError
		switch {
		case errors.As(err, &missing):
			problem(rules.CodeUnreadable, missing.Path, "checks cannot be read: "+missing.Err.Error())
		case err != nil:
			problem(rules.CodeUnreadable, folder, "checks cannot be read: "+err.Error())
		case len(sources) == before && len(diags) == 0:
			problem("policy/rego", folder, "there is no .rego file, so no check")
		}
	}
	return sources, diags
}

func parse(path string, text []byte) (*source, rules.Diagnostics) {
	s := &source{file: rules.NewFile(path, text), test: strings.HasSuffix(path, "_test.rego")}
	module, err := ast.ParseModuleWithOpts(path, string(text), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: allowed(s.test)})
	if err != nil {
		return s, s.problems(err)
	}
	if module == nil || module.Package == nil {
		return s, rules.Diagnostics{s.problem(1, 1, "the file is empty", `write package socctl.checks.<group>["<name>"] and a report`)}
	}
	s.module = module
	return s, nil
}

// compile compiles checks, with their tests if tests are to be run.
func compile(sources []*source, tests bool) (*ast.Compiler, rules.Diagnostics) {
	modules := map[string]*ast.Module{"socctl.rego": ast.MustParseModuleWithOpts(library, ast.ParserOptions{RegoVersion: ast.RegoV1})}
	for _, s := range sources {
		if tests || !s.test {
			modules[s.file.Path] = s.module
		}
	}
	c := ast.NewCompiler().WithCapabilities(allowed(tests)).WithEnablePrintStatements(tests)
	c.Compile(modules)
	var diags rules.Diagnostics
	for _, s := range sources {
		if !c.Failed() && (tests || !s.test) {
			diags = append(diags, s.missing(c)...)
		}
	}
	if !c.Failed() && len(diags) == 0 {
		return c, nil
	}
	for _, s := range sources {
		diags = append(diags, s.problems(c.Errors)...)
	}
	diags.Sort()
	if len(diags) == 0 && c.Failed() {
		diags = rules.Diagnostics{{Code: "policy/rego", Severity: rules.Error, Message: c.Errors.Error()}}
	}
	return nil, diags
}

// missing reports imports of what no file defines: a check that asks for it would
// never find anything, and nobody would know.
func (s *source) missing(c *ast.Compiler) (out rules.Diagnostics) {
	for _, i := range s.module.Imports {
		path, ok := i.Path.Value.(ast.Ref)
		if ok && path.HasPrefix(ast.DefaultRootRef) && len(c.GetRulesWithPrefix(path)) == 0 && len(c.GetRulesForVirtualDocument(path)) == 0 {
			out = append(out, s.problem(i.Location.Row, i.Location.Col, "no file of checks defines "+path.String(), "correct the import; the library of checks is data.socctl"))
		}
	}
	return out
}

// problems turns errors of OPA about the file into diagnostics.
func (s *source) problems(err error) (out rules.Diagnostics) {
	var list ast.Errors
	if !errors.As(err, &list) {
		return rules.Diagnostics{s.problem(1, 1, err.Error(), "")}
	}
	for _, e := range list {
		if e.Location == nil || e.Location.File != s.file.Path || slices.ContainsFunc(out, func(d rules.Diagnostic) bool { return d.Span == s.span(e.Location.Row, e.Location.Col) }) {
			continue // OPA says the same place several times, the first time best
		}
		message, help := e.Message, ""
		if name, ok := strings.CutPrefix(e.Message, "undefined function "); ok && forbidden(name) {
			message, help = name+" is not available to checks", "a check sees the document and nothing else"
		}
		out = append(out, s.problem(e.Location.Row, e.Location.Col, message, help))
	}
	return out
}

func (s *source) problem(row, column int, message, help string) rules.Diagnostic {
	return rules.Diagnostic{Code: "policy/rego", Severity: rules.Error, Span: s.span(row, column), Message: message, Help: help}
}

// span is a place in the file. OPA counts the columns at its end from 0.
func (s *source) span(row, column int) rules.Span {
	at := rules.Position{Line: max(row, 1), Column: max(column, 1)}
	return rules.Span{File: s.file, Start: at, End: at}
}

// reason returns where an evaluation failed, and why.
func (s *source) reason(err error) (rules.Span, string) {
	var failed *topdown.Error
	if !errors.As(err, &failed) || failed.Location == nil || failed.Location.File != s.file.Path {
		return s.span(1, 1), err.Error()
	}
	return s.span(failed.Location.Row, failed.Location.Col), failed.Message
}

// policy is a set of checks that were compiled together.
type policy struct {
	compiler *ast.Compiler
	limits   Limits
	memory   memoryWatch
	inputs   inputs
}

// check makes the record of a check from the annotations of its package.
func (p *policy) check(ctx context.Context, s *source) (*lint.Check, *rules.Diagnostic) {
	fail := func(message, help string) (*lint.Check, *rules.Diagnostic) {
		d := s.problem(s.module.Package.Location.Row, s.module.Package.Location.Col, message, help)
		return nil, &d
	}
	name, ok := checkName(s.module.Package.Path)
	if !ok || !validName.MatchString(name) {
		return fail("the package "+s.module.Package.Path.String()+" is no check", `name it socctl.checks.<group>["<name>"]`)
	}
	check := &lint.Check{Name: name, Severity: rules.Warning, Scope: lint.RuleScope, Own: true}
	for _, a := range s.module.Annotations {
		if a.Scope == "package" || a.Scope == "subpackages" {
			if problem := describe(check, a); problem != "" {
				return fail(problem, "see docs/policy.md")
			}
		}
	}
	if check.Title == "" {
		return fail("the check has no title", "write # METADATA and # title: above the package")
	}
	if len(s.module.RuleSet(ast.Var("report"))) == 0 {
		return fail("the check defines no report", "write report contains finding if { … }")
	}
	query, err := rego.New(rego.Compiler(p.compiler), rego.Query("x := "+s.module.Package.Path.String()+".report"), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		return fail(err.Error(), "")
	}
	e := &evaluation{policy: p, source: s, query: query, form: "report is no set of findings: write report contains finding if { … }"}
	check.Run = e.run
	return check, nil
}

// checkName turns data.socctl.checks.acme["rule-without-owner"] into
// acme/rule-without-owner.
func checkName(path ast.Ref) (string, bool) {
	if len(path) != 5 || path[1].Value.Compare(ast.String("socctl")) != 0 || path[2].Value.Compare(ast.String("checks")) != 0 {
		return "", false
	}
	group, ok1 := path[3].Value.(ast.String)
	name, ok2 := path[4].Value.(ast.String)
	return strings.ReplaceAll(string(group)+"/"+string(name), "_", "-"), ok1 && ok2
}

// describe takes over what an annotation says, and returns what is wrong with it.
func describe(check *lint.Check, a *ast.Annotations) string {
	check.Title, check.Doc = a.Title, a.Description
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for k := range a.Custom {
			if !yield(k) {
				return
			}
		}
	}) {
		text, isText := a.Custom[key].(string)
		switch {
		case !isText:
			return "custom." + key + " must be a text"
		case key == "bad":
			check.Bad = text
		case key == "good":
			check.Good = text
		case key == "severity" && severities[text] != nil:
			check.Severity = *severities[text]
		case key == "severity":
			return fmt.Sprintf("severity %q is none of error, warning, info", text)
		case key == "scope" && (text == "rule" || text == "corpus"):
			check.Scope = lint.Scope(text)
		case key == "scope":
			return fmt.Sprintf("scope %q is none of rule, corpus", text)
		default:
			return "there is no custom." + key + ": known are bad, good, scope, severity"
		}
	}
	return ""
}

var severities = map[string]*rules.Severity{"error": ptr(rules.Error), "warning": ptr(rules.Warning), "info": ptr(rules.Info)}

func ptr(s rules.Severity) *rules.Severity { return &s }
