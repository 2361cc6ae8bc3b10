package telemetry

import (
	"slices"
	"strings"
	"testing"
)

// Events in the Elastic Common Schema and in the Open Cybersecurity Schema
// Framework, in the shapes that their makers document and deliver.
func TestViewsSchemas(t *testing.T) {
	const (
		windowsHost = `"host": {"os": {"type": "windows", "family": "windows"}}, "user": {"domain": "NT AUTHORITY", "name": "SYSTEM"}, "@timestamp": "2022-04-04T18:53:08.6578986Z"`
		linuxHost   = `"host": {"os": {"type": "linux", "family": "debian", "platform": "ubuntu"}}, "user": {"name": "root"}, "@timestamp": "2022-04-04T18:53:08Z"`
		svchost     = `"pid": 2772, "entity_id": "NGM5", "executable": "C:\\Windows\\System32\\svchost.exe"`
		windows     = `"device": {"os": {"name": "Windows", "type": "Windows", "type_id": 100}}, "time": 1615564094000`
		actor       = `"actor": {"process": {"file": {"path": "C:\\Windows\\System32\\cmd.exe"}, "pid": 3948, "uid": "u1", "cmd_line": "cmd"}, "user": {"domain": "CORP", "name": "bob"}, "session": {"uid": "0x55E621"}}`
	)
	tests := []struct {
		name, record, views string
		want                map[string]string
	}{
		{
			"ECS process of Windows", `{"event": {"category": ["process"], "type": ["start"], "action": "start", "module": "endpoint"}, ` + windowsHost + `, "process": {` + svchost + `,
				"args": ["svchost.exe", "-k"], "command_line": "svchost.exe -k WerSvcGroup", "working_directory": "C:\\Windows\\system32\\", "pe": {"original_file_name": "svchost.exe", "imphash": "ab"},
				"hash": {"md5": "1b28", "sha256": "cb19"}, "Ext": {"authentication_id": "0x3E7", "token": {"integrity_level_name": "system"}},
				"parent": {"executable": "C:\\Windows\\System32\\services.exe", "pid": 600, "command_line": "", "args": ["services.exe", "x"]}}}`,
			"windows/ecs/process_creation",
			map[string]string{
				"Image": `"C:\\Windows\\System32\\svchost.exe"`, "CommandLine": `"svchost.exe -k WerSvcGroup"`, "ParentCommandLine": `"services.exe x"`, "ParentProcessId": "600",
				"User": `"NT AUTHORITY\\SYSTEM"`, "OriginalFileName": `"svchost.exe"`, "Hashes": `"MD5=1B28,SHA256=CB19,IMPHASH=AB"`, "Imphash": `"ab"`, "IntegrityLevel": `"system"`, "LogonId": `"0x3e7"`,
				"process.executable": `"C:\\Windows\\System32\\svchost.exe"`,
			},
		}, {
			"ECS registry query", `{"event": {"category": ["registry"], "type": ["access"], "action": "query"}, ` + windowsHost + `, "registry": {"path": "HKLM\\SYSTEM\\ControlSet001\\a\\Enabled"}}`,
			"", nil,
		}, {
			"ECS registry value", `{"event": {"category": ["registry"], "type": ["change"], "action": "modification"}, ` + windowsHost + `, "process": {` + svchost + `},
				"registry": {"hive": "HKLM", "path": "HKLM\\SYSTEM\\ControlSet001\\Control\\Lsa\\Enabled", "value": "Enabled", "data": {"strings": ["1"], "type": "REG_DWORD"}}}`,
			"windows/ecs/registry_set windows/ecs/registry_event",
			map[string]string{"TargetObject": `"HKLM\\System\\CurrentControlSet\\Control\\Lsa\\Enabled"`, "Details": `"1"`, "EventType": `"SetValue"`, "Image": `"C:\\Windows\\System32\\svchost.exe"`},
		}, {
			"ECS registry key of a user", `{"event": {"category": ["registry"], "type": ["creation"], "action": "creation"}, "registry": {"path": "HKEY_USERS\\S-1-5-21\\Software\\x"}}`,
			"windows/ecs/registry_add windows/ecs/registry_event",
			map[string]string{"TargetObject": `"HKU\\S-1-5-21\\Software\\x"`, "EventType": `"CreateKey"`},
		}, {
			"ECS library", `{"event": {"category": ["library"], "type": ["start"], "action": "load"}, ` + windowsHost + `, "process": {` + svchost + `},
				"dll": {"path": "C:\\Windows\\System32\\msxml3.dll", "pe": {"imphash": "2e1d", "original_file_name": "MSXML3.dll"}, "hash": {"sha1": "0248"}, "code_signature": {"exists": true, "status": "trusted", "subject_name": "Microsoft Windows"}}}`,
			"windows/ecs/image_load",
			map[string]string{
				"ImageLoaded": `"C:\\Windows\\System32\\msxml3.dll"`, "Signed": "true", "SignatureStatus": `"Valid"`, "Signature": `"Microsoft Windows"`, "Hashes": `"SHA1=0248,IMPHASH=2E1D"`,
				"OriginalFileName": `"MSXML3.dll"`, "sha1": `"0248"`,
			},
		}, {
			"ECS file of Windows", `{"event": {"category": ["file"], "type": ["creation"], "action": "creation"}, ` + windowsHost + `, "process": {` + svchost + `}, "file": {"path": "C:\\x.new"}}`,
			"windows/ecs/file_event", map[string]string{"TargetFilename": `"C:\\x.new"`, "ProcessId": "2772"},
		}, {
			"ECS rename", `{"event": {"category": ["file"], "type": ["change"], "action": "rename"}, ` + windowsHost + `, "file": {"path": "C:\\b", "Ext": {"original": {"path": "C:\\a"}}}}`,
			"windows/ecs/file_rename", map[string]string{"SourceFilename": `"C:\\a"`, "TargetFilename": `"C:\\b"`},
		}, {
			"ECS end of a connection", `{"event": {"category": ["network"], "type": ["end"], "action": "disconnect_received"}, ` + windowsHost + `, "process": {` + svchost + `}, "destination": {"ip": "64.1.1.1", "port": 443}}`,
			"", nil,
		}, {
			"ECS connection", `{"event": {"category": ["network"], "type": ["start"], "action": "connection_attempted"}, ` + windowsHost + `, "process": {` + svchost + `},
				"source": {"ip": "10.1.1.1", "port": 54924}, "destination": {"ip": "64.1.1.1", "port": 443, "domain": "a.b"}, "network": {"transport": "tcp", "direction": "ingress"}}`,
			"windows/ecs/network_connection",
			map[string]string{"Initiated": `"true"`, "DestinationIp": `"64.1.1.1"`, "DestinationPort": "443", "DestinationHostname": `"a.b"`, "SourceIp": `"10.1.1.1"`, "Protocol": `"tcp"`, "Image": `"C:\\Windows\\System32\\svchost.exe"`},
		}, {
			"ECS flow", `{"event": {"category": ["network"], "type": ["connection"], "action": "network_flow"}, ` + linuxHost + `, "process": {"executable": "/usr/bin/curl", "pid": 7},
				"source": {"ip": "10.1.1.1"}, "destination": {"ip": "64.1.1.1", "port": 443}, "network": {"direction": "egress"}}`,
			"linux/ecs/network_connection", map[string]string{"Initiated": `"true"`, "Image": `"/usr/bin/curl"`},
		}, {
			"ECS name lookup", `{"event": {"category": ["network"], "type": ["connection", "protocol", "info"], "action": "lookup_result"}, ` + windowsHost + `, "process": {` + svchost + `},
				"dns": {"question": {"name": "a.b", "type": "A"}, "resolved_ip": ["1.1.1.1", "2.2.2.2"], "Ext": {"status": 0}}}`,
			"windows/ecs/dns_query", map[string]string{"QueryName": `"a.b"`, "QueryResults": `"1.1.1.1;2.2.2.2"`, "QueryStatus": "0"},
		}, {
			"ECS exec", `{"event": {"category": ["process"], "type": ["start"], "action": "exec"}, ` + linuxHost + `, "process": {"executable": "/usr/bin/id", "args": ["id", "-u"], "parent": {"executable": "/bin/bash"}}}`,
			"linux/ecs/process_creation", map[string]string{"Image": `"/usr/bin/id"`, "CommandLine": `"id -u"`, "ParentImage": `"/bin/bash"`, "User": `"root"`},
		}, {
			"ECS fork and exec in one", `{"event": {"category": ["process"], "type": ["start"], "action": ["fork", "exec"]}, ` + linuxHost + `, "process": {"executable": "/usr/bin/id"}}`,
			"linux/ecs/process_creation", nil,
		}, {
			"ECS fork", `{"event": {"category": ["process"], "type": ["start"], "action": "fork"}, ` + linuxHost + `, "process": {"executable": "/bin/bash"}}`,
			"", nil,
		}, {
			"Auditbeat", `{"event": {"category": ["process"], "type": ["start"], "action": "executed", "module": "auditd"}, "host": {"os": {"family": "redhat", "platform": "centos"}},
				"process": {"executable": "/usr/bin/id", "title": "id -u", "ppid": 3, "working_directory": "/root"}, "user": {"name": "root"}, "auditd": {"session": "4"}}`,
			"linux/ecs/process_creation", map[string]string{"CommandLine": `"id -u"`, "CurrentDirectory": `"/root"`, "LogonId": `"4"`, "ParentProcessId": "3"},
		}, {
			"ECS macOS", `{"event.category": "process", "event.type": "start", "event.action": "exec", "host.os.type": "macos", "process.executable": "/usr/bin/osascript", "process.command_line": "osascript -e x"}`,
			"macos/ecs/process_creation", map[string]string{"Image": `"/usr/bin/osascript"`, "CommandLine": `"osascript -e x"`},
		}, {
			"ECS beside the Windows event", `{"event": {"category": ["process"], "type": ["start"], "code": "1"}, ` + windowsHost + `, "process": {` + svchost + `},
				"winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": "1", "event_data": {"Image": "C:\\real.exe"}}}`,
			"windows/sysmon/process_creation", map[string]string{"Image": `"C:\\real.exe"`},
		}, {
			"ECS in place of the Windows event's data", `{"event": {"category": ["process"], "type": ["start"], "code": "1"}, ` + windowsHost + `, "process": {` + svchost + `},
				"winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": "1"}}`,
			"windows/sysmon/process_creation windows/ecs/process_creation", nil,
		}, {
			"Zeek by Filebeat", `{"zeek": {"session_id": "C1", "dns": {"query": "a.b", "qtype_name": "TXT", "rejected": false, "answers": ["x"]}}, "source": {"address": "10.0.0.1"}, "destination": {"port": 53}}`,
			"zeek/ecs/dns", map[string]string{"query": `"a.b"`, "qtype_name": `"TXT"`, "id.resp_p": "53", "id.orig_h": `"10.0.0.1"`, "uid": `"C1"`},
		}, {
			"Microsoft 365 by Filebeat", `{"o365": {"audit": {"Operation": "New-InboxRule", "Workload": "Exchange", "ResultStatus": "True", "Parameters": {"ForwardTo": "x"}, "ExtendedProperties": {"RequestType": "Cmsi:Cmsi"}}}}`,
			"m365/ecs/audit m365/ecs/threat_management",
			map[string]string{"Operation": `"New-InboxRule"`, "Parameters": `{"ForwardTo":"x"}`, "RequestType": `"Cmsi:Cmsi"`},
		}, {
			"OCSF launch", `{"class_uid": 1007, "activity_id": 1, ` + windows + `, ` + actor + `, "process": {"cmd_line": "reg save", "file": {"path": "C:\\Windows\\System32\\reg.exe",
				"hashes": [{"algorithm": "MD5", "value": "aa"}, {"algorithm": "SHA-256", "value": "bb"}]}, "pid": 4696, "session": {"uid": "0x0"}, "user": {"domain": "-", "name": "-"}}, "unmapped": {"EventCode": "4688"}}`,
			"windows/ocsf/process_creation",
			map[string]string{
				"Image": `"C:\\Windows\\System32\\reg.exe"`, "CommandLine": `"reg save"`, "ParentImage": `"C:\\Windows\\System32\\cmd.exe"`, "ParentProcessId": "3948", "User": `"CORP\\bob"`,
				"LogonId": `"0x55e621"`, "Hashes": `"MD5=AA,SHA256=BB"`, "sha256": `"bb"`, "EventCode": `"4688"`, "process.cmd_line": `"reg save"`,
			},
		}, {
			"OCSF file", `{"class_uid": 1001, "activity_id": 1, ` + windows + `, ` + actor + `, "file": {"path": "C:\\x"}}`,
			"windows/ocsf/file_event", map[string]string{"TargetFilename": `"C:\\x"`, "Image": `"C:\\Windows\\System32\\cmd.exe"`, "User": `"CORP\\bob"`},
		}, {
			"OCSF registry value", `{"class_uid": 201002, "activity_id": 2, "activity_name": "Set", ` + windows + `, ` + actor + `, "reg_value": {"path": "HKEY_LOCAL_MACHINE\\Software\\Run", "name": "x", "data": "calc"}}`,
			"windows/ocsf/registry_set windows/ocsf/registry_event", map[string]string{"TargetObject": `"HKLM\\Software\\Run\\x"`, "Details": `"calc"`, "EventType": `"SetValue"`},
		}, {
			"OCSF connection", `{"class_uid": 4001, "activity_id": 1, ` + windows + `, ` + actor + `, "connection_info": {"direction_id": 2, "protocol_name": "tcp"}, "src_endpoint": {"ip": "10.0.0.1", "port": 5}, "dst_endpoint": {"ip": "1.2.3.4", "port": 443, "hostname": "a.b"}}`,
			"windows/ocsf/network_connection", map[string]string{"Initiated": `"true"`, "DestinationIp": `"1.2.3.4"`, "DestinationHostname": `"a.b"`, "DestinationPort": "443"},
		}, {
			"OCSF flow", `{"class_uid": 4001, "activity_id": 6, "disposition": "Allowed", "src_endpoint": {"ip": "10.0.0.1", "port": 5}, "dst_endpoint": {"ip": "1.2.3.4", "port": 443}, "time": 1615564094000}`,
			"ocsf/firewall", map[string]string{"src_ip": `"10.0.0.1"`, "dst_port": "443", "action": `"Allowed"`},
		}, {
			"OCSF name lookup", `{"class_uid": 4003, "activity_id": 6, "query": {"hostname": "a.b", "type": "TXT"}, "answers": [{"rdata": "x", "type": "TXT"}], "rcode_id": 0, ` + windows + `, ` + actor + `}`,
			"ocsf/dns windows/ocsf/dns_query", map[string]string{"query": `"a.b"`, "record_type": `"TXT"`, "answer": `["x"]`},
		}, {
			"OCSF account change of CloudTrail", `{"class_uid": 3001, "metadata": {"log_name": "AwsApiCall", "product": {"name": "CloudTrail"}}, "api": {"operation": "CreateUser", "service": {"name": "iam.amazonaws.com"}, "response": {"error": null}},
				"actor": {"user": {"type": "AssumedRole", "uid": "arn:a", "uid_alt": "AROA"}}, "unmapped": {"eventType": "AwsApiCall", "requestParameters": {"userName": "test"}, "userIdentity": {"sessionContext": {"sessionIssuer": {"type": "Role"}}}}, "time": 1679072879000}`,
			"aws/ocsf/cloudtrail",
			map[string]string{"eventName": `"CreateUser"`, "eventSource": `"iam.amazonaws.com"`, "errorCode": "-", "userIdentity.arn": `["arn:a","AROA"]`, "requestParameters": `{"userName":"test"}`, "requestParameters.userName": `"test"`, "userIdentity.sessionContext.sessionIssuer.type": `"Role"`},
		}, {
			"OCSF audit of EKS", `{"class_uid": 6003, "api": {"operation": "create", "response": {"code": 201}}, "metadata": {"product": {"name": "Amazon EKS", "version": "audit.k8s.io/v1"}}, "http_request": {"url": {"path": "/api/v1/pods"}, "user_agent": "kubectl"},
				"resources": [{"type": "pods", "namespace": "default"}], "unmapped": {"objectRef": {}, "requestObject": {"spec": {"volumes": [{"hostPath": {"path": "/"}}]}}}}`,
			"kubernetes/ocsf/audit", map[string]string{"verb": `"create"`, "requestURI": `"/api/v1/pods"`, "objectRef.resource": `["pods"]`, "responseStatus.code": "201", "hostPath": `[{"path":"/"}]`},
		}, {
			"OCSF sign-in of Okta", `{"class_uid": 3002, "metadata": {"product": {"name": "Okta", "vendor_name": "Okta"}, "event_code": "user.session.start"}, "status_id": 2, "status_detail": "INVALID_CREDENTIALS", "actor": {"user": {"email_addr": "a@b"}}}`,
			"okta/ocsf/okta", map[string]string{"eventType": `"user.session.start"`, "outcome.result": `"FAILURE"`, "outcome.reason": `"INVALID_CREDENTIALS"`, "actor.alternateId": `"a@b"`},
		}, {
			"OCSF finding", `{"class_uid": 2004, "activity_id": 1, "finding_info": {"title": "x"}, ` + windows + `}`, "", nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := eventOf(t, test.record)
			var names []string
			for _, v := range e.Views() {
				if strings.Contains(v.Name, "/") { // the others are of categories without a product
					names = append(names, v.Name)
				}
			}
			names = slices.Compact(names)
			if got := strings.Join(names, " "); got != test.views {
				t.Errorf("views %q, want %q", got, test.views)
			}
			if test.want != nil {
				fieldsWanted(t, viewOf(t, e, names[0]), test.want)
			}
		})
	}
}

