package trial_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/attack/coverage/trial"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "rewrite testdata")

const sharedManifest = "../../../testdata/telemetry/shared.yml"

func publicSubject(t *testing.T, set *rules.Set) *trial.Subject {
	t.Helper()
	program, _ := compiler.Compile(set, compiler.Options{})
	return trial.NewSubject(set, program)
}

func manifest(t *testing.T) *coverage.Manifest {
	t.Helper()
	m, diags := coverage.ReadManifest(sharedManifest, corpus.Path(t, ""))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func assessPublic(t *testing.T, s *trial.Subject, tests []coverage.Test, recordings []coverage.Recording) *coverage.Report {
	t.Helper()
	facts, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	in := &coverage.Input{Facts: facts, Rules: s.Rules, Tests: tests, Recordings: recordings}
	if len(recordings) > 0 {
		result := run(t, []*trial.Subject{s}, recordings...)
		in.Firings, in.Telemetry, in.Replayed = result.Firings[0], result.Telemetry, true
	}
	o := coverage.Defaults()
	o.Now = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	return coverage.Assess(in, o)
}

// Tags of the public rules, counted as others count them.
func TestPublicTags(t *testing.T) {
	r := assessPublic(t, publicSubject(t, corpus.Rules(t)), nil, nil)
	platform := map[string][2]int{}
	for _, p := range r.Platforms {
		platform[p.Name] = [2]int{p.Cells.AtLeast(coverage.Tagged), p.Cells.Total()}
	}
	want := map[string][2]int{"ESXi": {0, 117}, "Linux": {95, 355}, "macOS": {63, 356}}
	for name, n := range want {
		if platform[name] != n {
			t.Errorf("%s has %v, want %v", name, platform[name], n)
		}
	}
	if r.Summary.Claimed != 400 || r.Summary.InForce != 697 || r.Summary.Cells.Total() != 1846-96 {
		t.Errorf("%d of %d techniques are named, %d cells", r.Summary.Claimed, r.Summary.InForce, r.Summary.Cells.Total())
	}
}

// The evidence that the public rules have on the public recordings, by technique
// and platform. The file is what the documentation cites.
func TestPublicEvidence(t *testing.T) {
	if testing.Short() {
		t.Skip("replays 600,000 events")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	corpus.Extract(t, dir)
	if err := os.Symlink(corpus.Path(t, "sigma/regression_data"), filepath.Join(dir, "regression_data")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	t.Chdir(dir)
	docs, _, _ := rules.ReadPaths(".")
	set, _ := rules.Assemble(docs)
	s := publicSubject(t, set)
	suite, _ := ruletest.Load(ruletest.LoadOptions{Paths: []string{"."}, Known: set})
	tests := s.Tests(ruletest.Run(context.Background(), suite, ruletest.RunOptions{AllowMissing: true}).Cases)
	root, err := filepath.Abs(corpus.Path(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	m, diags := coverage.ReadManifest(filepath.Join(here, sharedManifest), root)
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	r := assessPublic(t, s, tests, m.Recordings)
	var b strings.Builder
	b.WriteString("# Techniques in scope of ATT&CK 19.1 by highest level, for the public rules on the public recordings.\n")
	for _, l := range coverage.Levels() {
		b.WriteString(l.String() + "\t" + strconv.Itoa(r.Summary.Techniques[l]) + "\t" + l.Meaning() + "\n")
	}
	b.WriteString("# Cells of level 3 and above: technique, platform, level, rules at that level, the first of them with its evidence.\n")
	for _, x := range r.Techniques {
		for _, c := range x.Cells {
			if c.Level < coverage.Self {
				continue
			}
			n := 0
			for _, y := range c.Supports {
				if y.Level == c.Level {
					n++
				}
			}
			best := c.Supports[0]
			e := best.Evidence[slices.IndexFunc(best.Evidence, func(e coverage.Evidence) bool { return e.Level == c.Level })]
			where := e.Recording
			if where == "" {
				where = "regression test of the rule"
			}
			b.WriteString(strings.Join([]string{x.ID, c.Platform, c.Level.String(), strconv.Itoa(n), best.Rule, where}, "\t") + "\n")
		}
	}
	golden := filepath.Join(here, "testdata", "public-evidence.tsv")
	if *update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("-want +got, rewrite with -update after looking at it:\n%s", diff)
	}
}

// checked are cells of which people looked at the event that decides: rule, place
// and what the event says. The labels are not the rules' own.
var checked = []struct {
	technique, platform, recording, rule string
	record                               int
	says                                 map[string]string // part of a field
}{
	{"T1003.001", "Windows", "empire-mimikatz-lsadump-patch", "5ef9853e-4d0e-4a70-846f-a9ca37d876da", 3366,
		map[string]string{"EventID": "10", "SourceImage": `\powershell.exe`, "TargetImage": `\lsass.exe`, "GrantedAccess": "0x1438"}},
	{"T1003.006", "Windows", "empire-dcsync-dcerpc-drsuapi-dsgetncchanges", "17d619c1-e020-4347-957e-1d1207455c93", 5125,
		map[string]string{"EventID": "4662", "SubjectUserName": "pgustavo", "Properties": "{1131f6aa-9c07-11d1-f79f-00c04fc2dcd2}"}},
	{"T1036", "Windows", "t1098-id4781-computer-account-renamed-without-a-trailing-cve-2021-42278", "45eb2ae2-9aa2-4c3a-99a5-6e5077655466", 0,
		map[string]string{"EventID": "4781", "OldTargetUserName": "compnay-88$", "NewTargetUserName": "rootdc1", "SubjectUserName": "hack1"}},
	{"T1047", "Windows", "splunk-attack-range-t1047", "221b251a-357a-49a9-920a-271802777cc0", 4750,
		map[string]string{"EventID": "1", "CommandLine": "wmic  process get caption,executablepath,commandline /format:csv"}},
	{"T1055.001", "Windows", "empire-dllinjection-loadlibrary-createremotethread", "052ec6f6-1adc-41e6-907a-f1c813478bee", 496,
		map[string]string{"EventID": "8", "SourceImage": `\powershell.exe`, "TargetImage": `\notepad.exe`, "StartFunction": "LoadLibraryA"}},
	{"T1098.001", "IaaS", "aws-persistence-iam-backdoor-user", "0a5177f4-6ca9-44c2-aacf-d3f3d8b6e4d2", 0,
		map[string]string{"eventName": "CreateAccessKey", "requestParameters.userName": "stratus-red-team-backdoor-u-user"}},
	{"T1134.005", "Windows", "t1134-005-id-4765-sid-history-added", "2632954e-db1c-49cb-9936-67d1ef1d17d2", 1,
		map[string]string{"EventID": "4765", "SourceUserName": `maincorp.local\Domain Admins`, "TargetUserName": "Andrei"}},
	{"T1218.010", "Windows", "empire-launcher-sct-regsvr32", "2dd2c217-bf68-437a-b57c-fe9fd01d5de8", 96,
		map[string]string{"EventID": "1", "CommandLine": "/s /n /u /i:http://10.10.10.5:8444/launcher.sct scrobj.dll"}},
	{"T1505.003", "Windows", "proxylogon-ssrf-rce-poc", "8202070f-edeb-4d31-a010-a26c72ac5600", 4049,
		map[string]string{"EventID": "1", "ParentImage": `\w3wp.exe`, "CommandLine": "whoami"}},
	{"T1537", "IaaS", "aws-exfiltration-ec2-share-ebs-snapshot", "abae8fec-57bd-4f87-aff6-6e3db989843d", 0,
		map[string]string{"eventName": "ModifySnapshotAttribute", "requestParameters.attributeType": "CREATE_VOLUME_PERMISSION"}},
	{"T1550.003", "Windows", "empire-shell-rubeus-asktgt-createnetonly", "7ec2c172-dceb-4c10-92c9-87c1881b7e18", 640,
		map[string]string{"EventID": "1", "CommandLine": `Rubeus.exe" asktgt /user:pgustavo /rc4:`}},
	{"T1685.001", "Windows", "cmd-wevtutil-modify-security-eventlog-path", "0cb8d736-995d-4ce7-a31e-1e8d452a1459", 19628,
		map[string]string{"EventID": "13", "TargetObject": `\Services\EventLog\Security\File`, "Details": "Not-Important-Log.evtx"}},
}

// Cells down to the event: the rule fires there, and the event says what makes it
// an instance of the technique.
func TestCheckedCells(t *testing.T) {
	m := manifest(t)
	wanted := map[string]bool{}
	for _, c := range checked {
		wanted[c.recording] = true
	}
	recordings := slices.DeleteFunc(slices.Clone(m.Recordings), func(r coverage.Recording) bool { return !wanted[r.ID] })
	ids := map[string]bool{}
	for _, c := range checked {
		ids[c.rule] = true
	}
	set := corpus.Rules(t).Select(func(d rules.Document) bool { return ids[d.Meta().ID.Text] })
	r := assessPublic(t, publicSubject(t, set), nil, recordings)
	for _, c := range checked {
		e := evidenceFor(r, c.technique, c.platform, c.rule, c.recording)
		if e == nil || e.Level != coverage.Observed || e.First.Record != c.record {
			t.Errorf("%s on %s: %s shows %+v on %s", c.technique, c.platform, c.rule, e, c.recording)
			continue
		}
		i := slices.IndexFunc(recordings, func(x coverage.Recording) bool { return x.ID == c.recording })
		event := eventAt(t, recordings[i].Path, c.record)
		for field, part := range c.says {
			v, ok := event.Field(field)
			if !ok || !strings.Contains(v.Text(), part) {
				t.Errorf("%s, %s record %d: %s is %q, want %q in it", c.technique, c.recording, c.record, field, v.Text(), part)
			}
		}
	}
}

func evidenceFor(r *coverage.Report, technique, platform, rule, recording string) *coverage.Evidence {
	for _, t := range r.Techniques {
		for _, c := range t.Cells {
			for _, s := range c.Supports {
				for i, e := range s.Evidence {
					if t.ID == technique && c.Platform == platform && s.Rule == rule && e.Recording == recording {
						return &s.Evidence[i]
					}
				}
			}
		}
	}
	return nil
}

func eventAt(t *testing.T, path string, record int) *telemetry.Event {
	t.Helper()
	n := telemetry.NewNormaliser(nil)
	for r, err := range telemetry.Read(context.Background(), []string{path}, telemetry.ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Index == record {
			return n.Event(r)
		}
	}
	t.Fatalf("%s has no record %d", path, record)
	return nil
}
