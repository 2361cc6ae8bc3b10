package expansion

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

const shadowRule = `title: Shadow Copies Deleted
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith:
            - '\vssadmin.exe' # the usual way
            - '\wbadmin.exe'
        CommandLine|contains: delete
    filter_backup:
        ParentImage|endswith: '\backup.exe'
    condition: selection and not filter_backup
`

// process is an event of Sysmon. The day is of April 2026.
func process(day int, host, image, command, parent string) string {
	b, _ := json.Marshal(map[string]any{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Computer": host, "UtcTime": fmt.Sprintf("2026-04-%02d 03:04:05.000", day),
		"Image": image, "CommandLine": command, "ParentImage": parent, "User": `CORP\eve`})
	return string(b)
}

// usual is what happens every day: 600 events on 30 days.
func usual() []string {
	var out []string
	for day := 1; day <= 30; day++ {
		for n := range 20 {
			out = append(out, process(day, fmt.Sprint("PC", n), []string{`C:\Windows\System32\cmd.exe`, `C:\Windows\notepad.exe`}[n%2], fmt.Sprintf("x /c run-report %d", n), `C:\Windows\explorer.exe`))
		}
	}
	return out
}

// scene is rules, an incident and recordings.
type scene struct {
	rules     []string
	incident  []string
	recorded  []string
	jobs      int
	budget    float64
	technique []string
}

