package trust_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// rule compiles one rule of Windows processes with a selection body and a filter.
func rule(t *testing.T, category, detection string) (*compiler.Program, *compiler.Rule) {
	t.Helper()
	text := "title: T\nlogsource: {category: " + category + ", product: windows}\ndetection:\n" + detection
	docs, diags := rules.Parse("rule.yml", []byte(text))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, more := compiler.Compile(set, compiler.Options{})
	if err := append(diags, more...).Err(); err != nil || len(p.Rules) == 0 {
		t.Fatalf("%v\n%s", err, text)
	}
	return p, p.Rules[0]
}

func TestGrade(t *testing.T) {
	j := trust.New(logsource.Default())
	for _, c := range []struct {
		item  string
		score float64
		how   string // part of it
	}{
		{`Image|endswith: '\TeamViewer.exe'`, 0, "name the program `\\teamviewer.exe` and use it from any folder"},
		{`Image|endswith: '\Windows\System32\svchost.exe'`, 0, "folders of one's own"},
		{`Image|contains: '\Program Files\'`, 0, "in a folder of one's own"},
		{`Image|startswith: 'C:\Users\'`, 0, "which every user may"},
		{`Image|startswith: 'C:\Windows\Temp\'`, 0, "which every user may"},
		{`Image|startswith: 'C:\Contoso\'`, 0, "which every user may"},
		{`Image|startswith: 'C:\Program Files\'`, 0.4, "any of the programs that are there"},
		{`Image|startswith: 'C:\Program Fil'`, 0, "which every user may"},
		{`Image|startswith: 'C:\Windows\'`, 0.4, "administrator rights"},
		{`Image|startswith: 'C:\Windows\System32\'`, 0.5, "administrator rights"},
		{`Image|startswith: 'C:\Windows\System32\DriverStore\FileRepository\'`, 1.5, "administrator rights"},
		{`Image|startswith: 'C:\Program Files\Contoso\'`, 2, "administrator rights"},
		{`Image: 'C:\Program Files\Contoso\agent.exe'`, 2.5, "get code into `c:\\program files\\contoso\\agent.exe`"},
		{`Image: 'C:/Program Files/Contoso/agent.exe'`, 2.5, "get code into"},
		{`Image: 'C:\Windows\System32\rundll32.exe'`, 0.5, "use `c:\\windows\\system32\\rundll32.exe` itself"},
		{`Image: 'C:\Windows\explorer.exe'`, 0.5, "as attackers are known to"},
		{`Image|contains: ':\Program Files\Contoso\'`, 1, "a disk image of one's own"},
		{`Image|endswith: ':\Program Files\Contoso\agent.exe'`, 1, "a disk image of one's own"},
		{`Image|contains: 'C:\Program Files\Contoso\'`, 2, "administrator rights"},
		{`Image|endswith: 'C:\Program Files\Contoso\agent.exe'`, 2.5, "get code into"},
		{`TargetFilename|endswith: '.ps1'`, 0, "give the file the extension `.ps1`"},
		{`Image: '?:\Program Files\Contoso\agent.exe'`, 1, "a disk image of one's own"},
		{`Image: 'C:\Program Files\Contoso\\*\agent.exe'`, 2, "administrator rights"},
		{`Image|re: '^C:\\Program Files\\Contoso\\.*'`, 2, "administrator rights"},
		{`Image|re: 'C:\\Program Files\\Contoso\\.*'`, 0, "in a folder of one's own"},
		{`Image|startswith: '\\\\fileserver\tools\'`, 1, "on a server"},
		{`Image: System`, 1, "act through `system`"},
		{`Image: null`, 1, "be recorded without Image"},
		{`Image: ''`, 1, "be recorded with an empty Image"},
		{`ParentImage: 'C:\Windows\explorer.exe'`, 0, "as most programs are"},
		{`ParentImage|endswith: '\msiexec.exe'`, 0, "name the program that starts it `\\msiexec.exe`"},
		{`TargetImage: 'C:\Program Files\Contoso\agent.exe'`, 0.5, "attack a program"},
		{`CommandLine|contains: ' /update'`, 0, "which is typed"},
		{`CommandLine: 'a.exe'`, 0, "which is typed"},
		{`OriginalFileName: a.exe`, 0, "which the attacker chooses"},
		{`Company: Contoso`, 0, "which the attacker chooses"},
		{`GrantedAccess: '0x1410'`, 0, "which the attacker chooses"},
		{`User: 'NT AUTHORITY\SYSTEM'`, 1, "act as SYSTEM"},
		{`User|endswith: '\svc-backup'`, 1, "act under an account"},
		{`IntegrityLevel: System`, 1, "act such that the system reports IntegrityLevel as `system`"},
		{`EventID: 5`, 1.5, "the system reports EventID as 5"},
		{`SourceIp|cidr: 127.0.0.0/8`, 0, "from the machine itself"},
		{`SourceIp|cidr: 10.0.0.0/8`, 0.5, "from any machine inside"},
		{`SourceIp: 192.0.2.7`, 1, "come from a machine"},
		{`DestinationIp|cidr: 20.0.0.0/8`, 0.5, "use a relay or server"},
		{`QueryName|endswith: '.contoso.com'`, 0.5, "use a service"},
		{`QueryName|contains: contoso`, 0, "register a name"},
		{`TargetObject|startswith: 'HKLM\Software\Contoso\'`, 0.5, "with administrator rights"},
		{`TargetObject|contains: '\Software\Contoso\'`, 0, "a key of one's own"},
		{`sha256: CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB`, 3, "have a file with"},
		{`Hashes|contains: 'SHA256=CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB'`, 3, "have a file with"},
		{`Hashes|contains: 'MD5=0CC175B9C0F1B6A831C399E269772661'`, 2, "have a file with"},
		{`Hashes|contains: 'IMPHASH=F34D5F2D4577ED6D9CEEC516C1F5A744'`, 0, "link a program"},
		{`Hashes|contains: 'SHA256=CA97'`, 0, "have a file with"},
		{`NeverHeardOf: x`, 1, "have NeverHeardOf be `x`"},
	} {
		p, r := rule(t, "process_creation", "    s:\n        "+c.item+"\n    condition: s\n")
		g := j.Grade(trust.Logsource(r), &p.Predicates[0])
		if g.Score != c.score || !strings.Contains(g.How, c.how) {
			t.Errorf("%s: %.1f %q, want %.1f and %q", c.item, g.Score, g.How, c.score, c.how)
		}
	}
}

