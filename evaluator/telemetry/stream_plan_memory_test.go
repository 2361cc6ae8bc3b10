package telemetry_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Plans are bounded in what they hold, not in number alone: texts that decide what
// a record is may be long, and many.
func TestPlansAreBoundedInBytes(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, record := range map[string]func(i int) string{
		"long channels":  func(i int) string { return fmt.Sprintf(`{"Channel":"%d%s","EventID":4688}`, i, long) },
		"long event ids": func(i int) string { return fmt.Sprintf(`{"Channel":"Security","EventID":"%d%s"}`, i, long) },
		"named data": func(i int) string {
			return `{"System":{"Channel":"Security","EventID":4688},"EventData":[` + strings.Repeat(fmt.Sprintf(`{"Name":"a%d","#text":"v"},`, i), 1500) + `{}]}`
		},
	} {
		stream := telemetry.NewStream(normaliser(), evaluator.New(streamProgram(t)))
		before := heapInUse()
		for i := range 400 {
			if _, _, err := stream.Match(telemetry.Record{Raw: []byte(record(i))}); err != nil {
				t.Fatal(err)
			}
		}
		if held := heapInUse() - before; held > maxHeld {
			t.Errorf("%s: holds %d MB, %+v", name, held>>20, stream.Statistics())
		}
		runtime.KeepAlive(stream)
	}
}

// Records of one shape whose deciding texts alternate cost no allocation either.
func TestStreamAllocatesNothingForChannelsInTurn(t *testing.T) {
	stream := telemetry.NewStream(normaliser(), evaluator.New(streamProgram(t)))
	i := 0
	match := func() {
		i++
		raw := [...]string{`{"Channel":"Security","EventID":4688,"Computer":"a"}`, `{"Channel":"System","EventID":4688,"Computer":"a"}`}[i%2]
		if _, _, err := stream.Match(telemetry.Record{Raw: []byte(raw)}); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		match()
	}
	if n := testing.AllocsPerRun(100, match); n > 1 { // the conversion above is one
		t.Errorf("%.1f allocations", n)
	}
}
