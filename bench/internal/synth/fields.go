package synth

import "strings"

// field is what the value of a field stands for, if its name tells.
type field uint8

const (
	plain        field = iota
	hostField          // the machine that the event is of
	userField          // an account, maybe with its domain
	sidField           // its SID
	domainField        // of an account
	addressField       // of the machine that the event is of, if it is private
	recordField        // number of the record
	processField       // process id, decimal or hexadecimal
	threadField        //
	portField          // of whoever begins a connection
	logonField         // id of a logon session
	keyField           // GUID of a process, a session or a script block
	onceField          // GUID of this event alone
	accountField       // account of a cloud
	channelField
	idField
	arrivalField // a time that the machine or the collector tells, in a zone of its own
	utcField     // the time that the event itself tells
	variedField  // a text in which numbers differ from machine to machine
)

// fieldNames are without letter case.
var fieldNames = map[string]field{
	"hostname": hostField, "computer": hostField, "computername": hostField, "computer_name": hostField,
	"accountname": userField, "subjectusername": userField, "targetusername": userField, "username": userField,
	"user": userField, "sourceuser": userField, "targetuser": userField, "parentuser": userField,
	"userid": sidField, "subjectusersid": sidField, "targetusersid": sidField, "targetsid": sidField, "usersid": sidField,
	"domain": domainField, "subjectdomainname": domainField, "targetdomainname": domainField,
	"sourceip": addressField, "sourceaddress": addressField,
	"recordnumber": recordField, "eventrecordid": recordField, "record_number": recordField,
	"processid": processField, "sourceprocessid": processField, "targetprocessid": processField, "parentprocessid": processField,
	"newprocessid": processField, "executionprocessid": processField, "callerprocessid": processField, "clientprocessid": processField,
	"process_id": processField,
	"threadid":   threadField, "sourcethreadid": threadField, "newthreadid": threadField, "thread_id": threadField,
	"sourceport": portField, "ipport": portField, "clientport": portField,
	"subjectlogonid": logonField, "targetlogonid": logonField, "logonid": logonField, "targetlinkedlogonid": logonField,
	"processguid": keyField, "sourceprocessguid": keyField, "targetprocessguid": keyField, "parentprocessguid": keyField,
	"logonguid": keyField, "targetlogonguid": keyField, "scriptblockid": keyField, "runspaceid": keyField,
	"activityid": keyField, "activity_id": keyField,
	"requestid": onceField, "sharedeventid": onceField,
	"accountid": accountField, "recipientaccountid": accountField,
	"channel": channelField, "log_name": channelField, "eventsource": channelField,
	"eventid": idField, "event_id": idField, "eventname": idField,
	"eventtime": arrivalField, "eventreceivedtime": arrivalField, "timecreated": arrivalField, "@timestamp": arrivalField,
	"utctime":     utcField,
	"commandline": variedField, "targetfilename": variedField, "scriptblocktext": variedField,
	"parentcommandline": variedField, "contextinfo": variedField,
}

// fieldTable finds what a name means, by each spelling that was met.
type fieldTable map[string]field

func (t fieldTable) of(name []byte) field {
	if f, ok := t[string(name)]; ok {
		return f
	}
	f := fieldNames[strings.ToLower(string(name))]
	if len(t) < 1<<14 { // names of a hostile recording do not pile up
		t[string(name)] = f
	}
	return f
}
