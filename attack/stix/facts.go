package stix

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/attack"
)

// Options say what a bundle may not say itself.
type Options struct {
	// Version is the release, such as 18.1. Bundles of STIX 2.0 do not have it;
	// others must not contradict.
	Version string
	// Released is the day of the release, "" for that of the youngest object.
	Released string
	// Domain is the one that is expected, "" for Enterprise.
	Domain string
	// Source tells where the bundle is from.
	Source string
}

// ErrVersion means that a bundle does not say its release and Options neither.
var ErrVersion = errors.New("the bundle does not say which release of ATT&CK it is: name it with --version")

// ErrDomain means that a bundle is of another domain than the expected one.
var ErrDomain = errors.New("name the domain with --domain to import it nevertheless")

// Facts makes facts of what was read. The error says what does not fit together.
func (r *Reader) Facts(o Options) (*attack.Facts, error) {
	b := &builder{Reader: r, ids: map[string]string{}, analytics: map[string][]attack.Analytic{}}
	b.sorted = slices.Sorted(maps.Keys(r.objects))
	b.related = slices.SortedFunc(maps.Values(r.relations), func(x, y relation) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	for _, step := range []func(*Options) error{b.matrix, b.release, b.techniques, b.successors, b.uses, b.detections} {
		if err := step(&o); err != nil {
			return nil, err
		}
	}
	return attack.Build(&b.head, b.all, b.analytics, b.groups)
}

// builder makes facts in steps.
type builder struct {
	*Reader
	sorted    []string // ids of objects
	related   []relation
	head      attack.Facts
	all       []attack.Technique
	at        map[string]int    // index into all by id of object
	ids       map[string]string // of what is in force, by id of object
	analytics map[string][]attack.Analytic
	groups    []attack.Group
}

// of yields the objects of a type, in the order of their ids.
func (b *builder) of(kind string, yield func(*object) bool) {
	at, _ := slices.BinarySearch(b.sorted, kind+"--")
	for ; at < len(b.sorted) && strings.HasPrefix(b.sorted[at], kind+"--"); at++ {
		if o := b.objects[b.sorted[at]]; o.Type == kind && !yield(o) {
			return
		}
	}
}

// matrix reads the tactics in the order of the one matrix in force.
func (b *builder) matrix(o *Options) error {
	var found []*object
	b.of("x-mitre-matrix", func(m *object) bool {
		if m.live() {
			found = append(found, m)
		}
		return true
	})
	switch {
	case len(found) == 0:
		return errors.New("there must be one matrix in force, found none: this is no whole bundle of ATT&CK")
	case len(found) > 1:
		return fmt.Errorf("there must be one matrix in force, found %d: import one domain at a time", len(found))
	}
	if b.head.Domain = found[0].attackID(); b.head.Domain == "" {
		return errors.New("the matrix does not say which domain it is of: there is no reference of the source mitre-attack")
	}
	if want := cmp.Or(o.Domain, attack.Enterprise); b.head.Domain != want {
		return fmt.Errorf("the bundle is of the domain %s, want %s: %w", b.head.Domain, want, ErrDomain)
	}
	for _, ref := range found[0].TacticRefs {
		t := b.objects[ref]
		if t == nil || t.attackID() == "" || t.ShortName == "" {
			return fmt.Errorf("the matrix has the tactic %s, which is not in the bundle", ref)
		}
		if slices.ContainsFunc(b.head.Tactics, func(other attack.Tactic) bool { return other.Key == t.ShortName }) {
			return fmt.Errorf("the matrix has the tactic %s twice", t.ShortName)
		}
		b.head.Tactics = append(b.head.Tactics, attack.Tactic{ID: t.attackID(), Key: t.ShortName, Name: clean(t.Name)})
	}
	return nil
}

var versionText = regexp.MustCompile(`^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$`)

// release finds out which release it is, and of which day.
func (b *builder) release(o *Options) error {
	b.head.Version, b.head.Released, b.head.Source = o.Version, o.Released, clean(o.Source)
	newest := ""
	for _, x := range b.objects {
		newest = max(newest, x.Modified)
	}
	var err error
	b.of("x-mitre-collection", func(c *object) bool {
		if o.Version != "" && o.Version != c.Version {
			err = fmt.Errorf("the bundle says that it is release %s, not %s", c.Version, o.Version)
		}
		b.head.Version, newest = c.Version, c.Modified
		return err == nil
	})
	switch {
	case err != nil:
		return err
	case b.head.Version == "":
		return ErrVersion
	case !versionText.MatchString(b.head.Version):
		return fmt.Errorf("%q is no release: they are called 18.1", b.head.Version)
	}
	day, _, _ := strings.Cut(newest, "T")
	b.head.Released = cmp.Or(o.Released, day)
	if b.head.Released == "" {
		return errors.New("the bundle does not say of which day it is: name it with --released")
	}
	if _, err := time.Parse(time.DateOnly, b.head.Released); err != nil {
		return fmt.Errorf("%q is no day of a release: it is written 2025-11-13", b.head.Released)
	}
	year, _, _ := strings.Cut(b.head.Released, "-")
	b.head.Copyright = attack.Notice(year)
	return nil
}

var techniqueID = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)

