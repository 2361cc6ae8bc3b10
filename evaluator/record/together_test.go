package record

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

const alikeRules = `title: Image
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\a.exe'}, condition: s}
---
title: No Image
logsource: {product: windows, category: process_creation}
detection: {s: {Image: null}, condition: s}
---
title: Port
logsource: {product: windows, category: network_connection}
detection: {s: {SourcePort: ['1', '2']}, n: {Protocol: tcp}, condition: s and n}
---
title: Not from a Port
logsource: {product: windows, category: network_connection}
detection: {s: {SourcePort|exists: false}, condition: s}
---
title: User
logsource: {product: windows, category: process_creation}
detection: {s: {User|endswith: '7\\u'}, condition: s}
---
title: Words
logsource: {product: windows}
detection: {k: [needle], condition: k}
---
title: Numbers
logsource: {product: windows, service: security}
detection: {s: {EventID: 4688, TargetUserName|fieldref: SubjectUserName}, condition: s}
`

// What is found in records of many layouts, some of which differ in nothing that rules
// look at, is what is found in each of them alone: where a field is empty that a view
// takes over, where members come in another order, and where texts are numbers.
func TestRecordsThatLookAlike(t *testing.T) {
	t.Parallel()
	set, problems := rules.Load(fstest.MapFS{"r.yml": {Data: []byte(alikeRules)}})
	p, failed := compiler.Compile(set, compiler.Options{})
	if len(problems)+len(failed) > 0 {
		t.Fatal(problems, failed)
	}
	dice := rand.New(rand.NewPCG(21, 22))
	pick := func(from ...string) string { return from[dice.IntN(len(from))] }
	var records []string
	for i := range 3000 {
		members := []string{`"Channel":"Security"`}
		if dice.IntN(2) == 0 {
			members = append(members, pick(`"EventID":4688`, `"EventID":"4688"`), `"NewProcessName":`+pick(`""`, `"C:\\a.exe"`, `"C:\\b.exe"`, `"-"`),
				`"SubjectUserName":`+pick(`"u"`, `"v"`), `"TargetUserName":`+pick(`"u"`, `"v"`, `""`), fmt.Sprintf(`"SubjectDomainName":"d%d"`, dice.IntN(500)))
		} else {
			members = append(members, `"EventID":5156`, `"SourcePort":`+pick(`""`, `"1"`, `2`, `"3"`, `null`), `"Protocol":`+pick(`6`, `"6"`, `"17"`, `""`))
		}
		for range dice.IntN(4) {
			members = append(members, fmt.Sprintf(`"x%d":%s`, dice.IntN(6), pick(`"needle"`, `"hay"`, `7`, fmt.Sprintf(`"%d"`, i))))
		}
		if dice.IntN(4) == 0 {
			dice.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		}
		records = append(records, "{"+strings.Join(members, ",")+"}")
	}
	n, plain := telemetry.NewNormaliser(nil), evaluator.New(p)
	var want []string
	for i, text := range records {
		v, _ := telemetry.DecodeJSON(text)
		matches := plain.Match(n.Event(telemetry.Record{Source: "x", Index: i, Value: v}))
		for _, m := range matches {
			want = append(want, fmt.Sprintf("%04d %s %s", i, m.Rule.Title, m.View))
		}
	}
	for _, title := range []string{"Image", "No Image", "Port", "Not from a Port", "User", "Words", "Numbers"} {
		if !slices.ContainsFunc(want, func(s string) bool { return strings.Contains(s[5:], title+" ") }) {
			t.Errorf("the rule %s never matches", title)
		}
	}
	dir, _ := oneFile(t, records...)
	var got []string
	err := Replay(t.Context(), dir, p, ReplayOptions{spoil: true}, func(r *Replayed) error {
		for _, h := range r.Hits {
			for _, m := range h.Matches {
				got = append(got, fmt.Sprintf("%04d %s %s", h.Index, m.Rule.Title, m.View))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-each +replay):\n%.3000s", diff)
	}
}
