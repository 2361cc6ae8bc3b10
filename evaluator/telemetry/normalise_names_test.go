package telemetry

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
)

// manyNames writes the members of an object, each of another name.
func manyNames(count int, format string) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, ","+format, i+1)
	}
	return b.String()[1:]
}

// A record of 100,000 fields costs as much as it is long in every shape, also if
// its names are such that more names are made of them.
func TestNormaliseVeryManyFields(t *testing.T) {
	t.Parallel()
	const count = 100_000
	computers := strings.Repeat(`,"Computer":"x"`, count)[1:]
	for name, record := range map[string]string{
		"names":    `{"Channel":"Security","EventID":4688,` + manyNames(count, `"n%d":1`) + `}`,
		"spaces":   `{"Channel":"Security","EventID":4688,` + manyNames(count, `"n %d":1`) + `}`,
		"params":   `{"Channel":"Security","EventID":4688,` + manyNames(count, `"param%d":1`) + `}`,
		"data":     `{"System":{"Channel":"Security","EventID":4688},"EventData":{` + manyNames(count, `"n %d":1`) + `}}`,
		"winlog":   `{"winlog":{"channel":"Security","event_id":4688,"event_data":{` + manyNames(count, `"param%d":1`) + `}}}`,
		"identity": `{"System":{"Channel":"Security","EventID":4688,` + manyNames(count, `"n%d":1`) + `},"EventData":{` + computers + `}}`,
		"other":    `{"eventSource":"s3.amazonaws.com","eventVersion":"1.08",` + manyNames(count, `"n %d":1`) + `}`,
	} {
		start := time.Now()
		v, _, err := (&jsonDecoder{words: &words{}}).decode([]byte(record), true)
		if err != nil {
			t.Fatal(err)
		}
		e := plainNormaliser.Event(Record{Value: v})
		if views := e.Views(); len(views) == 0 && name != "other" {
			t.Errorf("%s: no view", name)
		}
		if len(e.Members()) < count {
			t.Errorf("%s: %d fields", name, len(e.Members()))
		}
		if e.names != nil {
			t.Errorf("%s: keeps its index", name)
		}
		within(t, start)
	}
}

// What many fields make of an event is what few do.
func TestManyFieldsAreAsFew(t *testing.T) {
	t.Parallel()
	fill := "," + manyNames(2*fewNames, `"fill%d":0`)
	for _, test := range []struct{ before, behind string }{
		{`{"Channel":"Security","EventID":1,"a b":1,"ab":2`, `,"a b":3,"c d":4,"c d":5}`},
		{`{"LogName":"Security","EventCode":1,"Hostname":"x","ComputerName":"y","param1":"p","param2":"q","param1":"r"`, `,"param4":"s","MachineName":"z"}`},
		{`{"winlog":{"channel":"Security","event_id":1,"event_data":{"param1":"p","a b":1`, `,"a_b":2,"param2":"q"}},"host":{"name":"x"}}`},
		{`{"System":{"Channel":"Security","EventID":1,"Computer":"x","Provider":{"#attributes":{"Name":"P"}}},"EventData":{"Computer":"y","Provider_Name":"z"`, `,"EventID":7,"Computer":"w","a b":1}}`},
	} {
		var texts [2]string
		for i, filling := range []string{"", fill} {
			v, _, err := (&jsonDecoder{words: &words{}}).decode([]byte(test.before+filling+test.behind), true)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = withoutFill(plainNormaliser.Event(Record{Value: v}))
		}
		if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
			t.Errorf("%s (- few, + many):\n%s", test.before, diff)
		}
	}
}

func withoutFill(e *Event) string {
	var b strings.Builder
	for _, members := range [][]evaluator.Member{e.front, e.fields, e.back} {
		for _, m := range members {
			if !strings.HasPrefix(m.Name, "fill") {
				fmt.Fprintf(&b, "%s=%s\n", m.Name, m.Value.Text())
			}
		}
		b.WriteString("--\n")
	}
	return b.String()
}