func TestExclusions(t *testing.T) {
	for _, c := range []struct{ detection, want string }{
		{"    s: {A: x}\n    f: {B: y}\n    condition: s and not f\n", "f"},
		{"    s: {A: x}\n    filter_a: {B: y}\n    filter_b: {B: z}\n    condition: s and not 1 of filter_*\n", "filter_a, filter_b"},
		{"    s: {A: x}\n    filter_a: {B: y}\n    filter_b: {B: z}\n    condition: s and not all of filter_*\n", "filter_a and filter_b"},
		{"    s: {A: x}\n    f: {B: y}\n    g: {B: z}\n    condition: s and not (f or g)\n", "f, g"},
		{"    s: {A: x}\n    f: {B: y}\n    g: {B: z}\n    condition: s and not f and not g and not f\n", "f, g"},
		{"    s: {A: x}\n    f: {B: y}\n    g: {B: z}\n    condition: s and not (f and not g)\n", "f and g"},
		{"    s: {A: x}\n    f: [{B: y}, {B: z}]\n    condition: s and not f\n", "f"},
		{"    s: {A: x, B|neq: y}\n    condition: s\n", "B|neq"},
		{"    s: {A: x}\n    f: {B: y}\n    condition: not not s\n", ""},
		{"    s: {A: x}\n    condition: s\n", ""},
	} {
		_, r := rule(t, "process_creation", c.detection)
		var names []string
		for _, x := range trust.Exclusions(r) {
			names = append(names, x.Name())
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("%s: found %q, want %q", c.detection, got, c.want)
		}
	}
}

func TestExclusionsOfDocuments(t *testing.T) {
	const text = `title: T
name: t
logsource: {category: process_creation, product: windows}
detection:
    s: {Image: x}
    condition: s
---
title: F
logsource: {category: process_creation, product: windows}
filter:
    rules: [t]
    selection: {User: a}
    condition: %s
`
	for condition, inverted := range map[string]bool{"not selection": false, "selection": true} {
		docs, diags := rules.Parse("rules.yml", fmt.Appendf(nil, text, condition))
		set := &rules.Set{}
		for _, d := range docs {
			set.Add(d)
		}
		p, more := compiler.Compile(set, compiler.Options{})
		if err := append(diags, more...).Err(); err != nil {
			t.Fatal(err)
		}
		found := trust.Exclusions(p.Rules[0])
		if len(found) != 1 || found[0].Inverted != inverted || found[0].Filter == nil || found[0].Name() != "selection" {
			t.Errorf("%s: %+v", condition, found)
		}
	}
}

