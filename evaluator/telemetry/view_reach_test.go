package telemetry

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules/logsource"
)

// delivery is an event of one shape in which a source delivers its facts, and
// the fields of public rules that its view cannot show.
type delivery struct {
	name, view string
	rule       logsource.Logsource
	record     string
	lost       []string
}

var azureAudit = logsource.Logsource{Product: "azure", Service: "auditlogs"}
var azureSignin = logsource.Logsource{Product: "azure", Service: "signinlogs"}
var azureActivity = logsource.Logsource{Product: "azure", Service: "activitylogs"}
var cloudTrail = logsource.Logsource{Product: "aws", Service: "cloudtrail"}

const cloudTrailEvent = `{"eventVersion": "1.08", "userIdentity": {"type": "AssumedRole", "arn": "arn", "sessionContext": {"sessionIssuer": {"type": "Role"}}},
	"eventTime": "2023-07-10T11:54:39Z", "eventSource": "ecs.amazonaws.com", "eventName": "RegisterTaskDefinition", "awsRegion": "us-east-1",
	"sourceIPAddress": "1.2.3.4", "userAgent": "x", "errorCode": "AccessDenied", "errorMessage": "no", "eventType": "AwsApiCall",
	"requestParameters": {"containerDefinitions": [{"command": ["a"]}], "layers": ["l"], "enable": false, "attribute": "userData", "userName": "u"},
	"responseElements": {"ConsoleLogin": "Success", "publiclyAccessible": true, "pendingModifiedValues": {"masterUserPassword": "*"}}, "additionalEventData": {"MFAUsed": "No"}}`

const entraAudit = `"activityDisplayName": "Update user", "activityDateTime": "2025-01-15T14:20:35Z", "category": "UserManagement", "result": "success", "resultReason": "why",
	"loggedByService": "Core Directory", "initiatedBy": {"user": {"userPrincipalName": "a@b"}},
	"targetResources": [{"type": "User", "modifiedProperties": [{"displayName": "ConsentContext.IsAdminConsent", "newValue": "\"False\""}]}],
	"additionalDetails": [{"key": "additionalInfo", "value": "Successfully recovered local credential by device id"}]`

const entraSignin = `"createdDateTime": "2025-01-15T08:15:23Z", "userPrincipalName": "a@b", "ipAddress": "4.4.4.4", "appId": "app", "clientAppUsed": "IMAP4", "userAgent": "ua",
	"conditionalAccessStatus": "success", "authenticationRequirement": "singleFactorAuthentication", "authenticationProtocol": "deviceCode", "riskState": "atRisk",
	"resourceDisplayName": "Microsoft Graph", "homeTenantId": "h", "resourceTenantId": "r", "networkLocationDetails": [],
	"status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": "MFA denied"},
	"deviceDetail": {"deviceId": "", "trustType": "", "isCompliant": false}`

const kubernetesAudit = `{"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "create", "requestURI": "/api", "userAgent": "kubectl", "requestReceivedTimestamp": "2024-02-22T14:33:29Z",
	"objectRef": {"resource": "pods", "namespace": "kube-system", "subresource": "exec", "apiGroup": "apps"}, "responseStatus": {"code": 201},
	"requestObject": {"spec": {"volumes": [{"hostPath": {"path": "/"}}], "containers": [{"securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}]}}}`

func jsonText(text string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(text)
	return `"` + quoted + `"`
}

