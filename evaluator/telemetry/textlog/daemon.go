package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Log files that daemons write without syslog, of which rules exist:
//
//	Wed Oct 11 14:32:52 2000 [pid 3] [user] FAIL LOGIN: Client "1.2.3.4"          vsftpd
//	Wed Oct 11 14:32:52 2000 -> /tmp/x: Eicar-Signature FOUND                    ClamAV

func newDaemon(*Options) parser { return single{claimsDaemon, readDaemon} }

const daemonTime = "Wed Oct 11 14:32:52 2000"

func claimsDaemon(line string) bool {
	if len(line) < len(daemonTime)+4 || line[3] != ' ' || !isMonth(line[4:7]) || line[7] != ' ' || line[13] != ':' || line[19] != ' ' || digits(line[20:]) != 4 {
		return false
	}
	return daemonProgram(line[len(daemonTime):]) != ""
}

func daemonProgram(rest string) string {
	switch {
	case strings.HasPrefix(rest, " [pid "):
		return "vsftpd"
	case strings.HasPrefix(rest, " -> "):
		return "clamd"
	}
	return ""
}

func readDaemon(line string) ([]evaluator.Member, error) {
	if !claimsDaemon(line) {
		return nil, errors.New(`no log of vsftpd or ClamAV: found no time that "[pid" or "->" follows`)
	}
	rest := line[len(daemonTime):]
	program := daemonProgram(rest)
	members := []evaluator.Member{text("timestamp", line[:len(daemonTime)]), text("program", program)}
	if program == "clamd" {
		return append(members, text("message", strings.TrimPrefix(rest, " -> "))), nil
	}
	inner, rest, ok := cutBrackets(strings.TrimLeft(rest, " "))
	if !ok {
		return nil, errors.New("the pid of vsftpd has no closing bracket; the line is truncated")
	}
	members = append(members, text("pid", strings.TrimPrefix(inner, "pid ")))
	return append(members, text("message", rest)), nil
}
