package telemetry

import (
	"strings"
	"sync"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// viewOf returns one view of an event, by name.
func viewOf(t *testing.T, e *Event, name string) evaluator.Event {
	t.Helper()
	for _, v := range e.Views() {
		if v.Name == name {
			return v.Event
		}
	}
	t.Fatalf("no view %s, only %s", name, viewNames(e))
	return nil
}

func TestViewFields(t *testing.T) {
	const security = `{"Channel": "Security", "EventID": 4688, "SubjectUserSid": "S-1-5-18", "SubjectDomainName": "CORP", "SubjectUserName": "WS1$",
		"SubjectLogonId": "0x3E7", "NewProcessId": "0x1a2c", "NewProcessName": "C:\\Windows\\System32\\cmd.exe", "ProcessId": "0x378",
		"ParentProcessName": "C:\\Windows\\explorer.exe", "CommandLine": "cmd /c whoami", "MandatoryLabel": "S-1-16-12288"`
	tests := []struct {
		name, record, view string
		want               map[string]string
	}{
		{
			"4688 without a target", security + `, "TargetUserName": "-", "TargetDomainName": "-", "TargetLogonId": "0x0"}`,
			"windows/security/process_creation",
			map[string]string{
				"Image": `"C:\\Windows\\System32\\cmd.exe"`, "ParentImage": `"C:\\Windows\\explorer.exe"`, "CommandLine": `"cmd /c whoami"`,
				"ProcessId": `"6700"`, "ParentProcessId": `"888"`, "User": `"CORP\\WS1$"`, "LogonId": `"0x3e7"`, "IntegrityLevel": `"High"`,
				"OriginalFileName": "-", "NewProcessName": `"C:\\Windows\\System32\\cmd.exe"`,
			},
		}, {
			"4688 with a target", security + `, "TargetUserName": "alice", "TargetDomainName": "CORP", "TargetLogonId": "0x7E2AA"}`,
			"windows/security/process_creation",
			map[string]string{"User": `"CORP\\alice"`, "LogonId": `"0x7e2aa"`},
		}, {
			"4688 natively", security + `}`, "windows/security",
			map[string]string{"ProcessId": `"0x378"`, "Image": "-", "MandatoryLabel": `"S-1-16-12288"`},
		}, {
			"4688 lacking the new id", `{"Channel": "Security", "EventID": 4688, "ProcessId": "0x378", "SubjectLogonId": 999, "MandatoryLabel": "S-1-16-1"}`,
			"windows/security/process_creation",
			map[string]string{"ProcessId": "-", "ParentProcessId": `"888"`, "User": "-", "LogonId": `"0x3e7"`, "IntegrityLevel": `"S-1-16-1"`},
		}, {
			"4657 value", `{"Channel": "Security", "EventID": 4657, "OperationType": "%%1905", "ProcessName": "C:\\Windows\\regedit.exe", "ProcessId": "0x10",
				"SubjectDomainName": "CORP", "SubjectUserName": "bob", "ObjectValueName": "Start", "NewValue": "4", "NewValueType": "%%1876",
				"ObjectName": "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\WinDefend"}`,
			"windows/security/registry_set",
			map[string]string{
				"TargetObject": `"HKLM\\System\\CurrentControlSet\\Services\\WinDefend\\Start"`, "Details": `"DWORD (0x00000004)"`,
				"EventType": `"SetValue"`, "Image": `"C:\\Windows\\regedit.exe"`, "User": `"CORP\\bob"`, "ProcessId": `"16"`,
			},
		}, {
			"4657 user hive, text", `{"Channel": "Security", "EventID": 4657, "OperationType": "New registry value created", "NewValue": "calc", "NewValueType": "%%1873",
				"ObjectName": "\\REGISTRY\\USER\\S-1-5-21\\Run", "ObjectValueName": "-"}`,
			"windows/security/registry_add",
			map[string]string{"TargetObject": `"HKU\\S-1-5-21\\Run"`, "Details": `"calc"`, "EventType": `"CreateKey"`},
		}, {
			"4657 deletion", `{"Channel": "Security", "EventID": 4657, "OperationType": "%%1906", "NewValue": "-", "ObjectName": "\\REGISTRY\\MACHINEX\\a", "ObjectValueName": "v"}`,
			"windows/security/registry_delete",
			map[string]string{"TargetObject": `"\\REGISTRY\\MACHINEX\\a\\v"`, "Details": "-", "EventType": `"DeleteValue"`},
		}, {
			"4657 quad word", `{"Channel": "Security", "EventID": 4657, "OperationType": "%%1905", "NewValue": "4294967297", "NewValueType": "%%1883", "ObjectName": "x"}`,
			"windows/security/registry_event",
			map[string]string{"Details": `"QWORD (0x00000001-0x00000001)"`, "TargetObject": `"x"`},
		}, {
			"5156", `{"Channel": "Security", "EventID": 5156, "Application": "\\device\\harddiskvolume3\\a.exe", "Direction": "%%14593", "Protocol": 6,
				"SourceAddress": "10.0.0.1", "SourcePort": "5000", "DestAddress": "1.2.3.4", "DestPort": "443", "ProcessID": "77"}`,
			"windows/security/network_connection",
			map[string]string{
				"Image": `"\\device\\harddiskvolume3\\a.exe"`, "Initiated": `"true"`, "Protocol": `"tcp"`, "SourceIp": `"10.0.0.1"`,
				"SourcePort": `"5000"`, "DestinationIp": `"1.2.3.4"`, "DestinationPort": `"443"`, "ProcessId": `"77"`,
			},
		}, {
			"Sysmon hashes", `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 7, "Hashes": "SHA1=AA,MD5=BB,SHA256=CC,IMPHASH=DD"}`,
			"windows/sysmon/image_load",
			map[string]string{"sha1": `"AA"`, "md5": `"BB"`, "sha256": `"CC"`, "Imphash": `"DD"`, "Hashes": `"SHA1=AA,MD5=BB,SHA256=CC,IMPHASH=DD"`},
		}, {
			"Sysmon one hash", `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 15, "Hash": "MD5=BB"}`,
			"windows/sysmon/create_stream_hash", map[string]string{"md5": `"BB"`, "sha1": "-"},
		}, {
			"WMI 5861", `{"Channel": "Microsoft-Windows-WMI-Activity/Operational", "EventID": 5861, "PossibleCause": "Binding EventFilter"}`,
			"windows/wmi/wmi_event", map[string]string{"Destination": `"Binding EventFilter"`},
		}, {
			"Defender", `{"Channel": "Microsoft-Windows-Windows Defender/Operational", "EventID": 1116, "Threat Name": "EICAR", "Path": "file:_C:\\x.com"}`,
			"windows/windefend/antivirus", map[string]string{"Signature": `"EICAR"`, "Filename": `"C:\\x.com"`},
		}, {
			"CloudTrail", `{"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "sourceIPAddress": "1.2.3.4"}`,
			"aws/cloudtrail", map[string]string{"src_ip": `"1.2.3.4"`},
		}, {
			"Azure audit log", `{"category": "AuditLogs", "operationName": "Add user", "properties": {"category": "UserManagement", "result": "success", "loggedByService": "Core Directory",
				"targetResources": [{"type": "User", "modifiedProperties": [{"displayName": "A", "newValue": "1"}, {"displayName": "B", "newValue": "2"}]}],
				"additionalDetails": [{"key": "ConsentContext.IsAdminConsent", "value": "True"}]}}`,
			"azure/auditlogs",
			map[string]string{
				"OperationName": `"Add user"`, "properties.message": `"Add user"`, "LoggedByService": `"Core Directory"`, "category": `"UserManagement"`, "Status": `"success"`,
				"TargetResources.ModifiedProperties.DisplayName": `["A","B"]`, "targetResources.type": `["User"]`, "ConsentContext.IsAdminConsent": `"True"`, "Nothing": "-",
			},
		}, {
			"Azure sign-in", `{"category": "SignInLogs", "resultType": "50126", "properties": {"deviceDetail": {"trustType": "x"}, "authenticationRequirement": "singleFactorAuthentication", "clientAppUsed": "IMAP"}}`,
			"azure/signinlogs",
			map[string]string{"ResultType": `"50126"`, "DeviceDetail.trusttype": `"x"`, "AuthenticationRequirement": `"singleFactorAuthentication"`, "ClientApp": `"IMAP"`},
		}, {
			"Azure activity", `{"category": "Administrative", "operationName": {"value": "MICROSOFT.X/Y/WRITE"}, "resourceId": "/s/1"}`,
			"azure/activitylogs",
			map[string]string{"operationName": `"MICROSOFT.X/Y/WRITE"`, "OperationNameValue": `"MICROSOFT.X/Y/WRITE"`, "ResourceId": `"/s/1"`},
		}, {
			"GCP audit", `{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": "v1.x", "serviceName": "compute", "authorizationInfo": [{"granted": true}]}, "resource": {"type": "gce"}}`,
			"gcp/gcp.audit",
			map[string]string{"gcp.audit.method_name": `"v1.x"`, "data.protoPayload.serviceName": `"compute"`, "data.protoPayload.authorizationInfo.granted": "[true]", "data.protoPayload.resource.type": `"gce"`},
		}, {
			"Google Workspace", `{"protoPayload": {"serviceName": "admin.googleapis.com", "metadata": {"event": [{"eventName": "CHANGE_APPLICATION_SETTING", "parameter": [{"name": "NEW_VALUE", "value": "true"}, {"name": "SETTING_NAME", "value": "x"}]}]}}}`,
			"gcp/google_workspace.admin",
			map[string]string{"eventService": `"admin.googleapis.com"`, "eventName": `"CHANGE_APPLICATION_SETTING"`, "new_value": `"true"`, "setting_name": `"x"`},
		}, {
			"Kubernetes audit", `{"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "create", "objectRef": {"resource": "pods"}, "requestObject": {"spec": {"volumes": [{"hostPath": {"path": "/"}}]}}}`,
			"kubernetes/audit", map[string]string{"hostPath": `[{"path":"/"}]`, "capabilities": "-", "objectRef.resource": `"pods"`},
		}, {
			"RPC firewall", `{"EventLog": "RPCFW", "EventID": 3, "InterfaceUuid": "367abb81", "OpNum": "0"}`,
			"rpc_firewall", map[string]string{"EventLog": `"RPCFW"`, "EventID": "3"},
		}, {
			"RPC firewall from its channel", `{"Event": {"System": {"Channel": "RPCFW", "EventID": 3}, "EventData": {"InterfaceUuid": "367abb81"}}}`,
			"rpc_firewall", map[string]string{"EventLog": `"RPCFW"`, "InterfaceUuid": `"367abb81"`},
		}, {
			"Zeek with flat ids", `{"@stream": "dns", "id_resp_p": 53, "query": "x.y", "qtype_name": "TXT", "answers": ["a"]}`,
			"zeek/dns", map[string]string{"id.resp_p": "53", "record_type": `"TXT"`, "answer": `["a"]`, "query": `"x.y"`},
		}, {
			"proxy", `{"c-uri": "https://a.b/x/y.EXE?id=1#f", "cs-host": "a.b", "cs-method": "GET", "cs-user-agent": "curl"}`,
			"proxy",
			map[string]string{
				"cs-uri": `"https://a.b/x/y.EXE?id=1#f"`, "c-uri-query": `"id=1"`, "c-uri-stem": `"/x/y.EXE"`, "c-uri-extension": `"EXE"`,
				"r-dns": `"a.b"`, "c-useragent": `"curl"`,
			},
		}, {
			"web request", `{"cs-method": "GET", "c-uri": "/a/b.php?x=${jndi:ldap://e}", "cs(Referer)": "r"}`,
			"webserver",
			map[string]string{"cs-uri-stem": `"/a/b.php"`, "cs-uri-query": `["x=${jndi:ldap://e}","/a/b.php?x=${jndi:ldap://e}"]`, "cs-referer": `"r"`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fieldsWanted(t, viewOf(t, eventOf(t, test.record), test.view), test.want)
		})
	}
}

func TestViewsDetect(t *testing.T) {
	tests := []struct{ record, want string }{
		{`{"Channel": "microsoft-windows-sysmon/OPERATIONAL", "EventID": "14"}`, "windows/sysmon/registry_rename windows/sysmon/registry_event"},
		{`{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 12, "EventType": "createkey"}`, "windows/sysmon/registry_add windows/sysmon/registry_event"},
		{`{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 200}`, "windows/sysmon"},
		{`{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 27}`, "windows/sysmon/file_block_executable windows/sysmon/file_block_executable"},
		{`{"Channel": "Microsoft-Windows-AppLocker/EXE and DLL", "EventID": 8004}`, "windows/applocker"},
		{`{"Channel": "Directory Service", "EventID": 102}`, "windows"},
		{`{"Channel": "Microsoft-Windows-WMI-Activity/Operational", "EventID": 5861}`, "windows/wmi/wmi_event windows/wmi"},
		{`{"Provider_Name": "Linux-Sysmon", "EventID": 11, "TargetFilename": "/tmp/x"}`, "linux/sysmon/file_event"},
		{`{"Provider_Name": "Linux-Sysmon", "EventID": 200}`, "linux/sysmon"},
		{`{"type": "EXECVE", "a0": "id"}`, "linux/auditd"},
		{`{"type": "unknown"}`, ""},
		{`{"eventType": "user.session.start", "published": "x", "actor": {"alternateId": "a"}}`, "okta/okta"},
		{`{"action": "repo.create", "actor": "a", "org": "b"}`, "github/audit"},
		{`{"auditType": {"action": "a", "category": "b"}}`, "bitbucket/audit"},
		{`{"RecordType": 1, "Operation": "New-InboxRule", "Workload": "Exchange"}`, "m365/audit m365/threat_management/audit m365/threat_management/audit m365/threat_management/audit"},
		{`{"eventSource": "SecurityComplianceCenter", "eventName": "x", "status": "success"}`, "m365/threat_management m365/threat_management m365/threat_management"},
		{`{"riskEventType": "leakedCredentials"}`, "azure/riskdetection azure/riskdetection"},
		{`{"event_type_id": 17}`, "onelogin/onelogin.events"},
		{`{"logtype": 4002, "node_id": "c1"}`, "opencanary"},
		{`{"_path": "smb_files", "ts": 1, "path": "\\\\a"}`, "zeek/smb_files"},
		{`{"cs-method": "GET", "cs-uri-stem": "/", "sc-status": 200}`, "webserver"},
		{`{"query": "a.b", "record_type": "A"}`, "dns"},
		{`{"src_ip": "a", "dst_ip": "b", "action": "block"}`, "firewall"},
		{`{"source": {"ip": "a"}, "destination": {"ip": "b", "port": 22}}`, "netflow"},
		{`{"source.ip": "a", "destination.ip": "b", "destination.port": 22}`, "netflow"},
		{`{"Signature": "EICAR", "Filename": "x"}`, "antivirus"},
		{`{"id": {"applicationName": "login"}, "events": [{"name": "login_failure"}]}`, "gcp/google_workspace.login/reports"},
		{`{}`, ""},
	}
	for _, test := range tests {
		if got := viewNames(eventOf(t, test.record)); got != test.want {
			t.Errorf("%s has views %q, want %q", test.record, got, test.want)
		}
	}
}

func TestViewsByFileName(t *testing.T) {
	r := recordOf(t, `{"ts": 1588205198.8, "uid": "C1", "query": "a.b"}`)
	r.Source = "logs/2020/dns.2020-04-30.log.gz"
	if got := viewNames(NewNormaliser(nil).Event(r)); got != "zeek/dns" {
		t.Errorf("views %q", got)
	}
}

func TestViewsLogsource(t *testing.T) {
	e := eventOf(t, `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1}`)
	for _, rule := range []logsource.Logsource{
		{Category: "process_creation", Product: "windows"}, {Product: "windows", Service: "sysmon"},
		{Product: "windows"}, {Category: "process_creation", Product: "windows", Service: "sysmon"},
	} {
		if !satisfied(e, rule) {
			t.Errorf("a Sysmon process creation does not satisfy %s", rule)
		}
	}
	again := eventOf(t, `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1}`)
	if len(e.Views()) != 1 || len(again.Views()) != 1 {
		t.Fatalf("%d views", len(e.Views()))
	}
}

// TestViewsOverride routes by a table with a view of the user's own.
func TestViewsOverride(t *testing.T) {
	own, err := logsource.Parse("own.yml", []byte(`
views:
  - name: acme/edr
    logsource: {category: process_creation, product: windows}
    when: {vendor: {startswith: acme}, kind: {endswith: start}, tags: {contains: prod}, test: {not: yes}}
    native: false
    fields: {Image: proc.path, Tool: {from: tool, transform: lower}}
  - name: windows/security
    logsource: {product: windows, service: security}
    when: {Channel: [Security, ForwardedEvents], EventID: {exists: true}}
  - name: acme/agent
    logsource: {product: windows, service: acme}
    when: {Provider_Name: AcmeAgent}
`))
	if err != nil {
		t.Fatal(err)
	}
	n := NewNormaliser(logsource.Default().With(own))
	e := n.Event(recordOf(t, `{"vendor": "ACME Inc", "kind": "process-start", "tags": ["x", "PRODUCTION"], "proc": {"path": "a"}, "tool": "X"}`))
	fieldsWanted(t, viewOf(t, e, "acme/edr"), map[string]string{"Image": `"a"`, "proc.path": "-", "vendor": "-", "Tool": `"x"`})
	var walked []string
	viewOf(t, e, "acme/edr").(evaluator.Walker).Walk(func(v evaluator.Value) bool {
		walked = append(walked, v.Text())
		return true
	})
	if strings.Join(walked, " ") != "a x" {
		t.Errorf("a view without native fields walks %v", walked)
	}
	for record, want := range map[string]string{
		`{"vendor": "ACME", "kind": "start", "tags": "prod", "test": "yes"}`:               "",
		`{"vendor": "other", "kind": "start", "tags": "prod"}`:                             "",
		`{"Channel": "ForwardedEvents", "EventID": 4624}`:                                  "windows/security",
		`{"Channel": "Acme", "EventID": 1, "Provider_Name": "acmeagent"}`:                  "acme/agent",
		`{"Channel": "Application", "EventID": 1, "Provider_Name": "acmeagent"}`:           "windows/application acme/agent",
		`{"Channel": "Security", "EventID": 4688, "Provider_Name": "Microsoft-Windows-X"}`: "windows/security/process_creation windows/security",
	} {
		if got := viewNames(n.Event(recordOf(t, record))); got != want {
			t.Errorf("%s has views %q, want %q", record, got, want)
		}
	}
}

func TestViewsConcurrently(t *testing.T) {
	n := NewNormaliser(nil)
	e := n.Event(recordOf(t, `{"Channel": "Security", "EventID": 4688, "NewProcessName": "a"}`))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, v := range e.Views() {
				v.Event.Field("Image")
			}
			n.Event(e.Record()).Fingerprint()
		})
	}
	group.Wait()
}

func TestExplain(t *testing.T) {
	n := NewNormaliser(nil)
	e := n.Event(recordOf(t, `{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 12, "EventType": "RenameKey"}`))
	var lines []string
	for _, x := range n.Explain(e) {
		line := x.View.Name
		switch {
		case x.Used:
			line += " used"
		case x.Matched:
			line += " covered"
		}
		for _, c := range x.Conditions {
			if !c.Holds {
				line += " (" + c.Condition.String() + ", but " + c.Value.Text() + ")"
			}
		}
		lines = append(lines, line)
	}
	want := `windows/sysmon/registry_event used
windows/sysmon covered
windows covered
windows/sysmon/registry_add (EventType is CreateKey, but RenameKey)
windows/sysmon/registry_delete (EventType is DeleteKey or DeleteValue, but RenameKey)`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("Explain:\n%s\nwant:\n%s", got, want)
	}
	e = n.Event(recordOf(t, `{"action": "x", "actor": "y"}`))
	explained := n.Explain(e)
	if len(explained) == 0 || explained[0].View.Name != "github/audit" || explained[0].Matched {
		t.Errorf("no near miss of github/audit: %v", explained)
	}
}
