package telemetry_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// keywordRules are logsource and keywords of rules.
const keywordRules = `{product: cisco, service: aaa} | [dir, show clock, "no aaa *model", rcp]
{product: cisco} | [erase, aa, "?opy tftp"]
{product: cisco, service: aaa} | [x]
{product: linux} | [sudo, "/etc/shadow", "nc -l", é, "12345"]
{product: linux, service: sshd} | ["accepted", "root"]
{product: windows} | [sekurlsa, "kerberos::", mimi]
{service: sshd} | [everywhere, "\\share"]`

// keyworded is an event with the views that its fields name.
type keyworded struct{ *telemetry.Event }

// The logsources do not change: evaluators know them by their addresses.
var keywordLogsources = map[string][]map[string]string{
	"cisco": {{"product": "cisco", "service": "aaa"}},
	"linux": {{"product": "linux", "service": "sshd"}, {"product": "linux"}},
	"both":  {{"product": "cisco"}, {"product": "windows"}},
	"none":  {{"product": "other"}},
}

func (k keyworded) Views() (views []evaluator.View) {
	kind, _ := k.Field("kind")
	for i, l := range keywordLogsources[kind.Text()] {
		views = append(views, evaluator.View{Name: fmt.Sprint("view", i), Logsource: l, Event: k.Event})
	}
	return views
}

func keywordProgram(t *testing.T) *compiler.Program {
	t.Helper()
	files := fstest.MapFS{}
	for i, line := range strings.Split(keywordRules, "\n") {
		part := strings.Split(line, " | ")
		files[fmt.Sprintf("%d.yml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "title: R%d\nname: r%d\nlogsource: %s\ndetection:\n  k: %s\n  condition: k\n", i, i, part[0], part[1])}
	}
	files["f.yml"] = &fstest.MapFile{Data: []byte("title: F\nlogsource: {product: cisco}\nfilter: {rules: [r0, r1], k: [reviewed], condition: not k}\n")}
	set, diags := rules.Load(files)
	p, problems := compiler.Compile(set, compiler.Options{})
	if err := append(diags, problems...).Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// Keywords are found in texts that repeat and in such that never do, whatever the
// logsource, and in whatever order these come.
func TestStreamKeywords(t *testing.T) {
	t.Parallel()
	p := keywordProgram(t)
	n, e, plain := telemetry.NewNormaliser(nil), evaluator.New(p), evaluator.New(p)
	stream := telemetry.NewStream(n, e, telemetry.RouteBy(func(e *telemetry.Event) evaluator.Routed { return keyworded{e} }))
	r := rand.New(rand.NewPCG(71, 72))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	words := []string{"DIR", "show clock", "no aaa new-model", "Erase", "AA", "copy tftp", "x", "sudo", `\u0073udo`, "/etc/shadow", "12345", "É", "root", "ſudo", "SeKurlsa", "everywhere",
		`\\\\share`, "nothing", `\"`, `\t`, "reviewed", "reviewed", "di", "r"}
	matched, stopped := 0, 0
	for i := range 20_000 {
		text := fmt.Sprint(i)
		if phase := i / 2500 % 3; phase == 1 || phase == 2 && r.IntN(2) == 0 {
			text = "again" // of a few texts
			r = rand.New(rand.NewPCG(uint64(r.IntN(40)), uint64(i)/500))
		}
		for range r.IntN(5) {
			text += pick("", " ", "-") + pick(words...)
		}
		extra := pick("", "", `,"n":`+fmt.Sprint(r.IntN(3)), `,"n":12345`, `,"l":["a","sudo"]`, `,"b":true`)
		record := telemetry.Record{Source: "a.ndjson", Raw: fmt.Appendf(nil, `{"message":"%s","kind":"%s","host":"h%d"%s}`, text, pick("cisco", "cisco", "linux", "both", "none"), r.IntN(3), extra)}
		got, views, err := stream.Match(record)
		if err != nil {
			t.Fatalf("%s: %v", record.Raw, err)
		}
		streamed := describe(got, e.Suppressed(), views)
		event, err := stream.Event()
		if err != nil {
			t.Fatal(err)
		}
		routed := keyworded{event}
		if want := describe(plain.Match(routed), plain.Suppressed(), len(routed.Views())); streamed != want {
			t.Fatalf("%d: %s\n got %s\nwant %s", i, record.Raw, streamed, want)
		}
		matched += len(got)
		stopped += len(plain.Suppressed())
	}
	t.Logf("%d matches, %d suppressed, %+v", matched, stopped, stream.Statistics())
	if matched < 5000 || stopped < 100 {
		t.Errorf("only %d matches, %d suppressed", matched, stopped)
	}
}
