package telemetry

import (
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator"
)

// zoned is a zone with a summer time.
func zoned(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	return zone
}

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
		{`{"time": "9999-12-31T23:59:59-14:00"}`, "", ""},
		{`{"time": "0000-01-01T00:00:00+14:00"}`, "", ""},
		{`{"time": "9999-12-31T23:59:59-14:00", "published": "2023-07-10T11:54:39Z"}`, "2023-07-10T11:54:39Z", "published"},
	}
	tests = append(tests, []struct{ record, want, source string }{
		{`{"timestamp": "1364481363.243"}`, "2013-03-28T14:36:03.243Z", "timestamp"},
		{`{"timestamp": "20231011221415.123456+000"}`, "2023-10-11T22:14:15Z", "timestamp"},
		{`{"time": "133415072551234567"}`, "2023-10-11T14:14:15.1234567Z", "time"},
		{`{"date": "2023-10-11", "time": "22:14:15", "cs-method": "GET"}`, "2023-10-11T22:14:15Z", "date and time"},
		{`{"date": "2023-10-11", "time": "22:14:15", "tz": "-0500", "devid": "FG1"}`, "2023-10-12T03:14:15Z", "date and time"},
		{`{"date": "2023-10-11", "time": "22:14:15", "tz": "-0500", "eventtime": 1697080455123456789}`, "2023-10-12T03:14:15.123456789Z", "eventtime"},
		{`{"Date": "11.10.2023 22:14:15"}`, "2023-10-11T22:14:15Z", "Date"},
		{"{\"Date and Time\": \"10/11/2023 10:14:15\u202fPM\"}", "2023-10-11T22:14:15Z", "Date and Time"},
		{`{"TimeGenerated [UTC]": "10/11/2023, 10:14:15.123 PM"}`, "2023-10-11T22:14:15.123Z", "TimeGenerated [UTC]"},
		{`{"timestamp": "Oct 11 2023 22:14:15.5 UTC:"}`, "2023-10-11T22:14:15.5Z", "timestamp"},
		{`{"timestamp": "Oct 11 2023 22:14:15 EST"}`, "2023-10-11T22:14:15Z", "timestamp (zone EST read as UTC)"},
		{`{"timestamp": "2023 Oct 11 22:14:15 UTC"}`, "2023-10-11T22:14:15Z", "timestamp"}, // NX-OS
		{`{"timestamp": "2023 Oct  1 22:14:15.5"}`, "2023-10-01T22:14:15.5Z", "timestamp"},
		{`{"timestamp": "2023/10/11 22:14:15"}`, "2023-10-11T22:14:15Z", "timestamp"},
		{`{"timestamp": "2023-10-11 22:14:15,123"}`, "2023-10-11T22:14:15.123Z", "timestamp"},
		{`{"timestamp": "2023-10-11 22:14:15.123+02"}`, "2023-10-11T20:14:15.123Z", "timestamp"},
		{`{"timestamp": "Wed Oct 11 22:14:15.902022 2023"}`, "2023-10-11T22:14:15.902022Z", "timestamp"},
		{`{"timestamp": {"epochSecond": 1697062455, "nano": 5000000}}`, "2023-10-11T22:14:15.005Z", "timestamp"},
		{`{"timestamp": {"seconds": "1697062455"}}`, "2023-10-11T22:14:15Z", "timestamp"},
		{`{"timestamp": {"seconds": 12}}`, "", ""},
		{`{"timestamp": "Oct 11 22:14:15"}`, "", ""},
		{`{"timestamp": "99999999999999"}`, "5138-11-16T09:46:39.999Z", "timestamp"},
		{`{"syslog": {"timestamp": "2023-10-11T22:14:15Z"}, "cs1": "x"}`, "2023-10-11T22:14:15Z", "syslog.timestamp"},
		{`{"__REALTIME_TIMESTAMP": "1697062455123456"}`, "2023-10-11T22:14:15.123456Z", "__REALTIME_TIMESTAMP"},
		{`{"id": {"time": "2023-10-11T22:14:15.123Z", "applicationName": "drive"}}`, "2023-10-11T22:14:15.123Z", "id.time"},
		{`{"rt": 1697062455123}`, "2023-10-11T22:14:15.123Z", "rt"},
	}...)
	for _, test := range tests {
		got, source, ok := eventOf(t, test.record).Time()
		if text := got.Format(time.RFC3339Nano); ok != (test.want != "") || ok && text != test.want || source != test.source {
			t.Errorf("time of %s = %s by %q, want %s by %q", test.record, text, source, test.want, test.source)
		}
	}
}

