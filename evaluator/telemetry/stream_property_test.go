package telemetry_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// streamRules look at values in every way that a stream treats apart: words,
// presence, two fields, lists, numbers, filters, and views that compute.
const streamRules = `
{category: process_creation, product: windows} | {Image|endswith: '\cmd.exe', CommandLine|contains: [mimi, 'a"b', 'K']} | s
{category: process_creation, product: windows} | {ParentImage: null} | s
{category: process_creation, product: windows} | {User|contains: sys, IntegrityLevel|exists: true} | s
{category: process_creation, product: windows} | {CommandLine|fieldref|contains: Image} | s
{category: process_creation, product: windows} | {ProcessId: [1, 10, 2.5]} | s
{category: network_connection, product: windows} | {DestinationPort|gte: 100} | s
{category: network_connection, product: windows} | {SourceIp|cidr: 10.0.0.0/8} | s
{category: registry_set, product: windows} | {EventType: SetValue} | s
{product: windows} | [mimikatz, 'sekur\lsa', 'x"yz"x'] | s
{product: windows} | {EventID: 1} | not s
{product: windows, service: security} | {EventID: 4688} | s
{product: windows, service: sysmon} | {Keywords|contains: '0x8'} | s
{product: windows, service: security} | {Extra.inner: 'v'} | s
{product: windows, service: security} | {Extra.inner|exists: false} | s
{product: windows} | {Data|contains: mimi} | s
{product: windows, service: security} | {Extra|contains: '"inner":"v","x"'} | s
{product: aws, service: cloudtrail} | {eventName: a, requestParameters.x: [1, true, null]} | s
{product: linux} | [mimikatz] | s
`

