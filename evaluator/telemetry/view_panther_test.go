package telemetry

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// pantherViews is how many events of a log type get which views. Those that
// get none are cut down to fields that tell nothing, or are, where types are
// together, of another one.
var pantherViews = map[string]map[string]int{
	"AWS.CloudTrail":                          {"aws/cloudtrail": 193},
	"Amazon.EKS.Audit,Azure.MonitorActivity":  {"kubernetes/audit": 8, "kubernetes/audit/aks": 1},
	"Azure.Audit":                             {"azure/auditlogs": 8, "azure/signinlogs": 20},
	"Azure.MonitorActivity":                   {"azure/activitylogs": 107, "": 3}, // resource logs of a storage account
	"Duo.Authentication":                      {"cisco/duo": 11},
	"GCP.AuditLog":                            {"gcp/gcp.audit": 70, "": 5},
	"GitHub.Audit":                            {"github/audit": 58, "": 1},
	"Microsoft365.Audit.AzureActiveDirectory": {"m365/audit": 4},
	"Microsoft365.Audit.Exchange":             {"m365/audit": 10},
	"Okta.SystemLog":                          {"okta/okta": 35},
	"OneLogin.Events":                         {"onelogin/onelogin.events": 20},
	"GSuite.ActivityEvent": { // the others are of applications for which there is no logsource
		"gcp/google_workspace.admin/event": 20, "gcp/google_workspace.login/event": 10, "": 49,
	},
	"Amazon.EKS.Audit,Azure.MonitorActivity,GCP.AuditLog": {"gcp/gcp.audit": 16, "kubernetes/audit": 72, "kubernetes/audit/aks": 16},
	"OneLogin.Events,AWS.CloudTrail,Zoom.Operation":       {"onelogin/onelogin.events": 2, "": 3},
	"Asana.Audit,Atlassian.Audit,AWS.CloudTrail,Azure.Audit,Box.Event,Notion.AuditLogs,Okta.SystemLog,OneLogin.Events,OnePassword.SignInAttempt,Zendesk.Audit,Zoom.Activity": {
		"aws/cloudtrail": 1, "azure/signinlogs": 1, "okta/okta": 5, "onelogin/onelogin.events": 1, "": 5,
	},
	"Asana.Audit,Atlassian.Audit,AWS.CloudTrail,Box.Event,GSuite.ActivityEvent,Okta.SystemLog,OneLogin.Events,OnePassword.SignInAttempt": {
		"aws/cloudtrail": 2, "gcp/gcp.audit": 1, "gcp/google_workspace.login/event": 2, "okta/okta": 2, "onelogin/onelogin.events": 2, "": 6,
	},
	"Asana.Audit,Atlassian.Audit,GCP.AuditLog,GitHub.Audit,GSuite.ActivityEvent,OneLogin.Events,Zendesk.Audit": {
		"gcp/gcp.audit": 2, "gcp/google_workspace.admin/event": 2, "onelogin/onelogin.events": 3, "": 9,
	},
	"Atlassian.Audit,GitHub.Audit,Zendesk.Audit,Okta.SystemLog": {"github/audit": 2, "okta/okta": 3, "": 3},
	"": {"aws/cloudtrail": 1, "okta/okta": 1, "": 60}, // results of queries, not of a log
}

// pantherWithout are the log types for which public rules have no logsource.
var pantherWithout = []string{
	"AWS.BedrockModelInvocation", "AWS.GuardDuty", "AWS.S3ServerAccess", "AWS.SecurityFindingFormat", "AWS.VPCFlow,OCSF.NetworkActivity",
	"AWS.WAFWebACL", "Anthropic.Activity", "AppOmni.Alerts", "Asana.Audit", "Auth0.Events", "Axonius.Activity", "Box.Event",
	"CarbonBlack.AlertV2", "CarbonBlack.Audit", "CiscoUmbrella.DNS", "Crowdstrike.DNSRequest,Crowdstrike.FDREvent",
	"Crowdstrike.DetectionSummary,Crowdstrike.FDREvent", "Crowdstrike.EventStreams", "Crowdstrike.FDREvent",
	"Crowdstrike.FDREvent,AWS.VPCDns,CiscoUmbrella.DNS", "Crowdstrike.Unknown,Crowdstrike.FDREvent", "Databricks.Audit",
	"Docusign.Connect", "Dropbox.TeamEvent", "Duo.Administrator", "GCP.HTTPLoadBalancer", "GitHub.Webhook", "GitLab.Audit",
	"Gravitational.TeleportAudit", "LogType.Name", "MicrosoftGraph.SecurityAlertV2", "MicrosoftIntune.AuditLogs",
	"MongoDB.OrganizationEvent", "Netskope.Audit", "Notion.AuditLogs", "OnePassword.ItemUsage", "OnePassword.SignInAttempt",
	"OpenAI.Audit", "Orca.Alert", "Osquery.Differential", "Panther.Audit", "Proofpoint.Event", "PushSecurity.Activity",
	"PushSecurity.Controls", "PushSecurity.Entities", "SOCRadar.Incidents", "Salesforce.LoginAs", "Salesforce.RealtimeEvent",
	"SentinelOne.Activity", "Slack.AuditLogs", "Snowflake.LoginHistory", "Snowflake.QueryHistory", "Snyk.GroupAudit,Snyk.OrgAudit",
	"Sublime.Audit", "Sublime.MessageEvent", "ThinkstCanary.Alert", "Tines.Audit", "Tracebit.Alert", "Upwind.Detections", "Wiz.Audit",
	"Zendesk.Audit", "Zoom.Operation", "Zscaler.ZIA.AdminAuditLog",
}

// TestViewsPanther shows which views real and realistic events of cloud
// services get, by the log type that their makers know them by.
func TestViewsPanther(t *testing.T) {
	got, without := map[string]map[string]int{}, map[string]bool{}
	n := NewNormaliser(nil)
	for _, event := range pantherEvents(t) {
		var names []string
		for _, v := range n.Event(Record{Value: evaluator.ValueOf(event.Event)}).Views() {
			names = append(names, v.Name)
		}
		types := strings.Join(event.LogTypes, ",")
		if _, listed := pantherViews[types]; !listed && names == nil {
			without[types] = true
			continue
		}
		if got[types] == nil {
			got[types] = map[string]int{}
		}
		got[types][strings.Join(slices.Compact(names), " ")]++
	}
	if diff := cmp.Diff(pantherViews, got); diff != "" {
		t.Errorf("views (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(pantherWithout, slices.Sorted(maps.Keys(without))); diff != "" {
		t.Errorf("log types without any view (-want +got):\n%s", diff)
	}
}

type pantherEvent struct {
	LogTypes []string       `json:"log_types"`
	Rule     string         `json:"rule_id"`
	Event    map[string]any `json:"event"`
}

func pantherEvents(t *testing.T) []pantherEvent {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus.Path(t, ""), "cloud", "panther-inline-tests.ndjson.zst"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var events []pantherEvent
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event pantherEvent
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.UseNumber()
		if err := d.Decode(&event); err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	if lines.Err() != nil || len(events) < 1500 {
		t.Fatalf("%d events, %v", len(events), lines.Err())
	}
	return events
}