// Values that a rule sees under a name, where the source has them in several
// places or otherwise written.
func TestViewsCloudValues(t *testing.T) {
	for _, test := range deliveries {
		want := map[string]map[string]string{
			"Security Lake with the original":      {"eventName": `"RegisterTaskDefinition"`, "requestParameters.enable": "false", "userIdentity.arn": `"arn"`},
			"Entra audit by Graph":                 {"Status": `["success","why"]`, "ConsentContext.IsAdminConsent": `"False"`, "Category": `"UserManagement"`, "properties.message": `"Update user"`},
			"Entra audit in Log Analytics":         {"targetResources.type": `["User"]`, "properties.result": `"success"`, "ConsentContext.IsAdminConsent": `"x"`},
			"Entra sign-in by diagnostic settings": {"ResultType": `"0"`, "properties.message": `"Device Code"`, "ActivityDetails": `"Sign-ins"`, "location": `"US"`, "NetworkLocationDetails": "[]"},
			"Entra sign-in in Log Analytics":       {"DeviceDetail.trusttype": `""`, "properties.appId": `"app"`, "properties.message": `"ROPC"`, "NetworkLocationDetails": `"[]"`},
			"Azure activity by the REST API":       {"operationName": `"Microsoft.X/Y/delete"`, "CategoryValue": `"Administrative"`, "ResourceProviderValue": `"Microsoft.X"`},
			"Kubernetes of Azure":                  {"verb": `"create"`, "capabilities": `[{"add":["NET_ADMIN"]}]`, "apiGroup": `"apps"`},
			"GCP":                                  {"data.protoPayload.logName": `"cloudaudit.googleapis.com%2Factivity"`, "data.protoPayload.resource.type": `"k8s_cluster"`},
			"Workspace admin by the Reports API":   {"eventService": `"admin.googleapis.com"`, "eventName": `"CHANGE_APPLICATION_SETTING"`, "new_value": `"false"`, "id.applicationName": `"admin"`},
			"Microsoft 365":                        {"RequestType": `"Cmsi:Cmsi"`},
			"Microsoft 365 alerts":                 {"eventName": `["Impossible travel activity","AlertTriggered"]`, "status": `"success"`, "eventSource": `"SecurityComplianceCenter"`},
			"RPC Firewall":                         {"InterfaceUuid": `"367abb81-9844-35f1-ad32-98f038001003"`, "OpNum": `"12"`, "EventLog": `"RPCFW"`},
		}[test.name]
		if want == nil {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			fieldsWanted(t, viewOf(t, eventOf(t, test.record), test.view), want)
		})
	}
}

