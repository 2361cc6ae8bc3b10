package feedback_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

func TestSupport(t *testing.T) {
	supporters := func(n int, change func(i int, s *feedback.Supporter)) (out []feedback.Supporter) {
		for i := range n {
			s := feedback.Supporter{Cluster: fmt.Sprint("c", i), Host: fmt.Sprint("h", i%4), User: fmt.Sprint("u", i%3), Time: start.AddDate(0, 0, i%8)}
			s.Label = feedback.Label{Event: hash(fmt.Sprint(i)), Class: feedback.Supporting, Weight: 1, By: []string{fmt.Sprint("agent:a", i%2)}}
			s.Label.By = append(s.Label.By, fmt.Sprint("agent:b", i%2))
			s.Label.Session = fmt.Sprint("s", i)
			change(i, &s)
			out = append(out, s)
		}
		return out
	}
	nothing := func(int, *feedback.Supporter) {}
	for name, c := range map[string]struct {
		all  []feedback.Supporter
		want []string
	}{
		"enough":                            {supporters(24, nothing), nil},
		"nothing":                           {nil, []string{"hosts", "days"}},
		"one investigator":                  {supporters(24, func(_ int, s *feedback.Supporter) { s.Label.By = []string{"agent:a"} }), []string{"investigators", "share"}},
		"one who is reviewed":               {supporters(24, func(_ int, s *feedback.Supporter) { s.Label.By = []string{"agent:a"}; s.Label.Reviewed = true }), []string{"share"}},
		"one session":                       {supporters(24, func(_ int, s *feedback.Supporter) { s.Label.Session = "s" }), []string{"share"}},
		"one host":                          {supporters(24, func(_ int, s *feedback.Supporter) { s.Host = "h" }), []string{"hosts", "share"}},
		"one host, spelled in several ways": {supporters(24, func(i int, s *feedback.Supporter) { s.Host = []string{"PC1", "pc1", "Pc1"}[i%3] }), []string{"hosts", "share"}},
		"one user, spelled in several ways": {supporters(24, func(i int, s *feedback.Supporter) { s.User = []string{`CORP\eve`, `corp\Eve`}[i%2] }), []string{"share"}},
		"one user":                          {supporters(24, func(_ int, s *feedback.Supporter) { s.User = "u" }), []string{"share"}},
		"one day":                           {supporters(24, func(_ int, s *feedback.Supporter) { s.Time = start }), []string{"days"}},
		"a flood of one cause": {append(supporters(24, nothing), supporters(10_000, func(_ int, s *feedback.Supporter) {
			s.Cluster, s.Host, s.Label.By = "c0", "h0", []string{"agent:a0", "agent:b0"}
		})...), nil},
		"no weight": {supporters(24, func(_ int, s *feedback.Supporter) { s.Label.Weight = 0 }), []string{"hosts", "days"}},
		"protected": {supporters(24, func(_ int, s *feedback.Supporter) { s.Label.Class = feedback.Protected }), []string{"hosts", "days"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range feedback.DefaultPolicy().Support(c.all) {
				got = append(got, s.Name)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRoot(t *testing.T) {
	a := feedback.Root([]string{"x", "y", "z"})
	if b := feedback.Root([]string{"z", "x", "y", "x"}); a != b {
		t.Errorf("order or repetition counts: %s and %s", a, b)
	}
	seen := map[string]bool{}
	for n := range 20 {
		var uids []string
		for i := range n {
			uids = append(uids, fmt.Sprint(i))
		}
		seen[feedback.Root(uids)] = true
	}
	if len(seen) != 20 {
		t.Errorf("only %d of 20 sets differ", len(seen))
	}
}

func TestParseSettings(t *testing.T) {
	parse := func(text string) (feedback.Settings, rules.Diagnostics) {
		docs, diags := rules.ParseNodes("c.yml", []byte(text))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		return feedback.ParseSettings(docs[0])
	}
	got, diags := parse("verdicts: v\nreviewers: [alice]\nagents: {min-reliability: 0.95, min-audited: 50}\nsupport: {investigators: 1, hosts: 2, days: 3, max-share: 1}\n")
	want := feedback.Policy{MinReliability: 0.95, MinAudited: 50, Reviewers: []string{"alice"}, MinInvestigators: 1, MinHosts: 2, MinDays: 3, MaxShare: 1, ClockSkew: feedback.DefaultPolicy().ClockSkew}
	if diff := cmp.Diff(want, got.Policy); diff != "" || len(diags) > 0 || got.Verdicts.Text != "v" {
		t.Errorf("%v %s", diags, diff)
	}
	for text, want := range map[string]string{
		"[]":                                  "c.yml:1:1: error[verdict/config]: feedback must be a map",
		"verdict: v":                          "c.yml:1:1: error[verdict/config]: feedback has no key verdict (did you mean verdicts?)",
		"verdicts: []":                        "c.yml:1:11: error[verdict/config]: verdicts must be a path",
		"reviewers: alice":                    "c.yml:1:12: error[verdict/config]: reviewers must be a list of names",
		"reviewers: [[]]":                     "c.yml:1:13: error[verdict/config]: reviewers must be a list of names, found something else in it",
		"agents: {min-audited: 0}":            `c.yml:1:23: error[verdict/config]: a number of at least 1 is expected, found "0"`,
		"agents: {min-reliability: 1.1}":      `c.yml:1:27: error[verdict/config]: a number above 0 and up to 1 is expected, found "1.1"`,
		"merge: []":                           "c.yml:1:8: error[verdict/config]: merge must be a path",
		"signatures: {required: [robot]}":     `c.yml:1:24: error[verdict/config]: required lists human and agent, not "robot"`,
		"signatures: {keys: x}":               "c.yml:1:20: error[verdict/config]: keys must be a list (write - {name: …, key: …, signs: [human:alice]})",
		"signatures: {keys: [{name: a}]}":     "c.yml:1:21: error[verdict/config]: a key needs name, key and signs",
		"signatures: {keys: [{name: 'a:b'}]}": "c.yml:1:28: error[verdict/config]: name must be a word without a colon",
		"support: {max-share: []}":            `c.yml:1:22: error[verdict/config]: a number above 0 and up to 1 is expected, found ""`,
	} {
		if _, diags := parse(text); len(diags) != 1 || diags[0].String() != want {
			t.Errorf("%s: %v, want %s", text, diags, want)
		}
	}
}

func TestCheck(t *testing.T) {
	old := func(v *feedback.Verdict) { v.Alert.RuleHash = hash("old") }
	gone := func(v *feedback.Verdict) { v.Alert.RuleID = "whoamy" }
	nowhere := func(v *feedback.Verdict) { v.Alert.EventFP, v.Alert.AlertUID = nil, "x" }
	s := feedback.Fold([]feedback.Verdict{
		said("human:alice", feedback.Malicious, "a", 1), said("agent:bot@1", feedback.FalseLogic, "a", 2),
		said("human:alice", feedback.FalseLogic, "b", 1, old), said("human:alice", feedback.FalseLogic, "c", 1, gone),
		said("human:alice", feedback.Malicious, "", 1, nowhere), said("human:alice", feedback.FalseLogic, "d", 1),
		said("human:alice", feedback.FalseLogic, "e", 1, func(v *feedback.Verdict) { v.Alert.RuleID = "broken" }),
	}, feedback.FoldOptions{})
	var got []string
	for _, d := range s.Check(map[string]string{"r": hash("rule"), "whoami": hash("x"), "broken": ""}) {
		got = append(got, d.Severity.String()+" "+d.Code+": "+d.Message+" ("+d.Help+")")
	}
	slices.Sort(got)
	want := []string{
		"info verdict/no-record: agent:bot@1 has no sufficient record: 0 of 0 audited root causes right, at least 0 % with 95 % confidence (its verdicts support nothing unless a person reviews them; 30 audited ones and 90 % are needed)",
		"info verdict/old-rule-hash: 1 alert was judged as r was before it changed (they count where the rule as it is matches the same events)",
		"warning verdict/broken-rule: 1 alert is about broken, which has errors (mend the rule: until then it matches nothing)",
		"warning verdict/contested: investigators disagree on an alert of r (it stays protected until one of them is superseded)",
		"warning verdict/no-event: an alert of r is protected, and nothing says which event it is (add the fingerprints of its events: no filter can be tested on it)",
		"warning verdict/unknown-rule: 1 alert is about whoamy, and no rule has that id or title (did you mean whoami?)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	stats := s.Stats()
	if stats.Alerts != 6 || stats.Contested != 1 || stats.WithoutEvent != 1 || stats.Rules != 3 || stats.Classes["protected"] != 2 || !strings.HasPrefix(stats.Investigators[0].Investigator, "human:alice") {
		t.Errorf("%+v", stats)
	}
}

// Who has spoken of an alert and of its incident is alone nevertheless.
func TestAlone(t *testing.T) {
	s := feedback.Fold([]feedback.Verdict{
		said("human:alice", feedback.FalseLogic, "a", 1), said("human:alice", feedback.FalseLogic, "a", 2, onIncident),
		said("human:alice", feedback.FalseLogic, "b", 1), said("human:bob", feedback.FalseLogic, "b", 2),
	}, feedback.FoldOptions{})
	want := []feedback.InvestigatorStats{{Investigator: "human:alice", Kind: feedback.Human, ID: "alice", Weight: 1, Opinions: 3, Alone: 2},
		{Investigator: "human:bob", Kind: feedback.Human, ID: "bob", Weight: 1, Opinions: 1}}
	if diff := cmp.Diff(want, s.Stats().Investigators); diff != "" {
		t.Error(diff)
	}
}

// An agent whose name has an @ in it is not another agent of another version.
func TestStatsTellAgentsApart(t *testing.T) {
	by := func(id, version string) func(*feedback.Verdict) {
		return func(v *feedback.Verdict) { v.Investigator.ID, v.Investigator.Version = id, version }
	}
	s := feedback.Fold([]feedback.Verdict{
		said("agent:x", feedback.FalseLogic, "a", 1, by("a@b", "1")), said("agent:x", feedback.FalseLogic, "b", 2, by("a", "b@1")),
		said("agent:x", feedback.FalseLogic, "c", 3, by("a", "b@1")),
	}, feedback.FoldOptions{})
	want := []feedback.InvestigatorStats{{Investigator: "agent:a@b@1", Kind: feedback.Agent, ID: "a", Version: "b@1", Opinions: 2, Alone: 2},
		{Investigator: "agent:a@b@1", Kind: feedback.Agent, ID: "a@b", Version: "1", Opinions: 1, Alone: 1}}
	if diff := cmp.Diff(want, s.Stats().Investigators); diff != "" {
		t.Error(diff)
	}
}
