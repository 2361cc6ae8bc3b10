package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
)

// What the built-in pipelines make of rules of each kind that they are for;
// "" is for a rule that is rejected.
func TestBuiltinPipelinesOnRules(t *testing.T) {
	for _, c := range []struct{ pipeline, logsource, items, want string }{
		{"sysmon", "product: windows, category: process_creation", `Image|endswith: \a.exe`,
			"category=\"process_creation\" product=\"windows\" service=\"sysmon\"\nand(\"EventID\" = 1, \"Image\" ~ \"*\\\\\\\\A.EXE\")"},
		{"sysmon", "product: windows, category: pipe_created", `PipeName: x`,
			"category=\"pipe_created\" product=\"windows\" service=\"sysmon\"\nand(\"PipeName\" ~ \"X\", or(\"EventID\" = 17, \"EventID\" = 18))"},
		{"sysmon", "product: linux, category: process_creation", `Image: x`, "category=\"process_creation\" product=\"linux\" service=\"\"\n\"Image\" ~ \"X\""},
		{"windows-audit", "product: windows, category: process_creation", `{Image: a, ParentImage: b, ProcessId: 4, ParentProcessId: 5, IntegrityLevel: System}`,
			"category=\"\" product=\"windows\" service=\"security\"\nand(\"EventID\" = 4688, \"MandatoryLabel\" ~ \"S-1-16-16384\", \"NewProcessId\" = 4, \"NewProcessName\" ~ \"A\", \"ParentProcessName\" ~ \"B\", \"ProcessId\" = 5)"},
		{"windows-audit", "product: windows, category: process_creation", `OriginalFileName: a`, ""},
		{"windows-audit", "product: windows, category: registry_set", `TargetObject: a`, ""},
		{"ecs_windows", "product: windows, category: process_creation", `{CommandLine: a, Own: b, Product: c}`,
			"category=\"process_creation\" product=\"windows\" service=\"\"\nand(\"process.command_line\" ~ \"A\", \"process.pe.product\" ~ \"C\", \"winlog.event_data.Own\" ~ \"B\")"},
		{"ecs_windows", "product: windows, category: network_connection", `{Initiated: 'true', DestinationPort: 443}`,
			"category=\"network_connection\" product=\"windows\" service=\"\"\nand(\"destination.port\" = 443, \"network.direction\" ~ \"EGRESS\")"},
		{"ecs_windows", "product: windows, service: security", `{EventID: 4624, SubjectUserName: a, LogonType: 3}`,
			"category=\"\" product=\"windows\" service=\"security\"\nand(\"event.code\" = 4624, \"user.name\" ~ \"A\", \"winlog.event_data.LogonType\" = 3)"},
		{"auditd", "product: linux, category: process_creation", `{Image: a, ParentImage: b}`,
			"category=\"process_creation\" product=\"linux\" service=\"\"\nand(\"process.executable\" ~ \"A\", \"process.parent.executable\" ~ \"B\")"},
		{"auditd", "product: linux, category: process_creation", `LogonId: a`, ""},
		{"auditd", "product: linux, service: auditd", `{type: EXECVE, a0: b, exe: c, key: d}`,
			"category=\"\" product=\"linux\" service=\"auditd\"\nand(\"auditd.data.a0\" ~ \"B\", \"auditd.message_type\" ~ \"EXECVE\", \"process.executable\" ~ \"C\", \"tags\" ~ \"D\")"},
		{"aws", "product: aws, service: cloudtrail", `{eventName: a, requestParameters.x.y: b, userIdentity.arn: c, other: d}`,
			"category=\"\" product=\"aws\" service=\"cloudtrail\"\nand(\"aws.cloudtrail.flattened.request_parameters.x.y\" ~ \"B\", \"aws.cloudtrail.other\" ~ \"D\", \"aws.cloudtrail.user_identity.arn\" ~ \"C\", \"event.action\" ~ \"A\")"},
		{"okta", "product: okta, service: okta", `{eventtype: a, actor.alternateId: b}`,
			"category=\"\" product=\"okta\" service=\"okta\"\nand(\"event.action\" ~ \"A\", \"okta.actor.alternate_id\" ~ \"B\")"},
		{"okta", "product: okta, service: okta", `unknown: a`, ""},
	} {
		t.Run(c.pipeline+" "+c.items, func(t *testing.T) {
			body := c.items
			if !strings.HasPrefix(body, "{") {
				body = "\n        " + body
			}
			set := load(t, "title: t\nlogsource: {"+c.logsource+"}\ndetection:\n    s: "+body+"\n    condition: s\n")
			result, _ := pipeline.Builtin(c.pipeline).Apply(set, pipeline.Options{})
			program, _ := compiler.Compile(result.Set, compiler.Options{})
			got := strings.TrimSpace(strings.TrimPrefix(program.String(), "- t\n"))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(- want, + got):\n%s", diff)
			}
			if rejected := result.Documents[0].Rejected; rejected != (c.want == "") {
				t.Errorf("rejected: %v", rejected)
			}
		})
	}
}
