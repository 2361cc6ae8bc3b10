package telemetry

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"cloudtrail", `{"Records":[{"a":1},{"a":2}]}`, `{"a":1} {"a":2}`},
		{"azure", `{"records":[{"a":1}]}`, `{"a":1}`},
		{"more than records", `{"Records":[{"a":1}],"x":1}`, `{"Records":[{"a":1}],"x":1}`},
		{"digest", `{"digestStartTime":"x","logFiles":[{"s3Object":"y"}]}`, `{"digestStartTime":"x","logFiles":[{"s3Object":"y"}]}`},
		{"kubernetes", `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"verb":"get"}]}`, `{"verb":"get"}`},
		{"workspace", `{"kind":"admin#reports#activities","etag":"x","items":[{"id":{}},{"id":{}}]}`, `{"id":{}} {"id":{}}`},
		{"other items", `{"kind":"Shop","items":[{"a":1}]}`, `{"kind":"Shop","items":[{"a":1}]}`},
		{"eventbridge", `{"version":"0","detail-type":"AWS API Call via CloudTrail","source":"aws.ec2","detail":{"eventName":"RunInstances"}}`, `{"eventName":"RunInstances"}`},
		{"other detail", `{"detail-type":"GuardDuty Finding","detail":{"a":1}}`, `{"detail-type":"GuardDuty Finding","detail":{"a":1}}`},
		{"cloudwatch", `{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":2,"message":"{\"a\":1}"},{"id":"2","message":"text"}]}`, `{"a":1} {"id":"2","message":"text"}`},
		{"search", `{"took":1,"hits":{"total":2,"hits":[{"_index":"i","_source":{"a":1}},{"_index":"i"}]}}`, `{"a":1} {"_index":"i"}`},
		{"hit", `{"_index":"i","_id":"x","_source":{"a":1}}`, `{"a":1}`},
		{"splunk", `{"preview":false,"offset":0,"result":{"_raw":"{\"a\":1}","host":"h"}} {"preview":false,"result":{"_raw":"text","host":"h"}}`, `{"a":1} {"_raw":"text","host":"h"}`},
		{"m365", `{"CreationDate":"x","UserIds":"u","AuditData":"{\"Operation\":\"New-InboxRule\"}"}`, `{"Operation":"New-InboxRule"}`},
		{"pubsub", `{"message":{"data":"` + base64.StdEncoding.EncodeToString([]byte(`{"a":1}`)) + `","messageId":"1"},"subscription":"projects/p"}`, `{"a":1}`},
		{"message alone", `{"message":"text","subscription":"x"}`, `{"message":"text","subscription":"x"}`},
		{"result alone", `{"result":"ok"}`, `{"result":"ok"}`},
	} {
		if got := transcript(t, ReadOptions{Stdin: strings.NewReader(test.in), Format: "json"}); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
