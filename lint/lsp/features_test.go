package lsp_test

import (
	"strings"
	"testing"
)

func TestHover(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	text := whoami + "# socctl:ignore meta/title-length -- as the vendor calls it\n"
	c.openText(name, text)
	c.open("rules/repeated.yml")
	c.diagnostics("rules/repeated.yml")
	for _, test := range []struct{ name, text, mark, want string }{
		{name, text, "t1033", "**System Owner/User Discovery** · T1033 · technique of ATT&CK 19.1\n\n- tactics: Discovery\n- platforms: Linux, macOS, Network Devices, Windows"},
		{name, text, "discovery", "**Discovery** · TA0007 · tactic of ATT&CK 19.1"},
		{name, text, "Image|ends", "- `windows/security/process_creation`: `Image <- NewProcessName`"},
		{name, text, "ParentImage", "**ParentImage** · field of category=process_creation product=windows"},
		{name, text, "contains", "**contains** · modifier\n\nthe value stands anywhere in the field"},
		{name, text, "selection and", "```yaml\nselection:\n    Image|endswith: '\\whoami.exe'\n```"},
		{name, text, "filter_main_*", "filter_main_parent:\n    ParentImage: 'C:\\a.exe'\n```"},
		{name, text, "title-length", "**meta/title-length**"},
		{"rules/repeated.yml", repeated, "whoami\n    group-by", "**Whoami Execution** · rule\n\nrules/whoami.yml\n\nDetects the execution of whoami"},
		{"rules/repeated.yml", repeated, "gte: 10", ""},
		{name, text, "Administrators", ""},
	} {
		if got := c.hover(test.name, test.text, test.mark); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("hover over %q is\n%s\nwant\n%s", test.mark, got, test.want)
		}
	}
	revoked := strings.Replace(text, "t1033", "t1089", 1)
	c.change(name, whole(revoked))
	if got := c.hover(name, revoked, "t1089"); !strings.Contains(got, "- status: revoked\n- now: T") {
		t.Errorf("a revoked technique is told as\n%s", got)
	}
}

