package backtest

import (
	"testing"
	"time"
)

func TestParseStamp(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-01-02 03:04:05.678":        "2026-01-02T03:04:05.678Z",
		"2026-01-02T03:04:05Z":           "2026-01-02T03:04:05Z",
		"2026-01-02T03:04:05.1234567Z":   "2026-01-02T03:04:05.1234567Z",
		"2026-01-02T03:04:05+02:00":      "2026-01-02T01:04:05Z",
		"2026-01-01T00:30:00.5-0130":     "2026-01-01T02:00:00.5Z",
		"1588186800.123":                 "2020-04-29T19:00:00.123Z",
		"1588186800":                     "2020-04-29T19:00:00Z",
		"":                               "",
		"-":                              "",
		"2026-02-30 03:04:05":            "",
		"2026-01-02 25:04:05":            "",
		"2026-01-02 03:04:05.":           "",
		"2026-01-02 03:04:05 CET":        "",
		"2026-01-02x03:04:05":            "",
		"2026-01-02 03:04:05.0000000001": "",
		"1588186800.":                    "",
		"15881868001":                    "",
		"0000-00-00 00:00:00":            "",
	} {
		got := ""
		if at, _, ok := parseStamp(text); ok {
			got = at.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// A name within a text, behind a backslash or as a value is none.
func TestScalarBehind(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"time":"a"}`:                            "a",
		`{"x":"time","y":1,"time" : "b"}`:         "b",
		`{"x":"\"time\":\"no\"","time":17,"z":1}`: "17",
		`{"x\"time":"no","time":true}`:            "true",
		`{"time":"a\"b"}`:                         "",
		`{"time":"a`:                              "",
		`{"time":`:                                "",
		`{"times":"a"}`:                           "",
		``:                                        "",
	} {
		if got, _ := scalarBehind([]byte(raw), []byte(`"time"`)); string(got) != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func FuzzScalarBehind(f *testing.F) {
	f.Add(`{"x":"time","time" : "b"}`)
	f.Fuzz(func(_ *testing.T, raw string) {
		value, _ := scalarBehind([]byte(raw), []byte(`"time"`))
		parseStamp(string(value))
		parseStamp(raw)
	})
}
