package attack

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed facts/*.tsv
var tables embed.FS

// releases are the embedded ones, oldest first.
var releases = []string{"16.1", "17.1", "18.1", "19.1"}

// Latest is the newest embedded release.
const Latest = "19.1"

// Releases returns the embedded releases, oldest first.
func Releases() []string { return slices.Clone(releases) }

// Facts are those of one release. They are immutable.
type Facts struct {
	Version  string
	Released string // day on which MITRE published it, YYYY-MM-DD
	Domain   string // "enterprise-attack"
	// Incomplete names kinds of facts that the source of this release lacked.
	Incomplete []string
	Tactics    []Tactic // in the order of the matrix

	techniques map[string]*Technique // by id, retired ones included
	ids        []string              // of those in force, sorted
}

// Tactic is a column of the matrix.
type Tactic struct {
	ID   string // TA0002
	Key  string // as tags name it: execution
	Name string
}

// Status says whether a technique is in force.
type Status string

// The states of a technique.
const (
	Active     Status = ""
	Revoked    Status = "revoked"    // replaced by another
	Deprecated Status = "deprecated" // given up without a successor
)

// Technique is a technique or, with a dot in its id, a sub-technique.
type Technique struct {
	ID        string
	Name      string
	Tactics   []string // keys, in the order of the matrix's source
	Platforms []string // nil for a retired one
	Status    Status
	By        string // id of what a revoked one was replaced by, which may itself be retired
}

// Parent returns the id of the technique that a sub-technique belongs to, "" for
// others.
func (t *Technique) Parent() string {
	parent, _, sub := strings.Cut(t.ID, ".")
	if !sub {
		return ""
	}
	return parent
}

var loaded sync.Map // of release to *Facts

// Load returns the facts of a release; "" is Latest. The error names the
// releases that there are.
func Load(release string) (*Facts, error) {
	if release == "" {
		release = Latest
	}
	if f, ok := loaded.Load(release); ok {
		return f.(*Facts), nil
	}
	if !slices.Contains(releases, release) {
		return nil, fmt.Errorf("ATT&CK %q is not known: there are %s", release, strings.Join(releases, ", "))
	}
	text, err := tables.ReadFile("facts/enterprise-" + release + ".tsv")
	if err != nil {
		return nil, err
	}
	f, err := parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("facts of ATT&CK %s: %w", release, err)
	}
	loaded.Store(release, f)
	return f, nil
}

// parse reads a table: a kind and its fields a line, with tabs between.
func parse(text string) (*Facts, error) {
	f := &Facts{techniques: map[string]*Technique{}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if !f.add(row) {
			return nil, fmt.Errorf("line %d: a row of kind %q with %d fields", number, row[0], len(row)-1)
		}
	}
	slices.Sort(f.ids)
	return f, nil
}

func (f *Facts) add(row []string) bool {
	switch {
	case row[0] == "version" && len(row) == 4:
		f.Version, f.Released, f.Domain = row[1], row[2], row[3]
	case row[0] == "incomplete" && len(row) == 2:
		f.Incomplete = append(f.Incomplete, row[1])
	case row[0] == "tactic" && len(row) == 4:
		f.Tactics = append(f.Tactics, Tactic{row[1], row[2], row[3]})
	case row[0] == "technique" && len(row) == 5:
		f.techniques[row[1]] = &Technique{ID: row[1], Name: row[2], Tactics: list(row[3]), Platforms: list(row[4])}
		f.ids = append(f.ids, row[1])
	case row[0] == "retired" && len(row) == 6:
		f.techniques[row[1]] = &Technique{ID: row[1], Name: row[2], Tactics: list(row[3]), Status: Status(row[4]), By: row[5]}
	default:
		return false
	}
	return true
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// Techniques yields the techniques in force, in the order of their ids.
func (f *Facts) Techniques(yield func(*Technique) bool) {
	for _, id := range f.ids {
		if !yield(f.techniques[id]) {
			return
		}
	}
}

// Technique returns a technique by id, also a retired one; nil if the release
// has none of that id.
func (f *Facts) Technique(id string) *Technique { return f.techniques[strings.ToUpper(id)] }

// Tactic returns a tactic by key or id; nil if the release has none.
func (f *Facts) Tactic(name string) *Tactic {
	for i := range f.Tactics {
		if t := &f.Tactics[i]; strings.EqualFold(t.Key, name) || strings.EqualFold(t.ID, name) {
			return t
		}
	}
	return nil
}

// Resolve follows a retired technique to the one in force that replaced it,
// over several steps if need be. It returns the technique itself if that is in
// force, and nil if the release does not know it or it has no successor.
func (f *Facts) Resolve(id string) *Technique {
	t := f.Technique(id)
	for range len(f.techniques) {
		if t == nil || t.Status == Active {
			return t
		}
		t = f.Technique(t.By)
	}
	return nil
}
