package stix_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/stix"
)

func read(text []byte, o stix.Options) (*attack.Facts, error) {
	var r stix.Reader
	if err := r.Read("bundle.json", bytes.NewReader(text)); err != nil {
		return nil, err
	}
	return r.Facts(o)
}

func (b bundle) text() []byte {
	var out bytes.Buffer
	b.write(&out)
	return out.Bytes()
}

func TestFacts(t *testing.T) {
	f, err := read(bundle{techniques: 90, version: "20.0"}.text(), stix.Options{Source: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	if f.Version != "20.0" || f.Released != "2026-01-02" || f.Domain != attack.Enterprise || f.Source != "a test" || !strings.HasPrefix(f.Copyright, "© 2026 The MITRE") {
		t.Errorf("%s of %s, %s, from %q, %s", f.Version, f.Released, f.Domain, f.Source, f.Copyright)
	}
	if got := f.Technique("T0002"); got == nil || got.Status != attack.Revoked || f.Resolve("T0002").ID != "T0001" {
		t.Errorf("T0002: %+v", got)
	}
	want := []attack.Analytic{{ID: "AN0003", Strategy: "DET0003", Platform: "Windows", Sources: []attack.Source{{Component: "Process Creation", Log: "WinEventLog:Sysmon"}}}}
	if diff := cmp.Diff(want, f.Analytics("T0003")); diff != "" {
		t.Error(diff)
	}
	if g := f.Group("g0007"); g == nil || len(g.Techniques) != 60 || f.Technique("T0003").Uses.Groups != 20 {
		t.Errorf("group %+v", g)
	}
	var table, again bytes.Buffer
	if err := f.Write(&table); err != nil {
		t.Fatal(err)
	}
	g, err := attack.Read(bytes.NewReader(table.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Write(&again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(table.String(), again.String()); diff != "" {
		t.Error(diff)
	}
}

// TestSingleObjects reads the objects of a bundle one by one, as mitre/cti has
// them, some in a bundle of their own and some without.
func TestSingleObjects(t *testing.T) {
	b := bundle{techniques: 90, version: "20.0"}
	whole, err := read(b.text(), stix.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var r stix.Reader
	n := 0
	b.change = func(o raw) bool {
		single := bundleOf(o)
		if n++; n%2 == 0 {
			single = single[len(`{"type":"bundle","objects":[`) : len(single)-len(`]}`)]
		}
		if err := r.Read("object.json", strings.NewReader(single)); err != nil {
			t.Fatal(err)
		}
		return true
	}
	b.write(io.Discard)
	f, err := r.Facts(stix.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var one, other bytes.Buffer
	if err := f.Write(&one); err != nil {
		t.Fatal(err)
	}
	if err := whole.Write(&other); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(other.String(), one.String()); diff != "" {
		t.Error(diff)
	}
}

// TestBadBundles tells what is wrong with a bundle.
func TestBadBundles(t *testing.T) {
	whole := bundle{techniques: 90, version: "20.0"}
	with := func(change func(o raw) bool) []byte {
		b := whole
		b.change = change
		return b.text()
	}
	is := func(o raw, kind string, n int) bool { return o["id"] == id(kind, n) }
	for name, c := range map[string]struct {
		text []byte
		o    stix.Options
		want string
	}{
		"empty":              {nil, stix.Options{}, "bundle.json: the file ends at byte 0, after 0 objects"},
		"cut off":            {whole.text()[:5000], stix.Options{}, "bundle.json: the file ends at byte 4"},
		"no JSON":            {[]byte("<html>"), stix.Options{}, "bundle.json: byte 0, after 0 objects: invalid character '<'"},
		"a list":             {[]byte("[]"), stix.Options{}, "found [, want {: a STIX bundle is an object with a list of objects"},
		"two":                {append(whole.text(), whole.text()...), stix.Options{}, "something follows the bundle"},
		"wrong type":         {[]byte(`{"objects":[{"type":7}]}`), stix.Options{}, "type is of a wrong type: number"},
		"neither":            {[]byte(`{"a":1}`), stix.Options{}, "neither a bundle nor an object of STIX"},
		"deep":               {[]byte(`{"a":` + strings.Repeat("[", 20000)), stix.Options{}, "exceeded max depth"},
		"no matrix":          {with(func(o raw) bool { return o["type"] != "x-mitre-matrix" }), stix.Options{}, "there must be one matrix in force, found none"},
		"no tactic":          {with(func(o raw) bool { return !is(o, "x-mitre-tactic", 1) }), stix.Options{}, "the matrix has the tactic " + id("x-mitre-tactic", 1) + ", which is not in the bundle"},
		"no successor":       {with(func(o raw) bool { return !is(o, "attack-pattern", 1) }), stix.Options{}, "technique T0002 was replaced by " + id("attack-pattern", 1) + ", which is not in the bundle"},
		"no analytic":        {with(func(o raw) bool { return !is(o, "x-mitre-analytic", 1) }), stix.Options{}, "detection strategy DET0001 has the analytic"},
		"nonsense day":       {whole.text(), stix.Options{Released: "soon"}, `"soon" is no day of a release`},
		"few":                {bundle{techniques: 30, version: "20.0"}.text(), stix.Options{}, "found 20 techniques in force, want 50 to 5000"},
		"other release":      {whole.text(), stix.Options{Version: "19.2"}, "the bundle says that it is release 20.0, not 19.2"},
		"no release":         {bundle{techniques: 90}.text(), stix.Options{}, "does not say which release of ATT&CK it is"},
		"nonsense release":   {bundle{techniques: 90}.text(), stix.Options{Version: "../18"}, `"../18" is no release`},
		"other domain":       {whole.text(), stix.Options{Domain: attack.Mobile}, "the bundle is of the domain enterprise-attack, want mobile-attack"},
		"two of an id":       {with(func(o raw) bool { rename(o, "attack-pattern", 3, "T0001"); return true }), stix.Options{}, "two techniques have the id T0001"},
		"an odd id":          {with(func(o raw) bool { rename(o, "attack-pattern", 3, "X1"); return true }), stix.Options{}, `has the id "X1" in ATT&CK`},
		"a sub alone":        {with(func(o raw) bool { rename(o, "attack-pattern", 3, "T8000.001"); return true }), stix.Options{}, "technique T8000.001 has no parent in the bundle"},
		"a technique apart":  {with(func(o raw) bool { return unphase(o, 3) }), stix.Options{}, "technique T0003 has no tactic of the matrix"},
		"no id":              {with(func(o raw) bool { return without(o, "attack-pattern", 3, "id") }), stix.Options{}, `an object of type "attack-pattern" has the id ""`},
		"no id of a link":    {with(func(o raw) bool { return without(o, "relationship", 500, "id") }), stix.Options{}, `an object of type "relationship" has the id ""`},
		"no type":            {with(func(o raw) bool { return without(o, "attack-pattern", 3, "type") }), stix.Options{}, `an object of type "" has the id "attack-pattern--`},
		"null":               {[]byte(`{"type":"bundle","objects":[null]}`), stix.Options{}, `an object of type "" has the id ""`},
		"a wrong type":       {with(func(o raw) bool { return set(o, "attack-pattern", 3, "external_references", raw{}) }), stix.Options{}, "external_references is of a wrong type: object"},
		"a wrong type below": {with(func(o raw) bool { return set(o, "attack-pattern", 3, "kill_chain_phases", []raw{{"phase_name": 1}}) }), stix.Options{}, "kill_chain_phases.phase_name is of a wrong type: number"},
		"a number":           {[]byte(`{"objects":[7]}`), stix.Options{}, "this is a number, and an object of STIX is wanted"},
		"of another charset": {with(func(o raw) bool { return set(o, "attack-pattern", 3, "name", "T\ufffdchnique") }), stix.Options{}, "is not UTF-8"},
		"a tactic twice": {with(func(o raw) bool {
			return set(o, "x-mitre-matrix", 1, "tactic_refs", []string{id("x-mitre-tactic", 0), id("x-mitre-tactic", 0)})
		}), stix.Options{}, "the matrix has the tactic first-step twice"},
		"no domain": {with(func(o raw) bool { return without(o, "x-mitre-matrix", 1, "external_references") }), stix.Options{}, "the matrix does not say which domain it is of"},
		"no day":    {with(func(o raw) bool { return set(o, "x-mitre-collection", 1, "modified", "") }), stix.Options{}, "the bundle does not say of which day it is: name it with --released"},
		"a circle": {with(func(o raw) bool {
			switch {
			case is(o, "attack-pattern", 1):
				o["revoked"] = true
			case is(o, "relationship", 101): // what detects it, which no longer matters
				o["relationship_type"], o["source_ref"], o["target_ref"] = "revoked-by", id("attack-pattern", 1), id("attack-pattern", 2)
			}
			return true
		}), stix.Options{}, "techniques replace each other in a circle: T0001 → T0002 → T0001"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := read(c.text, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
}

// What is out of force may lack an id, or have one that another technique has.
func TestOldIDs(t *testing.T) {
	b := bundle{techniques: 90, version: "20.0", change: func(o raw) bool {
		rename(o, "attack-pattern", 2, "MOB-T1")
		rename(o, "attack-pattern", 5, "T0006")
		return true
	}}
	f, err := read(b.text(), stix.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Technique("T0002") != nil || f.Technique("T0005") != nil || f.Technique("T0006").Status != attack.Active || f.Technique("T0008").Status != attack.Revoked {
		t.Errorf("T0006 %+v, T0008 %+v", f.Technique("T0006"), f.Technique("T0008"))
	}
}

// Releases are not mixed, in whatever order they come and whatever their collections
// are called.
func TestTwoReleases(t *testing.T) {
	older := bundle{techniques: 90, version: "20.0"}
	newer := bundle{techniques: 90, version: "20.1", change: func(o raw) bool { return set(o, "x-mitre-collection", 1, "modified", "2026-06-02T00:00:00.000Z") }}
	other := bundle{techniques: 90, version: "20.1", change: func(o raw) bool { return set(o, "x-mitre-collection", 1, "id", id("x-mitre-collection", 2)) }}
	for name, c := range map[string]struct {
		first, second bundle
		want          string
	}{
		"the older first": {older, newer, "this is release 20.1, and what was read before is 20.0: import one release at a time"},
		"the newer first": {newer, older, "this is release 20.0, and what was read before is 20.1"},
		"of other ids":    {older, other, "this is release 20.1, and what was read before is 20.0"},
	} {
		t.Run(name, func(t *testing.T) {
			var r stix.Reader
			if err := r.Read("a", bytes.NewReader(c.first.text())); err != nil {
				t.Fatal(err)
			}
			if err := r.Read("b", bytes.NewReader(c.second.text())); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
}

// Other domains have the same form.
func TestDomains(t *testing.T) {
	for name, want := range map[string]string{
		"ics-attack-17.1.stix21.json.zst":    "ics-attack 17.1: 12 tactics, 83 techniques, 71 with a detection",
		"ics-attack-18.1.stix21.json.zst":    "ics-attack 18.1: 12 tactics, 83 techniques, 82 with a detection",
		"mobile-attack-17.1.stix21.json.zst": "mobile-attack 17.1: 12 tactics, 121 techniques, 101 with a detection",
	} {
		t.Run(name, func(t *testing.T) {
			text := shared(t, name)
			if _, err := read(text, stix.Options{}); err == nil || !strings.Contains(err.Error(), "want enterprise-attack: name the domain with --domain") {
				t.Errorf("without naming the domain: %v", err)
			}
			domain, _, _ := strings.Cut(name, "-attack")
			f, err := read(text, stix.Options{Domain: domain + "-attack"})
			if err != nil {
				t.Fatal(err)
			}
			techniques, detected := 0, 0
			for x := range f.Techniques {
				techniques++
				if len(f.ComponentsOf(x.ID, "")) > 0 || f.Totals.Strategies > 0 && len(f.Analytics(x.ID)) > 0 {
					detected++
				}
			}
			if got := f.Domain + " " + f.Version + ": " + counts(len(f.Tactics), techniques, detected); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func shared(t testing.TB, name string) []byte {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	packed, err := os.ReadFile(filepath.Join(root, "attack", name))
	if err != nil {
		t.Skipf("no shared data: %v; set SOCCTL_DATA to the folder that holds them", err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := z.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func FuzzRead(f *testing.F) {
	f.Add(bundle{techniques: 3, version: "20.0"}.text())
	f.Add([]byte(`{"type":"attack-pattern","id":"attack-pattern--1"}`))
	f.Add([]byte(`{"objects":[{"type":"x-mitre-matrix","id":"x-mitre-matrix--1","tactic_refs":["x"]}]}`))
	whole := bundle{techniques: 80, few: true, version: "20.0"}.text()
	f.Fuzz(func(t *testing.T, text []byte) {
		var r stix.Reader
		if err := r.Read("whole", bytes.NewReader(whole)); err != nil {
			t.Fatal(err)
		}
		if err := r.Read("other", bytes.NewReader(text)); err != nil {
			return
		}
		facts, err := r.Facts(stix.Options{})
		if err != nil {
			return
		}
		var table, again bytes.Buffer
		if err := facts.Write(&table); err != nil {
			t.Fatal(err)
		}
		back, err := attack.Read(bytes.NewReader(table.Bytes()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, table.Bytes())
		}
		if err := back.Write(&again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(table.String(), again.String()); diff != "" {
			t.Error(diff)
		}
	})
}
