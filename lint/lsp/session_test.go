package lsp_test

import (
	"strings"
	"testing"
)

const whoami = `title: Whoami Execution
id: 0d8e8a4a-6ac1-4cc4-a13b-8f9ad8e45f4b
name: whoami
status: test
description: Detects the execution of whoami, which intruders use to learn whose rights they have
author: socctl
date: 2025-01-02
tags:
    - attack.discovery
    - attack.t1033
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter_main_user:
        User|contains: admin
    filter_main_parent:
        ParentImage: 'C:\a.exe'
    condition: selection and not 1 of filter_main_*
falsepositives:
    - Administrators at work
level: low
`

const repeated = `title: Whoami Several Times
id: 5a3e1c9c-7fd5-4a4b-8c07-b3f1bd1a3a55
status: test
description: Detects several executions of whoami within a short time on one computer
author: socctl
date: 2025-01-02
tags:
    - attack.discovery
    - attack.t1033
correlation:
    type: event_count
    rules:
        - whoami
    group-by:
        - Computer
    timespan: 5m
    condition:
        gte: 10
falsepositives:
    - Administrators at work
level: medium
`

const whoamiTest = `rule: whoami
tests:
    - name: it fires
      event: {EventID: 1, Channel: Microsoft-Windows-Sysmon/Operational, Image: 'C:\Windows\whoami.exe', User: bob}
      match: true
    - name: not for the admin
      events: [{EventID: 1, Channel: Microsoft-Windows-Sysmon/Operational, Image: 'C:\Windows\whoami.exe', User: admin}, {Image: 'C:\Windows\whoami.exe', User: bob, ParentImage: 'C:\a.exe'}]
      match: false
`

const smallProject = `
-- .socctl.yml --
rules: rules
tests: tests
lint:
    checks:
        style/*: off
        test/missing: warning
-- rules/whoami.yml --
` + whoami + `-- rules/repeated.yml --
` + repeated + `-- tests/whoami.yml --
` + whoamiTest

func TestSession(t *testing.T) {
	const name = "rules/whoami.yml"
	c := start(t, smallProject, object{"window": object{"workDoneProgress": true},
		"workspace": object{"didChangeWatchedFiles": object{"dynamicRegistration": true}}})
	c.open(name)
	if got := c.diagnostics(name); len(got) > 0 {
		t.Fatalf("a sound rule has %+v", got)
	}

	// A modifier is misspelt: a diagnostic at its place, with a fix.
	c.change(name, part(15, 14, 22, "endwith"))
	place := span{position{15, 14}, position{15, 21}}
	want := []diagnostic{{Range: place, Severity: 1, Code: "value/unknown-modifier", Source: "socctl",
		Message: "unknown modifier \"endwith\"\ndid you mean \"endswith\"?"}}
	want[0].About.Href = "https://github.com/socctl/socctl/blob/main/docs/checks/value/unknown-modifier.md"
	same(t, "diagnostics", want, c.diagnostics(name))
	actions := c.actions(name, place)
	same(t, "actions", []action{{Title: "write endswith", Kind: "quickfix", Edits: []edit{{place, "endswith"}}}}, actions)
	c.apply(name, actions[0])
	c.awaitCodes(name)

	same(t, "hover", "**endswith** · modifier\n\nthe field ends with the value", c.hover(name, whoami, "endswith"))
	same(t, "definition", []string{name + ":17", name + ":19"}, c.places("textDocument/definition", name, whoami, "filter_main_*"))
	same(t, "completion of modifiers", []string{"endswith"}, c.completion(name, strings.Replace(whoami, "|endswith", "|ends^with", 1)))
	c.change(name, whole(whoami))

	lenses := c.lenses(name, "run 2 tests")
	var sum summary
	c.call("workspace/executeCommand", object{"command": lenses[0].Command, "arguments": lenses[0].Arguments}, &sum)
	same(t, "tests", summary{2, 0}, sum)
	c.awaitMessage("Whoami Execution: 2 tests passed")
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := strings.Join(c.asked, " "); !strings.Contains(got, "client/registerCapability") || !strings.Contains(got, "window/workDoneProgress/create") || len(c.progress) != 2 {
		t.Errorf("the server asked for %s, and told progress %v", got, c.progress)
	}
	c.mu.Unlock()
	c.end()
	c.mu.Lock()
}

// A byte order mark that a client shows as a character counts as one when the first
// line is edited, and is kept by formatting.
func TestByteOrderMark(t *testing.T) {
	const name, mark = "rules/whoami.yml", "\ufeff"
	c := start(t, smallProject, nil)
	c.openText(name, mark+whoami)
	c.change(name, part(0, 1, 6, "tit"), part(0, 4, 4, "le")) // of whoami, where title: begins behind the mark
	if got := c.diagnostics(name); len(got) > 0 {
		t.Errorf("a sound rule has %+v", got)
	}
	c.change(name, part(1, 0, 0, "level: low\n"), part(0, 0, 1, "")) // and without the mark
	c.change(name, part(0, 0, 5, "title"), part(1, 0, 10, "license: MIT"))
	if got := c.diagnostics(name); len(got) > 0 {
		t.Errorf("a sound rule has %+v", got)
	}
	c.change(name, whole(mark+"level: low\ntitle: x\n"))
	var edits []edit
	c.call("textDocument/formatting", object{"textDocument": object{"uri": c.uri(name)}, "options": object{"tabSize": 4}}, &edits)
	if len(edits) != 1 || edits[0].NewText != mark+"title: x\nlevel: low\n" {
		t.Errorf("formatting gives %+v", edits)
	}
	c.end()
}