func TestEventTimeYear(t *testing.T) {
	modified := time.Date(2024, 1, 2, 3, 0, 0, 0, time.UTC)
	tests := []struct {
		text     string
		year     int
		modified time.Time
		want     string // "" for no time
		note     string
	}{
		{"Oct 11 22:14:15", 0, modified, "2023-10-11T22:14:15Z", modifiedYear},
		{"Jan  2 02:59:59", 0, modified, "2024-01-02T02:59:59Z", modifiedYear},
		{"Jan  3 02:59:59", 0, modified, "2024-01-03T02:59:59Z", modifiedYear}, // another zone
		{"Jan  3 03:00:01", 0, modified, "2023-01-03T03:00:01Z", modifiedYear},
		{"Jan  1 00:30:00", 0, time.Date(2023, 12, 31, 23, 0, 0, 0, time.UTC), "2024-01-01T00:30:00Z", modifiedYear},
		{"Feb 29 12:00:00", 0, modified.AddDate(2, 0, 0), "2024-02-29T12:00:00Z", modifiedYear},
		{"Feb 29 12:00:00", 2023, modified, "", ""},
		{"Feb 30 12:00:00", 0, modified, "", ""},
		{"Oct 11 22:14:15", 2019, modified, "2019-10-11T22:14:15Z", statedYear},
		{"*Mar  1 00:00:00.123", 1993, time.Time{}, "1993-03-01T00:00:00.123Z", statedYear},
		{"Mar  1 00:00:00.123 UTC:", 0, modified, "2023-03-01T00:00:00.123Z", modifiedYear},
		{"Mar  1 00:00:00 PST", 0, modified, "2023-03-01T00:00:00Z", modifiedYear + ", zone PST read as UTC"},
		{"Oct 11 22:14:15", 0, time.Time{}, "", ""},
		{"2021-10-11T22:14:15Z", 2019, modified, "2021-10-11T22:14:15Z", ""},
	}
	for _, test := range tests {
		n := NewNormaliser(nil, Year(test.year))
		e := n.Event(Record{Modified: test.modified, Value: evaluator.ObjectValue(evaluator.Member{Name: "timestamp", Value: evaluator.StringValue(test.text)})})
		got, source, ok := e.Time()
		want := "timestamp"
		if test.note != "" {
			want += " (" + test.note + ")"
		}
		if test.want == "" {
			if ok {
				t.Errorf("%s of year %d is %s", test.text, test.year, got)
			}
			continue
		}
		if text := got.Format(time.RFC3339Nano); !ok || text != test.want || source != want {
			t.Errorf("%s = %s by %q, want %s by %q", test.text, text, source, test.want, want)
		}
	}
}

func TestEventTimeZone(t *testing.T) {
	n := NewNormaliser(nil, TimeZone(zoned(t)), TimeZone(nil), Year(2023))
	for record, want := range map[string]string{
		`{"EventTime": "2023-10-11 22:14:15"}`:                                      "2023-10-11T20:14:15Z",
		`{"EventTime": "2023-12-11 22:14:15"}`:                                      "2023-12-11T21:14:15Z",
		`{"timestamp": "Oct 11 22:14:15"}`:                                          "2023-10-11T20:14:15Z",
		`{"timestamp": "Oct 11 22:14:15 UTC"}`:                                      "2023-10-11T22:14:15Z",
		`{"timestamp": "20231011221415"}`:                                           "2023-10-11T20:14:15Z",
		`{"timestamp": "2023-10-11T22:14:15Z"}`:                                     "2023-10-11T22:14:15Z",
		`{"timestamp": "2023-10-11 22:14:15 UTC"}`:                                  "2023-10-11T22:14:15Z",
		`{"UtcTime": "2023-10-11 22:14:15.000"}`:                                    "2023-10-11T22:14:15Z",
		`{"CreationTime": "2023-10-11T22:14:15", "Workload": "x", "Operation": ""}`: "2023-10-11T22:14:15Z",
		`{"date": "2023-10-11", "time": "22:14:15", "s-ip": "10.0.0.1"}`:            "2023-10-11T22:14:15Z",
		`{"date": "2023-10-11", "time": "22:14:15", "devid": "FG"}`:                 "2023-10-11T20:14:15Z",
		`{"ts": 1697062455}`:                                                        "2023-10-11T22:14:15Z",
	} {
		got, _, ok := n.Event(recordOf(t, record)).Time()
		if text := got.Format(time.RFC3339Nano); !ok || text != want {
			t.Errorf("%s = %s, want %s", record, text, want)
		}
	}
}

// A view may know better than the general order which field has the time.
func TestEventTimeOfView(t *testing.T) {
	n := normaliserWith(t, `
views:
  - {name: first, logsource: {product: a}, when: {x: {exists: true}}}
  - {name: second, logsource: {product: b}, when: {x: {exists: true}}, time: [inner.at, at]}
  - {name: third, logsource: {product: c}, when: {x: {exists: true}}, time: other}
`)
	for record, want := range map[string]string{
		`{"x": 1, "inner": {"at": "2023-01-01T00:00:00Z"}, "at": "2022-01-01T00:00:00Z", "other": "2021-01-01T00:00:00Z", "time": "2020-01-01T00:00:00Z"}`: "inner.at",
		`{"x": 1, "inner": {"at": "soon"}, "at": "2022-01-01T00:00:00Z", "time": "2020-01-01T00:00:00Z"}`:                                                  "at",
		`{"x": 1, "time": "2020-01-01T00:00:00Z", "other": "2021-01-01T00:00:00Z"}`:                                                                        "time",
		`{"at": "2022-01-01T00:00:00Z", "time": "2020-01-01T00:00:00Z"}`:                                                                                   "time",
	} {
		if _, source, _ := n.Event(recordOf(t, record)).Time(); source != want {
			t.Errorf("the time of %s is from %q, want %q", record, source, want)
		}
	}
}

func FuzzClock(f *testing.F) {
	for _, seed := range []string{"Oct 11 22:14:15", "*Mar  1 00:00:00.123 UTC:", "20231011221415.5", "133415072551234567", "Feb 29 00:00:00", "1/2/2023, 3:04:05 PM", "1e300", "x Y:"} {
		f.Add(seed, 2023, int64(1697062455))
	}
	f.Fuzz(func(t *testing.T, text string, year int, modified int64) {
		c := clock{zone: time.UTC, year: year, modified: time.Unix(modified%4e9, 0)}
		got, note, ok := c.read(evaluator.StringValue(text))
		if !ok && !got.IsZero() || ok && got.Location() != time.UTC {
			t.Errorf("%q = %s, %q, %v", text, got, note, ok)
		}
	})
}
