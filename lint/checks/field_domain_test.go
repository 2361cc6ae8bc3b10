package checks_test

import (
	"context"
	"path"
	"strings"
	"testing"

	"github.com/socctl/socctl/lint"
)

// domainDefects are values of public rules that their fields never have, by hand:
// all that value/field-domain reports. Each is a branch that is dead.
var domainDefects = map[string]int{
	// Paths that are not absolute.
	"file_event_win_apt_fin7_powershell_scripts_naming_convention.yml":         1, // host_ip.ps1
	"image_load_apt_lazarus_side_load_activity.yml":                            1, // :\ProgramShared\…, without contains
	"file_delete_win_delete_exchange_powershell_logs.yml":                      1, // \Logging\…, with startswith
	"file_event_win_susp_double_extension.yml":                                 1, // /usr/share, in a Windows rule
	"image_load_side_load_edputil.yml":                                         1, // C\Windows, without a colon
	"image_load_side_load_rjvplatform_non_default_location.yml":                1, // \SystemResetPlatform.exe
	"image_load_side_load_robform.yml":                                         2, // a space before C:
	"proc_creation_win_agentexecutor_potential_abuse.yml":                      1, // \AgentExecutor.exe
	"proc_creation_win_dump64_defender_av_bypass_rename.yml":                   1, // :\Program Files, with startswith
	"proc_creation_win_powershell_non_interactive_execution.yml":               1, // :\$WINDOWS.~BT\…, without endswith
	"proc_creation_win_remote_access_tools_teamviewer_incoming_connection.yml": 2, // TeamViewer_Desktop.exe
	"proc_creation_win_dfsvc_child_processes.yml":                              1, // ends in a backslash; so do the next
	"net_connection_win_adws_unusual_connection.yml":                           1,
	"registry_delete_removal_com_hijacking_registry_key.yml":                   2,
	"registry_set_sentinelone_shell_context_tampering.yml":                     2,

	// Names of files with a backslash.
	"proc_creation_win_esentutl_sensitive_file_copy.yml":    1,
	"proc_creation_win_hktl_inveigh.yml":                    2,
	"proc_creation_win_msiexec_dll.yml":                     1,
	"proc_creation_win_msiexec_masquerading.yml":            1,
	"proc_creation_win_mssql_sqltoolsps_susp_execution.yml": 1,
	"proc_creation_win_nslookup_poweshell_download.yml":     1,
	"proc_creation_win_regsvr32_remote_share.yml":           1,
	"proc_creation_win_rpcping_credential_capture.yml":      1,
	"proc_creation_win_susp_use_of_te_bin.yml":              1,
}

// TestPublicFieldDomains shows that the check finds these defects and nothing else,
// and that it says of each that it rests on the table.
func TestPublicFieldDomains(t *testing.T) {
	check := catalogue.Find("value/field-domain")
	only := lint.NewCatalogue([]*lint.Check{check})
	result, err := lint.Run(context.Background(), publicRules(t), only, lint.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, f := range of(result, check) {
		found[path.Base(f.Span.Path())]++
		if !strings.HasSuffix(f.Message, ", by the table of fields") {
			t.Errorf("%s: it is not said that it rests on the table: %s", f.Span, f.Message)
		}
	}
	for file, n := range domainDefects {
		if found[file] != n {
			t.Errorf("%s: %d findings, want %d", file, found[file], n)
		}
	}
	for file, n := range found {
		if domainDefects[file] == 0 {
			t.Errorf("%s: %d findings that nobody has looked at", file, n)
		}
	}
}
