package logsource

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFieldsAreSound shows that the built-in entries fit together: domains that
// exist, examples that keep to them, and something realistic for every field.
func TestFieldsAreSound(t *testing.T) {
	table := Default()
	if err := table.Check(); err != nil {
		t.Error(err)
	}
	used := map[string]bool{}
	for _, f := range table.Fields {
		used[f.Domain] = true
		if f.Trust == Unknown {
			t.Errorf("%s %s: nobody is said to decide about it", f.Logsource, f.Name)
		}
		d := table.Domain(f.Domain)
		if d == nil {
			continue // Check has told
		}
		keeps := d.Keeps()
		for _, e := range f.Examples {
			if !keeps(e) {
				t.Errorf("%s %s: the example %q is not %s", f.Logsource, f.Name, e, d.Is)
			}
		}
	}
	for _, d := range table.Domains {
		if !used[d.Name] {
			t.Errorf("no field has the domain %s", d.Name)
		}
	}
	if len(table.Fields) < 150 {
		t.Errorf("only %d fields", len(table.Fields))
	}
}

func TestDomains(t *testing.T) {
	windows := Logsource{Product: "windows", Category: "process_creation"}
	for _, c := range []struct {
		rule         Logsource
		field        string
		keep, refuse []string
	}{
		{windows, "Image", []string{``, `-`, `SYSTEM`, `C:\Windows\explorer.exe`, `c:/x`, `\\server\share\x.exe`, `\\?\C:\x.exe`, `\Device\HarddiskVolume2\x.exe`, `\SystemRoot\System32\x.exe`, `\??\C:\x.exe`, "C:\\a\nb"},
			[]string{`x.exe`, `\x.exe`, `C:\Windows\`, `Systems`, `C:`}},
		{windows, "CurrentDirectory", []string{`C:\Windows\`, `D:`}, []string{`Windows`}},
		{windows, "OriginalFileName", []string{`x.exe`, ``, `Auto Enrollment DLL`}, []string{`\x.exe`, `a/x.exe`}},
		{windows, "IntegrityLevel", []string{"High", "medium", "S-1-16-12288"}, []string{"3", "Highest"}},
		{windows, "DestinationPort", []string{"443", "-"}, []string{"https", "123456"}},
		{windows, "DestinationIp", []string{"10.0.0.1", "::1", "fe80::1%3"}, []string{"localhost", "10.0.0.0/8"}},
		{windows, "Hashes", []string{"SHA1=ab,MD5=01", "IMPHASH=00"}, []string{"SHA-1=ab", "0123"}},
		{windows, "CommandLine", []string{"anything"}, nil},
		{Logsource{Product: "linux", Category: "process_creation"}, "Image", []string{"/bin/sh"}, []string{"sh", "/bin/"}},
		{Logsource{Product: "windows", Category: "registry_set"}, "EventType", []string{"SetValue"}, []string{"Set"}},
	} {
		d := Default().DomainOf(c.rule, c.field)
		if d == nil {
			t.Errorf("%s has no domain", c.field)
			continue
		}
		keeps := d.Keeps()
		for _, v := range c.keep {
			if !keeps(v) {
				t.Errorf("%s: %q is not %s", c.field, v, d.Is)
			}
		}
		for _, v := range c.refuse {
			if keeps(v) {
				t.Errorf("%s: %q is %s", c.field, v, d.Is)
			}
		}
	}
}

// The narrowest entry decides, and of equally narrow ones the last.
func TestFieldIsTheNarrowest(t *testing.T) {
	base := mustParse(t, `
domains:
  - {name: letters, is: letters, patterns: ['^[a-z]*$'], examples: [abc]}
fields:
  - {logsource: {product: p}, names: [a, b], domain: letters, trust: system}
  - {logsource: {product: p, category: c}, names: [a], domain: letters, trust: attacker, examples: [x, y]}
`)
	wide, narrow := Logsource{Product: "p", Service: "s"}, Logsource{Product: "p", Category: "c"}
	for _, c := range []struct {
		rule  Logsource
		field string
		trust Trust
		real  []string
	}{
		{wide, "a", SystemSet, []string{"abc"}},
		{narrow, "a", AttackerSet, []string{"x", "y"}},
		{narrow, "b", SystemSet, []string{"abc"}},
		{narrow, "d", Unknown, nil},
		{Logsource{Category: "c"}, "a", Unknown, nil},
	} {
		f, ok := base.Field(c.rule, c.field)
		if f.Trust != c.trust || ok != (c.trust != Unknown) {
			t.Errorf("%s %s: %v, %t", c.rule, c.field, f.Trust, ok)
		}
		if got := base.Realistic(c.rule, c.field); !slices.Equal(got, c.real) {
			t.Errorf("%s %s: realistic are %q, want %q", c.rule, c.field, got, c.real)
		}
	}
	with := base.With(mustParse(t, `
fields:
  - {logsource: {product: p, category: c}, names: [a], domain: letters, trust: spoofable}
  - {logsource: {product: p, category: c}, names: [d], domain: numbers, trust: system}
dual-use: [Tool.exe]
places:
  - {path: 'D:\Own\', score: 2, needs: administrator rights}
`))
	if f, _ := with.Field(narrow, "a"); f.Trust != Spoofable || len(base.Fields) != 3 {
		t.Errorf("after With it is %s, and there were %d", f.Trust, len(base.Fields))
	}
	if !with.DualUse("TOOL.EXE") || base.DualUse("tool.exe") {
		t.Error("dual use is not added")
	}
	if diff := cmp.Diff([]Place{{`d:\own\`, 2, "administrator rights"}}, with.Places); diff != "" {
		t.Error(diff)
	}
	if with.Check() == nil || base.Check() != nil {
		t.Error("the domain numbers does not exist")
	}
}
