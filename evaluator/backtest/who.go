package backtest

import (
	"github.com/socctl/socctl/evaluator"
)

// hostFields and userFields are where events say on which machine something
// happened, and who did it, best first. Names of the source's own shape are found
// under those of Windows as well; for the cloud the host is the account, project
// or organisation that it happened in.
var (
	hostFields = []string{"Computer", "Hostname", "ComputerName", "host.name", "host.hostname", "hostname", "HostName", "host",
		"device.hostname", "DeviceName", "dvchost", "agent.name", "node",
		"recipientAccountId", "userIdentity.accountId", "resource.labels.project_id", "org", "tenantId", "OrganizationId"}
	userFields = []string{"User", "user.name", "SubjectUserName", "TargetUserName", "AccountName", "user", "username", "UserName", "usrName",
		"userIdentity.arn", "userIdentity.userName", "userIdentity.principalId", "actor.alternateId", "actor.user.name",
		"protoPayload.authenticationInfo.principalEmail", "properties.userPrincipalName", "identity", "UserId", "actor", "user.username", "auid", "suser", "cs-username"}
)

// textOf returns the first of some fields that says something.
func textOf(e evaluator.Event, fields []string) string {
	for _, name := range fields {
		v, ok := e.Field(name)
		if !ok || v.Kind() == evaluator.Object || v.Kind() == evaluator.List || v.Kind() == evaluator.Null {
			continue
		}
		if text := v.Text(); text != "" && text != "-" && text != "N/A" {
			return shorten(text, maxName)
		}
	}
	return ""
}

// maxName is how many code points of a name are told.
const maxName = 128

// HostOf returns on which machine something happened, or in which account of a
// cloud, "" if the event does not tell.
func HostOf(e evaluator.Event) string { return textOf(e, hostFields) }

// UserOf returns who did something, "" if the event does not tell.
func UserOf(e evaluator.Event) string { return textOf(e, userFields) }
