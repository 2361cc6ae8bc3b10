package lsp_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
      event: {EventID: 1, Channel: Microsoft-Windows-Sysmon/Operational, Image: 'C:\Windows\whoami.exe', User: admin}
      match: false
`

const smallProject = `
-- .socctl.yml --
rules: rules
tests: tests
lint:
    checks:
        style/*: off
-- rules/whoami.yml --
` + whoami + `-- rules/repeated.yml --
` + repeated + `-- tests/whoami.yml --
` + whoamiTest

func TestSession(t *testing.T) {
	c := start(t, smallProject, object{"window": object{"workDoneProgress": true},
		"workspace": object{"didChangeWatchedFiles": object{"dynamicRegistration": true}}})
	c.open("rules/whoami.yml")
	if got := c.diagnostics("rules/whoami.yml"); len(got) > 0 {
		t.Fatalf("a sound rule has %+v", got)
	}

	// A modifier is misspelt: a diagnostic at its place, with a fix.
	c.change("rules/whoami.yml", part(15, 14, 22, "endwith"))
	broken := strings.Replace(whoami, "endswith", "endwith", 1)
	got := c.diagnostics("rules/whoami.yml")
	want := []diagnostic{{Range: span{position{15, 14}, position{15, 21}}, Severity: 1, Code: "value/unknown-modifier", Source: "socctl",
		Message: "unknown modifier \"endwith\"\ndid you mean \"endswith\"?"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	c.awaitMessageAbout(t)

	var actions []struct {
		Title, Kind string
		Edit        struct {
			DocumentChanges []struct {
				TextDocument struct {
					URI     string
					Version int
				}
				Edits []struct {
					Range   span
					NewText string
				}
			}
		}
	}
	c.call("textDocument/codeAction", object{"textDocument": object{"uri": c.uri("rules/whoami.yml")}, "range": want[0].Range, "context": object{"diagnostics": []any{}}}, &actions)
	for _, a := range actions {
		t.Logf("%s (%s): %+v", a.Title, a.Kind, a.Edit)
	}

	c.change("rules/whoami.yml", whole(whoami))
	c.awaitCodes("rules/whoami.yml")
	_ = broken

	var hover struct{ Contents struct{ Value string } }
	c.call("textDocument/hover", c.here("rules/whoami.yml", whoami, "t1033"), &hover)
	t.Log(hover.Contents.Value)
	c.call("textDocument/hover", c.here("rules/whoami.yml", whoami, "Image"), &hover)
	t.Log(hover.Contents.Value)
	c.call("textDocument/hover", c.here("rules/whoami.yml", whoami, "filter_main_*"), &hover)
	t.Log(hover.Contents.Value)

	var found []location
	c.call("textDocument/definition", c.here("rules/whoami.yml", whoami, "filter_main_*"), &found)
	t.Log(found)
	c.open("rules/repeated.yml")
	c.call("textDocument/definition", c.here("rules/repeated.yml", repeated, "whoami\n    group-by"), &found)
	t.Log(found)

	var list struct{ Items []struct{ Label string } }
	c.call("textDocument/completion", c.here("rules/whoami.yml", whoami, "endswith"), &list)
	t.Log(list)

	var lenses []struct {
		Command struct {
			Title, Command string
			Arguments      []any
		}
	}
	c.call("textDocument/codeLens", c.document("rules/whoami.yml"), &lenses)
	t.Log(lenses)
	var sum struct{ Passed, Failed int }
	c.call("workspace/executeCommand", object{"command": lenses[0].Command.Command, "arguments": lenses[0].Command.Arguments}, &sum)
	t.Log(sum)
	c.mu.Lock()
	t.Log(c.messages, c.asked, c.progress)
	c.mu.Unlock()
	c.end()
}

func (c *client) awaitMessageAbout(t *testing.T) {}
