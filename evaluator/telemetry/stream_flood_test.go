package telemetry_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// maxHeld is what a stream may hold after a flood, of whatever kind. It is far less
// than remembering what came would take, and what a scanner of shapes, 16,384
// verdicts, 8,192 plans and as many structures take at their limits.
const maxHeld = 64 << 20

// maxKnownPlans are those that are remembered of the records in JSON and of those
// that were read, together.
const maxKnownPlans = 2 << 13

// colliding returns the i-th of texts of one length that have the same hash under
// the polynomials that are commonly used for strings: 31·h + c, 33·h + c, or the
// sum or exclusive or of all bytes.
func colliding(i int) string {
	var b strings.Builder
	for range 20 {
		// Each pair of pairs collides under one of the polynomials.
		b.WriteString([...]string{"AaBb", "BBBb", "AaCA", "BBCA"}[i&3])
		i >>= 2
	}
	return b.String()
}

// permuted writes members in the i-th of their orders.
func permuted(i int, members ...string) string {
	var out []string
	for n := len(members); n > 0; n-- {
		at := i % n
		i /= n
		out = append(out, members[at])
		members = append(append([]string(nil), members[:at]...), members[at+1:]...)
	}
	return "{" + strings.Join(out, ",") + "}"
}

var floodRules = []string{
	"{a|contains: [AaBbAaBb, BBCA]}", "{a|endswith: AaBb}", "{b: 1}", "{'" + colliding(7) + "': v}", "{n|gte: 99000}", "['needle']", "{a|fieldref: b}", "{EventID: 1, Channel|startswith: C}",
	"{a|contains: '|00|'}", "{a|contains: '|01|'}", "{a|contains: '|02|'}", "{a|contains: '|03|'}", "{a|contains: '|04|'}", "{a|contains: '|05|'}", "{a|contains: '|06|'}", "{a|contains: '|07|'}",
	"{a|contains: '|08|'}", "{a|contains: '|09|'}", "{a|contains: '|10|'}", "{a|contains: '|11|'}", "{a|contains: '|12|'}", "{a|contains: '|13|'}", "{a|contains: '|14|'}", "{a|contains: '|15|'}", "{a|contains: '|16|'}",
}

// subset names the bits of i, each of which a rule looks for.
func subset(i int) string {
	var b strings.Builder
	for bit := range 17 {
		if i>>bit&1 != 0 {
			fmt.Fprintf(&b, "|%02d|", bit)
		}
	}
	return b.String()
}

// Floods of records each of which has something new: what is remembered is
// bounded, and what matches is what the reference says.
func TestStreamUnderFlood(t *testing.T) {
	for _, flood := range []struct {
		name   string
		count  int
		record func(i int) string
	}{
		{"names", max(100_000, floodRecords), func(i int) string { return `{"b":1,"` + colliding(i) + `":"v"}` }},
		{"names met twice", floodRecords, func(i int) string { return `{"b":1,"` + colliding(i/2) + `":"v"}` }},
		{"Windows names", floodRecords, func(i int) string {
			return `{"Channel":"Security","EventID":1,"a":"needle","` + strconv.Itoa(i) + ` ":"v"}`
		}},
		{"values", floodRecords, func(i int) string { return `{"a":"` + colliding(i) + `","b":` + strconv.Itoa(i) + `}` }},
		{"sets of rules", floodRecords, func(i int) string { return `{"a":"` + subset(i) + `","b":1}` }},
		{"orders", floodRecords, func(i int) string {
			return permuted(i, `"a":"AaBb"`, `"b":1`, `"c":2`, `"d":"x"`, `"e":null`, `"f":true`, `"g":[]`, `"h":{}`, `"i":""`, `"n":99000`)
		}},
		{"lengths", floodRecords, func(i int) string { return `{"a":[` + strings.Repeat(`"x",`, i%1000) + `"AaBb"]}` }},
		{"nesting", floodRecords, func(i int) string {
			depth := i % 120
			return `{"a":` + strings.Repeat(`[`, depth) + `"BBCA"` + strings.Repeat(`]`, depth) + `,"` + strconv.Itoa(i/120) + `":0}`
		}},
		{"channels", floodRecords, func(i int) string {
			return `{"Channel":"C` + colliding(i) + `","EventID":` + strconv.Itoa(i%3) + `,"a":"needle"}`
		}},
		{"event ids", floodRecords, func(i int) string { return `{"Channel":"Security","EventID":` + strconv.Itoa(i) + `,"a":"needle"}` }},
		{"spaces", floodRecords, func(i int) string {
			return `{` + strings.Repeat(" ", i%500) + `"b"` + strings.Repeat(" ", i/500) + `: 1}`
		}},
	} {
		t.Run(flood.name, func(t *testing.T) {
			j := newJudges(t, floodRules...)
			before := heapInUse()
			matched := 0
			for i := range flood.count {
				text := flood.record(i)
				if i%997 == 0 {
					j.check(t, text)
				}
				if j.match(t, telemetry.Record{Source: "x", Raw: []byte(text)}) != nil {
					matched++
				}
			}
			for i := range 50 {
				j.check(t, flood.record(i*i)) // what was forgotten is found out anew
			}
			held, s := heapInUse()-before, j.stream.Statistics()
			t.Logf("%d match, %d KB held, %+v", matched, held>>10, s)
			if held > maxHeld || s.Plans > maxKnownPlans {
				t.Errorf("holds %d bytes and %d plans", held, s.Plans)
			}
			if matched == 0 {
				t.Error("nothing matched")
			}
			runtime.KeepAlive(j)
		})
	}
}

func heapInUse() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // what a pool holds goes with the second one
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// A record of 100,000 fields is evaluated like any other, and leaves nothing behind.
func TestStreamOnVeryManyFields(t *testing.T) {
	j := newJudges(t, floodRules...)
	fields := func(format string) string {
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	small := `{"Channel":"C","EventID":1,"b":1}`
	j.check(t, small)
	before := heapInUse()
	for _, record := range []string{
		`{"a":"AaBb",` + fields(`"n%d":"v",`) + `"b":1}`,
		`{"Channel":"C","EventID":1,` + fields(`"n %d":"needle",`) + `"b":1}`,
		`{"a":["x",` + fields(`"%d",`) + `"AaBb"]}`,
		`{"a":[{"b":1},` + fields(`{"n%d":[]},`) + `{"a":"needle"}]}`,
	} {
		if !j.check(t, record) {
			t.Errorf("%.100s matches nothing", record)
		}
		for range 2 {
			j.match(t, telemetry.Record{Raw: []byte(record)})
			j.check(t, small)
		}
	}
	if held := heapInUse() - before; held > maxHeld {
		t.Errorf("holds %d bytes", held)
	}
	runtime.KeepAlive(j)
}
