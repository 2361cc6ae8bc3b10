package textlog

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// maxArguments bounds the arguments that are put together.
const maxArguments = 10_000

// AuditProcess returns what the records of an audit event say of a program that
// it runs, under the names of the Elastic Common Schema. False means that none
// of the records is an EXECVE.
func AuditProcess(records []evaluator.Value) (evaluator.Value, bool) {
	var syscall, execve, cwd, title evaluator.Value
	var args []evaluator.Value
	for _, r := range records {
		kind, _ := r.Member("type")
		switch kind.Text() {
		case "SYSCALL":
			syscall = r
		case "EXECVE":
			execve = r
			args = append(args, auditArguments(r, len(args))...)
		case "CWD":
			cwd = r
		case "PROCTITLE":
			title = r
		}
	}
	if execve.IsNull() {
		return evaluator.Value{}, false
	}
	p := process{}
	p.add("executable", syscall, "exe")
	p.add("name", syscall, "comm")
	line := joined(args)
	if line == "" {
		if v, ok := title.Member("proctitle"); ok {
			line = v.Text()
		}
	}
	p.members = append(p.members, text("command_line", line), evaluator.Member{Name: "args", Value: evaluator.ListValue(args...)})
	p.add("working_directory", cwd, "cwd")
	p.add("pid", syscall, "pid")
	p.add("session", syscall, "ses")
	p.add("tty", syscall, "tty")
	if v, ok := syscall.Member("ppid"); ok {
		p.members = append(p.members, evaluator.Member{Name: "parent", Value: evaluator.ObjectValue(evaluator.Member{Name: "pid", Value: v})})
	}
	user := process{}
	user.add("id", syscall, "uid")
	user.add("name", syscall, "UID")
	if len(user.members) > 0 {
		p.members = append(p.members, evaluator.Member{Name: "user", Value: evaluator.ObjectValue(user.members...)})
	}
	return evaluator.ObjectValue(p.members...), true
}

type process struct{ members []evaluator.Member }

func (p *process) add(name string, record evaluator.Value, field string) {
	if v, ok := record.Member(field); ok && v.Text() != "" {
		p.members = append(p.members, evaluator.Member{Name: name, Value: v})
	}
}

// auditArguments returns a0, a1 … of a record from the n-th on.
func auditArguments(execve evaluator.Value, n int) []evaluator.Value {
	var args []evaluator.Value
	for ; n < maxArguments; n++ {
		v, ok := execve.Member(fmt.Sprintf("a%d", n))
		if !ok {
			break
		}
		args = append(args, v)
	}
	return args
}

func joined(args []evaluator.Value) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.Text()
	}
	return strings.Join(texts, " ")
}