func TestCompletion(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	c.open(name)
	c.diagnostics(name)
	replace := func(old, marked string) string {
		if !strings.Contains(whoami, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(whoami, old, marked, 1)
	}
	for what, test := range map[string]struct {
		text string
		want []string
	}{
		"attribute":            {replace("status: test\n", "stat^\n"), []string{"status"}},
		"value of status":      {replace("status: test", "status: ^"), []string{"stable", "test", "experimental", "deprecated", "unsupported"}},
		"value of level":       {replace("level: low", "level: h^"), []string{"high"}},
		"tag by its name":      {replace("attack.t1033", "rundll^"), []string{"attack.t1218.011"}},
		"tag by its id":        {replace("attack.t1033", "attack.t1059.00^"), []string{"attack.t1059.001", "attack.t1059.002", "attack.t1059.003", "attack.t1059.004", "attack.t1059.005", "attack.t1059.006", "attack.t1059.007", "attack.t1059.008", "attack.t1059.009"}},
		"tactic":               {replace("attack.discovery", "attack.disc^"), []string{"attack.discovery"}},
		"key of the logsource": {replace("    product: windows\n", "    p^\n"), []string{"product"}},
		"product":              {replace("product: windows", "product: win^"), []string{"windows"}},
		"category":             {replace("category: process_creation", "category: process_acc^"), []string{"process_access"}},
		"field":                {replace("Image|endswith: '\\whoami.exe'", "ParentIm^"), []string{"ParentImage"}},
		"field in braces":      {replace("\n        User|contains: admin", " {ParentComm^}"), []string{"ParentCommandLine"}},
		"field in a list":      {replace("        User|contains: admin", "        - ParentComm^"), []string{"ParentCommandLine"}},
		"modifier":             {replace("User|contains: admin", "User|star^"), []string{"startswith"}},
		"second modifier":      {replace("User|contains: admin", "User|contains|al^"), []string{"all", "dotall"}},
		"selection":            {replace("selection and not 1 of filter_main_*", "sel^"), []string{"selection"}},
		"pattern":              {replace("1 of filter_main_*", "1 of filter^"), []string{"filter_main_user", "filter_main_parent", "filter_*"}},
		"directive":            {replace("level: low", "level: low # soc^"), []string{"socctl:ignore "}},
		"check to ignore":      {replace("level: low", "level: low # socctl:ignore meta/title-l^"), []string{"meta/title-length"}},
		"second check":         {replace("level: low", "level: low # socctl:ignore meta/title-case,meta/title-l^"), []string{"meta/title-length"}},
		"unclosed quote above": {replace("Image|endswith: '\\whoami.exe'\n    filter_main_user:\n        User|contains: admin", "Image|endswith: '\\whoami.exe\n    filter_main_user:\n        Us^"), []string{"User", "ParentUser", "Security_UserID"}},
	} {
		t.Run(what, func(t *testing.T) {
			same(t, "completion", test.want, c.completion(name, test.text))
		})
	}
	c.open("rules/repeated.yml")
	same(t, "reference by title", []string{"whoami"}, c.completion("rules/repeated.yml", strings.Replace(repeated, "- whoami", "- Execution^", 1)))
	c.open(".socctl.yml")
	config := c.read(".socctl.yml")
	same(t, "key of the configuration", []string{"pipelines"}, c.completion(".socctl.yml", config+"pip^"))
	same(t, "check", []string{"meta/title-length"}, c.completion(".socctl.yml", config+"        meta/title-len^"))
	same(t, "level", []string{"error", "warning", "info", "off"}, c.completion(".socctl.yml", config+"        meta/title-length: ^"))
	same(t, "ignored check", []string{"meta/title-length"}, c.completion(".socctl.yml", config+"    ignore:\n        - rule: whoami\n          checks: [meta/title-len^]"))
}

func TestReferences(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	c.open(name)
	c.open("rules/repeated.yml")
	c.diagnostics("rules/repeated.yml")
	c.diagnostics(name)
	same(t, "definition of a rule", []string{name + ":1"}, c.places("textDocument/definition", "rules/repeated.yml", repeated, "whoami\n    group"))
	same(t, "uses of a selection", []string{name + ":21"}, c.places("textDocument/references", name, whoami, "filter_main_user"))
	same(t, "mentions of a rule", []string{"rules/repeated.yml:13"}, c.places("textDocument/references", name, whoami, "whoami\nstatus"))

	var symbols []struct {
		Name, Detail string
		Children     []struct {
			Name     string
			Children []struct{ Name string }
		}
	}
	c.call("textDocument/documentSymbol", c.document(name), &symbols)
	var outline []string
	for _, child := range symbols[0].Children {
		outline = append(outline, child.Name)
		for _, item := range child.Children {
			outline = append(outline, "  "+item.Name)
		}
	}
	same(t, "outline", []string{"selection", "  Image|endswith", "filter_main_user", "  User|contains", "filter_main_parent", "  ParentImage", "condition"}, outline)

	var found []struct {
		Name          string
		ContainerName string
	}
	c.call("workspace/symbol", object{"query": "several"}, &found)
	if len(found) != 1 || found[0].Name != "Whoami Several Times" || found[0].ContainerName != "rules/repeated.yml" {
		t.Errorf("rules by title: %+v", found)
	}
}

func TestActions(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, nil)
	text := strings.Replace(whoami, "        Image|endswith: '\\whoami.exe'\n", "        Image|endswith|all: '\\whoami.exe'\n", 1)
	text = strings.Replace(text, "attack.t1033", "attack.T1033", 1)
	c.openText(name, text)
	found := c.diagnostics(name)
	same(t, "findings", []string{"attack/spelling", "value/all-on-single-value"}, codes(found))
	place := found[1].Range
	got := c.actions(name, place)
	want := []action{
		{Title: "remove |all", Kind: "quickfix", Edits: []edit{{span{position{15, 22}, position{15, 26}}, ""}}},
		{Title: "Ignore value/all-on-single-value here, with a reason", Kind: "quickfix",
			Edits: []edit{{span{position{15, 0}, position{15, 0}}, "        # socctl:ignore value/all-on-single-value -- \n"}}},
		{Title: "Fix all in this file", Kind: "source.fixAll.socctl", Edits: []edit{{span{position{9, 0}, position{16, 0}},
			strings.Join(strings.Split(whoami, "\n")[9:16], "\n") + "\n"}}},
	}
	same(t, "actions", want, got)
	same(t, "only fix all", want[2:], c.actions(name, span{}, "source.fixAll"))

	c.apply(name, want[1])
	c.awaitCodes(name, "attack/spelling", "ignore/no-reason", "value/all-on-single-value")
	c.change(name, part(15, 53, 53, "it is written so elsewhere"))
	c.awaitCodes(name, "attack/spelling")
	c.change(name, whole(text))
	c.apply(name, want[2])
	c.awaitCodes(name)

	loose := strings.Replace(whoami, "level: low\n", "", 1)
	loose = strings.Replace(loose, "author: socctl\n", "author:   socctl   \nlevel: low\n", 1)
	c.change(name, whole(loose))
	var edits []edit
	c.call("textDocument/formatting", object{"textDocument": object{"uri": c.uri(name)}, "options": object{"tabSize": 4}}, &edits)
	if len(edits) != 1 {
		t.Fatalf("formatting gives %+v", edits)
	}
	c.apply(name, action{Edits: edits})
	c.awaitCodes(name)
	c.call("textDocument/formatting", object{"textDocument": object{"uri": c.uri(name)}, "options": object{"tabSize": 4}}, &edits)
	if len(edits) > 0 {
		t.Errorf("what was formatted is formatted again: %+v", edits)
	}
}