var deliveries = []delivery{
	{"CloudTrail", "aws/cloudtrail", cloudTrail, cloudTrailEvent, []string{"src_country", "status"}},
	{"EventBridge", "aws/cloudtrail/eventbridge", cloudTrail, `{"detail-type": "AWS API Call via CloudTrail", "source": "aws.ecs", "detail": ` + cloudTrailEvent + `}`, []string{"src_country", "status"}},
	{"Security Lake", "aws/ocsf/cloudtrail", cloudTrail, `{"class_uid": 6003, "time": 1688990079000, "metadata": {"product": {"name": "CloudTrail"}}, "status": "Failure",
		"api": {"operation": "RegisterTaskDefinition", "service": {"name": "ecs.amazonaws.com"}, "response": {"error": "AccessDenied", "message": "no"}},
		"actor": {"user": {"type": "AssumedRole", "uid": "arn"}}, "src_endpoint": {"ip": "1.2.3.4"}, "http_request": {"user_agent": "x"}, "cloud": {"region": "us-east-1"},
		"unmapped": {"eventType": "AwsApiCall", "additionalEventData.MFAUsed": "No", "userIdentity.sessionContext.sessionIssuer.type": "Role", "requestParameters.attribute": "userData",
			"requestParameters.containerDefinitions.command": "a", "requestParameters.enable": "false", "requestParameters.layers": "l",
			"responseElements.ConsoleLogin": "Success", "responseElements.publiclyAccessible": "true", "responseElements.pendingModifiedValues.masterUserPassword": "*"}}`, []string{"src_country"}},
	{"Security Lake with the original", "aws/ocsf/cloudtrail", cloudTrail, `{"class_uid": 6003, "metadata": {"product": {"name": "CloudTrail"}}, "api": {"operation": "x"}, "raw_data": ` + jsonText(cloudTrailEvent) + `}`, []string{"src_country", "status"}},
	{"Filebeat", "aws/ecs/cloudtrail", cloudTrail, `{"event": {"action": "RegisterTaskDefinition", "provider": "ecs.amazonaws.com", "dataset": "aws.cloudtrail"}, "user_agent": {"original": "x"},
		"source": {"address": "1.2.3.4", "ip": "1.2.3.4", "geo": {"country_name": "x"}}, "aws": {"cloudtrail": {"event_version": "1.08", "event_type": "AwsApiCall", "error_code": "AccessDenied", "error_message": "no",
			"user_identity": {"type": "AssumedRole", "arn": "arn", "session_context": {"session_issuer": {"type": "Role"}}}, "request_parameters": "{a=b}", "response_elements": "{c=d}",
			"flattened": {"request_parameters": {"containerDefinitions": [{"command": ["a"]}], "layers": ["l"], "enable": false, "attribute": "userData"},
				"response_elements": {"ConsoleLogin": "Success", "publiclyAccessible": true, "pendingModifiedValues": {"masterUserPassword": "*"}}, "additional_eventdata": {"MFAUsed": "No"}}}}}`, []string{"status"}},
	{"Entra audit by Graph", "azure/auditlogs", azureAudit, `{` + entraAudit + `}`, nil},
	{"Entra audit by diagnostic settings", "azure/auditlogs", azureAudit, `{"time": "2025-01-15T14:20:35Z", "category": "AuditLogs", "operationName": "Update user", "resultSignature": "None", "properties": {` + entraAudit + `}}`, nil},
	{"Entra audit in Log Analytics", "azure/auditlogs", azureAudit, `{"TimeGenerated": "2025-01-15T14:20:35Z", "Type": "AuditLogs", "OperationName": "Update user", "ActivityDisplayName": "Update user", "Category": "UserManagement",
		"LoggedByService": "Core Directory", "Result": "success", "ResultReason": "why", "InitiatedBy": "{\"user\": {\"userPrincipalName\": \"a@b\"}}",
		"TargetResources": "[{\"type\": \"User\", \"modifiedProperties\": [{\"displayName\": \"ConsentContext.IsAdminConsent\", \"newValue\": \"x\"}]}]", "AdditionalDetails": "[{\"key\": \"a\", \"value\": \"b\"}]"}`, nil},
	{"Entra sign-in by Graph", "azure/signinlogs", azureSignin, `{` + entraSignin + `, "location": {"countryOrRegion": "US"}}`, []string{"ActivityDetails"}},
	{"Entra sign-in by diagnostic settings", "azure/signinlogs", azureSignin, `{"time": "2025-01-15T08:15:23Z", "category": "SignInLogs", "operationName": "Sign-in activity", "resultType": "0", "resultDescription": "d", "callerIpAddress": "4.4.4.4",
		"location": "US", "properties": {` + entraSignin + `}}`, nil},
	{"Entra sign-in in Log Analytics", "azure/signinlogs", azureSignin, `{"TimeGenerated": "2025-01-15T08:15:23Z", "Type": "SigninLogs", "OperationName": "Sign-in activity", "ResultType": "0", "ResultDescription": "d", "IPAddress": "4.4.4.4", "Location": "US",
		"AppId": "app", "ClientAppUsed": "IMAP4", "UserAgent": "ua", "UserPrincipalName": "a@b", "ConditionalAccessStatus": "success", "AuthenticationRequirement": "singleFactorAuthentication", "AuthenticationProtocol": "ropc",
		"RiskState": "atRisk", "ResourceDisplayName": "x", "HomeTenantId": "h", "ResourceTenantId": "r", "NetworkLocationDetails": "[]", "Status": "{\"errorCode\": 0, \"additionalDetails\": \"MFA denied\"}",
		"DeviceDetail": "{\"deviceId\": \"\", \"trustType\": \"\", \"isCompliant\": false}"}`, nil},
	{"Azure activity as exported", "azure/activitylogs", azureActivity, `{"time": "2024-12-17T10:30:00Z", "resourceId": "/subscriptions/x/providers/Microsoft.ADHybridHealthService/services/AdFederationService-a", "operationName": "MICROSOFT.X/Y/DELETE",
		"category": "Administrative", "resultType": "Success", "properties": {"message": "m"}}`, []string{"ResourceProviderValue"}},
	{"Azure activity by the REST API", "azure/activitylogs", azureActivity, `{"eventTimestamp": "2024-12-17T10:30:00Z", "resourceId": "/x", "operationName": {"value": "Microsoft.X/Y/delete", "localizedValue": "Delete Y"}, "category": {"value": "Administrative"},
		"resourceProviderName": {"value": "Microsoft.X"}, "properties": {}}`, nil},
	{"Azure activity in Log Analytics", "azure/activitylogs", azureActivity, `{"TimeGenerated": "2024-12-17T10:30:00Z", "Type": "AzureActivity", "OperationNameValue": "MICROSOFT.X/Y/DELETE", "CategoryValue": "Administrative", "ResourceProviderValue": "MICROSOFT.X",
		"_ResourceId": "/x", "Properties": "{\"message\": \"m\"}"}`, nil},
	{"Kubernetes", "kubernetes/audit", logsource.Logsource{Category: "application", Product: "kubernetes", Service: "audit"}, kubernetesAudit, nil},
	{"Kubernetes, no category", "kubernetes/audit", logsource.Logsource{Product: "kubernetes", Service: "audit"}, kubernetesAudit, nil},
	{"Kubernetes of Azure", "kubernetes/audit/aks", logsource.Logsource{Category: "application", Product: "kubernetes", Service: "audit"}, `{"time": "2024-02-22T14:33:29Z", "category": "kube-audit", "properties": {"log": ` + jsonText(kubernetesAudit) + `}}`, nil},
	{"Kubernetes of Azure, no category", "kubernetes/audit/aks", logsource.Logsource{Product: "kubernetes", Service: "audit"}, `{"category": "kube-audit-admin", "properties": {"log": ` + jsonText(kubernetesAudit) + `}}`, nil},
	{"GCP", "gcp/gcp.audit", logsource.Logsource{Product: "gcp", Service: "gcp.audit"}, `{"logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity", "protoPayload": {"methodName": "x", "serviceName": "y",
		"authorizationInfo": [{"permission": "p", "granted": true}]}, "resource": {"type": "k8s_cluster"}, "timestamp": "2024-02-22T14:33:29Z"}`, nil},
	{"GCP by Filebeat", "gcp/ecs/gcp.audit", logsource.Logsource{Product: "gcp", Service: "gcp.audit"}, `{"event": {"action": "x"}, "service": {"name": "y"}, "log": {"logger": "projects/p/logs/cloudaudit.googleapis.com%2Factivity"}, "orchestrator": {"type": "k8s_cluster"},
		"gcp": {"audit": {"method_name": "x", "authorization_info": [{"permission": "p", "granted": true}]}}}`, nil},
	{"Workspace admin in Cloud Logging", "gcp/google_workspace.admin", logsource.Logsource{Product: "gcp", Service: "google_workspace.admin"}, `{"protoPayload": {"serviceName": "admin.googleapis.com", "metadata": {"event": [
		{"eventName": "CHANGE_APPLICATION_SETTING", "parameter": [{"name": "NEW_VALUE", "value": "false"}, {"name": "SETTING_NAME", "value": "ContextAwareAccess"}]}]}}}`, nil},
	{"Workspace admin by the Reports API", "gcp/google_workspace.admin/reports", logsource.Logsource{Product: "gcp", Service: "google_workspace.admin"}, `{"kind": "admin#reports#activity", "id": {"time": "2022-12-11T02:57:48.693Z", "applicationName": "admin"}, "events": [
		{"type": "APPLICATION_SETTINGS", "name": "CHANGE_APPLICATION_SETTING", "parameters": [{"name": "NEW_VALUE", "value": "false"}, {"name": "SETTING_NAME", "value": "x"}]}]}`, nil},
	{"Workspace login in Cloud Logging", "gcp/google_workspace.login", logsource.Logsource{Product: "gcp", Service: "google_workspace.login"}, `{"protoPayload": {"serviceName": "login.googleapis.com", "metadata": {"event": [{"eventName": "gov_attack_warning"}]}}}`, nil},
	{"Workspace login by the Reports API", "gcp/google_workspace.login/reports", logsource.Logsource{Product: "gcp", Service: "google_workspace.login"}, `{"id": {"applicationName": "login"}, "events": [{"name": "gov_attack_warning"}]}`, nil},
	{"Okta", "okta/okta", logsource.Logsource{Product: "okta", Service: "okta"}, `{"eventType": "policy.evaluate_sign_on", "legacyEventType": "x", "displayMessage": "m", "published": "2022-06-22T18:18:29.015Z", "actor": {"alternateId": "a"},
		"outcome": {"result": "FAILURE", "reason": "r"}, "target": [{"displayName": "Okta Admin Console"}], "securityContext": {"isProxy": true}, "debugContext": {"debugData": {"requestUri": "/", "behaviors": "b", "logOnlySecurityData": "l"}}}`, nil},
	{"Okta by Filebeat", "okta/ecs/okta", logsource.Logsource{Product: "okta", Service: "okta"}, `{"okta": {"event_type": "x", "legacy_event_type": "y", "display_message": "m", "actor": {"alternate_id": "a"}, "outcome": {"result": "FAILURE", "reason": "r"},
		"target": [{"display_name": "x"}], "security_context": {"is_proxy": true}, "debug_context": {"debug_data": {"request_uri": "/", "flattened": {"behaviors": "b", "logOnlySecurityData": "l"}}}}}`, nil},
	{"Microsoft 365", "m365/audit", logsource.Logsource{Product: "m365", Service: "audit"}, `{"CreationTime": "2022-12-12T22:19:00", "Operation": "Set-Mailbox", "Workload": "Exchange", "RecordType": 1, "ResultStatus": "True", "ObjectId": "o", "ApplicationId": "a",
		"Parameters": [{"Name": "ForwardingSmtpAddress", "Value": "x"}], "OperationProperties": [{"Name": "RuleActions", "Value": "Forward"}], "ExtendedProperties": [{"Name": "RequestType", "Value": "Cmsi:Cmsi"}], "Directionality": "Inbound", "DeliveryAction": "Blocked"}`, nil},
	{"Microsoft 365 alerts", "m365/threat_management/audit", logsource.Logsource{Product: "m365", Service: "threat_management"}, `{"CreationTime": "2022-12-12T22:19:00", "Operation": "AlertTriggered", "Workload": "SecurityComplianceCenter", "Name": "Impossible travel activity", "ResultStatus": "Succeeded"}`, nil},
	{"GitHub", "github/audit", logsource.Logsource{Product: "github", Service: "audit"}, `{"@timestamp": 1621305118553, "action": "repo.create", "actor": "a", "org": "o", "created_at": 1621305118553, "_document_id": "d"}`, nil},
	{"Bitbucket", "bitbucket/audit", logsource.Logsource{Product: "bitbucket", Service: "audit"}, `{"auditType": {"action": "a", "category": "c"}, "timestamp": {"epochSecond": 1697062455, "nano": 0}}`, nil},
	{"Duo", "cisco/duo", logsource.Logsource{Product: "cisco", Service: "duo"}, `{"event_type": "authentication", "reason": "bypass_user", "factor": "x", "timestamp": 1697062455}`, nil},
	{"OneLogin", "onelogin/onelogin.events", logsource.Logsource{Product: "onelogin", Service: "onelogin.events"}, `{"event_type_id": 532, "created_at": "2023-10-11T22:14:15.000Z"}`, nil},
	{"OpenCanary", "opencanary", logsource.Logsource{Category: "application", Product: "opencanary"}, `{"logtype": 3000, "node_id": "n", "logdata": {}, "utc_time": "2023-10-11 22:14:15.000000"}`, nil},
	{"RPC Firewall", "rpc_firewall", logsource.Logsource{Category: "application", Product: "rpc_firewall"}, `{"Event": {"System": {"Provider": {"#attributes": {"Name": "RPCFW"}}, "EventID": 3, "Channel": "RPCFW", "TimeCreated": {"#attributes": {"SystemTime": "2023-10-11T22:14:15Z"}}},
		"EventData": {"Data": {"#text": ["f", "888", "svchost.exe", "ncacn_np", "\\pipe\\x", "10.0.0.1", "367abb81-9844-35f1-ad32-98f038001003", "12", "u", "a", "b"]}}}}`, nil},
	{"Entra risk", "azure/riskdetection", logsource.Logsource{Product: "azure", Service: "riskdetection"}, `{"category": "UserRiskEvents", "time": "2025-01-15T14:20:35Z", "properties": {"riskEventType": "newCountry"}}`, nil},
	{"Entra risk in Log Analytics", "azure/riskdetection", logsource.Logsource{Product: "azure", Service: "pim"}, `{"Type": "AADUserRiskEvents", "RiskEventType": "newCountry", "TimeGenerated": "2025-01-15T14:20:35Z"}`, nil},
}

