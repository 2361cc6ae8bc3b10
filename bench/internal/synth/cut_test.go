package synth

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLeaves(t *testing.T) {
	text := `{"a":"x\"y", "b" : [1, -2.5e3, "z"], "c":{"d":null,"e":true}, "f\\":""}`
	var got []string
	leaves([]byte(text), func(l leaf) { got = append(got, string(l.name)+"="+text[l.begin:l.end]) })
	want := []string{`a=x\"y`, "b=1", "b=-2.5e3", "b=z", "d=null", "e=true", `f\\=`}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, broken := range []string{``, `{"a`, `{"a":"\`, `"`, `{"a":1`} {
		leaves([]byte(broken), func(leaf) {}) // must not panic
	}
}

func TestStamps(t *testing.T) {
	var c clock
	for text, ok := range map[string]bool{
		"2024-05-06 12:00:01":         true,
		"2024-05-06T12:00:01Z":        true,
		"2024-02-29 23:59:59.7":       true,
		"2024-05-06T12:00:01.123456Z": true,
		"2024-05-06 12:00:01:250":     true,
		"2024-05-06_12:00:01":         false,
		"2023-02-30 12:00:01":         false,
		"2024-05-06 12:00":            false,
		"1601-01-01 00:00:00.000":     false,
	} {
		s, got := readStamp([]byte(text), 0)
		if got != ok {
			t.Errorf("%s: %t", text, got)
		}
		if !ok {
			continue
		}
		as := slot{separator: s.separator, fraction: s.fraction, resolution: int64(s.resolution)}
		if back := string(c.append(nil, s.at.UnixNano(), &as)); back != text[:s.length] {
			t.Errorf("%s came back as %s", text, back)
		}
	}
}

func TestLabels(t *testing.T) {
	for text, want := range map[string]string{
		`x\r\nProcess ID:\t\t`: "processid", `SourceThreadId: `: "threadid", `Source Port:\t`: "sourceport",
	} {
		if !endsWith(labelBefore([]byte(text)), want) {
			t.Errorf("%s does not end with %s", text, want)
		}
	}
	for _, text := range []string{"", ":", "Process ID", "ProcessId=", "  "} {
		if endsWith(labelBefore([]byte(text)), "processid") {
			t.Errorf("%q is a label", text)
		}
	}
}

func TestShortNames(t *testing.T) {
	for name, want := range map[string]string{"mira.holm": "mira~1.hol", "holm": "", "stevie.marie": "stevie~1.mar", "administrative": "admini~1"} {
		if got, _ := shortName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestVariable(t *testing.T) {
	for text, want := range map[string]int{"1234.tmp": 4, "123": 0, "10.0.17763.1": 0, "17763.1": 0, "4f2a9c01": 8, "deadbeef": 0, "1234x": 0,
		"a158f72c-4a97-5de8-0000-00105c300200": 36, "facade12": 0} {
		if got := variable([]byte(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// A line of every trick, written on one machine.
func TestCut(t *testing.T) {
	line := `{"TimeCreated":"2024-05-06T08:00:00.500Z","UtcTime":"2024-05-06 10:00:00.500","CreationUtcTime":"2024-05-06 09:55:00.000","Channel":"Security","EventID":1,"Hostname":"pc7","record_number":"55",` +
		`"SubjectUserName":"ANNA","SubjectUserSid":"S-1-5-21-1-2-3-1104","Group":"S-1-5-21-1-2-3-512","SubjectLogonId":"0x3e7","TargetLogonId":"0xC61D9","SourcePort":"50000","ProcessId":"4",` +
		`"Note":"\nPC7 pc7.shire.com SHIRE\\anna OTHERPC7 pc7x C:\\Users\\anna\\f S-1-5-18 Logon ID:\t0xC61D9 10.0.0.4 Version=10.0.0.4 8.8.8.8","p":{"ProcessId":"0x3c8"}}`
	p, f := newProfile(), facts{}
	for _, l := range []string{`{"Hostname":"PC7.shire.com","SourceIp":"10.0.0.4","User":"SHIRE\\anna","UserID":"S-1-5-21-1-2-3-1104"}`, line} {
		f.read([]byte(l), fieldTable{})
		p.learn(&f)
	}
	c := newCutter(p, 0, map[string]uint64{"security": 1})
	tmpl, ok := c.cut([]byte(line), time.Date(2024, 5, 6, 8, 0, 0, 5e8, time.UTC), 0)
	if !ok {
		t.Fatal("the time of the event was not found")
	}
	r := renderer{fleet: newFleet(20, 1, false)}
	s := scene{at: time.Date(2026, 3, 2, 9, 0, 0, 123e6, time.UTC).UnixNano(), host: 1, cast: 1, session: 2, once: 3}
	got := string(r.line(nil, &tmpl, &s))
	owner := r.fleet.users[r.fleet.hosts[1].owner]
	name := r.fleet.hosts[1].name[asIs]
	for _, want := range []string{
		`"TimeCreated":"2026-03-02T09:00:00.123Z","UtcTime":"2026-03-02 09:00:00.123","CreationUtcTime":"2026-03-02 08:54:59.623"`,
		`"Hostname":"` + name + `.` + domainDNS + `"`, `"SubjectUserName":"` + owner.name[upper] + `"`,
		`"SubjectLogonId":"0x3e7"`, `"ProcessId":"4"`, `"Group":"` + r.fleet.domain + `512"`,
		`"Note":"\n` + name + ` ` + strings.ToLower(name) + `.` + domainDNS + ` FLEET\\` + owner.name[lower] + ` OTHERPC7 pc7x C:\\Users\\` + owner.name[lower] + `\\f S-1-5-18 Logon ID:\t0x`,
		` 10.0.0.2 Version=10.0.0.4 8.8.8.8"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, left := range []string{"C61D9", "0x3c8", `"55"`, "50000", "1-2-3-1104", "anna"} {
		if strings.Contains(got, left) {
			t.Errorf("%s is left in\n%s", left, got)
		}
	}
}
