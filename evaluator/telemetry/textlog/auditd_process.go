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
			args = auditArguments(r, args)
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

// auditArguments appends a0, a1 … of a record to those of the records before. A long
// argument goes on in the next record, which does not repeat argc.
func auditArguments(execve evaluator.Value, args []evaluator.Value) []evaluator.Value {
	if last := len(args) - 1; last >= 0 {
		_, first := execve.Member("argc")
		if v, ok := execve.Member(fmt.Sprintf("a%d", last)); ok && !first {
			args[last] = evaluator.StringValue(args[last].Text() + v.Text())
		}
	}
	for len(args) < maxArguments {
		v, ok := execve.Member(fmt.Sprintf("a%d", len(args)))
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
