package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Scope says what a check has to see.
type Scope string

// The scopes.
const (
	RuleScope   Scope = "rule"   // one document
	CorpusScope Scope = "corpus" // all documents, and their tests
	BaseScope   Scope = "base"   // all documents, and as they were before a change
)

// Check is one kind of problem that is looked for, with its documentation. The
// record feeds the command line, the editor, the pages of the documentation and
// the schema of the configuration, and its examples are executed as tests.
type Check struct {
	Name    string   // group/kebab-case, stable
	Aliases []string // former names, accepted wherever a name is
	Title   string   // what is wrong, as a phrase in lower case
	Doc     string   // Markdown: why it matters, when to ignore it, what it does not see

	// Bad is an example with exactly one finding of the check or more, Good the
	// same put right, without any. Each is a rule, or several files in the format
	// of txtar: .socctl.yml configures, base/… stands for the state before a
	// change, tests/… holds tests, everything else are rules.
	Bad, Good string

	Severity rules.Severity // unless configured otherwise; Error is for what is provably broken
	Off      bool           // runs only if the configuration asks for it
	Online   bool           // asks other hosts, so it runs only if it is named itself, not by its group, and Input.Gone is set
	Scope    Scope
	Fixable  bool // some findings come with a fix

	// Fixed says that neither configuration nor comment can lower or ignore the
	// check: what it finds keeps a document from being used at all.
	Fixed bool

	// Own says that a project has the check, and socctl has no page about it.
	Own bool

	Options []Option

	// Elsewhere names the same check of other tools, as "tool name" or
	// "tool name: how it differs".
	Elsewhere []string

	// Run reports what it finds. It is nil for checks that reading, linking and
	// compiling the rules, or the driver itself, carry out.
	Run func(*Pass)

	// Repair offers fixes for findings that Run did not make: those of reading,
	// linking and compiling. It may be nil.
	Repair func(*Finding)
}

// Group returns the part of the name before the slash.
func (c *Check) Group() string {
	group, _, _ := strings.Cut(c.Name, "/")
	return group
}

// Page returns the address of the page about the check, "" for one of a project.
func (c *Check) Page() string {
	if c.Own {
		return ""
	}
	return "https://github.com/socctl/socctl/blob/main/docs/checks/" + c.Name + ".md"
}

// Option returns the option of that name, nil if the check has none.
func (c *Check) Option(name string) *Option {
	for i := range c.Options {
		if c.Options[i].Name == name {
			return &c.Options[i]
		}
	}
	return nil
}

// Option is a setting of a check.
type Option struct {
	Name    string // kebab-case
	Doc     string // what it sets, with its unit, as a phrase
	Default any    // int, bool, string or []string, which is also the type
}

// Catalogue finds checks by name.
type Catalogue struct {
	checks []*Check
	byName map[string]*Check
}

// NewCatalogue returns a catalogue of checks in the given order. Names and
// aliases must be different.
func NewCatalogue(checks []*Check) *Catalogue {
	c := &Catalogue{checks: checks, byName: make(map[string]*Check, len(checks))}
	for _, check := range checks {
		c.byName[check.Name] = check
		for _, alias := range check.Aliases {
			c.byName[alias] = check
		}
	}
	return c
}

// Checks returns all checks in their order.
func (c *Catalogue) Checks() []*Check { return c.checks }

// Find returns the check of a name or an alias, nil if there is none.
func (c *Catalogue) Find(name string) *Check { return c.byName[name] }

// Match returns the checks that a name, an alias or group/* stands for.
func (c *Catalogue) Match(pattern string) []*Check {
	group, all := strings.CutSuffix(pattern, "/*")
	if !all {
		if check := c.byName[pattern]; check != nil {
			return []*Check{check}
		}
		return nil
	}
	var out []*Check
	for _, check := range c.checks {
		if check.Group() == group {
			out = append(out, check)
		}
	}
	return out
}

// Nearest returns the name that a user most likely meant, "" if none is near.
// A name without its group is found too, and one that another tool has for it.
func (c *Catalogue) Nearest(name string) string {
	names := make([]string, 0, len(c.checks))
	full := make(map[string]string, len(c.checks)) // by the name without the group
	for _, check := range c.checks {
		short := strings.TrimPrefix(check.Name, check.Group()+"/")
		if short == name || slices.ContainsFunc(check.Elsewhere, func(other string) bool { return isCalled(other, name) }) {
			return check.Name
		}
		names = append(names, check.Name)
		full[short] = check.Name
	}
	if near := rules.Nearest(name, names); near != "" || strings.Contains(name, "/") {
		return near
	}
	return full[rules.Nearest(name, slices.Sorted(maps.Keys(full)))]
}

// isCalled reports whether an entry of Check.Elsewhere is about a name.
func isCalled(elsewhere, name string) bool {
	elsewhere, _, _ = strings.Cut(elsewhere, ":")
	_, theirs, _ := strings.Cut(elsewhere, " ")
	return theirs == name && name != ""
}
