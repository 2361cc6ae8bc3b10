package lanes

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// dice make random choices, the same for the same seed on every machine.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, GeneratorVersion))} }

func (d dice) pick(from []string) string { return from[d.IntN(len(from))] }

// chance is true in p of 100 throws.
func (d dice) chance(p int) bool { return d.IntN(100) < p }

func (d dice) from(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[d.IntN(len(alphabet))]
	}
	return string(out)
}

func (d dice) hex(n int) string  { return d.from("0123456789abcdef", n) }
func (d dice) word(n int) string { return d.from("abcdefghijklmnopqrstuvwxyz0123456789", n) }

func (d dice) guid() string {
	return d.hex(8) + "-" + d.hex(4) + "-" + d.hex(4) + "-" + d.hex(4) + "-" + d.hex(12)
}

func (d dice) pid() int { return 4 * (250 + d.IntN(16000)) }

func (d dice) private() string {
	return fmt.Sprintf("10.%d.%d.%d", d.IntN(64), d.IntN(256), 1+d.IntN(254))
}

// moment is a time within the hour after start, as Sysmon writes it.
func (d dice) moment() string {
	return start.Add(time.Duration(d.IntN(3_600_000)) * time.Millisecond).Format(sysmonTime)
}

const sysmonTime = "2006-01-02 15:04:05.000"

// start is when generated telemetry begins: a Monday.
var start = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)

func itoa(n int) string { return strconv.Itoa(n) }
