package coverage_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/rules"
)

const section = `scope:
    platforms: [Windows, linux]
    logsources: [{product: windows}, {product: linux, service: auditd}]
    exclude: [{technique: T1200, reason: no hardware of ours}]
weight: groups
groups: [G0016]
targets: [T1059.001]
credit: {1: 0, 3b: 0.9}
proven: {verdicts: 20, precision: 0.8, days: 90}
parents: 3
confidence: {medium: 2, low: 4}
sources: [{product: acme, service: edr, platforms: [Linux], components: [Process Creation]}]
gate: {lost: 3a, weakened: 3b, thin: 5, require: tested}
waivers: [{technique: T1490, platform: Windows, reason: replaced in March, owner: blue@example.com, expires: 2027-03-31}]
manifests: [telemetry.yml]
recordings: ../recordings
verdicts: verdicts.json
`

func configure(t testing.TB, text string) (*coverage.Configuration, rules.Diagnostics) {
	t.Helper()
	nodes, diags := rules.ParseNodes(".socctl.yml", []byte(text))
	if len(diags) > 0 || len(nodes) != 1 {
		return nil, diags
	}
	return coverage.Configure(nodes[0], facts(t, "19.1"))
}

func TestConfigure(t *testing.T) {
	c, diags := configure(t, section)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	o := c.Options
	if !cmp.Equal(o.Platforms, []string{"Windows", "Linux"}) || len(o.Logsources) != 2 || o.Exclude[0].Technique != "T1200" || o.Credit.Tagged != 0 || o.Credit.Observed != 0.9 || o.Credit.Proven != 1 ||
		o.Verdicts != 20 || o.Precision != 0.8 || o.Days != 90 || o.Subs != 3 || o.Confidence.Low != 4 || !cmp.Equal(o.Sources[0].Components, []string{"DC0032"}) {
		t.Errorf("options %+v", o)
	}
	if c.Gate.Lost != coverage.Self || c.Gate.Require != coverage.Tested || c.Gate.Waivers[0].Owner != "blue@example.com" || c.Manifests[0].Text != "telemetry.yml" {
		t.Errorf("%+v", c)
	}
}

func TestWrongConfiguration(t *testing.T) {
	for _, c := range []struct{ change, to, want string }{
		{"weight: groups", "wieght: groups", "5:1: error[config/coverage]: coverage has no key wieght (did you mean weight?)"},
		{"weight: groups", "weight: risk", `5:9: error[config/coverage]: weight must be one of groups, campaigns, equal, custom, found "risk"`},
		{"G0016", "G9999", `6:9: error[config/coverage]: ATT&CK 19.1 has no group "G9999"`},
		{"[T1059.001]", "[T1562.001]", "7:10: error[config/coverage]: technique T1562.001 is not in force in ATT&CK 19.1; write T1685"},
		{"3b: 0.9", "3b: 2", `8:20: error[config/coverage]: 3b must be a number from 0 to 1, found "2"`},
		{"verdicts: 20", "verdicts: many", `9:20: error[config/coverage]: verdicts must be a whole number of at least 1, found "many"`},
		{"{medium: 2, low: 4}", "{medium: 5, low: 4}", "11:13: error[config/coverage]: low must be at least medium, it is the larger number of doubts"},
		{"[Windows, linux]", "[Wnidows]", ""},
		{"lost: 3a", "lost: 5", `13:14: error[config/coverage]: there is no level "5": known are 0 (none), 1 (tagged), 2 (tested), 3a (self-labelled), 3b (observed), 4 (proven)`},
		{", owner: blue@example.com", "", "14:11: error[config/coverage]: a waiver needs owner"},
		{", expires: 2027-03-31", "", "14:11: error[config/coverage]: a waiver needs expires"},
		{"2027-03-31", "next year", `14:110: error[config/coverage]: expires must be a day such as 2027-01-31, found "next year"`},
		{", reason: no hardware of ours", "", "4:15: error[config/coverage]: an exclusion needs a reason"},
	} {
		_, diags := configure(t, strings.Replace(section, c.change, c.to, 1))
		var got []string
		for _, d := range diags {
			got = append(got, d.String())
		}
		if c.want == "" {
			if len(got) == 0 {
				t.Errorf("%s: no error", c.to)
			}
			continue
		}
		if diff := cmp.Diff(".socctl.yml:"+c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.to, diff)
		}
	}
}

func FuzzConfigure(f *testing.F) {
	f.Add(section)
	f.Add("waivers: [a]\nscope: [1]\nweights: {T1: x}")
	f.Fuzz(func(t *testing.T, text string) { configure(t, text) })
}