// The time of an event is the event's, not that of the envelope or of a copy.
func TestViewsCloudTimes(t *testing.T) {
	for _, test := range []struct{ record, source, want string }{
		{`{"time": "2025-01-02T00:00:00Z", "category": "AuditLogs", "properties": {"activityDateTime": "2025-01-01T00:00:00Z"}}`, "properties.activityDateTime", "2025-01-01 00:00:00"},
		{`{"time": "2025-01-02T00:00:00Z", "category": "SignInLogs", "properties": {"createdDateTime": "2025-01-01T00:00:00Z"}}`, "properties.createdDateTime", "2025-01-01 00:00:00"},
		{`{"@timestamp": "2025-01-02T00:00:00Z", "eventVersion": "1", "eventSource": "a", "eventName": "b", "eventTime": "2025-01-01T00:00:00Z"}`, "eventTime", "2025-01-01 00:00:00"},
		{`{"time": "2025-01-02T00:00:00Z", "detail": {"eventSource": "iam.amazonaws.com", "eventName": "b", "eventTime": "2025-01-01T00:00:00Z"}}`, "detail.eventTime", "2025-01-01 00:00:00"},
		{`{"receiveTimestamp": "2025-01-02T00:00:00Z", "protoPayload": {"methodName": "x"}, "timestamp": "2025-01-01T00:00:00Z"}`, "timestamp", "2025-01-01 00:00:00"},
		{`{"@timestamp": 1735689600000, "action": "a.b", "actor": "c", "org": "d", "created_at": 1735776000000}`, "@timestamp", "2025-01-01 00:00:00"},
		{`{"CreationTime": "2025-01-01T00:00:00", "Operation": "a", "Workload": "b", "TimeGenerated": "2025-01-02T00:00:00Z"}`, "CreationTime", "2025-01-01 00:00:00"},
		{`{"class_uid": 4003, "query": {"hostname": "a"}, "time": 1735689600000, "@timestamp": "2025-01-02T00:00:00Z"}`, "time", "2025-01-01 00:00:00"},
		{`{"published": "2025-01-01T00:00:00.000Z", "eventType": "a", "actor": {}, "@timestamp": "2025-01-02T00:00:00Z"}`, "published", "2025-01-01 00:00:00"},
		{`{"id": {"applicationName": "admin", "time": "2025-01-01T00:00:00.000Z"}, "events": [{"name": "x"}], "timestamp": "2025-01-02T00:00:00Z"}`, "id.time", "2025-01-01 00:00:00"},
	} {
		got, source, ok := eventOf(t, test.record).Time()
		if text := got.Format("2006-01-02 15:04:05"); !ok || source != test.source || text != test.want {
			t.Errorf("%s: %s from %q, want %s from %q", test.record, text, source, test.want, test.source)
		}
	}
}