func streamProgram(t *testing.T) *compiler.Program {
	t.Helper()
	files := fstest.MapFS{}
	for i, line := range strings.Split(strings.TrimSpace(streamRules), "\n") {
		part := strings.Split(line, " | ")
		files[fmt.Sprintf("%02d.yml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "title: R%d\nname: r%d\nlogsource: %s\ndetection:\n  s: %s\n  condition: %s\n", i, i, part[0], part[1], part[2])}
	}
	files["f.yml"] = &fstest.MapFile{Data: []byte("title: F\nlogsource: {product: windows}\nfilter: {rules: [r0, r8, r9, r10], f: {Computer|startswith: lab}, condition: not f}\n")}
	set, diags := rules.Load(files)
	p, problems := compiler.Compile(set, compiler.Options{})
	if err := append(diags, problems...).Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// recordMaker makes records of few names and texts, some of which decide what a
// record is.
type recordMaker struct{ *rand.Rand }

func (m recordMaker) pick(from ...string) string { return from[m.IntN(len(from))] }

func (m recordMaker) value(depth int) string {
	switch n := m.IntN(16); {
	case n < 8:
		return m.pick(`"cmd.exe"`, `"C:\\Windows\\cmd.exe"`, `"mimi \"x\""`, `"a\"b"`, `"mimi\u004Batz"`, `"sekur\\lsa"`, `"x\"yz\"x"`, `"sekur\/lsa"`, `"\u017Fystem"`, "\"\u212a\"", `""`, `"system"`,
			`"10.1.2.3"`, `"::1"`, `"v"`, `"lab1"`, `"0x8000"`, "\"\xff\"", `"mimikatz"`, `"MIMIKATZ"`, `"%%1936"`, `"S-1-5-18"`, `"INFO"`, `"Registry value set:\r\nEventType: SetValue\r\n"`, `"Message\r\nx"`, `"{\"inner\":\"v\"}"`)
	case n == 8:
		return m.pick(`"2024-05-06 07:08:09.123"`, `"2024-05-06T07:08:09.1234567Z"`, `"2024-05-06T07:08:09+02:00"`, "1714979289", "1714979289.5", `"May  6 07:08:09"`, `"2024-05-06"`, `"07:08:09"`,
			`"{0CCE922B-69AE-11D9-BED3-505054503030}"`, `" 0xAbC
"`)
	case n < 11:
		return m.pick("1", "10", "1.0", "1e1", "2.50", "-9223372036854775808", "4688", "13", "443", "0")
	case n == 11:
		return m.pick("true", "false", "null", "[]", "{}")
	case n < 14 && depth < 2:
		return "[" + m.value(depth+1) + "," + m.value(depth+1) + "]"
	case depth < 2:
		return `{"inner":` + m.value(depth+1) + `,"x":` + m.value(depth+1) + "}"
	}
	return `"z"`
}

func (m recordMaker) record() string {
	var parts []string
	add := func(name, value string) { parts = append(parts, fmt.Sprintf("%q:%s", name, value)) }
	switch m.IntN(5) {
	case 0, 1:
		add(m.pick("Channel", "LogName"), m.pick(`"Security"`, `"security"`, `"Microsoft-Windows-Sysmon/Operational"`, `"Microsoft-Windows-Sysmon\/Operational"`, `"System"`, `"Other"`))
		add(m.pick("EventID", "EventId", "EventCode"), m.pick("1", "3", "13", "4688", "5156", `"4688"`, `"1"`, "1.0", "12"))
	case 2:
		add("SourceName", m.pick(`"Microsoft-Windows-Sysmon"`, `"Microsoft-Windows-Security-Auditing"`))
		add("EventID", m.pick("1", "3", "4688", "5156"))
	case 3:
		add("eventSource", m.pick(`"iam.amazonaws.com"`, `"s3.amazonaws.com"`))
		add("eventVersion", `"1.08"`)
		add("eventName", m.pick(`"a"`, `"b"`))
	case 4:
		if m.IntN(2) == 0 {
			add("logsource", m.pick(`{"product":"windows","category":"process_creation"}`, `{"product":"linux"}`, `{"product":"Windows","service":"security"}`, `"x"`))
		}
	}
	names := []string{"Image", "CommandLine", "ParentImage", "User", "IntegrityLevel", "ProcessId", "DestinationPort", "SourceIp", "EventType", "Message", "Keywords", "Extra", "Extra.inner", "Computer", "Data",
		"requestParameters", "NewProcessName", "UserID", "UtcTime", "NewProcessId", "SubjectUserName", "MandatoryLabel", "message",
		"@timestamp", "TimeCreated", "SystemTime", "time", "date", "ts", "agent", "host", "tags", "ActivityID"}
	for range m.IntN(7) {
		add(names[m.IntN(len(names))], m.value(0))
	}
	if m.IntN(4) == 0 {
		m.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	return "{" + strings.Join(parts, ",") + "}"
}

var textValue = regexp.MustCompile(`:"(?:[^"\\]|\\.)*"`)

// vary gives a record other texts, but the same structure.
func (m recordMaker) vary(record string) string {
	return textValue.ReplaceAllStringFunc(record, func(old string) string {
		if m.IntN(2) == 0 {
			return old
		}
		for {
			if v := m.value(2); v[0] == '"' {
				return ":" + v
			}
		}
	})
}

// A stream yields of random records what their events yield.
func TestStreamOnRandomRecords(t *testing.T) {
	t.Parallel()
	rounds := 60_000
	if testing.Short() {
		rounds = 6000
	}
	checkStream(t, 11, rounds)
}

func checkStream(t *testing.T, seed uint64, rounds int) {
	t.Helper()
	m := recordMaker{rand.New(rand.NewPCG(seed, 2))}
	p := streamProgram(t)
	n := telemetry.NewNormaliser(nil)
	e := evaluator.New(p)
	stream, plain := telemetry.NewStream(n, e), evaluator.New(p)
	matched, earlier := 0, []string{}
	for range rounds {
		text := m.record()
		if len(earlier) > 0 && m.IntN(3) > 0 {
			text = m.vary(earlier[m.IntN(len(earlier))]) // plans are for what comes again
		}
		if len(earlier) < 500 {
			earlier = append(earlier, text)
		}
		if m.IntN(3) == 0 {
			if other, ok := reordered(m.Rand, []byte(text)); ok {
				text = string(other)
			}
		}
		raw := telemetry.Record{Source: m.pick("a.log", "conn.log", "b.json"), Raw: []byte(text)}
		got, views, err := stream.Match(raw)
		if err != nil {
			continue // an envelope
		}
		streamed := describe(got, e.Suppressed(), views)
		identity, identityErr := stream.Identity()
		checkParts(t, stream, identity)
		event, err := stream.Event()
		if err != nil {
			t.Fatal(err)
		}
		checkIdentity(t, identity, identityErr, event)
		checkTime(t, n, event)
		want := describe(plain.Match(event), plain.Suppressed(), len(event.Views()))
		if streamed != want {
			t.Fatalf("%s\n got %s\nwant %s", text, streamed, want)
		}
		asValue := telemetry.Record{Source: raw.Source, Value: event.Record().Value}
		got, views, err = stream.Match(asValue)
		if err != nil {
			t.Fatal(err)
		}
		identity, identityErr = stream.Identity()
		checkIdentity(t, identity, identityErr, event)
		if read := describe(got, e.Suppressed(), views); read != want {
			t.Fatalf("read as a value: %s\n got %s\nwant %s", text, read, want)
		}
		if strings.Contains(want, ";") {
			matched++
		}
	}
	t.Logf("%d records, %d with matches, %+v", rounds, matched, stream.Statistics())
	if matched < rounds/100 {
		t.Error("too few match")
	}
}

// checkIdentity fails the test unless that is the identity of an event by itself.
func checkIdentity(t *testing.T, got telemetry.Identity, err error, e *telemetry.Event) {
	t.Helper()
	at, _, timed := e.Time()
	if want := (telemetry.Identity{Fingerprint: e.Fingerprint(), Time: at, Timed: timed}); err != nil || got != want {
		t.Fatalf("%s\n got %v, %v\nwant %v", e.Record().Value.Text(), got, err, want)
	}
}

// checkParts fails the test unless parts that are asked for alone are those of the whole.
func checkParts(t *testing.T, s *telemetry.Stream, whole telemetry.Identity) {
	t.Helper()
	for parts, want := range map[telemetry.IdentityPart]telemetry.Identity{
		0:                         {},
		telemetry.FingerprintPart: {Fingerprint: whole.Fingerprint},
		telemetry.TimePart:        {Time: whole.Time, Timed: whole.Timed},
	} {
		if got, err := s.TransientParts(parts); err != nil || got != want {
			t.Fatalf("parts %d: %v, %v, want %v", parts, got, err, want)
		}
	}
	form, err := s.TransientParts(telemetry.CanonicalPart)
	if got := telemetry.FingerprintOf(form.Canonical); err != nil || got != whole.Fingerprint {
		t.Fatalf("the form %s, %v, has the fingerprint %s, want %s", form.Canonical, err, got, whole.Fingerprint)
	}
}