func TestTests(t *testing.T) {
	const name, tests = "rules/whoami.yml", "tests/whoami.yml"
	c := start(t, smallProject, nil)
	c.open(name)
	lenses := c.lenses(name, "run 2 tests")
	run := func() summary {
		var sum summary
		c.call("workspace/executeCommand", object{"command": lenses[0].Command, "arguments": lenses[0].Arguments}, &sum)
		return sum
	}

	// The rule in the editor, not the one on disk, is tested.
	c.change(name, whole(strings.Replace(whoami, "User|contains: admin", "User|contains: root", 1)))
	same(t, "tests", summary{1, 1}, run())
	c.awaitMessage("Whoami Execution: 1 of 2 tests failed")
	c.awaitCodes(tests, "test/fail")
	failed := c.published[c.uri(tests)].Diagnostics[0]
	if failed.Range.Start.Line != 7 || !strings.HasPrefix(failed.Message, "not for the admin: expected no match, got a match") {
		t.Errorf("the failure is %+v", failed)
	}
	c.change(name, whole(whoami))
	c.awaitCodes(tests)
	same(t, "tests", summary{2, 0}, run())

	// So are the tests in the editor.
	c.openText(tests, strings.Replace(whoamiTest, "match: true", "match: false", 1))
	same(t, "tests", summary{1, 1}, run())
	c.awaitCodes(tests, "test/fail")
	c.change(tests, whole(strings.Replace(whoamiTest, "match: true", "matches: true", 1)))
	c.awaitCodes(tests, "test/unknown-key")
	c.change(tests, whole(whoamiTest+"  - ]"))
	c.awaitCodes(tests, "schema/yaml-syntax")
	c.change(tests, whole("rule: whoami\ntests: []\n"))
	c.lenses(name, "no tests")
	if e := c.fails("workspace/executeCommand", object{"command": "socctl.other"}); !strings.Contains(e.Message, "socctl.runTests") {
		t.Error(e)
	}
}

