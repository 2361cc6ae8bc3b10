package telemetry

import (
	"testing"
	"time"
)

func TestEventTime(t *testing.T) {
	tests := []struct{ record, want, source string }{
		{`{"Event": {"System": {"EventID": 1, "TimeCreated": {"#attributes": {"SystemTime": "2026-03-11T05:16:41.8163271Z"}}}, "EventData": {"UtcTime": "2026-03-11 05:16:40.000"}}}`, "2026-03-11T05:16:41.8163271Z", "TimeCreated_SystemTime"},
		{`{"EventId": 1, "UtcTime": "2018-12-04 00:37:01.887"}`, "2018-12-04T00:37:01.887Z", "UtcTime"},
		{`{"@timestamp": "2024-01-02T03:04:05+02:00"}`, "2024-01-02T01:04:05Z", "@timestamp"},
		{`{"ts": 1588205198.89971}`, "2020-04-30T00:06:38.89971Z", "ts"},
		{`{"time": 1700000000123}`, "2023-11-14T22:13:20.123Z", "time"},
		{`{"timestamp": "1700000000123456"}`, "2023-11-14T22:13:20.123456Z", "timestamp"},
		{`{"time": 1700000000123456789}`, "2023-11-14T22:13:20.123456789Z", "time"},
		{`{"ts": 17}`, "", ""},
		{`{"ts": "soon", "eventTime": "2023-07-10T11:54:39Z"}`, "2023-07-10T11:54:39Z", "eventTime"},
		{`{"published": "2023-07-10T11:54:39.5Z", "@timestamp": null}`, "2023-07-10T11:54:39.5Z", "published"},
		{`{"timestamp": "17/May/2015:10:05:03 +0000"}`, "2015-05-17T10:05:03Z", "timestamp"},
		{`{"TimeGenerated": "5/13/2022 8:54:05 AM"}`, "2022-05-13T08:54:05Z", "TimeGenerated"},
		{`{"Id": 1, "LogName": "Security", "TimeCreated": "/Date(1700000000000)/"}`, "2023-11-14T22:13:20Z", "TimeCreated_SystemTime"},
		{`{"time": "2022-12-16 18:15:38 UTC"}`, "2022-12-16T18:15:38Z", "time"},
		{`{"created_at": "2022-12-16T18:15:38+0100"}`, "2022-12-16T17:15:38Z", "created_at"},
		{`{"time": {"nested": 1}}`, "", ""},
		{`{"time": true}`, "", ""},
	}
	for _, test := range tests {
		got, source, ok := eventOf(t, test.record).Time()
		if text := got.Format(time.RFC3339Nano); ok != (test.want != "") || ok && text != test.want || source != test.source {
			t.Errorf("time of %s = %s by %q, want %s by %q", test.record, text, source, test.want, test.source)
		}
	}
}
