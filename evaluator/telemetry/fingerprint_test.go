package telemetry

import (
	"regexp"
	"testing"
)

func TestFingerprintForm(t *testing.T) {
	got := eventOf(t, `{"Event": {"System": {"EventID": 1, "Channel": "Security"}, "EventData": {"a": "b"}}}`).Fingerprint()
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(got) {
		t.Errorf("fingerprint %s", got)
	}
	// The value is part of what users store: it changes with FingerprintVersion only.
	const want = "sha256:ab56ebe3fa633238e4c6d3f5e231a493471f30261ce42a0e10da446c3566bd54"
	if got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
}

func TestFingerprintSame(t *testing.T) {
	const system = `"EventID": 4688, "Channel": "Security", "Computer": "ws1"`
	const shipped = `{"@timestamp": "2024-01-02T03:04:05.678Z", "agent": {"id": "1"}, "winlog": {"channel": "Security", "event_id": 4688`
	tests := []struct{ name, a, b string }{
		{"order", `{"a": 1, "b": {"c": 1, "d": 2}}`, `{"b": {"d": 2, "c": 1}, "a": 1}`},
		{"numbers and texts", `{"a": 1, "b": "0x1A", "c": true}`, `{"a": "1", "b": "0x1a", "c": "true"}`},
		{"white space", `{"a": "x \r\ny  ", "b": "  "}`, `{"a": "x \ny"}`},
		{"nothing", `{"a": "x", "b": null, "c": [], "d": {}, "e": [null], "f": {"g": ""}}`, `{"a": "x"}`},
		{"GUIDs", `{"a": "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"}`, `{"a": "5770385f-c22a-43e0-bf4c-06f5698ffbd9"}`},
		{"times", `{"a": "2026-03-11T05:16:41.816327Z"}`, `{"a": "2026-03-11 05:16:41.8169999"}`},
		{"zones", `{"a": "2026-03-11T05:16:41Z"}`, `{"a": "2026-03-11T06:16:41.000+01:00"}`},
		{
			"record number and message", `{` + system + `, "EventRecordID": 7, "Message": "A new process"}`, `{` + system + `, "EventRecordID": 8}`,
		}, {
			"seconds as a float", `{"System": {"EventID": 1, "TimeCreated": {"SystemTime": 1772859600.816}}}`,
			`{"System": {"EventID": 1, "TimeCreated": {"SystemTime": "2026-03-07T05:00:00.816Z"}}}`,
		}, {
			"shapes of one converter", `{"Event": {"System": {"EventID": {"#text": 4688, "#attributes": {"Qualifiers": null}}}, "EventData": {"a": 1}}}`,
			`{"System": {"EventID": "4688"}, "EventData": {"Data": {"@Name": "a", "#text": "1"}}}`,
		}, {
			"shipper", shipped + `, "record_id": 5}, "host": {"name": "x"}, "tags": ["a"]}`,
			shipped + `, "record_id": 6}, "host": {"name": "y"}, "ecs": {"version": "1"}}`,
		}, {
			"ingest time", `{"EventTime": "2020-09-17 17:31:45", "@timestamp": "2020-09-17T21:31:48.061Z", "@version": "1", "port": 1, "EventID": 1, "Channel": "x"}`,
			`{"EventTime": "2020-09-17 17:31:45", "@timestamp": "2020-09-17T21:32:00Z", "@version": "1", "port": 2, "EventID": 1, "Channel": "x", "EventReceivedTime": "z"}`,
		},
	}
	for _, test := range tests {
		a, b := eventOf(t, test.a), eventOf(t, test.b)
		if a.Fingerprint() != b.Fingerprint() {
			t.Errorf("%s: fingerprints differ:\n%s", test.name, fieldDifference(a, b))
		}
	}
}

func TestFingerprintDifferent(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"value", `{"a": 1}`, `{"a": 2}`},
		{"name", `{"a": 1}`, `{"b": 1}`},
		{"list and element", `{"a": ["x"]}`, `{"a": "x"}`},
		{"only time there is", `{"a": 1, "@timestamp": "2024-01-02T03:04:05Z"}`, `{"a": 1, "@timestamp": "2024-01-02T03:04:06Z"}`},
		{"facts named like a shipper's", `{"host": "a", "tags": []}`, `{"host": "b", "tags": []}`},
		{"message of a text log", `{"message": "a"}`, `{"message": "b"}`},
		{"milliseconds", `{"a": "2026-03-11T05:16:41.816Z"}`, `{"a": "2026-03-11T05:16:41.817Z"}`},
		{"quotes", `{"a": "x\",\"b\":\"y"}`, `{"a": "x", "b": "y"}`},
		{"almost a GUID", `{"a": "5770385F-C22A-43E0-BF4C-06F5698FFBDX"}`, `{"a": "5770385f-c22a-43e0-bf4c-06f5698ffbdx"}`},
	}
	for _, test := range tests {
		if eventOf(t, test.a).Fingerprint() == eventOf(t, test.b).Fingerprint() {
			t.Errorf("%s: the same fingerprint", test.name)
		}
	}
}