// Bounds of the number of techniques in force: outside of them a bundle is cut
// off or not of ATT&CK.
const minTechniques, maxTechniques = 50, 5000

func (b *builder) techniques(*Options) error {
	b.at = map[string]int{}
	places := map[string]int{} // index into all by id in ATT&CK
	live := 0
	var err error
	b.of("attack-pattern", func(x *object) bool {
		var t attack.Technique
		if t, err = b.technique(x); err != nil || t.ID == "" {
			return err == nil
		}
		at, twice := places[t.ID]
		switch {
		case !twice:
			at = len(b.all)
			b.all = append(b.all, t)
		case t.Status == attack.Active && b.all[at].Status == attack.Active:
			err = fmt.Errorf("two techniques have the id %s", t.ID)
		case t.Status == attack.Active: // which an earlier one of that id lost
			b.all[at] = t
		}
		places[t.ID], b.at[x.ID] = at, at
		if t.Status == attack.Active {
			b.ids[x.ID] = t.ID
			live++
		}
		return err == nil
	})
	if err == nil && (live < minTechniques || live > maxTechniques) {
		err = fmt.Errorf("found %d techniques in force, want %d to %d: this is no whole bundle of ATT&CK", live, minTechniques, maxTechniques)
	}
	return err
}

// technique makes a technique of an object. One that is out of force and has no
// id that a tag could name is left out: its id is "".
func (b *builder) technique(x *object) (attack.Technique, error) {
	t := attack.Technique{ID: x.attackID(), Name: clean(x.Name), Tactics: b.tacticsOf(x)}
	known := techniqueID.MatchString(t.ID)
	switch {
	case !known && !x.live():
		return attack.Technique{}, nil
	case !known:
		return t, fmt.Errorf("technique %s has the id %q in ATT&CK", x.ID, t.ID)
	case x.Revoked:
		t.Status = attack.Revoked
	case x.Deprecated:
		t.Status = attack.Deprecated
	case len(t.Tactics) == 0:
		return t, fmt.Errorf("technique %s has no tactic of the matrix", t.ID)
	default:
		t.Platforms = cleanAll(x.Platforms)
		slices.SortFunc(t.Platforms, attack.ComparePlatforms)
	}
	return t, nil
}

// tacticsOf returns the tactics of a technique. Retired ones may have some that
// the matrix no longer has.
func (b *builder) tacticsOf(x *object) (keys []string) {
	for _, p := range x.Phases {
		inMatrix := slices.ContainsFunc(b.head.Tactics, func(t attack.Tactic) bool { return t.Key == p.Name })
		if strings.HasPrefix(p.Chain, "mitre-") && (inMatrix || !x.live()) {
			keys = append(keys, clean(separators.Replace(p.Name)))
		}
	}
	return keys
}

// successors reads what replaced what, and that sub-techniques have the parent
// that their id says.
func (b *builder) successors(*Options) error {
	for _, r := range b.related {
		from, known := b.at[r.from]
		if !known {
			continue
		}
		t := &b.all[from]
		to, known := b.at[r.to]
		switch {
		case r.kind == "revoked-by" && t.Status == attack.Revoked:
			if !known {
				return fmt.Errorf("technique %s was replaced by %s, which is not in the bundle", t.ID, r.to)
			}
			t.By = b.all[to].ID
		case r.kind == "subtechnique-of" && t.Status == attack.Active && known && b.all[to].ID != t.Parent():
			return fmt.Errorf("technique %s is a sub-technique of %s", t.ID, b.all[to].ID)
		}
	}
	live := set{}
	for _, id := range b.ids {
		live[id] = true
	}
	for i := range b.all {
		t := &b.all[i]
		if t.Status == attack.Active && t.Parent() != "" && !live[t.Parent()] {
			return fmt.Errorf("technique %s has no parent in the bundle", t.ID)
		}
	}
	return nil
}

// separators are what tables of facts put between entries of lists.
var separators = strings.NewReplacer(",", " ", "|", " ", "=", " ")

// clean makes text of a bundle fit a table: one line without blanks around it.
func clean(text string) string { return strings.Join(strings.Fields(text), " ") }

func cleanAll(texts []string) (out []string) {
	for _, text := range texts {
		out = append(out, clean(separators.Replace(text)))
	}
	return out
}