// Of alternatives the easiest counts, of what must hold together the sum.
func TestWays(t *testing.T) {
	p, r := rule(t, "process_creation", `    s:
        Image|endswith: '\x.exe'
    filter:
        - Image:
            - 'C:\Program Files\Contoso\agent.exe'
            - 'C:\Program Files\Contoso\other.exe'
          User: 'CONTOSO\svc'
        - Image|startswith: 'C:\Program Files\Contoso\'
          CommandLine|contains|all: [a, b]
    condition: s and not filter
`)
	j := trust.New(logsource.Default())
	ways := j.Ways(trust.Logsource(r), p, trust.Exclusions(r)[0].Body)
	var got []string
	for _, w := range ways {
		got = append(got, fmt.Sprintf("%.1f %s %d", w.Score, w.Class(), len(w.Steps)))
	}
	if diff := cmp.Diff([]string{"2.0 system 3", "3.0 system 2", "3.0 system 2"}, got); diff != "" {
		t.Error(diff)
	}
	if a := ways[0].Anchor(); a == nil || a.Value.Text != `C:\Program Files\Contoso\` {
		t.Errorf("the anchor is %+v", a)
	}
	if how := ways[0].How(); strings.Count(how, ", and ") != 2 || !strings.Contains(how, "contain `a`") {
		t.Error(how)
	}
}

// Lists times lists do not explode, and what is returned are the easiest.
func TestWaysAreBounded(t *testing.T) {
	var detection strings.Builder
	detection.WriteString("    s: {A: x}\n    filter:\n")
	for _, field := range []string{"User", "Company", "Image", "CommandLine"} {
		fmt.Fprintf(&detection, "        %s:\n", field)
		for i := range 300 {
			fmt.Fprintf(&detection, "            - 'C:\\Program Files\\V%d\\x.exe'\n", i)
		}
	}
	detection.WriteString("    condition: s and not filter\n")
	p, r := rule(t, "process_creation", detection.String())
	ways := trust.New(logsource.Default()).Ways(trust.Logsource(r), p, trust.Exclusions(r)[0].Body)
	if len(ways) != trust.MaxWays || ways[0].Score != trust.MaxScore || len(ways[0].Steps) != 4 {
		t.Errorf("%d ways, the first with score %v", len(ways), ways[0].Score)
	}
}

// Nor do very many lists that must hold together.
func TestManyLists(t *testing.T) {
	var detection strings.Builder
	detection.WriteString("    s: {A: x}\n    filter:\n")
	for i := range 500 {
		fmt.Fprintf(&detection, "        F%d|contains:\n", i)
		for v := range 20 {
			fmt.Fprintf(&detection, "            - 'v%d'\n", v)
		}
	}
	detection.WriteString("    condition: s and not filter\n")
	p, r := rule(t, "process_creation", detection.String())
	ways := trust.New(logsource.Default()).Ways(trust.Logsource(r), p, trust.Exclusions(r)[0].Body)
	if len(ways) == 0 || len(ways) > trust.MaxWays || len(ways[0].Steps) != 500 || ways[0].Score != 1 {
		t.Errorf("%d ways", len(ways))
	}
}

func TestClassOf(t *testing.T) {
	for score, want := range map[float64]logsource.Trust{0: logsource.AttackerSet, 0.4: logsource.AttackerSet, 0.5: logsource.Spoofable, 1.9: logsource.Spoofable, 2: logsource.SystemSet, 3: logsource.SystemSet} {
		if got := trust.ClassOf(score); got != want {
			t.Errorf("%.1f is %s, want %s", score, got, want)
		}
	}
}

// What the same comparison costs depends on what kind of event it is about.
func TestGradeByLogsource(t *testing.T) {
	j := trust.New(logsource.Default())
	for _, c := range []struct {
		source logsource.Logsource
		item   string
		score  float64
	}{
		{logsource.Logsource{Product: "windows", Category: "network_connection"}, `SourceIp: '::1'`, 0},
		{logsource.Logsource{Product: "windows", Service: "security"}, `IpAddress: '::1'`, 0.5},
		{logsource.Logsource{Product: "windows", Service: "security"}, `IpPort: 0`, 1},
		{logsource.Logsource{Product: "windows", Service: "security"}, `IpPort: 445`, 0},
		{logsource.Logsource{Product: "windows", Category: "process_creation"}, `Description|contains: x`, 0},
		{logsource.Logsource{Product: "windows", Category: "sysmon_error"}, `Description|contains: x`, 1.5},
	} {
		p, _ := rule(t, "process_creation", "    s:\n        "+c.item+"\n    condition: s\n")
		if g := j.Grade(c.source, &p.Predicates[0]); g.Score != c.score {
			t.Errorf("%s: %s: %.1f %q, want %.1f", c.source, c.item, g.Score, g.How, c.score)
		}
	}
}
