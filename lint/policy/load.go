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
	sources, diags := read(folders)
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	compiler, problems := compile(sources, false)
	if problems != nil {
		return nil, problems
	}
	p := &policy{compiler: compiler, limits: limits.orDefault()}
	var checks []*lint.Check
	for _, s := range sources {
		if s.test {
			continue
		}
		check, problem := p.check(ctx, s)
		switch {
		case problem != nil:
			diags = append(diags, *problem)
		case taken(check.Name):
			diags = append(diags, s.problem(1, 1, "there is a check "+check.Name+" already", "name the package differently"))
		default:
			checks = append(checks, check)
		}
	}
	diags.Sort()
	if diags.Count(rules.Error) > 0 {
		return nil, diags
	}
	slices.SortFunc(checks, func(a, b *lint.Check) int { return cmp.Compare(a.Name, b.Name) })
	return checks, diags
}

// read parses all .rego files of folders, in the order of their paths.
func read(folders []string) ([]*source, rules.Diagnostics) {
	var sources []*source
	var diags rules.Diagnostics
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".rego" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			s, problems := parse(filepath.ToSlash(path), text)
			sources, diags = append(sources, s), append(diags, problems...)
			return nil
		})
		if err != nil {
			diags = append(diags, rules.Diagnostic{Code: rules.CodeUnreadable, Severity: rules.Error, Span: rules.Span{File: &rules.File{Path: filepath.ToSlash(folder)}},
				Message: "checks cannot be read: " + err.Error(), Help: "correct rego: in the section lint: of the configuration"})
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
	if c.Compile(modules); !c.Failed() {
		return c, nil
	}
	var diags rules.Diagnostics
	for _, s := range sources {
		diags = append(diags, s.problems(c.Errors)...)
	}
	diags.Sort()
	if len(diags) == 0 {
		diags = rules.Diagnostics{{Code: "policy/rego", Severity: rules.Error, Message: c.Errors.Error()}}
	}
	return nil, diags
}

// problems turns errors of OPA about the file into diagnostics.
func (s *source) problems(err error) (out rules.Diagnostics) {
	var list ast.Errors
	if !errors.As(err, &list) {
		return rules.Diagnostics{s.problem(1, 1, err.Error(), "")}
	}
	for _, e := range list {
		if e.Location == nil || e.Location.File != s.file.Path {
			continue
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
	at := rules.Position{Line: row, Column: column}
	return rules.Diagnostic{Code: "policy/rego", Severity: rules.Error, Span: rules.Span{File: s.file, Start: at, End: at}, Message: message, Help: help}
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
	if !ok {
		return fail("the package "+s.module.Package.Path.String()+" is no check", `name it socctl.checks.<group>["<name>"]`)
	}
	check := &lint.Check{Name: name, Severity: rules.Warning, Scope: lint.RuleScope}
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
	e := &evaluation{policy: p, source: s, query: query}
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