// TestViewsReach shows which fields of the public rules each shape of a source
// lacks: as a view that does not find a field silently ends a rule.
func TestViewsReach(t *testing.T) {
	used := ruleFields(t)
	for _, r := range deliveries {
		t.Run(r.name, func(t *testing.T) {
			e := eventOf(t, r.record)
			seen := viewOf(t, e, r.view)
			if !satisfied(e, r.rule) {
				t.Errorf("the views %s do not satisfy %s", viewNames(e), r.rule)
			}
			if len(used[r.rule]) == 0 {
				t.Fatalf("no public rule is for %s", r.rule)
			}
			var lost []string
			for _, field := range used[r.rule] {
				if _, ok := seen.Field(field); !ok {
					lost = append(lost, field)
				}
			}
			if diff := cmp.Diff(r.lost, lost); diff != "" {
				t.Errorf("fields that are lost (-want +got):\n%s", diff)
			}
		})
	}
}

// ruleFields returns the sorted fields that public rules use, by logsource.
func ruleFields(t *testing.T) map[logsource.Logsource][]string {
	t.Helper()
	archives, _ := filepath.Glob(filepath.Join(corpus.Path(t, ""), "sigma", "sigma-rules-*-attack-v19.tar.zst"))
	if len(archives) == 0 {
		t.Skip("no archive of SigmaHQ rules")
	}
	f, err := os.Open(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	used := map[logsource.Logsource][]string{}
	for archive := tar.NewReader(z); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(header.Name, ".yml") {
			continue
		}
		var rule struct {
			Logsource struct{ Category, Product, Service string }
			Detection map[string]any
		}
		if err := yaml.NewDecoder(archive).Decode(&rule); err != nil {
			t.Fatalf("%s: %v", header.Name, err)
		}
		l := logsource.Logsource(rule.Logsource)
		for name, selection := range rule.Detection {
			if name != "condition" && name != "timeframe" {
				used[l] = appendFields(used[l], selection)
			}
		}
	}
	for l := range used {
		slices.Sort(used[l])
		used[l] = slices.Compact(used[l])
	}
	return used
}

func appendFields(fields []string, selection any) []string {
	switch selection := selection.(type) {
	case map[string]any:
		for key := range selection {
			if name, _, _ := strings.Cut(key, "|"); name != "" {
				fields = append(fields, name)
			}
		}
	case []any:
		for _, item := range selection {
			fields = appendFields(fields, item)
		}
	}
	return fields
}
