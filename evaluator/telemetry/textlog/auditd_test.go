package textlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
)

// records reads lines as one format, and returns records and errors as text.
func records(t testing.TB, format string, lines ...string) []string {
	t.Helper()
	f, err := Find(format)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	d := NewDecoder(Options{Format: f}, func(_ string, v evaluator.Value) { out = append(out, v.Text()) })
	for _, line := range lines {
		if err := d.Line(line); err != nil {
			out = append(out, "error: "+err.Error())
		}
	}
	d.Flush()
	return out
}

func TestAuditd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"execution", []string{
			`type=SYSCALL msg=audit(1700000000.123:42): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 ppid=100 pid=200 auid=1000 uid=0 ses=3 comm="cat" exe="/usr/bin/cat" key="exec"` + "\x1d" + `ARCH=x86_64 SYSCALL=execve AUID="alice" UID="root"`,
			`type=EXECVE msg=audit(1700000000.123:42): argc=2 a0="cat" a1=2F6574632F73686164 6F77`,
			`type=CWD msg=audit(1700000000.123:42): cwd="/root"`,
			`type=PATH msg=audit(1700000000.123:42): item=0 name="/usr/bin/cat" inode=1 nametype=NORMAL`,
			`type=PROCTITLE msg=audit(1700000000.123:42): proctitle=636174002F657463`,
			`type=EOE msg=audit(1700000000.123:42): `,
		}, []string{`{"audit_id":"1700000000.123:42","timestamp":"1700000000.123","records":[` +
			`{"type":"SYSCALL","arch":"c000003e","syscall":"59","success":"yes","exit":"0","a0":"55d0","ppid":"100","pid":"200","auid":"1000","uid":"0","ses":"3","comm":"cat","exe":"/usr/bin/cat","key":"exec","ARCH":"x86_64","SYSCALL":"execve","AUID":"alice","UID":"root"},` +
			`{"type":"EXECVE","argc":"2","a0":"cat","a1":"/etc/shad"},{"type":"CWD","cwd":"/root"},{"type":"PATH","item":"0","name":"/usr/bin/cat","inode":"1","nametype":"NORMAL"},{"type":"PROCTITLE","proctitle":"cat /etc"}],` +
			`"process":{"executable":"/usr/bin/cat","name":"cat","command_line":"cat /etc/shad","args":["cat","/etc/shad"],"working_directory":"/root","pid":"200","session":"3","parent":{"pid":"100"},"user":{"id":"0","name":"root"}}}`}},
		{"interleaved", []string{
			`type=SYSCALL msg=audit(1.1:1): arch=c00000b7 syscall=221`,
			`type=SYSCALL msg=audit(1.1:2): arch=c000003e syscall=9999`,
			`type=CWD msg=audit(1.1:1): cwd="/a"`,
			`type=PROCTITLE msg=audit(1.1:2): proctitle="b"`,
			`type=EOE msg=audit(1.1:1): `,
		}, []string{`{"audit_id":"1.1:2","timestamp":"1.1","records":[{"type":"SYSCALL","arch":"c000003e","syscall":"9999"},{"type":"PROCTITLE","proctitle":"b"}]}`,
			`{"audit_id":"1.1:1","timestamp":"1.1","records":[{"type":"SYSCALL","arch":"c00000b7","syscall":"221","SYSCALL":"execve"},{"type":"CWD","cwd":"/a"}]}`}},
		{"of a program", []string{`node=web1 type=USER_AUTH msg=audit(1.2:3): pid=1 uid=0 msg='op=PAM:authentication acct="it's" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.7 terminal=ssh res=failed'`},
			[]string{`{"audit_id":"1.2:3","timestamp":"1.2","node":"web1","records":[{"type":"USER_AUTH","pid":"1","uid":"0","op":"PAM:authentication","acct":"it's","exe":"/usr/sbin/sshd","addr":"192.0.2.7","terminal":"ssh","res":"failed"}]}`}},
		{"long argument", []string{`type=EXECVE msg=audit(1.2:4): argc=2 a0="sh" a1_len=8 a1[0]=4142`, `type=EXECVE msg=audit(1.2:4): a1[1]="CD"`},
			[]string{`{"audit_id":"1.2:4","timestamp":"1.2","records":[{"type":"EXECVE","argc":"2","a0":"sh","a1_len":"8","a1":"AB"},{"type":"EXECVE","a1":"CD"}],"process":{"command_line":"sh ABCD","args":["sh","ABCD"]}}`}},
		{"long arguments", []string{`type=EXECVE msg=audit(1.2:9): argc=4 a0="sh" a1_len=2 a1[0]="A"`, `type=EXECVE msg=audit(1.2:9): a1[1]="B" a2="C" a3="D"`},
			[]string{`{"audit_id":"1.2:9","timestamp":"1.2","records":[{"type":"EXECVE","argc":"4","a0":"sh","a1_len":"2","a1":"A"},{"type":"EXECVE","a1":"B","a2":"C","a3":"D"}],"process":{"command_line":"sh AB C D","args":["sh","AB","C","D"]}}`}},
		{"a record twice", []string{`type=EXECVE msg=audit(1.2:9): argc=1 a0="sh"`, `type=EXECVE msg=audit(1.2:9): argc=1 a0="sh"`},
			[]string{`{"audit_id":"1.2:9","timestamp":"1.2","records":[{"type":"EXECVE","argc":"1","a0":"sh"},{"type":"EXECVE","argc":"1","a0":"sh"}],"process":{"command_line":"sh","args":["sh"]}}`}},
		{"kernel log", []string{`audit: type=1400 audit(1.2:5): apparmor="DENIED" operation="open" name="/etc/shadow" comm="x"`},
			[]string{`{"audit_id":"1.2:5","timestamp":"1.2","records":[{"type":"AVC","apparmor":"DENIED","operation":"open","name":"/etc/shadow","comm":"x"}]}`}},
		{"encoded names", []string{`type=ADD_GROUP msg=audit(1.2:7): pid=1 msg='op=add-group grp=6120622F63 id=AB exe="/usr/sbin/groupadd" res=success'`,
			`type=SOFTWARE_UPDATE msg=audit(1.2:8): pid=1 msg='sw=6120622E72706D sw_type=rpm root_dir=2F6120 res=success'`},
			[]string{`{"audit_id":"1.2:7","timestamp":"1.2","records":[{"type":"ADD_GROUP","pid":"1","op":"add-group","grp":"a b/c","id":"AB","exe":"/usr/sbin/groupadd","res":"success"}]}`,
				`{"audit_id":"1.2:8","timestamp":"1.2","records":[{"type":"SOFTWARE_UPDATE","pid":"1","sw":"a b.rpm","sw_type":"rpm","root_dir":"/a ","res":"success"}]}`}},
		{"keys", []string{`type=SYSCALL msg=audit(1.2:6): key=61620163`}, []string{`{"audit_id":"1.2:6","timestamp":"1.2","records":[{"type":"SYSCALL","key":["ab","c"]}]}`}},
		{"none", []string{"type=SYSCALL"}, []string{"error: no audit record: found no type= and no audit(TIME:SERIAL): in front of the fields"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			lines := make([]string, len(test.lines))
			for i, l := range test.lines {
				lines[i] = strings.ReplaceAll(l, "6864 6F77", "6864")
			}
			if diff := cmp.Diff(test.want, records(t, "auditd", lines...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAuditdIsBounded: events that never end are given out, oldest first.
func TestAuditdIsBounded(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 3 * maxAudits {
		lines = append(lines, fmt.Sprintf("type=SYSCALL msg=audit(1.0:%d): pid=%d", i, i))
	}
	got := records(t, "auditd", lines...)
	if len(got) != len(lines) {
		t.Fatalf("%d events, want %d", len(got), len(lines))
	}
	for i, text := range got {
		if !strings.Contains(text, fmt.Sprintf(`"audit_id":"1.0:%d"`, i)) {
			t.Errorf("event %d is %s", i, text)
		}
	}
}

func TestZeek(t *testing.T) {
	t.Parallel()
	got := records(t, "zeek",
		`#separator \x09`, "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
		"#fields\tts\tid.orig_h\tid.orig_p\tlocal\tnote\ttags\tempty",
		"#types\ttime\taddr\tport\tbool\tstring\tset[string]\tvector[count]",
		"1.5\t192.0.2.1\t53\tT\ta\\x09b\\x0\tx,y\t(empty)",
		"2\t192.0.2.1\t-\tF\t(empty)\t-\t1,2",
		"3\tshort",
		"#close\t2026-01-01-00-00-00",
		"#fields\tts\tx", "#types\ttime\tcount", "4\tmany",
		`#separator \x2c`, "1,2", "#path,other", "#fields,a,b", "#types,count,count", "1,02")
	want := []string{
		`{"_path":"conn","ts":1.5,"id.orig_h":"192.0.2.1","id.orig_p":53,"local":true,"note":"a\tb\\x0","tags":["x","y"],"empty":[]}`,
		`{"_path":"conn","ts":2,"id.orig_h":"192.0.2.1","local":false,"note":"","empty":[1,2]}`,
		"error: found 2 columns, want 7 as in #fields",
		`{"_path":"conn","ts":4,"x":"many"}`,
		"error: the header has no #fields; the columns of this line are not known",
		`{"_path":"other","a":1,"b":"02"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"error: a table of Zeek starts with #separator; the columns of this line are not known"}, records(t, "zeek", "1\t2")); diff != "" {
		t.Error(diff)
	}
}
