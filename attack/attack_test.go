package attack_test

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/rules"
)

func load(t *testing.T, release string) *attack.Facts {
	t.Helper()
	f, err := attack.Load(release)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReleases(t *testing.T) {
	for _, release := range attack.Releases() {
		f := load(t, release)
		active, retired := 0, 0
		for technique := range f.Techniques {
			active++
			for _, key := range technique.Tactics {
				if f.Tactic(key) == nil {
					t.Errorf("%s: %s has the tactic %q, which there is not", release, technique.ID, key)
				}
			}
			if parent := technique.Parent(); parent != "" && f.Technique(parent) == nil {
				t.Errorf("%s: %s has no parent", release, technique.ID)
			}
		}
		for _, id := range []string{"T1002", "T1073", "T1150", "T1162"} {
			if technique := f.Technique(id); technique == nil || technique.Status == attack.Active {
				t.Errorf("%s: %s is not retired", release, id)
			} else {
				retired++
			}
		}
		if f.Version != release || f.Domain != "enterprise-attack" || active < 650 || len(f.Tactics) < 14 || retired == 0 {
			t.Errorf("%s: version %s, %d techniques, %d tactics", release, f.Version, active, len(f.Tactics))
		}
	}
	if f := load(t, ""); f.Version != attack.Latest {
		t.Errorf("without a release: %s", f.Version)
	}
	if _, err := attack.Load("12.0"); err == nil || !strings.Contains(err.Error(), "16.1, 17.1, 18.1, 19.1") {
		t.Errorf("error %v", err)
	}
}

func TestResolve(t *testing.T) {
	f := load(t, "19.1")
	for id, want := range map[string]string{"T1059": "T1059", "t1059.001": "T1059.001", "T1002": "T1560", "T1073": "T1574.001", "T9999": ""} {
		got := ""
		if technique := f.Resolve(id); technique != nil {
			got = technique.ID
		}
		if got != want {
			t.Errorf("%s resolves to %q, want %q", id, got, want)
		}
	}
}

func TestPlatform(t *testing.T) {
	for release, names := range map[string]map[string]string{
		"19.1": {"windows": "Windows", "Network": "Network Devices", "azure ad": "Identity Provider", "AWS": "IaaS", "ESXi": "ESXi", "Amiga": ""},
		"16.1": {"Network Devices": "Network", "ESXi": ""},
	} {
		for name, want := range names {
			if got := load(t, release).Platform(name); got != want {
				t.Errorf("%s: %q is %q, want %q", release, name, got, want)
			}
		}
	}
}

func TestParseTag(t *testing.T) {
	for text, want := range map[string]attack.Tag{
		"attack.t1059.001":             {Kind: attack.TechniqueTag, Name: "T1059.001"},
		"Attack.T1059":                 {Kind: attack.TechniqueTag, Name: "T1059"},
		"attack.lateral_movement":      {Kind: attack.TacticTag, Name: "lateral-movement"},
		"attack.privilege-escalation":  {Kind: attack.TacticTag, Name: "privilege-escalation"},
		"attack.ta0002":                {Kind: attack.TacticTag, Name: "TA0002"},
		"attack.g0007":                 {Kind: attack.GroupTag, Name: "G0007"},
		"attack.s0002":                 {Kind: attack.SoftwareTag, Name: "S0002"},
		"attack.c0001":                 {Kind: attack.CampaignTag, Name: "C0001"},
		"attack.ds0029":                {Kind: attack.OtherTag, Name: "DS0029"},
		"attack.t10590":                {Kind: attack.TacticTag, Name: "t10590"},
		"attack.command and control":   {Kind: attack.TacticTag, Name: "command-and-control"},
		"car.2013-05-004":              {},
		"attack":                       {},
		"detection.emerging-threats":   {},
		"attack.":                      {Kind: attack.TacticTag},
		"ATTACK.Initial_Access":        {Kind: attack.TacticTag, Name: "initial-access"},
		"attack.resource_development ": {Kind: attack.TacticTag, Name: "resource-development-"},
	} {
		got, ok := attack.ParseTag(text)
		if ok {
			want.Text = text
		}
		if ok != (want.Kind != "") || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, ok, want)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		name, release string
		tags          []string
		want          []attack.Finding
	}{
		{"clean", "19.1", []string{"attack.execution", "attack.t1059.001"}, nil},
		{"replaced", "19.1", []string{"attack.t1002", "attack.collection"}, []attack.Finding{
			{attack.RevokedTechnique, 0, "technique T1002 (Data Compressed) was replaced by T1560 (Archive Collected Data)", []string{"attack.t1560"}}}},
		{"unknown", "19.1", []string{"attack.t1999", "attack.execution"}, []attack.Finding{
			{attack.UnknownTechnique, 0, "technique T1999 is not in ATT&CK 19.1", nil}}},
		{"newer", "18.1", []string{"attack.t1685"}, []attack.Finding{
			{attack.NewerThanFacts, 0, "technique T1685 is of ATT&CK 19.1, and the facts in use are 18.1", nil}}},
		{"spelling", "19.1", []string{"attack.T1021", "attack.lateral_movement"}, []attack.Finding{
			{attack.Spelling, 0, `tag "attack.T1021" is written "attack.t1021"`, []string{"attack.t1021"}},
			{attack.Spelling, 1, `tag "attack.lateral_movement" is written "attack.lateral-movement"`, []string{"attack.lateral-movement"}}}},
		{"unknown tactic with one choice", "19.1", []string{"attack.defense-evasion", "attack.t1685"}, []attack.Finding{
			{attack.UnknownTactic, 0, `ATT&CK 19.1 has no tactic "defense-evasion"`, []string{"attack.defense-impairment"}},
			{attack.TechniqueWithoutTactic, 1, "no tag names a tactic of technique T1685: defense-impairment", []string{"attack.defense-impairment"}}}},
		{"foreign tactic", "19.1", []string{"attack.impact", "attack.execution", "attack.t1059"}, []attack.Finding{
			{attack.TacticWithoutTechnique, 0, "no technique of the rule belongs to the tactic impact", nil}}},
		{"tactic of before", "19.1", []string{"attack.persistence", "attack.execution", "attack.t1574.001"}, []attack.Finding{
			{attack.TacticWithoutTechnique, 0, "no technique of the rule belongs to the tactic persistence: T1574.001 did until ATT&CK 18.1", nil}}},
		{"parent and sub", "19.1", []string{"attack.execution", "attack.t1059", "attack.t1059.001"}, []attack.Finding{
			{attack.ParentAndSub, 1, "technique T1059 is named beside a sub-technique of it", nil}}},
		{"tactic only", "19.1", []string{"attack.execution"}, []attack.Finding{{attack.TacticOnly, -1, "the tags name tactics and no technique", nil}}},
		{"untagged", "19.1", []string{"cve.2026-1"}, []attack.Finding{{attack.Untagged, -1, "no tag refers to ATT&CK", nil}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, load(t, test.release).Validate(test.tags)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPublicRules counts the findings on the public rules, which were written
// for ATT&CK 19, by the facts of that release and of the one before.
func TestPublicRules(t *testing.T) {
	all := publicTags(t)
	for release, want := range map[string]map[attack.Code]int{
		"19.1": {attack.TacticWithoutTechnique: 478, attack.TacticOnly: 469, attack.Untagged: 2, attack.ParentAndSub: 57},
		"18.1": {attack.NewerThanFacts: 244 + 1509},
	} {
		f := load(t, release)
		got := map[attack.Code]int{}
		for _, tags := range all {
			parents := 0
			for _, finding := range f.Validate(tags) {
				if finding.Code == attack.ParentAndSub { // counted by rule, as there may be several
					parents++
				}
				if parents < 2 || finding.Code != attack.ParentAndSub {
					got[finding.Code]++
				}
			}
		}
		t.Logf("%s: %d rules, %v", release, len(all), got)
		for code, n := range want {
			if got[code] != n {
				t.Errorf("%s: %d × %s, want %d", release, got[code], code, n)
			}
		}
		if n := got[attack.RevokedTechnique] + got[attack.DeprecatedTechnique] + got[attack.UnknownTechnique] + got[attack.UnknownTactic]; release == "19.1" && n != 0 {
			t.Errorf("%d tags are retired or unknown", n)
		}
	}
}

// publicTags returns the tags of the rules of an archive.
func publicTags(t *testing.T) (all [][]string) {
	t.Helper()
	for _, r := range publicRules(t, "sigma-rules-8eaafff1-attack-v19.tar.zst") {
		all = append(all, r.tags)
	}
	return all
}

type publicRule struct {
	id, folder, product string
	tags                []string
}

func publicRules(t *testing.T, archive string) (all []publicRule) {
	t.Helper()
	f, err := os.Open(shared(t, "sigma", archive))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for archive := tar.NewReader(z); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".yml") {
			continue
		}
		source, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		docs, _ := rules.Parse(h.Name, source)
		for _, d := range docs {
			r := publicRule{id: d.Meta().ID.Text}
			if rule, ok := d.(*rules.Rule); ok {
				r.product = rule.Logsource.Product.Text
			}
			r.folder, _, _ = strings.Cut(h.Name, "/")
			for _, tag := range d.Meta().Tags {
				r.tags = append(r.tags, tag.Text)
			}
			all = append(all, r)
		}
	}
}
