package coverage_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
)

const sum = "0000000000000000000000000000000000000000000000000000000000000000"

const manifest = `format: socctl.telemetry-manifest/v1
recordings:
  - id: a
    path: a.evtx
    sha256: ` + sum + `
    source: us
    license: MIT
    platform: Windows
    components: [DC0032]
    time_range: {from: 2026-01-02T00:00:00Z, to: 2026-01-03T00:00:00Z}
    event_filter: {records: [4, 10-12], where: {EventID: [1, 4688]}}
    techniques:
      - {id: T1562.002, attack_version: "18.1", basis: curated, reason: saw it}
`

func TestManifest(t *testing.T) {
	m, diags := coverage.ParseManifest("m.yml", "root", []byte(manifest))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if diags := m.Resolve(facts(t, "19.1")); len(diags) > 0 {
		t.Errorf("retired ids stay valid: %v", diags)
	}
	got := m.Recordings[0]
	if got.Path != filepath.Join("root", "a.evtx") || !got.Partial() || !cmp.Equal(got.Records, []int{4, 10, 11, 12}) || !cmp.Equal(got.Where["EventID"], []string{"1", "4688"}) || got.To.Day() != 3 {
		t.Errorf("read as %+v", got)
	}
}

// Whatever is wrong with a manifest is told with its place and what to do.
func TestWrongManifests(t *testing.T) {
	for _, c := range []struct{ change, to, want string }{
		{"format: socctl.telemetry-manifest/v1", "format: v2", `1:9: error[manifest/invalid]: format is "v2", this socctl reads socctl.telemetry-manifest/v1 (write format: socctl.telemetry-manifest/v1)`},
		{"platform: Windows", "platfrom: Windows", "8:5: error[manifest/unknown-key]: a recording has no key platfrom (did you mean platform?)\nm.yml:3:5: error[manifest/invalid]: a recording needs platform"},
		{"sha256: " + sum, "sha256: abc", `5:13: error[manifest/invalid]: sha256 must be 64 hexadecimal digits in lower case, found "abc"`},
		{"basis: curated", "basis: guessed", `13:9: error[manifest/invalid]: there is no basis "guessed" (known are curated, dataset-metadata, rule-regression, sysmon-rulename, filename, folder-tactic)`},
		{", reason: saw it", "", "13:9: error[manifest/invalid]: a curated label needs a reason (write what you saw in the events)"},
		{"to: 2026-01-03T00:00:00Z", "to: 2025-01-03T00:00:00Z", "10:17: error[manifest/invalid]: time_range ends before it begins"},
		{"10-12", "12-10", `11:29: error[manifest/invalid]: records must be places such as 4 or 10-20, from 0, found a list`},
		{"id: T1562.002", "id: T9999", "13:14: error[manifest/label]: ATT&CK 19.1 has no technique T9999, nor what took its place (correct the id, or use newer facts)"},
		{"platform: Windows", "platform: windows", "8:15: error[manifest/label]: ATT&CK 19.1 has no platform windows (write one such as Windows, Linux, macOS, IaaS or Identity Provider)"},
		{manifest, "", "1:1: error[manifest/invalid]: the manifest is empty (write format: socctl.telemetry-manifest/v1 and recordings:)"},
		{"    techniques:", "  - id: a\n    techniques:", ""},
	} {
		text := strings.Replace(manifest, c.change, c.to, 1)
		m, diags := coverage.ParseManifest("m.yml", "", []byte(text))
		diags = append(diags, m.Resolve(facts(t, "19.1"))...)
		var got []string
		for _, d := range diags {
			got = append(got, d.String())
		}
		if c.want == "" {
			if len(diags) == 0 {
				t.Errorf("%s: no error", c.to)
			}
			continue
		}
		if diff := cmp.Diff("m.yml:"+c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s for %s (-want +got):\n%s", c.to, c.change, diff)
		}
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.evtx")
	if err := os.WriteFile(name, []byte("recorded"), 0o644); err != nil {
		t.Fatal(err)
	}
	right := sha256.Sum256([]byte("recorded"))
	for _, c := range []struct{ text, code, part string }{
		{strings.Replace(manifest, sum, hex.EncodeToString(right[:]), 1), "", ""},
		{manifest, coverage.CodeHash, "is another one than was labelled: sha256 of " + name + " is " + hex.EncodeToString(right[:]) + ", the manifest says " + sum},
		{strings.Replace(manifest, "a.evtx", "b.evtx", 1), coverage.CodeAbsent, "cannot be read: " + filepath.Join(dir, "b.evtx") + ": no such file"},
	} {
		m, diags := coverage.ParseManifest("m.yml", dir, []byte(c.text))
		diags = append(diags, m.Verify()...)
		switch {
		case c.code == "" && len(diags) == 0:
		case len(diags) != 1 || diags[0].Code != c.code || !strings.Contains(diags[0].Message, c.part) || diags[0].Span.Start.Line < 4:
			t.Errorf("%v, want %s", diags, c.code)
		}
	}
}

// The recordings that come with socctl are those that their manifest labels.
func TestOwnManifest(t *testing.T) {
	checkManifest(t, "../../testdata/telemetry/own.yml", "../..", 40)
}

// So are the public ones. Thirty at least were looked at by people.
func TestSharedManifest(t *testing.T) {
	m := checkManifest(t, "../../testdata/telemetry/shared.yml", corpus.Path(t, ""), 200)
	curated := 0
	for _, r := range m.Recordings {
		if r.Techniques[0].Basis == coverage.Curated {
			curated++
		}
	}
	if curated < 30 {
		t.Errorf("%d recordings are curated", curated)
	}
}

func checkManifest(t *testing.T, name, root string, least int) *coverage.Manifest {
	t.Helper()
	m, diags := coverage.ReadManifest(name, root)
	diags = append(diags, m.Resolve(facts(t, "19.1"))...)
	diags = append(diags, m.Verify()...)
	for _, d := range diags {
		t.Error(d)
	}
	if len(m.Recordings) < least {
		t.Errorf("%d recordings", len(m.Recordings))
	}
	return m
}

func TestUnreadableManifest(t *testing.T) {
	_, diags := coverage.ReadManifest(filepath.Join(t.TempDir(), "none.yml"), "")
	if len(diags) != 1 || diags[0].Code != rules.CodeUnreadable {
		t.Errorf("%v", diags)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(manifest))
	f.Add([]byte("recordings: [a, {techniques: {}}]\n---\n"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, diags := coverage.ParseManifest("m.yml", "", text)
		for _, d := range append(diags, m.Resolve(facts(t, "19.1"))...) {
			if d.Severity == rules.Error && !d.Span.Known() {
				t.Fatalf("%v has no place", d)
			}
		}
	})
}

func FuzzSaved(f *testing.F) {
	f.Add([]byte(`{"schema":"socctl.evidence/v1","semantics_version":1,"firings":[{"rule":"a"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := coverage.ReadSaved(text, 1); (s == nil) == (err == nil) {
			t.Fatal("neither evidence nor an error")
		}
	})
}
