package clone

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

const original = `title: Shell
id: 11111111-1111-4111-8111-111111111111
name: shell
related:
    - id: 22222222-2222-4222-8222-222222222222
      type: similar
logsource:
    product: windows
    category: process_creation
detection:
    one:
        Image|endswith: '\PowerShell.exe'
        EventID: 4688
        Code: '0x4f'
        Port: '8080'
        Address|cidr: 10.0.0.0/8
        User|fieldref: Account
        User: null
    two:
        - CommandLine|re: '(?i)\s+-enc[od]{1,4}\b'
        - ' whoami '
    condition: one and not two
level: high
`

func TestFile(t *testing.T) {
	got, err := File("a.yml", []byte(original), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := `title: Shell (2)
id: ` + id("11111111-1111-4111-8111-111111111111Shell", 2) + `
logsource:
    category: process_creation
    product: windows
detection:
    one:
        Image|endswith: \PowerUhell.exe
        EventID: 4688
        Code: '0x6f'
        Port: '8080'
        Address|cidr: 10.0.0.0/8
        User|fieldref: Account
        User: null
    two:
        - CommandLine|re: (?i:[\t\n\f\r ]+-EPC[DOdo]{1,4}\b)
        - ' whocmi '
    condition: one and not two
level: high
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	for _, n := range []int{0, Most + 1} {
		if _, err := File("a.yml", []byte(original), n); err == nil {
			t.Errorf("copy %d", n)
		}
	}
	if _, err := File("a.yml", []byte("title: []"), 1); err == nil {
		t.Error("what is no rule has a copy")
	}
}

func TestExclusions(t *testing.T) {
	for _, c := range []struct{ detection, want string }{
		{"{s: {f: abc, n: 1}, filter: {g: abc}, condition: s and not filter}", "abc acc adc"},
		{"{s: {n: 1}, filter: {g: abc}, condition: s and not filter}", "abc abc abc"},
		{"{s: {n: 1}, filter_a: {g: abc}, condition: s and not 1 of filter_*}", "abc abc abc"},
		{"{s: {f: abc}, u: {n: 1}, filter: {g: abc}, condition: 1 of s* and not filter}", "abc abc abc"},
		{"{s: [{f: abc}, {n: 1}], filter: {g: abc}, condition: s and not filter}", "abc abc abc"},
		{"{s: [{f: abc}, {n: abc}], filter: {g: abc}, condition: s and not filter}", "abc acc adc"},
		{"{filter: {g: abc}, condition: not 1 of them}", "abc abc abc"},
	} {
		got := ""
		for n := range 3 {
			docs, diags := rules.Parse("a.yml", []byte("title: t\nlogsource: {product: p}\ndetection: "+c.detection))
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			d := docs[0].(*rules.Rule).Detection
			changeDetection(&d, n)
			got += " " + d.Selections[len(d.Selections)-1].Body.Items[0].Values[0].Text
		}
		if got != " "+c.want {
			t.Errorf("%s: %s, want %s", c.detection, got, c.want)
		}
	}
}

func TestLiterals(t *testing.T) {
	for text, want := range map[string]string{
		"":               "",
		"*":              "*",
		"4688":           "4688",
		"10.0.":          "10.0.",
		"a":              "b",
		"z":              "a",
		"Z":              "A",
		"KB4012345":      "KB4022345",
		`C:\Windows\*`:   `C:\Wineows\*`,
		"ｅｎｃ":            "ｅｎｃ",
		"é-xx-é":         "é-xy-é",
		"IMPHASH=0c6ff9": "IMPIASH=0c6ff9",
	} {
		if got := literal(text, 1); got != want {
			t.Errorf("literal(%q) = %q, want %q", text, got, want)
		}
	}
	seen := map[string]bool{"Shell1": true}
	for n := 1; n <= Most; n++ {
		for _, text := range []string{literal("Shell1", n), regex("^Shell1$", n)} {
			if seen[text] {
				t.Errorf("%s is there twice", text)
			}
			seen[text] = true
		}
	}
	for _, text := range []string{`\d+`, "(", "^.*$"} {
		if got := regex(text, 1); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}

// Of every rule of the starter pack all copies compile, and look for something
// else if the rule has a literal.
func TestCopiesCompile(t *testing.T) {
	set, count := &rules.Set{}, 0
	add := func(name string, text []byte) {
		docs, diags := rules.Parse(name, text)
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	folder := os.DirFS(filepath.FromSlash("../../../rules/starter/rules"))
	err := fs.WalkDir(folder, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".yml" {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		count++
		add(name, text)
		for n := 1; n <= Most; n++ {
			copied, err := File(name, text, n)
			if err != nil {
				return err
			}
			add(fmt.Sprint(n, "/", name), copied)
		}
		return nil
	})
	program, diags := compiler.Compile(set, compiler.Options{})
	if err != nil || diags.Err() != nil || count == 0 || len(program.Rules) != len(set.Rules) {
		t.Fatalf("%d files, %d of %d rules: %v, %v", count, len(program.Rules), len(set.Rules), err, diags.Err())
	}
	hashes := map[string]bool{}
	for _, r := range program.Rules {
		if hashes[r.Hash] && !strings.HasPrefix(r.Title, "Remote Desktop Logon from a Public Address") {
			t.Errorf("%s looks for what another does", r.Title)
		}
		hashes[r.Hash] = true
	}
}
