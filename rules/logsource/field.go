package logsource

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Trust says who decides about the value of a field.
type Trust uint8

// The classes of trust, least first. Unknown is for fields of which the table
// says nothing.
const (
	Unknown     Trust = iota
	AttackerSet       // whoever acts chooses the value
	Spoofable         // the system reports it, and known ways exist to have it say something else
	SystemSet         // the system sets it, and the acting program has no say in it
)

// trusts are the words of the table, by class.
var trusts = []string{"unknown", "attacker", "spoofable", "system"}

// String returns unknown, attacker, spoofable or system.
func (t Trust) String() string { return trusts[t] }

// Kind says how a comparison with values of a domain is graded, see package
// compiler/trust.
type Kind string

// The kinds of domains.
const (
	LabelKind       Kind = "label"       // a text like any other
	PathKind        Kind = "path"        // a file, where its folder says who may write it
	CommandKind     Kind = "command"     // what was typed
	RegistryKind    Kind = "registry"    // a registry path
	AccountKind     Kind = "account"     // an identity
	AddressKind     Kind = "address"     // of a network
	HostKind        Kind = "host"        // the name of a machine
	NumberKind      Kind = "number"      // a number without meaning of its own
	EnumerationKind Kind = "enumeration" // one of few words
	HashKind        Kind = "hash"        // of the content of a file
)

// Kinds returns all kinds of domains.
func Kinds() []Kind {
	return []Kind{LabelKind, PathKind, CommandKind, RegistryKind, AccountKind, AddressKind, HostKind, NumberKind, EnumerationKind, HashKind}
}

// Role says what part the file that a path names plays in an event.
type Role string

// The roles.
const (
	ProgramRole Role = "program" // it acts
	ParentRole  Role = "parent"  // it starts the program that acts
	TargetRole  Role = "target"  // it is acted upon
	LibraryRole Role = "library" // it is loaded
	FileRole    Role = "file"    // it is written, read or removed
	FolderRole  Role = "folder"  // it is worked in
)

// Roles returns all roles.
func Roles() []Role {
	return []Role{ProgramRole, ParentRole, TargetRole, LibraryRole, FileRole, FolderRole}
}

// Domain is what the values of a field look like. A value keeps to it if it is
// empty, if it is one of Also, or if every one of Patterns finds something in it.
// Letter case does not matter.
type Domain struct {
	Name     string   // unique in a table
	Kind     Kind     // LabelKind if the table says nothing
	Is       string   // a phrase for messages, such as "an absolute path"
	Patterns []string // RE2; without any, every value keeps to the domain
	Also     []string // values that stand where there is no ordinary one
	Examples []string // ordinary values
}

// Expressions returns regular expressions (RE2) of which a value must satisfy
// all, and that need no further knowledge.
func (d *Domain) Expressions() []string {
	others := make([]string, 0, len(d.Also)+1)
	for _, v := range append([]string{""}, d.Also...) {
		others = append(others, regexp.QuoteMeta(v))
	}
	out := make([]string, len(d.Patterns))
	for i, p := range d.Patterns {
		out[i] = `(?is)(?:` + p + `)|^(?:` + strings.Join(others, "|") + `)$`
	}
	return out
}

// Keeps returns a function that reports whether a value keeps to the domain. It
// is safe for concurrent use.
func (d *Domain) Keeps() func(value string) bool {
	var all []*regexp.Regexp
	for _, e := range d.Expressions() {
		all = append(all, regexp.MustCompile(e)) // which parsing has seen to
	}
	return func(value string) bool {
		return !slices.ContainsFunc(all, func(re *regexp.Regexp) bool { return !re.MatchString(value) })
	}
}

// FieldDef says what the values of one field are, for rules of a logsource.
type FieldDef struct {
	Logsource Logsource
	Name      string
	Role      Role   // the part that a path plays; "" for none of its own
	Domain    string // the name of a Domain; "" if nothing is known
	Trust     Trust
	Note      string   // why it is trusted that far, as a phrase; "" for nothing
	Examples  []string // ordinary values; those of the domain if there are none
}

// Field returns what is known of the values of a field, for a rule of a
// logsource: the entry with the narrowest logsource, of equally narrow ones the
// last. ok is false if the table says nothing.
func (t *Table) Field(rule Logsource, name string) (def FieldDef, ok bool) {
	best := -1
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Name == name && rule.Satisfies(f.Logsource) && f.Logsource.width() >= best {
			best, def, ok = f.Logsource.width(), *f, true
		}
	}
	return def, ok
}

// width counts the stated parts.
func (l Logsource) width() int { return len(l.Map()) }

// Domain returns the domain of a name, nil if there is none.
func (t *Table) Domain(name string) *Domain {
	for i := range t.Domains {
		if t.Domains[i].Name == name {
			return &t.Domains[i]
		}
	}
	return nil
}

// DomainOf returns the domain of a field for a rule of a logsource, nil if
// nothing is known of its values.
func (t *Table) DomainOf(rule Logsource, field string) *Domain {
	def, ok := t.Field(rule, field)
	if !ok {
		return nil
	}
	return t.Domain(def.Domain)
}

// Realistic returns values that a field of an ordinary event may have, the most
// usual first; nil if nothing is known of it. Callers must not change them.
func (t *Table) Realistic(rule Logsource, field string) []string {
	def, ok := t.Field(rule, field)
	if !ok {
		return nil
	}
	if d := t.Domain(def.Domain); len(def.Examples) == 0 && d != nil {
		return d.Examples
	}
	return def.Examples
}

// Place is a part of a file system, and what it takes to put a file there.
type Place struct {
	Path  string  // in lower case, ends in a separator; * stands for one or more whole components
	Score float64 // see package compiler/trust
	Needs string  // what an attacker needs, as a phrase
}

// DualUse reports whether a program, named by its file name in any letter case,
// is one that attackers use where they find it.
func (t *Table) DualUse(program string) bool {
	_, found := slices.BinarySearch(t.Programs, strings.ToLower(program))
	return found
}

// Check returns an error that names every field with a domain that the table
// does not have; nil if all are there. Parts of a table may lack them.
func (t *Table) Check() error {
	var problems []error
	for _, f := range t.Fields {
		if f.Domain != "" && t.Domain(f.Domain) == nil {
			problems = append(problems, fmt.Errorf("field %s (%s): there is no domain %q", f.Name, f.Logsource, f.Domain))
		}
	}
	return errors.Join(problems...)
}
