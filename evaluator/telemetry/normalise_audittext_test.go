package telemetry

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAuditText(t *testing.T) {
	t.Parallel()
	const auoms = `type=AUOMS_EXECVE audit(1652292621.990:84143): node=U5 syscall=execve success=yes ppid=1340 pid=17790 user=tomcat uid=1001 comm="bash" exe="/bin/bash" cwd="/" argc=3 cmdline="bash -c "{echo,x}|{base64,-d}"" redactors= containerid=`
	for _, test := range []struct {
		name, field, line string
		views             string
		want              map[string]string
	}{
		{"agent of Azure", "SyslogMessage", auoms, "linux/auditd/records linux/auditd/process_creation linux/syslog",
			map[string]string{"process.command_line": `bash -c "{echo,x}|{base64,-d}"`, "process.executable": "/bin/bash", "process.parent.pid": "1340", "process.user.name": "tomcat", "Computer": "U5"}},
		{"journal", "MESSAGE", `type=USER_LOGIN msg=audit(1700000000.1:7): pid=1 uid=0 msg='op=login acct="root" exe="/usr/sbin/sshd" res=failed'`, "linux/auditd/records",
			map[string]string{"records.acct": `["root"]`, "records.type": `["USER_LOGIN"]`}},
		{"no line of the daemon", "message", "type=error audit trail is full", "", map[string]string{"message": "type=error audit trail is full"}},
		{"broken line", "message", "type=SYSCALL msg=audit(", "", map[string]string{"message": "type=SYSCALL msg=audit("}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			quoted, err := json.Marshal(test.line)
			if err != nil {
				t.Fatal(err)
			}
			record := `{"Computer": "U5", "` + test.field + `": ` + string(quoted) + `}`
			if test.field == "SyslogMessage" {
				record = strings.Replace(record, "{", `{"SourceSystem": "Linux", `, 1)
			}
			e := eventOf(t, record)
			var names []string
			for _, v := range e.Views() {
				names = append(names, v.Name)
			}
			if got := strings.Join(names, " "); got != test.views {
				t.Errorf("views %q, want %q", got, test.views)
			}
			for field, want := range test.want {
				if v, ok := e.Field(field); !ok || v.Text() != want {
					t.Errorf("%s is %q, want %q", field, v.Text(), want)
				}
			}
		})
	}
}