func TestInTests(t *testing.T) {
	const rule, name = "rules/whoami.yml", "tests/whoami.yml"
	const text = `rule: whoami
events:
    bob:
        Image: 'C:\Windows\whoami.exe'
    root: {from: bob, User: root}
tests:
    - name: not for the admin
      event:
          from: bob
          User: admin
      because: filter_main_user
    - name: it fires
      event: {from: root}
      match: true
      selections:
          selection: true
`
	c := start(t, smallProject, nil)
	c.open(rule)
	c.openText(name, text)
	c.awaitCodes(name)
	for mark, want := range map[string]string{
		"whoami\nevents":            rule + ":1",
		"filter_main_user":          rule + ":17",
		"selection: true":           rule + ":15",
		"bob\n          User":       name + ":3",
		"bob, User":                 name + ":3",
		"root}\n      match":        name + ":5",
		"admin\n      because":      "",
		"User: admin":               "",
		"name: it fires":            "",
		"because: filter_main":      "",
		"tests:\n    - name: not f": "",
	} {
		if got := strings.Join(c.places("textDocument/definition", name, text, mark), " "); got != want {
			t.Errorf("the definition of %q is %q instead of %q", mark, got, want)
		}
	}
	for mark, want := range map[string]string{
		"whoami\nevents":     "**Whoami Execution** · rule",
		"filter_main_user":   "```yaml\nfilter_main_user:\n    User|contains: admin\n```",
		"Image: 'C":          "**Image** · field of category=process_creation product=windows",
		"User: admin":        "**User** · field of category=process_creation product=windows",
		"root}\n      match": "root: {from: bob, User: root}",
		"from: bob\n":        "**from**",
		"match: true":        "",
	} {
		if got := c.hover(name, text, mark); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("hover over %q is\n%s\nwant\n%s", mark, got, want)
		}
	}
	for what, test := range map[string]struct {
		old, marked string
		want        []string
	}{
		"key of the file":    {"events:\n    bob:", "tes^\nevents:\n    bob:", []string{"tests"}},
		"rule by its title":  {"rule: whoami", "rule: Execu^", []string{"whoami"}},
		"key of a test":      {"      match: true\n", "      logs^\n", []string{"logsource"}},
		"first key":          {"    - name: it fires", "    - na^", []string{"name"}},
		"field":              {"          User: admin\n", "          ParentIm^\n", []string{"ParentImage"}},
		"field in braces":    {"{from: root}", "{ParentIm^}", []string{"ParentImage"}},
		"field of an event":  {"        Image: 'C:\\Windows\\whoami.exe'\n", "        ParentIm^\n", []string{"ParentImage"}},
		"named event":        {"from: root", "from: ^", []string{"bob", "root"}},
		"the only reason":    {"because: filter_main_user", "because: filter_main_p^", []string{"filter_main_parent"}},
		"selection":          {"          selection: true", "          filter_main_p^", []string{"filter_main_parent"}},
		"value of selection": {"selection: true", "selection: ^", []string{"true", "false"}},
		"match":              {"match: true", "match: f^", []string{"false"}},
		"nothing of a rule":  {"rule: whoami\n", "rule: whoami\ndetec^\n", nil},
	} {
		if !strings.Contains(text, test.old) {
			t.Fatalf("no %q", test.old)
		}
		same(t, what, test.want, c.completion(name, strings.Replace(text, test.old, test.marked, 1)))
	}

	inline := whoami + "tests:\n    - name: it fires\n      event: {Image: 'C:\\whoami.exe'}\n      match: true\n      because: filter_main_user\n"
	same(t, "selection of the rule itself", []string{rule + ":17"}, func() []string {
		c.change(rule, whole(inline))
		return c.places("textDocument/definition", rule, inline, "filter_main_user\n")[:1]
	}())
	same(t, "field of the rule itself", []string{"ParentImage"}, c.completion(rule, strings.Replace(inline, "{Image: ", "{ParentIm^: ", 1)))
}