func (s *scene) expand(t *testing.T) *Report {
	t.Helper()
	set := &rules.Set{}
	for i, text := range s.rules {
		docs, diags := rules.Parse(fmt.Sprintf("rules/%d.yml", i), []byte(text))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	set.Link()
	p, _ := compiler.Compile(set, compiler.Options{})
	path := filepath.Join(t.TempDir(), "usual.ndjson")
	if err := os.WriteFile(path, []byte(strings.Join(s.recorded, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	n := telemetry.NewNormaliser(logsource.Default())
	in := &Input{Set: set, Program: p, Table: logsource.Default(), Now: time.Date(2026, 5, 21, 0, 0, 0, 0, time.UTC), Budget: s.budget, Techniques: s.technique, Tests: "tests",
		Replayer: &backtest.Streaming{Recordings: []string{path}, Normaliser: n, Jobs: max(1, s.jobs)}}
	for i, text := range s.incident {
		v, ok := telemetry.DecodeJSON(text)
		if !ok {
			t.Fatalf("no JSON: %s", text)
		}
		in.Incident = append(in.Incident, n.Event(telemetry.Record{Source: "incident", Index: i, Value: v}))
	}
	r, err := Expand(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNearestMissIsWidened(t *testing.T) {
	s := &scene{rules: []string{shadowRule}, recorded: usual(), incident: []string{process(3, "PC7", `C:\Windows\System32\wbem\WMIC.exe`, "wmic shadowcopy delete", `C:\x.exe`)}}
	r := s.expand(t)
	if r.Summary.Proposed != 1 || len(r.Proposals) != 1 {
		t.Fatalf("%+v\n%+v", r.Summary, r.Near)
	}
	p := r.Proposals[0]
	want := strings.Replace(shadowRule, "            - '\\wbadmin.exe'\n", "            - '\\wbadmin.exe'\n            - '\\WMIC.exe'\n", 1)
	if diff := cmp.Diff(want, p.Document); diff != "" || p.Kind != Widening || p.Proof != "wider" {
		t.Errorf("%s %s (- want, + got)\n%s", p.Kind, p.Proof, diff)
	}
	if p.Cost.Added != 0 || p.Cost.State != backtest.Within || p.Cost.Rate.Upper > 1 {
		t.Errorf("cost %+v", p.Cost)
	}
}

// What is proposed is what the budget allows: a widening that is too dear is passed
// over, and the near miss says so.
func TestBudgetDecides(t *testing.T) {
	wide := `title: Report
logsource: {category: process_creation, product: windows}
detection:
    selection: {CommandLine|contains: 'report 7', ParentImage|endswith: ['\services.exe', '\svchost.exe']}
    condition: selection
`
	s := &scene{rules: []string{wide}, recorded: usual(), incident: []string{process(3, "PC7", `C:\Windows\notepad.exe`, "x /c run-report 7", `C:\Windows\explorer.exe`)}}
	r := s.expand(t)
	if len(r.Proposals) != 0 || r.Summary.Open != 1 || len(r.Events[0].Open) == 0 {
		t.Fatalf("%+v", r)
	}
	if len(r.Near) != 1 || !strings.Contains(r.Near[0].Rejected, "tells too little") {
		t.Errorf("%+v", r.Near)
	}
	s.budget = 0.01
	s.incident = []string{process(3, "PC7", `C:\Temp\odd-tool.exe`, "odd-tool.exe --grab-hashes", `C:\Temp\odd-loader.exe`)}
	r = s.expand(t)
	if len(r.Proposals) != 0 || !strings.Contains(strings.Join(r.Events[0].Open, ""), "days are needed") {
		t.Errorf("%+v", r.Events)
	}
	s.budget = 1
	if r = s.expand(t); len(r.Proposals) != 1 || r.Proposals[0].Kind != Draft {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsNotProposed(t *testing.T) {
	lines := usual()
	for _, c := range []struct {
		name  string
		scene scene
		near  string // of the first near miss
		open  string // of the first event
	}{
		{"caught already", scene{rules: []string{shadowRule}, recorded: lines, incident: []string{process(3, "PC7", `C:\vssadmin.exe`, "delete", `C:\x.exe`)}}, "", ""},
		{"held back by an exclusion", scene{rules: []string{shadowRule}, recorded: lines, incident: []string{process(3, "PC7", `C:\vssadmin.exe`, "delete", `C:\backup.exe`)}}, "an exclusion holds the rule back", ""},
		{"nothing recorded", scene{rules: []string{shadowRule}, recorded: []string{`{}`}, incident: []string{process(3, "PC7", `C:\WMIC.exe`, "delete", `C:\x.exe`)}}, "the recordings hold 0 events", "the recordings hold 0 events"},
		{"no logsource", scene{rules: []string{shadowRule}, recorded: lines, incident: []string{`{"a": 1}`}}, "", "no known logsource"},
	} {
		r := c.scene.expand(t)
		if c.name == "held back by an exclusion" {
			if len(r.Near) != 1 || !r.Near[0].Holds || !strings.Contains(r.Near[0].Rejected, c.near) {
				t.Errorf("%s: %+v", c.name, r.Near)
			}
			continue
		}
		if len(r.Proposals) > 0 {
			t.Errorf("%s: %+v", c.name, r.Proposals)
		}
		if c.near != "" && (len(r.Near) == 0 || !strings.Contains(r.Near[0].Rejected, c.near)) {
			t.Errorf("%s: near misses %+v", c.name, r.Near)
		}
		if open := strings.Join(r.Events[0].Open, "; "); c.open == "" != (open == "") || !strings.Contains(open, c.open) {
			t.Errorf("%s: open %q", c.name, open)
		}
	}
}

// The incident may be in the recordings: it is no cost there.
func TestIncidentInRecordingsIsNoCost(t *testing.T) {
	attack := process(9, "PC7", `C:\Windows\System32\wbem\WMIC.exe`, "wmic shadowcopy delete", `C:\x.exe`)
	s := &scene{rules: []string{shadowRule}, recorded: append(usual(), attack, attack, process(10, "PC1", `C:\WMIC.exe`, "wmic delete printer", `C:\y.exe`)), incident: []string{attack}}
	r := s.expand(t)
	if len(r.Proposals) != 1 {
		t.Fatalf("%+v", r)
	}
	if c := r.Proposals[0].Cost; c.Added != 1 || c.Known != 2 || c.After != 3 || c.Before != 0 {
		t.Errorf("cost %+v", c)
	}
	if h := r.Proposals[0].Hits; len(h) != 1 || !strings.Contains(h[0].Values["CommandLine"], "printer") {
		t.Errorf("hits %+v", h)
	}
}

// Who gives the incident for the recordings, too, is told that nothing is known.
func TestIncidentAloneTellsNoCost(t *testing.T) {
	s := &scene{rules: []string{shadowRule}, recorded: usual()[:550], incident: usual()[:500]}
	r := s.expand(t)
	if len(r.Proposals) != 0 || !strings.Contains(r.Events[0].Open[0], "hold 50 events of category=process_creation product=windows besides 500 of the incident; below 100") {
		t.Errorf("%+v\n%+v", r.Proposals, r.Events[0])
	}
	s = pairScene()
	s.recorded = append(slices.Repeat(s.incident, 600), s.recorded[:50]...)
	r = s.expand(t)
	if len(r.Proposals) != 0 || len(r.Near) != 1 || !strings.Contains(r.Near[0].Rejected, "hold 50 events of the logsource besides 600 of the incident") {
		t.Errorf("%+v\n%+v", r.Proposals, r.Near)
	}
}

// Filter documents hold for what is proposed too.
func TestFiltersHold(t *testing.T) {
	filter := `title: Not the console
logsource: {category: process_creation, product: windows}
filter:
    rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]
    selection: {ParentImage|endswith: '\y.exe'}
    condition: not selection
`
	s := &scene{rules: []string{shadowRule, filter}, recorded: append(usual(), process(10, "PC1", `C:\WMIC.exe`, "wmic delete printer", `C:\y.exe`)),
		incident: []string{process(9, "PC7", `C:\WMIC.exe`, "wmic shadowcopy delete", `C:\x.exe`)}}
	if r := s.expand(t); len(r.Proposals) != 1 || r.Proposals[0].Kind != Widening || r.Proposals[0].Cost.After != 0 {
		t.Errorf("%+v", r)
	}
}

// A draft names only techniques that it was given.
func TestTechniquesAreNeverMadeUp(t *testing.T) {
	s := &scene{recorded: usual(), incident: []string{process(3, "PC7", `C:\Temp\odd-tool.exe`, "odd-tool.exe --grab-hashes", `C:\Temp\odd-loader.exe`)}}
	if r := s.expand(t); len(r.Proposals) != 1 || strings.Contains(r.Proposals[0].Document, "tags:") {
		t.Fatalf("%+v", r.Proposals)
	}
	s.technique = []string{"attack.t1003.002"}
	if r := s.expand(t); !strings.Contains(r.Proposals[0].Document, "tags:\n    - attack.t1003.002\n") {
		t.Errorf("%s", r.Proposals[0].Document)
	}
}

// Where the technique of an incident is known, rules about others are left alone.
func TestOnlyRulesOfTheTechniqueAreWidened(t *testing.T) {
	tagged := strings.Replace(shadowRule, "logsource:", "tags: [attack.t1490]\nlogsource:", 1)
	s := &scene{rules: []string{tagged}, recorded: usual(), incident: []string{process(3, "PC7", `C:\Windows\System32\wbem\WMIC.exe`, "wmic shadowcopy delete", `C:\x.exe`)}}
	for technique, want := range map[string]Kind{"attack.t1490": Widening, "attack.t1490.001": Widening, "attack.t1003": Draft} {
		s.technique = []string{technique}
		if r := s.expand(t); len(r.Proposals) != 1 || r.Proposals[0].Kind != want {
			t.Errorf("%s: %+v", technique, r.Proposals)
		}
	}
}

// A rule of the technique is looked at however many others miss by less.
func TestOthersDoNotCrowdOutTheTechnique(t *testing.T) {
	tagged := strings.Replace(shadowRule, "logsource:", "tags: [attack.t1490]\nlogsource:", 1)
	s := &scene{recorded: usual(), technique: []string{"attack.t1490"}, incident: []string{process(3, "PC7", `C:\Windows\System32\wbem\WMIC.exe`, "wmic shadowcopy delete", `C:\x.exe`)}}
	for n := range maxNear + 5 {
		s.rules = append(s.rules, fmt.Sprintf(`title: Other %[1]d
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains|all: [wmic, shadowcopy, delete]
        User|contains: eve
        ParentImage|endswith: '\x.exe'
        Image|endswith: '\other%[1]d.exe'
    condition: selection
`, n))
	}
	s.rules = append(s.rules, tagged)
	if r := s.expand(t); len(r.Proposals) != 1 || r.Proposals[0].Kind != Widening {
		t.Errorf("%+v", r.Proposals)
	}
}

// Who it was and where is not what was done.
func TestDraftsNameNobody(t *testing.T) {
	s := &scene{recorded: usual(), incident: []string{strings.Replace(process(3, "PC7", `C:\Temp\odd-tool.exe`, "odd-tool.exe --grab-hashes", `C:\Temp\odd-loader.exe`), `"User"`, `"SubjectDomainName":"odd-domain","SourceHostname":"odd-host","User"`, 1)}}
	r := s.expand(t)
	if len(r.Proposals) != 1 {
		t.Fatalf("%+v", r)
	}
	for _, l := range r.Proposals[0].Literals {
		if strings.HasPrefix(l.Text, "User") || strings.Contains(l.Text, "Domain") || strings.Contains(l.Text, "Host") {
			t.Errorf("%s", l.Text)
		}
	}
}

// What happened stands in eventType where the events are of Okta: a rule is widened by it.
func TestWidenedByEventType(t *testing.T) {
	event := func(day int, kind, severity string) string {
		return fmt.Sprintf(`{"uuid":"%d%s","published":"2026-04-%02dT03:04:05Z","eventType":%q,"severity":%q,"actor":{"type":"User","alternateId":"a@c"},"outcome":{"result":"SUCCESS"}}`, day, kind, day, kind, severity)
	}
	s := &scene{rules: []string{`title: Factors
logsource: {product: okta, service: okta}
detection:
    selection:
        severity: WARN
        eventtype: [user.mfa.factor.update, user.account.lock]
    condition: selection
`}, incident: []string{event(3, "user.mfa.factor.deactivate", "WARN")}}
	for n := range 600 {
		s.recorded = append(s.recorded, event(1+n%30, []string{"user.session.start", "user.authentication.sso"}[n%2], "INFO"))
	}
	r := s.expand(t)
	if len(r.Proposals) != 1 || !strings.Contains(r.Proposals[0].Document, "eventtype: [user.mfa.factor.update, user.account.lock, 'user.mfa.factor.deactivate']") {
		t.Errorf("%+v\n%+v", r.Proposals, r.Near)
	}
}

// A number stands beside numbers as one, and a code beside codes, though codes vary.
func TestNumbersAreWidenedByNumbers(t *testing.T) {
	event := func(day, code int, client string) string {
		return fmt.Sprintf(`{"time":"2026-04-%02dT03:04:05Z","category":"SignInLogs","operationName":"Sign-in activity","resultType":"%d","properties":{"createdDateTime":"2026-04-%02dT03:04:05Z","userPrincipalName":"a@c","clientAppUsed":%q}}`, day, code, day, client)
	}
	s := &scene{rules: []string{`title: Sign-in
logsource: {product: azure, service: signinlogs}
detection:
    selection:
        ClientApp: IMAP
        ResultType: [50126, 50053]
    condition: selection
`}, incident: []string{event(3, 50074, "IMAP")}}
	for n := range 600 {
		s.recorded = append(s.recorded, event(1+n%30, 0, "Browser"))
	}
	r := s.expand(t)
	if len(r.Proposals) != 1 || !strings.Contains(r.Proposals[0].Document, "ResultType: [50126, 50053, 50074]") {
		t.Errorf("%+v\n%+v", r.Proposals, r.Near)
	}
}

// Clouds have their own words for whom and where.
func TestWhoseInClouds(t *testing.T) {
	for field, want := range map[string]bool{
		"actor.alternateId": true, "actor.displayName": true, "actor.id": true, "actor.type": false, "eventtype": false, "client.ipAddress": true, "debugContext.debugData.requestUri": false,
		"userIdentity.arn": true, "userIdentity.principalId": true, "userIdentity.accountId": true, "userIdentity.sessionContext.sessionIssuer.arn": true, "userIdentity.type": false,
		"recipientAccountId": true, "sourceIPAddress": true, "eventName": false, "requestParameters.policyArn": false,
		"data.protoPayload.authenticationInfo.principalEmail": true, "protoPayload.requestMetadata.callerIp": true, "resource.labels.project_id": true, "protoPayload.methodName": false,
		"properties.userPrincipalName": true, "tenantId": true, "callerIpAddress": true, "ResultType": false, "user.username": true, "sourceIPs": true, "objectRef.namespace": false,
		"source.ip": true, "host.name": true, "process.ppid": false, "Description": false, "relationship": false,
	} {
		if got := circumstance.MatchString(field); got != want {
			t.Errorf("%s: %t", field, got)
		}
	}
}

// What holds on every recorded event is no second comparison.
func TestDraftsRestOnWhatTells(t *testing.T) {
	recorded := usual()
	for i := range recorded {
		recorded[i] = strings.Replace(recorded[i], `notepad.exe`, `System32\\cmd.exe`, 1)
	}
	s := &scene{recorded: recorded, incident: []string{process(3, "PC7", `C:\Windows\System32\cmd.exe`, "x /c odd-job", `C:\Windows\explorer.exe`)}}
	if r := s.expand(t); len(r.Proposals) > 0 || len(r.Events) != 1 || len(r.Events[0].Open) == 0 {
		t.Errorf("%+v", r.Proposals)
	}
}

// A program and its command line name the same thing: a draft rests on more.
func TestDraftsSayMoreThanOneName(t *testing.T) {
	s := &scene{recorded: usual(), incident: []string{process(3, "PC7", `C:\Temp\odd-tool.exe`, "odd-tool.exe", `C:\Windows\explorer.exe`)}}
	for _, p := range s.expand(t).Proposals {
		if !slices.ContainsFunc(p.Literals, func(l Comparison) bool { return !strings.Contains(l.Text, "odd-tool") }) {
			t.Errorf("%+v", p.Literals)
		}
	}
	for text, want := range map[string]string{`\odd-tool.exe`: "ODD-TOOL", `"C:\x\Odd-Tool.EXE"`: "ODD-TOOL", "--flag": "--FLAG", "/usr/bin/nc": "NC", "": ""} {
		if got := nameIn(text); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

// The same input makes the same report, in whatever order and with any number of
// workers.
func TestSameInputSameReport(t *testing.T) {
	s := &scene{rules: []string{shadowRule}, recorded: usual(), incident: []string{
		process(3, "PC7", `C:\Windows\System32\wbem\WMIC.exe`, "wmic shadowcopy delete", `C:\x.exe`),
		process(3, "PC7", `C:\Windows\System32\diskshadow.exe`, "diskshadow delete shadows", `C:\x.exe`),
		process(4, "PC7", `C:\ProgramData\svchosts.exe`, "svchosts.exe --exfil-to 203.0.113.9", `C:\x.exe`),
		process(4, "PC8", `C:\ProgramData\svchosts.exe`, "svchosts.exe --exfil-to 203.0.113.7 -v", `C:\y.exe`),
	}}
	text := func(r *Report) string {
		for i := range r.Events {
			r.Events[i].Record = 0
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	strip := func(s string) string { return s }
	first := text(s.expand(t))
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 4 {
		random.Shuffle(len(s.incident), func(i, j int) { s.incident[i], s.incident[j] = s.incident[j], s.incident[i] })
		random.Shuffle(len(s.recorded), func(i, j int) { s.recorded[i], s.recorded[j] = s.recorded[j], s.recorded[i] })
		s.jobs = 1 + n
		if got := text(s.expand(t)); strip(got) != strip(first) {
			t.Fatalf("run %d:\n%s\n%s", n, first, got)
		}
	}
}

// Whatever an event holds, what is proposed matches it, and the texts can be read.
func TestHostileEvents(t *testing.T) {
	values := []string{"\x1b[31mred", "a\nb: {", "'; drop --", "*?*?*?abc", `\\\\\\server\share*`, "\u202eexe.txt", "{{.}}", "%name%-token", "]]>&<b>bold", "- - - list-item", "# comment-like", strings.Repeat("verylongtoken", 30), "\x00zero-byte", "\ufffdbroken\ufffd"}
	for _, v := range values {
		s := &scene{rules: []string{shadowRule}, recorded: usual(), incident: []string{
			process(3, "PC7", `C:\Temp\`+v+`.exe`, "tool --flag "+v, `C:\Temp\`+v+`\loader.exe`),
			process(3, "PC7", `C:\Temp\`+v+`\w.exe`, v+" delete", v)}}
		r := s.expand(t)
		for _, p := range r.Proposals {
			if strings.ContainsFunc(p.Document+p.Test, func(c rune) bool { return c < 0x20 && c != '\n' || c == 0x7f || c == 0x202e }) {
				t.Errorf("%q: unreadable\n%q", v, p.Document)
			}
			docs, diags := rules.Parse("p.yml", []byte(p.Document))
			if diags.Err() != nil || len(docs) != 1 {
				t.Errorf("%q: %v", v, diags)
			}
		}
		if r.Summary.Proposed+r.Summary.Open+r.Summary.Caught != len(r.Events) {
			t.Errorf("%q: %+v", v, r.Summary)
		}
	}
}

func TestWhatAnAttackerTypesAloneIsNoDraft(t *testing.T) {
	s := &scene{recorded: usual(), incident: []string{process(3, "PC7", `C:\Windows\System32\cmd.exe`, "x /c run-report 5 tok-unseen-before", `C:\Windows\explorer.exe`)}}
	r := s.expand(t)
	for _, p := range r.Proposals {
		fields := map[string]bool{}
		for _, l := range p.Literals {
			field, _, _ := strings.Cut(l.Text, "|")
			fields[field] = true
		}
		if len(p.Literals) < 2 {
			t.Errorf("%+v", p.Literals)
		}
	}
	if !slices.ContainsFunc(r.Events, func(e Event) bool { return e.Proposal != "" || len(e.Open) > 0 }) {
		t.Errorf("%+v", r.Events)
	}
}
